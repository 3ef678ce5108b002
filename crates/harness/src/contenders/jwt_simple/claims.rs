//! Claims on their way through the library's own type, where it gives no bytes.
//!
//! It counts time in 32 bits of seconds and keeps audiences as a set: a time
//! outside is refused here, and audiences come back sorted, each once.

use jwt_simple::prelude::{Audiences, JWTClaims, UnixTimeStamp};
use serde_json::Value;

use crate::claims::ClaimSet;
use crate::contenders::members::Members;

/// The library's claims as the lab's own.
pub(super) fn returned(claims: JWTClaims<Members>) -> Result<ClaimSet, String> {
    let mut returned = ClaimSet {
        iss: claims.issuer,
        sub: claims.subject,
        aud: match claims.audiences {
            None => Vec::new(),
            Some(Audiences::AsString(audience)) => vec![audience],
            Some(Audiences::AsSet(audiences)) => {
                let mut audiences: Vec<String> = audiences.into_iter().collect();
                audiences.sort();
                audiences
            }
        },
        exp: time("exp", claims.expires_at)?,
        nbf: time("nbf", claims.invalid_before)?,
        iat: time("iat", claims.issued_at)?,
        jti: claims.jwt_id,
        ..ClaimSet::default()
    };
    // The library has a field for this one, and the lab has not.
    if let Some(nonce) = claims.nonce {
        returned.custom.insert("nonce", Value::from(nonce));
    }
    for (name, value) in claims.custom.0 {
        if returned.custom.as_map().contains_key(&name) {
            return Err(format!("claim {name} occurs twice"));
        }
        returned.custom.insert(name, value);
    }
    Ok(returned)
}

/// Later times than the library's last second come back as that one.
fn time(name: &str, time: Option<UnixTimeStamp>) -> Result<Option<i64>, String> {
    const LAST_SECOND: u64 = u32::MAX as u64;
    match time.map(|time| time.as_secs()) {
        None => Ok(None),
        Some(seconds) if seconds < LAST_SECOND => Ok(i64::try_from(seconds).ok()),
        Some(_) => Err(format!("claim {name} is later than the library can tell")),
    }
}
