//! Whether a secret could be guessed: a check of the key and not of the token.

use tokenlab_harness::RejectReason;
use tokenlab_record::transcript::Stage;

use super::check::{Check, refuse};
use crate::known_secrets;

/// RFC 8725 §3.5: keys are made by a generator and not by a person. A verifier
/// can't measure that; it can refuse what is too short, and what others know.
#[must_use]
pub fn key_entropy<P: 'static>(key_of: fn(&P) -> &[u8]) -> Check<P> {
    Check::new(
        KEY_ENTROPY,
        Stage::KeyChoice,
        "the secret has 32 bytes or more, and follows from no word on the list of known secrets",
        move |token: &mut P| {
            let key = key_of(token);
            if key.len() < 32 {
                return refuse(
                    RejectReason::UnknownKey,
                    format!("the secret has {} bytes, want 32", key.len()),
                );
            }
            if known_secrets::is_known(key) {
                return refuse(RejectReason::UnknownKey, "the secret is one that others know");
            }
            Ok(())
        },
    )
}

/// Name of the check that looks at the secret itself.
pub const KEY_ENTROPY: &str = "key-entropy";
