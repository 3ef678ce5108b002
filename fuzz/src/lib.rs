//! Fuzz targets as plain functions.
//!
//! A body takes bytes and says how far they came, or what is wrong. The shims
//! in `fuzz_targets/` hand it to libFuzzer, the tests in `tests/` replay the
//! committed seeds through it on stable, and the command line lists it: one
//! function, three callers.
//!
//! The property comes first, the crash second: **a token nobody issued is
//! never accepted**. What was issued stands in [`issued`]; the writings that a
//! stranger can make of it without a key are the named malleabilities of
//! [`tokenlab_harness::malleability`]. Any other accepted text is a finding.
//!
//! To add a target: its file here, its line in [`targets`], its shim and its
//! `[[bin]]`. A test compares the four.

pub mod biscuit;
pub mod biscuit_blocks;
pub mod decoder;
pub mod diff_claims;
pub mod diff_jws;
pub mod diff_paseto;
pub mod disagreement;
pub mod edit;
pub mod edited;
pub mod exchange;
pub mod explain;
pub mod forgeries;
pub mod issued;
pub mod jwe;
pub mod jwks;
pub mod jwt;
pub mod jwt_compact;
pub mod jwt_simple;
pub mod keys;
pub mod models;
pub mod paseto_rs;
pub mod pasetors;
pub mod plant;
pub mod record;
pub mod reviewed;
pub mod rusty_paseto;
pub mod seeds;
pub mod session;
pub mod verifier;
pub mod work;

use std::env;
use std::ffi::OsString;
use std::sync::LazyLock;

use tokenlab_harness::ClaimSet;

use crate::seeds::Seed;

/// Every target, in the order in which they are listed.
#[must_use]
pub const fn targets() -> &'static [Target] {
    &[
        jwt::TARGET,
        jwt_simple::TARGET,
        jwt_compact::TARGET,
        jwe::TARGET,
        pasetors::TARGET,
        rusty_paseto::TARGET,
        paseto_rs::TARGET,
        biscuit::TARGET,
        biscuit_blocks::TARGET,
        session::TARGET,
        exchange::TARGET,
        decoder::TARGET,
        edited::TARGET,
        models::TARGET,
        keys::TARGET,
        jwks::TARGET,
        record::TARGET,
        diff_claims::TARGET,
        diff_jws::TARGET,
        diff_paseto::TARGET,
    ]
}

/// Environment variable under which a target does nothing, so that its program shows
/// what libFuzzer itself takes with so much instrumented code (`tokenlab fuzz rate`).
pub const IDLE: &str = "TOKENLAB_FUZZ_IDLE";

/// One fuzz target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Stable name: of its file, its shim, its folder under `corpus/`.
    pub name: &'static str,
    /// What is under test, in one sentence.
    pub summary: &'static str,
    /// What a crash would mean, in one sentence.
    pub crash_means: &'static str,
    /// Name of its dictionary under `dictionaries/`; `None` where input is no text.
    pub dictionary: Option<&'static str>,
    /// Judges one input.
    pub body: fn(&[u8]) -> Result<Reach, Finding>,
    /// The token that an input stands for, if it stands for one.
    pub token: fn(&[u8]) -> Option<String>,
    /// The inputs that fuzzing starts from.
    pub seeds: fn() -> Vec<Seed>,
}

impl Target {
    /// Judges one input and panics on a finding, which is how libFuzzer hears
    /// of it. With [`IDLE`] in the environment it does nothing.
    ///
    /// # Panics
    /// On a finding, in its words.
    pub fn hunt(&self, data: &[u8]) {
        static IS_IDLE: LazyLock<bool> = LazyLock::new(|| env::var_os(IDLE).is_some());
        if *IS_IDLE {
            return;
        }
        if let Err(finding) = (self.body)(data) {
            #[allow(clippy::panic)] // the one signal that libFuzzer understands
            {
                panic!("{finding}");
            }
        }
    }

    /// Judges the contents of files, one after the other.
    ///
    /// # Errors
    /// If a file can't be read.
    ///
    /// # Panics
    /// On a finding, in its words.
    pub fn replay(&self, files: impl IntoIterator<Item = OsString>) -> std::io::Result<()> {
        for file in files {
            self.hunt(&std::fs::read(file)?);
        }
        Ok(())
    }
}

/// The token that an input of text is, for [`Target::token`].
#[must_use]
pub fn as_text(data: &[u8]) -> Option<String> {
    Some(String::from_utf8_lossy(data).into_owned())
}

/// No token, for [`Target::token`].
#[must_use]
pub const fn no_token(_: &[u8]) -> Option<String> {
    None
}

/// How far an input came without doing harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Every verifier refused it; the decoder found something broken.
    Refused,
    /// A verifier accepted it, rightly; the decoder found it sound.
    Accepted,
}

/// What must never be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Finding {
    /// A token nobody issued was accepted.
    #[error("{verifier} accepts a token that nobody issued, with {claims:?}: {token}")]
    Forgery {
        /// Contender id.
        verifier: String,
        /// The accepted text.
        token: String,
        /// What it claims.
        claims: Box<ClaimSet>,
    },
    /// An issued token was accepted with other claims than it was issued with.
    #[error("{verifier} returns {returned:?} for a token that was issued with {issued:?}: {token}")]
    ChangedClaims {
        /// Contender id.
        verifier: String,
        /// The accepted text.
        token: String,
        /// Claims it was issued with.
        issued: Box<ClaimSet>,
        /// Claims it was accepted with.
        returned: Box<ClaimSet>,
    },
    /// A refusal that says nothing about the token.
    #[error("{verifier} fails on a token instead of refusing it, {detail}: {token}")]
    Internal {
        /// Contender id.
        verifier: String,
        /// The refused text.
        token: String,
        /// The library's own words.
        detail: String,
    },
    /// Deciding about a token took more memory than its length explains.
    #[error("{verifier} asks for {bytes} bytes to decide about a token of {}: {token}", .token.len())]
    Costly {
        /// Contender id.
        verifier: String,
        /// The text.
        token: String,
        /// All that was asked for meanwhile, given back or not.
        bytes: usize,
    },
    /// A verifier of this lab's own believes what it refuses with a check less.
    #[error("with {check} is believed what is refused without it: {token}")]
    Stricter {
        /// The check.
        check: &'static str,
        /// The text.
        token: String,
    },
    /// Libraries of one scheme disagree, and nobody has looked at why.
    #[error("of a {scheme}, {one}, but {other}: {written}")]
    Disagreement {
        /// Wire scheme.
        scheme: String,
        /// Who says what.
        one: String,
        /// Who says what instead.
        other: String,
        /// What the token holds.
        written: String,
    },
    /// A key is read as something else.
    #[error("a key {problem}, for {scheme}: {given}")]
    WrongKey {
        /// What is wrong.
        problem: &'static str,
        /// Wire scheme.
        scheme: String,
        /// As it was given.
        given: String,
    },
    /// A run's file is read as something else.
    #[error("a file {problem}: {text}")]
    Misread {
        /// What is wrong.
        problem: &'static str,
        /// The file.
        text: String,
    },
    /// A line of the exchange format, or the answer to it, is not as it should be.
    #[error("a line {problem}: {line}")]
    WrongAnswer {
        /// What is wrong with it.
        problem: &'static str,
        /// The line.
        line: String,
    },
    /// The decoder shows something else than the text holds.
    #[error("the decoder {problem}: {text}")]
    WrongDecoding {
        /// What it does wrong.
        problem: &'static str,
        /// The text.
        text: String,
    },
}
