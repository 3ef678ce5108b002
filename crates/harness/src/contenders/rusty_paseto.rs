//! PASETO v4 by `rusty_paseto` (PASETO specification, Version4), through its
//! `core` layer.
//!
//! The library's builder and parser box every claim and allow no leeway, so
//! the policy is [`Policy::check`] here. Its key types borrow their bytes: the
//! service keeps the bytes and wraps them anew in each call, which copies
//! nothing for the public keys. Only one `*_public` feature can be on at a
//! time, hence v4 alone.
#![allow(deprecated)] // the core layer returns `PasetoError`, which the crate has begun to retire

use rusty_paseto::core::{
    Key, Local, Paseto, PasetoAsymmetricPrivateKey, PasetoAsymmetricPublicKey, PasetoError, PasetoNonce,
    PasetoSymmetricKey, Payload, Public, V4,
};
use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family, Primitive};

use super::pasetors::is_paseto;
use crate::claims::{ClaimSet, Rfc3339};
use crate::contender::{Contender, IssueError, SetupError, TokenService};
use crate::keys::KeyRing;
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

/// What is computed, and by which package.
type By = (&'static str, &'static str);

const PURPOSES: &[(Purpose, &str, Class, &str, By)] = &[
    (
        Purpose::Local,
        "v4.local",
        Class::SharedKeyEncrypted,
        "RustCrypto (XChaCha20, BLAKE2b)",
        ("XChaCha20, BLAKE2b", "chacha20 0.9, blake2 0.10"),
    ),
    (
        Purpose::Public,
        "v4.public",
        Class::Signature,
        "ed25519-dalek (Ed25519, strict)",
        ("Ed25519", "ed25519-dalek 2"),
    ),
];

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    PURPOSES
        .iter()
        .map(|(purpose, algorithm, class, backend, primitive)| {
            Box::new(RustyPaseto {
                purpose: *purpose,
                card: ContenderCard {
                    id: ContenderId::new(format!("rusty_paseto/{algorithm}")),
                    family: Family::Paseto,
                    class: *class,
                    scheme: format!("paseto.{algorithm}"),
                    algorithm: (*algorithm).to_owned(),
                    library: "rusty_paseto".into(),
                    library_version: "0.10.1".into(),
                    backend: (*backend).to_owned(),
                    primitive: Primitive::new(primitive.0, primitive.1),
                    footnote: None,
                },
            }) as Box<dyn Contender>
        })
        .collect()
}

#[derive(Clone, Copy)]
enum Purpose {
    Local,
    Public,
}

struct RustyPaseto {
    purpose: Purpose,
    card: ContenderCard,
}

impl Contender for RustyPaseto {
    fn card(&self) -> &ContenderCard {
        &self.card
    }

    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError> {
        let policy = policy.clone();
        Ok(match self.purpose {
            Purpose::Local => Box::new(LocalService {
                key: Key::from(keys.symmetric::<32>(&self.card.scheme)).into(),
                policy,
            }),
            Purpose::Public => Box::new(PublicService {
                secret: Key::from(keys.ed25519().secret_then_public()),
                public: Key::from(keys.ed25519().public),
                policy,
            }),
        })
    }
}

struct LocalService {
    key: PasetoSymmetricKey<V4, Local>,
    policy: Policy,
}

impl TokenService for LocalService {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        let message = claims.to_json::<Rfc3339>().map_err(IssueError::new)?;
        let nonce = Key::<32>::try_new_random().map_err(IssueError::new)?;
        Paseto::<V4, Local>::builder()
            .set_payload(Payload::from(message.as_str()))
            .try_encrypt(&self.key, &PasetoNonce::from(&nonce))
            .map_err(IssueError::new)
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let message = Paseto::<V4, Local>::try_decrypt(token, &self.key, None, None);
        checked(message, token, &self.policy)
    }
}

struct PublicService {
    secret: Key<64>,
    public: Key<32>,
    policy: Policy,
}

impl TokenService for PublicService {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        let message = claims.to_json::<Rfc3339>().map_err(IssueError::new)?;
        Paseto::<V4, Public>::builder()
            .set_payload(Payload::from(message.as_str()))
            .try_sign(&PasetoAsymmetricPrivateKey::from(&self.secret))
            .map_err(IssueError::new)
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let key = PasetoAsymmetricPublicKey::from(&self.public);
        let message = Paseto::<V4, Public>::try_verify(token, &key, None, None);
        checked(message, token, &self.policy)
    }
}

fn checked(
    message: Result<String, PasetoError>,
    token: &str,
    policy: &Policy,
) -> Result<ClaimSet, Rejection> {
    let message = message.map_err(|error| rejection(&error, token))?;
    let claims = ClaimSet::from_json::<Rfc3339>(message.as_bytes())
        .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))?;
    policy.check_now(&claims)?;
    Ok(claims)
}

/// The library's errors in the shared vocabulary. It says `WrongHeader` of
/// anything with three or four parts; a PASETO of another version is the
/// wrong scheme, anything else no token at all.
fn rejection(error: &PasetoError, token: &str) -> Rejection {
    let reason = match error {
        PasetoError::TokenTooLarge | PasetoError::FooterTooLarge => RejectReason::Oversized,
        PasetoError::WrongHeader if is_paseto(token) => RejectReason::WrongScheme,
        PasetoError::WrongHeader | PasetoError::IncorrectSize => RejectReason::Malformed,
        PasetoError::PayloadBase64Decode { .. } => RejectReason::Encoding,
        // Said of authentic payloads only.
        PasetoError::Utf8Error { .. } | PasetoError::FromUtf8Error { .. } => RejectReason::InvalidClaims,
        PasetoError::FooterInvalid
        | PasetoError::InvalidSignature
        | PasetoError::Cryption
        | PasetoError::ChaChaCipherError
        | PasetoError::Cipher { .. }
        | PasetoError::RsaCipher { .. } => RejectReason::BadSignature,
        _ => RejectReason::Internal,
    };
    Rejection::new(reason, error.to_string())
}
