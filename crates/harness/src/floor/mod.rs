//! Floors: the least work that any correct verifier or issuer must do.
//!
//! To verify a token one must run the primitive over its bytes, decode its
//! base64url and read its claims; to issue one, the same the other way round.
//! A floor does exactly one of these parts, as real code on the very bytes of
//! a contender's token, with its result checked. What a contender takes beyond
//! the sum of its floors is its own.
//!
//! Where several implementations of a part are at hand, each is registered,
//! and whoever reads the record takes the fastest on that machine.
//!
//! What a floor leaves out on purpose: parsing a key, building the bytes that
//! a signature covers, allocating, and the policy on claims. All of that is
//! the rest, and can be done badly or well.

mod base64;
mod biscuit;
mod block;
mod ecdsa;
mod ed25519;
mod json;
mod jwe;
mod local;
mod local_kit;
mod mac;
mod ml_dsa;
mod pae;
mod rsa;
mod session;
mod token;
mod work;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use tokenlab_record::measurement::{FloorPart, Model};

use crate::claims::ClaimSet;
use crate::contender::SetupError;
use crate::contenders;
use crate::keys::KeyRing;

/// One implementation of one part of the least work of a scheme.
pub trait Floor: Send + Sync {
    /// Wire scheme, as on the contenders' cards.
    fn scheme(&self) -> &str;

    /// Which part of the work.
    fn part(&self) -> FloorPart;

    /// Whether this floor is one of `model`: verifying and issuing have
    /// different floors, the other models none.
    fn serves(&self, model: Model) -> bool;

    /// What does the work, `aws-lc-rs Ed25519`.
    fn implementation(&self) -> &str;

    /// Prepares the work on these honest tokens and their claims: parses keys,
    /// splits tokens, so that only the part itself is left.
    ///
    /// # Errors
    /// [`SetupError`] if the key or a token does not fit the scheme.
    fn load(
        &self,
        keys: &KeyRing,
        tokens: &[String],
        claims: &[ClaimSet],
    ) -> Result<Box<dyn FloorWork>, SetupError>;
}

/// A floor that is ready to be timed.
pub trait FloorWork: Send {
    /// Does the part once, on the pool's member `index`, and says whether it
    /// went well. Everything in here is timed.
    fn operate(&mut self, index: usize) -> bool;

    /// Does the part once more and compares its result in every detail. Never timed.
    fn right(&mut self, index: usize) -> bool;
}

/// Every floor that this build holds, for all models. Cryptography is listed
/// by primitive; base64url and JSON follow from the contenders' schemes.
pub fn all() -> &'static [Box<dyn Floor>] {
    static ALL: OnceLock<Vec<Box<dyn Floor>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut floors = [
            mac::floors(),
            ed25519::floors(),
            ecdsa::floors(),
            rsa::floors(),
            ml_dsa::floors(),
            local::floors(),
            jwe::floors(),
            biscuit::floors(),
            session::floors(),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();
        let schemes: BTreeSet<&str> = contenders::all()
            .iter()
            .map(|contender| contender.card().scheme.as_str())
            .collect();
        for scheme in schemes {
            floors.extend(base64::floors(scheme));
            floors.extend(if scheme.starts_with("biscuit.") {
                block::floors(scheme)
            } else {
                json::floors(scheme)
            });
        }
        floors
    })
}
