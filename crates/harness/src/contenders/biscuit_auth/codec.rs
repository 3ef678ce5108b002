//! Biscuit under a key from outside.
//!
//! What is sealed is a claims set as JSON, with times as numbers, and it
//! becomes facts as in [`super::facts`]. What is opened need not be the lab's:
//! a token whose authority block holds exactly such facts gives its claims
//! back as JSON, any other the object `{"authority": "..."}` with the Datalog
//! of that block, as the library prints it (without escapes in strings, so
//! it is for reading). Appended blocks are never part of either.
//!
//! The authorizer is the one that came with the token, or one that says
//! `time(now)`, `operation("read")` and `allow if true`. Claims are not looked
//! at, but the checks that the token carries always are: there is no opening
//! of a Biscuit without them.

use biscuit_auth::builder::{Algorithm, AuthorizerBuilder};
use biscuit_auth::{Biscuit, KeyPair, PublicKey, error};
use serde_json::json;
use tokenlab_record::catalogue::ContenderCard;

use super::authorizer::{Stage, at, limits, permissive, rejection, words};
use super::facts::Reader;
use crate::biscuit_wire::{Contents, Envelope};
use crate::claims::{ClaimSet, NumericDate};
use crate::contender::{Bound, Codec, IssueError, Opened, SetupError};
use crate::exchange::{self, Key, PrivateKey};
use crate::policy;
use crate::rejection::{RejectReason, Rejection};

/// Longest authorizer that is parsed, bytes.
const LONGEST_AUTHORIZER: usize = 16 * 1024;

/// Most brackets and negations of an authorizer that is parsed. All of them
/// count, since only a parser can tell which stand inside another; the busiest
/// of the official samples has 28.
const MOST_BRACKETS: usize = 128;

/// Biscuit under `key`.
///
/// # Errors
/// [`SetupError`] if it is no Ed25519 key.
pub(super) fn codec(card: &ContenderCard, key: &Key) -> Result<Box<dyn Codec>, SetupError> {
    let wrong = |problem: String| SetupError::new(card, problem);
    let pair = match key {
        Key::Private(PrivateKey::Ed25519(seed)) => {
            let private = biscuit_auth::PrivateKey::from_bytes(seed, Algorithm::Ed25519);
            Some(KeyPair::from(
                &private.map_err(|error| wrong(words(&error.into())))?,
            ))
        }
        _ => None,
    };
    let Some(exchange::PublicKey::Ed25519(public)) = key.public() else {
        let given = key.describe();
        return Err(wrong(format!(
            "{given} was given, an Ed25519 key is wanted: public to verify, private to issue"
        )));
    };
    let public = PublicKey::from_bytes(&public, Algorithm::Ed25519);
    Ok(Box::new(BiscuitCodec {
        public: public.map_err(|error| wrong(words(&error.into())))?,
        pair,
        reader: Reader::new().map_err(|error| wrong(words(&error)))?,
    }))
}

struct BiscuitCodec {
    public: PublicKey,
    pair: Option<KeyPair>,
    reader: Reader,
}

impl Codec for BiscuitCodec {
    fn seal(&self, payload: &[u8], bound: &Bound) -> Result<String, IssueError> {
        if let Some(unplaced) = unplaced(bound) {
            return Err(IssueError::new(unplaced));
        }
        let pair = self
            .pair
            .as_ref()
            .ok_or_else(|| IssueError::new("a public key verifies, an Ed25519 private key is wanted"))?;
        let claims = ClaimSet::from_json::<NumericDate>(payload).map_err(IssueError::new)?;
        super::seal(&claims, pair)
    }

    fn open(&self, token: &str, bound: &Bound) -> Result<Opened, Rejection> {
        if let Some(unplaced) = unplaced(bound) {
            return Err(Rejection::new(RejectReason::WrongScheme, unplaced));
        }
        let biscuit = super::open(token, &self.public)?;
        let fails = |error| rejection(&error, Stage::Authorizing(&[]));
        let mut authorizer = builder(bound)?.build(&biscuit).map_err(fails)?;
        authorizer.authorize().map_err(fails)?;
        // A query sees the facts of whoever wrote the authorizer as well, and
        // those are no claims: they are read beside an authorizer without any.
        let payload = self.payload(token, &biscuit)?;
        Ok(Opened {
            payload: payload.into_bytes(),
            footer: Vec::new(),
        })
    }
}

impl BiscuitCodec {
    /// The claims of an authentic token as JSON, or its authority block.
    fn payload(&self, token: &str, biscuit: &Biscuit) -> Result<String, Rejection> {
        let fails = |error| rejection(&error, Stage::Authorizing(&[]));
        let mut blank = AuthorizerBuilder::new()
            .set_limits(limits())
            .build(biscuit)
            .map_err(fails)?;
        let contents = Envelope::read(token).and_then(|envelope| {
            let authority = envelope.blocks.first()?;
            Contents::of(envelope.at(&authority.block))
        });
        let of_claims = |facts| contents.is_some_and(|there| there.facts == facts && there.rules == 0);
        if let Ok(read) = self.reader.read(&mut blank)
            && of_claims(read.facts)
        {
            let json = read.claims.to_json::<NumericDate>();
            return json.map_err(|error| Rejection::new(RejectReason::Internal, error.to_string()));
        }
        let authority = biscuit.print_block_source(0).map_err(fails)?;
        Ok(json!({ "authority": authority }).to_string())
    }
}

/// What is bound that a Biscuit has no place for.
fn unplaced(bound: &Bound) -> Option<&'static str> {
    if bound.footer.is_some() {
        Some("a Biscuit has no footer")
    } else if bound.implicit_assertion.is_empty() {
        None
    } else {
        Some("a Biscuit has no implicit assertion")
    }
}

fn builder(bound: &Bound) -> Result<AuthorizerBuilder, Rejection> {
    let unusable = |problem: String| {
        Rejection::new(
            RejectReason::Internal,
            format!("the authorizer can't be used: {problem}"),
        )
    };
    let parsed = match &bound.authorizer {
        None => permissive().and_then(|builder| at(builder, policy::now())),
        Some(code) if code.len() > LONGEST_AUTHORIZER => {
            return Err(unusable(format!(
                "it is {} bytes long, want at most {LONGEST_AUTHORIZER}",
                code.len()
            )));
        }
        Some(code) if brackets(code) > MOST_BRACKETS => {
            return Err(unusable(format!(
                "it has {} brackets and negations, want at most {MOST_BRACKETS}",
                brackets(code)
            )));
        }
        Some(code) => AuthorizerBuilder::new().set_limits(limits()).code(code),
    };
    parsed.map_err(|error: error::Token| unusable(words(&error)))
}

/// How often something opens that can hold another of its kind: a bracket, or
/// a negation, which needs none. Those in strings count too.
fn brackets(code: &str) -> usize {
    code.bytes()
        .filter(|byte| matches!(byte, b'(' | b'[' | b'{' | b'!'))
        .count()
}
