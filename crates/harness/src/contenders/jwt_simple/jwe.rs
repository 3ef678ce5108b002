//! JWE compact tokens by `jwt-simple` 0.15 on RustCrypto, through its
//! `superboring` (RFC 7516, RFC 7518 §4 and §5.3).
//!
//! The library takes and gives its own claims type and never the bytes, which
//! costs something both ways ([`super::claims`]). Tokens are written through
//! its custom claims alone, so that every claim stays as it is.
//!
//! It also takes the content encryption from the token's header; that is held
//! against the scheme here, by reading the header once more. Its checks of
//! times are turned off in favour of [`Policy::check`], since it can't require
//! `exp`. One caveat: ECDH-ES is on P-256 here, although the library offers
//! X25519 under the same name.

use std::fmt;

use jwt_simple::Error;
use jwt_simple::prelude::{
    A128KWKey, A256KWKey, ContentEncryption, DecryptionOptions, Duration, EcdhEsA256KWDecryptionKey,
    EcdhEsA256KWEncryptionKey, EncryptionOptions, JWEToken, JWTClaims, RsaOaepDecryptionKey,
    RsaOaepEncryptionKey, UnixTimeStamp, VerificationOptions,
};
use rsa::traits::PublicKeyParts;
use serde::Serialize;
use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family, Primitive};

use super::claims::returned;
use super::{LIBRARY, rejection};
use crate::claims::{ClaimSet, Encode, NumericDate};
use crate::contender::{Bound, Codec, Contender, IssueError, Opened, SetupError, TokenService};
use crate::contenders::jws::{can_bind, is_bound};
use crate::contenders::members::Members;
use crate::exchange::{Key, PublicKey};
use crate::keys::KeyRing;
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

/// A key management algorithm with the content encryption that goes with it,
/// what it computes and by which packages.
const ALGORITHMS: &[(Management, ContentEncryption, &str, &str)] = &[
    (
        Management::A128Kw,
        ContentEncryption::A128GCM,
        "A128KW, AES-128-GCM",
        "aes-keywrap 0.9, aes-gcm 0.11",
    ),
    (
        Management::A256Kw,
        ContentEncryption::A256GCM,
        "A256KW, AES-256-GCM",
        "aes-keywrap 0.9, aes-gcm 0.11",
    ),
    (
        Management::EcdhEsA256Kw,
        ContentEncryption::A256GCM,
        "ECDH P-256, A256KW, AES-256-GCM",
        "p256 0.14, aes-keywrap 0.9, aes-gcm 0.11",
    ),
    (
        Management::RsaOaep,
        ContentEncryption::A256GCM,
        "RSA-2048 OAEP, AES-256-GCM",
        "rsa 0.9, aes-gcm 0.11",
    ),
];

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    ALGORITHMS
        .iter()
        .map(|(management, content, primitive, packages)| {
            Box::new(JwtSimpleJwe {
                management: *management,
                content: *content,
                card: card(*management, *content, primitive, packages),
            }) as Box<dyn Contender>
        })
        .collect()
}

fn card(
    management: Management,
    content: ContentEncryption,
    primitive: &str,
    packages: &str,
) -> ContenderCard {
    let algorithm = format!("{}+{}", management.name(), content.alg_name());
    let own_claims = "goes through the library's own claims type, whose times end in 2106";
    ContenderCard {
        id: ContenderId::new(format!("jwt-simple/{algorithm}")),
        family: Family::Jwe,
        class: management.class(),
        scheme: format!("jwe.{algorithm}"),
        algorithm,
        library: LIBRARY.0.into(),
        package: LIBRARY.0.into(),
        library_version: LIBRARY.1.into(),
        backend: format!("{packages} ({primitive})"),
        primitive: Primitive::new(primitive, packages),
        footnote: Some(match management.class() {
            Class::PublicKeyEncryption => format!(
                "whoever has the public key can make such a token, so it says nothing of its issuer; {own_claims}"
            ),
            _ => own_claims.to_owned(),
        }),
    }
}

#[derive(Clone, Copy)]
enum Management {
    A128Kw,
    A256Kw,
    EcdhEsA256Kw,
    RsaOaep,
}

impl Management {
    const fn name(self) -> &'static str {
        match self {
            Self::A128Kw => "A128KW",
            Self::A256Kw => "A256KW",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
            Self::RsaOaep => "RSA-OAEP",
        }
    }

    const fn class(self) -> Class {
        match self {
            Self::A128Kw | Self::A256Kw => Class::Aead,
            Self::EcdhEsA256Kw | Self::RsaOaep => Class::PublicKeyEncryption,
        }
    }

    /// The key that is wanted, for messages.
    const fn wanted(self) -> &'static str {
        match self {
            Self::A128Kw => "a secret of 16 bytes",
            Self::A256Kw => "a secret of 32 bytes",
            Self::EcdhEsA256Kw => "a P-256 key",
            Self::RsaOaep => "an RSA key of 2048 bits or more",
        }
    }

    /// From the forms that users store: raw bytes and PEM.
    fn keys(self, ring: &KeyRing, scheme: &str) -> Result<Keys, Error> {
        Ok(match self {
            Self::A128Kw => Keys::A128Kw(A128KWKey::from_bytes(&ring.symmetric::<16>(scheme))?),
            Self::A256Kw => Keys::A256Kw(A256KWKey::from_bytes(&ring.symmetric::<32>(scheme))?),
            Self::EcdhEsA256Kw => Keys::EcdhEsA256Kw(
                EcdhEsA256KWEncryptionKey::from_pem(&ring.p256().public_pem)?,
                Some(EcdhEsA256KWDecryptionKey::from_pem(&ring.p256().secret_pem)?),
            ),
            Self::RsaOaep => Keys::RsaOaep(
                Box::new(RsaOaepEncryptionKey::from_pem(&ring.rsa().pem.public_pem)?),
                Some(Box::new(RsaOaepDecryptionKey::from_pem(
                    &ring.rsa().pem.secret_pem,
                )?)),
            ),
        })
    }

    /// From a key of whatever origin; `None` if it is of another kind.
    fn keys_of(self, key: &Key) -> Option<Result<Keys, Error>> {
        let private = match key.private() {
            Some(private) => Some(private.to_pem()?),
            None => None,
        };
        let keys = match (self, key, key.public()) {
            (Self::A128Kw, Key::Secret(bytes), _) if bytes.len() == 16 => {
                A128KWKey::from_bytes(bytes).map(Keys::A128Kw)
            }
            (Self::A256Kw, Key::Secret(bytes), _) if bytes.len() == 32 => {
                A256KWKey::from_bytes(bytes).map(Keys::A256Kw)
            }
            (Self::EcdhEsA256Kw, _, Some(public @ PublicKey::P256(_))) => {
                let public = public.to_pem()?;
                EcdhEsA256KWEncryptionKey::from_pem(&public).and_then(|sealing| {
                    let opening = private.map(|pem| EcdhEsA256KWDecryptionKey::from_pem(&pem));
                    Ok(Keys::EcdhEsA256Kw(sealing, opening.transpose()?))
                })
            }
            (Self::RsaOaep, _, Some(PublicKey::Rsa(public))) if public.n().bits() >= 2048 => {
                let public = PublicKey::Rsa(public).to_pem()?;
                RsaOaepEncryptionKey::from_pem(&public).and_then(|sealing| {
                    let opening = private.map(|pem| RsaOaepDecryptionKey::from_pem(&pem));
                    Ok(Keys::RsaOaep(
                        Box::new(sealing),
                        opening.transpose()?.map(Box::new),
                    ))
                })
            }
            _ => return None,
        };
        Some(keys)
    }
}

struct JwtSimpleJwe {
    management: Management,
    content: ContentEncryption,
    card: ContenderCard,
}

impl JwtSimpleJwe {
    fn tokens(&self, keys: Keys) -> Tokens {
        Tokens {
            keys,
            encryption: EncryptionOptions {
                content_encryption: self.content,
                ..EncryptionOptions::default()
            },
            decryption: DecryptionOptions {
                claim_options: Some(without_checks()),
                ..DecryptionOptions::default()
            },
        }
    }
}

impl Contender for JwtSimpleJwe {
    fn card(&self) -> &ContenderCard {
        &self.card
    }

    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError> {
        let keys = self
            .management
            .keys(keys, &self.card.scheme)
            .map_err(|error| SetupError::new(&self.card, error))?;
        Ok(Box::new(Service {
            tokens: self.tokens(keys),
            policy: policy.clone(),
        }))
    }

    fn codec(&self, key: &Key) -> Result<Box<dyn Codec>, SetupError> {
        let problem = |problem: &dyn fmt::Display| {
            let given = key.describe();
            SetupError::new(&self.card, format!("{given} was given, {problem}"))
        };
        let keys = self.management.keys_of(key).ok_or_else(|| {
            let name = self.management.name();
            problem(&format!("{name} wants {}", self.management.wanted()))
        })?;
        let keys = keys.map_err(|error| problem(&format!("jwt-simple says: {error}")))?;
        Ok(Box::new(self.tokens(keys)))
    }
}

/// Options under which the library looks at no claim: at time 0 nothing has
/// expired, and what is to come is accepted.
fn without_checks() -> VerificationOptions {
    VerificationOptions {
        artificial_time: Some(UnixTimeStamp::from_secs(0)),
        time_tolerance: Some(Duration::from_secs(0)),
        accept_future: true,
        ..VerificationOptions::default()
    }
}

/// Keys, parsed. The private half is missing if only a public key was given.
enum Keys {
    A128Kw(A128KWKey),
    A256Kw(A256KWKey),
    EcdhEsA256Kw(EcdhEsA256KWEncryptionKey, Option<EcdhEsA256KWDecryptionKey>),
    RsaOaep(Box<RsaOaepEncryptionKey>, Option<Box<RsaOaepDecryptionKey>>),
}

/// Tokens of one scheme under one key.
struct Tokens {
    keys: Keys,
    encryption: EncryptionOptions,
    decryption: DecryptionOptions,
}

impl Tokens {
    fn encrypt(&self, custom: impl Serialize) -> Result<String, Error> {
        let claims = JWTClaims {
            custom,
            issued_at: None,
            expires_at: None,
            invalid_before: None,
            issuer: None,
            subject: None,
            audiences: None,
            jwt_id: None,
            nonce: None,
        };
        let options = &self.encryption;
        match &self.keys {
            Keys::A128Kw(key) => key.encrypt_with_options(claims, options),
            Keys::A256Kw(key) => key.encrypt_with_options(claims, options),
            Keys::EcdhEsA256Kw(key, _) => key.encrypt_with_options(claims, options),
            Keys::RsaOaep(key, _) => key.encrypt_with_options(claims, options),
        }
    }

    fn decrypt(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let header = JWEToken::decode_metadata(token).ok();
        let wanted = self.encryption.content_encryption.alg_name();
        if let Some(given) = header.as_ref().map(|header| header.encryption())
            && given != wanted
        {
            return Err(Rejection::new(
                RejectReason::WrongScheme,
                format!("enc is {given}, want {wanted}"),
            ));
        }
        let options = Some(self.decryption.clone());
        let decrypted = match &self.keys {
            Keys::A128Kw(key) => key.decrypt_token::<Members>(token, options),
            Keys::A256Kw(key) => key.decrypt_token(token, options),
            Keys::EcdhEsA256Kw(_, Some(key)) => key.decrypt_token(token, options),
            Keys::RsaOaep(_, Some(key)) => key.decrypt_token(token, options),
            Keys::EcdhEsA256Kw(_, None) | Keys::RsaOaep(_, None) => {
                return Err(Rejection::new(
                    RejectReason::Internal,
                    "a public key only seals: opening wants the private key",
                ));
            }
        };
        let claims = decrypted.map_err(|error| rejection(&error, token))?;
        returned(claims).map_err(|problem| Rejection::new(RejectReason::InvalidClaims, problem))
    }
}

impl Codec for Tokens {
    /// Members of the payload keep their order, but it is written anew.
    fn seal(&self, payload: &[u8], bound: &Bound) -> Result<String, IssueError> {
        can_bind(bound)?;
        let members: Members = serde_json::from_slice(payload)
            .map_err(|error| IssueError::new(format!("the library encrypts JSON objects alone: {error}")))?;
        self.encrypt(members).map_err(IssueError::new)
    }

    fn open(&self, token: &str, bound: &Bound) -> Result<Opened, Rejection> {
        is_bound(bound)?;
        let written = self.decrypt(token)?.to_json::<NumericDate>();
        let payload =
            written.map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))?;
        Ok(Opened {
            payload: payload.into_bytes(),
            footer: Vec::new(),
        })
    }
}

struct Service {
    tokens: Tokens,
    policy: Policy,
}

impl TokenService for Service {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        self.tokens
            .encrypt(Encode::<NumericDate>::new(claims))
            .map_err(IssueError::new)
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let claims = self.tokens.decrypt(token)?;
        self.policy.check_now(&claims)?;
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contenders;

    fn codec(id: &str) -> Box<dyn Codec> {
        let contender = contenders::named(id).unwrap();
        let key = KeyRing::from_seed(1).key(&contender.card().scheme).unwrap();
        contender.codec(&key).unwrap()
    }

    #[test]
    fn a_time_that_the_library_cannot_tell_is_refused_and_not_changed() {
        let codec = codec("jwt-simple/A256KW+A256GCM");
        let bound = Bound::default();
        for (exp, known) in [
            ("4294967294", true),
            ("4294967295", false),
            ("1e300", false),
            ("-1", false),
        ] {
            let payload = format!(r#"{{"exp":{exp}}}"#);
            let token = codec.seal(payload.as_bytes(), &bound).unwrap();
            match codec.open(&token, &bound) {
                Ok(opened) => assert!(known && opened.payload == payload.as_bytes(), "{exp}"),
                Err(rejection) => {
                    assert!(!known, "{exp}");
                    assert_eq!(rejection.reason, RejectReason::InvalidClaims, "{exp}");
                }
            }
        }
    }

    #[test]
    fn the_content_encryption_comes_from_the_scheme() {
        let contender = contenders::named("jwt-simple/A256KW+A256GCM").unwrap();
        let key = KeyRing::from_seed(1).key(&contender.card().scheme).unwrap();
        let other = JwtSimpleJwe {
            management: Management::A256Kw,
            content: ContentEncryption::A128GCM,
            card: contender.card().clone(),
        };
        let bound = Bound::default();
        let token = other.codec(&key).unwrap().seal(b"{}", &bound).unwrap();
        let rejection = contender.codec(&key).unwrap().open(&token, &bound).unwrap_err();
        assert_eq!(rejection.reason, RejectReason::WrongScheme, "{rejection}");
    }

    #[test]
    fn a_key_that_does_not_fit_is_named_with_what_is_wanted() {
        let ring = KeyRing::from_seed(1);
        for (id, scheme, problem) in [
            (
                "jwt-simple/A256KW+A256GCM",
                "jwe.A128KW+A128GCM",
                "a secret of 16 bytes was given, A256KW wants a secret of 32 bytes",
            ),
            (
                "jwt-simple/ECDH-ES+A256KW+A256GCM",
                "jwt.ES384",
                "a P-384 private key was given, ECDH-ES+A256KW wants a P-256 key",
            ),
            (
                "jwt-simple/RSA-OAEP+A256GCM",
                "jwt.EdDSA",
                "an Ed25519 private key was given, RSA-OAEP wants an RSA key of 2048 bits or more",
            ),
        ] {
            let given = ring.key(scheme).unwrap();
            let error = contenders::named(id).unwrap().codec(&given).err().unwrap();
            assert_eq!(error.problem, problem, "{id}");
        }
    }

    #[test]
    fn a_public_key_seals_and_does_not_open() {
        let contender = contenders::named("jwt-simple/RSA-OAEP+A256GCM").unwrap();
        let private = KeyRing::from_seed(1).key(&contender.card().scheme).unwrap();
        let public = contender.codec(&Key::Public(private.public().unwrap())).unwrap();
        let bound = Bound::default();
        let token = public.seal(br#"{"sub":"alice"}"#, &bound).unwrap();
        let opened = contender.codec(&private).unwrap().open(&token, &bound).unwrap();
        assert_eq!(opened.payload, br#"{"sub":"alice"}"#);
        assert_eq!(
            public.open(&token, &bound).unwrap_err().reason,
            RejectReason::Internal
        );
    }
}
