//! A JOSE token of either kind: signed in three parts, or encrypted in five.
//!
//! RFC 7516 §9 tells how to tell them apart, and libraries that offer one
//! function for both do that for their callers. Whoever calls it for a
//! signature has to say so, or the token decides.

use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::{ClaimSet, RejectReason, Rejection};

use super::check::{Check, Parsed, Verifier};
use super::jws::Jws;

/// A token of either kind.
pub struct Jose {
    text: String,
    signed: Jws,
    decrypted: Option<Vec<u8>>,
}

impl Jose {
    /// The parts, as they were sent.
    #[must_use]
    pub fn parts(&self) -> Vec<&str> {
        self.text.split('.').collect()
    }

    /// Takes what was decrypted for the payload.
    pub fn believe(&mut self, plaintext: Vec<u8>) {
        self.decrypted = Some(plaintext);
    }

    /// The token as a signed one, unless it was decrypted.
    fn signed(&mut self) -> Option<&mut Jws> {
        self.decrypted.is_none().then_some(&mut self.signed)
    }
}

impl Parsed for Jose {
    fn parse(token: &str) -> Self {
        Self {
            text: token.to_owned(),
            signed: Jws::parse(token),
            decrypted: None,
        }
    }

    fn claims(&self) -> Result<ClaimSet, Rejection> {
        let Some(plaintext) = &self.decrypted else {
            return self.signed.claims();
        };
        ClaimSet::from_json::<NumericDate>(plaintext)
            .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))
    }
}

/// The checks of a signed token, of which a decrypted one is spared.
#[must_use]
pub fn verifier(signed: Vec<Check<Jws>>) -> Verifier<Jose> {
    let checks = signed.into_iter().map(|check| check.where_present(Jose::signed));
    Verifier::of(checks.collect())
}
