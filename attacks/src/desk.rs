//! The issuer's desk: where honest tokens are handed out and handed back.
//!
//! A target's [`Exposure`](crate::target::Exposure) comes with the desk of its
//! issuer. An attack never sees the desk itself: it has to say on its card what
//! it is [given](crate::given::Given), and the view asks here on its behalf.

use serde_json::{Map, Value};

use crate::mint::{self, MintError};
use crate::scheme::Scheme;
use tokenlab_harness::ClaimSet;

/// What the issuer is made to issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Members that the JOSE header has besides the usual ones, or instead of
    /// them; formats without such a header have no place for any.
    pub header: Map<String, Value>,
    /// The payload, byte for byte: JSON, with times as the format writes them.
    pub payload: Vec<u8>,
    /// PASETO footer, if it is not the usual one.
    pub footer: Option<String>,
    /// PASETO implicit assertion.
    pub implicit_assertion: Vec<u8>,
    /// What the token is for.
    pub kind: Kind,
}

/// What a token is for. An issuer that keeps kinds apart does so by whatever
/// its format offers: a header, an implicit assertion, a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Shown with every request.
    #[default]
    Access,
    /// Exchanged for access tokens, at the issuer alone.
    Refresh,
}

impl Draft {
    /// The usual token for these claims.
    ///
    /// # Errors
    /// If the claims can't be written.
    pub(crate) fn of(scheme: Scheme, claims: &ClaimSet) -> Result<Self, MintError> {
        let payload = match scheme {
            Scheme::Paseto(..) => mint::paseto_payload(claims)?,
            _ => mint::jwt_payload(claims)?,
        };
        Ok(Self {
            payload: payload.into_bytes(),
            ..Self::default()
        })
    }
}

/// Whoever issues a target's tokens.
pub trait Desk: Send + Sync {
    /// Issues a token as drafted.
    ///
    /// # Errors
    /// In a sentence, why no such token can be issued: the format has no place
    /// for it, or the library refuses.
    fn issue(&self, draft: &Draft) -> Result<String, String>;

    /// Its holder logs out and hands the token back. Where nothing is kept of a
    /// token, nothing can be crossed out: that is the default.
    fn log_out(&self, _token: &str) {}

    /// What a visitor gets before anybody has logged in: the id of a session
    /// that is nobody's yet. A token says who somebody is, so there is none to
    /// give: that is the default.
    fn visit(&self) -> Option<String> {
        None
    }

    /// The victim logs in with a browser that carries `planted` already, and
    /// gets what `draft` says. What is minted at login has nothing to do with
    /// what was there before: that is the default.
    fn log_in_with(&self, _planted: &str, _draft: &Draft) {}

    /// The third party that confirms names for this issuer; `None` where the
    /// issuer knows everybody itself.
    fn third_party(&self) -> Option<&dyn ThirdParty> {
        None
    }
}

/// An issuer that takes names from elsewhere, and the third party that confirms
/// them. Both are open to everybody.
pub trait ThirdParty: Send + Sync {
    /// Issues a token in any name, worth nothing until the name is confirmed.
    ///
    /// # Errors
    /// In a sentence, why no such token can be issued.
    fn unconfirmed(&self, claims: &ClaimSet) -> Result<String, String>;

    /// Confirms a name on its own conditions: the third party's block for the
    /// token that `request` was made from, as the library serialises both.
    ///
    /// # Errors
    /// In a sentence, why the request is refused.
    fn confirm(&self, subject: &str, request: &[u8]) -> Result<Vec<u8>, String>;
}

/// A desk that issues nothing, for whoever has only a token to show.
pub struct Closed;

impl Desk for Closed {
    fn issue(&self, _draft: &Draft) -> Result<String, String> {
        Err("nobody issues tokens here".into())
    }
}
