//! A cache of verified payloads: what saves a verifier the second verification
//! of the same token, as long as it is the same token.
//!
//! The key of this cache is one claim, the e-mail address, read from a payload
//! that nothing has verified yet. That is enough for one entry a user, which is
//! what whoever wrote it wanted; it is not enough to tell two tokens apart.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// Verified payloads by e-mail address.
#[derive(Clone, Default)]
pub struct CacheByEmail {
    payloads: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl CacheByEmail {
    /// Remembers a payload that was verified; one without an address is not
    /// remembered.
    pub fn remember(&self, payload: &[u8]) {
        if let Some(email) = email(payload) {
            let mut payloads = self.payloads.lock().unwrap_or_else(PoisonError::into_inner);
            payloads.insert(email, payload.to_vec());
        }
    }

    /// What was verified for the address that this payload names.
    #[must_use]
    pub fn remembered(&self, payload: &[u8]) -> Option<Vec<u8>> {
        let payloads = self.payloads.lock().unwrap_or_else(PoisonError::into_inner);
        payloads.get(&email(payload)?).cloned()
    }
}

fn email(payload: &[u8]) -> Option<String> {
    let members: Value = serde_json::from_slice(payload).ok()?;
    members.get("email")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_for_a_whole_payload() {
        let cache = CacheByEmail::default();
        cache.remember(br#"{"sub":"a","email":"a@b"}"#);
        cache.remember(br#"{"sub":"b"}"#);
        let remembered = |payload: &[u8]| cache.remembered(payload);
        assert_eq!(
            remembered(br#"{"sub":"c","email":"a@b"}"#).as_deref(),
            Some(br#"{"sub":"a","email":"a@b"}"#.as_slice())
        );
        assert_eq!(remembered(br#"{"email":"b@b"}"#), None);
        assert_eq!(remembered(br#"{"sub":"b"}"#), None);
        assert_eq!(remembered(b"no JSON"), None);
    }
}
