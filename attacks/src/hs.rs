//! HS256, HS384 and HS512 (RFC 7518 §3.2), by RustCrypto.
//!
//! The key is any string of bytes, of any length: that is HMAC, and it is why
//! a public key or an empty file can be passed off as one.

use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha384, Sha512};

use crate::scheme::JwsAlgorithm;

/// The hash function of an HMAC algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hs {
    S256,
    S384,
    S512,
}

impl Hs {
    pub(crate) const ALL: [Self; 3] = [Self::S256, Self::S384, Self::S512];

    /// As in a JOSE header.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::S256 => "HS256",
            Self::S384 => "HS384",
            Self::S512 => "HS512",
        }
    }

    /// The HMAC algorithm of that name, compared without regard to case.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|hs| hs.name().eq_ignore_ascii_case(name))
    }

    /// The HMAC among the algorithms of JWS.
    pub(crate) const fn of(algorithm: JwsAlgorithm) -> Option<Self> {
        match algorithm {
            JwsAlgorithm::Hs256 => Some(Self::S256),
            JwsAlgorithm::Hs384 => Some(Self::S384),
            JwsAlgorithm::Hs512 => Some(Self::S512),
            _ => None,
        }
    }

    /// The tag of `message` under `key`.
    pub(crate) fn tag(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        match self {
            Self::S256 => keyed::<Hmac<Sha256>>(key, message)
                .finalize()
                .into_bytes()
                .to_vec(),
            Self::S384 => keyed::<Hmac<Sha384>>(key, message)
                .finalize()
                .into_bytes()
                .to_vec(),
            Self::S512 => keyed::<Hmac<Sha512>>(key, message)
                .finalize()
                .into_bytes()
                .to_vec(),
        }
    }

    /// Whether `tag` is the tag of `message` under `key`, in constant time.
    pub(crate) fn verifies(self, key: &[u8], message: &[u8], tag: &[u8]) -> bool {
        match self {
            Self::S256 => keyed::<Hmac<Sha256>>(key, message).verify_slice(tag).is_ok(),
            Self::S384 => keyed::<Hmac<Sha384>>(key, message).verify_slice(tag).is_ok(),
            Self::S512 => keyed::<Hmac<Sha512>>(key, message).verify_slice(tag).is_ok(),
        }
    }
}

fn keyed<M: Mac + hmac::digest::KeyInit>(key: &[u8], message: &[u8]) -> M {
    #[allow(clippy::expect_used)] // HMAC takes a key of any length, RFC 2104 §2
    let mac = <M as Mac>::new_from_slice(key).expect("an HMAC key of any length");
    mac.chain_update(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_verifies_under_its_own_key_message_and_hash_only() {
        for hs in Hs::ALL {
            let tag = hs.tag(b"key", b"message");
            assert!(hs.verifies(b"key", b"message", &tag), "{}", hs.name());
            assert!(!hs.verifies(b"other", b"message", &tag), "{}", hs.name());
            assert!(!hs.verifies(b"key", b"other", &tag), "{}", hs.name());
            assert!(!hs.verifies(b"key", b"message", &tag[1..]), "{}", hs.name());
            for other in Hs::ALL.into_iter().filter(|other| *other != hs) {
                assert!(!other.verifies(b"key", b"message", &tag), "{}", other.name());
            }
        }
    }

    #[test]
    fn the_example_of_rfc_7515_a_1_has_its_tag() {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let key = URL_SAFE_NO_PAD
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .unwrap();
        let message = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
                       eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        assert_eq!(
            URL_SAFE_NO_PAD.encode(Hs::S256.tag(&key, message.as_bytes())),
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
    }
}
