//! The `core` layer of four releases, behind one trait.
//!
//! The releases share an API and no types, so the code is written once, as
//! macros, and instantiated with each release's types. The key types of the
//! library borrow their bytes: the bytes are kept here and wrapped anew in each
//! call, which copies nothing.
#![allow(deprecated)] // the core layer returns `PasetoError`, which 0.10 has begun to retire

use std::borrow::{Borrow, Cow};

use rsa::pkcs8::spki::SubjectPublicKeyInfoRef;
use rsa::pkcs8::{PrivateKeyInfo, SecretDocument};

use crate::paseto::{ONLY_VERIFIES, RawKey};
use crate::rejection::RejectReason;

/// One scheme by one release, its keys parsed.
pub(super) trait Core: Send + Sync {
    /// Signs or encrypts.
    fn seal(&self, payload: &str, bound: Text<'_>) -> Result<String, Failure>;

    /// Verifies or decrypts.
    fn open(&self, token: &str, bound: Text<'_>) -> Result<String, Failure>;
}

/// What a token is held against, as the text that the library wants.
#[derive(Clone, Copy, Default)]
pub(super) struct Text<'a> {
    pub(super) footer: Option<&'a str>,
    pub(super) assertion: &'a str,
}

/// An error of any release.
pub(super) struct Failure {
    /// The shared reason; of a wrong header the text of the token decides more.
    pub(super) reason: RejectReason,
    /// The library's own words.
    pub(super) words: Cow<'static, str>,
}

impl Failure {
    const ONLY_VERIFIES: Self = Self {
        reason: RejectReason::Internal,
        words: Cow::Borrowed(ONLY_VERIFIES),
    };
}

/// Parses the key of a scheme.
pub(super) type Parse = fn(&RawKey) -> Result<Box<dyn Core>, String>;

/// The library's errors in the shared vocabulary. It says `WrongHeader` of
/// anything with three or four parts. Some variants are there in some releases
/// only, and come as arguments.
macro_rules! failure {
    ($error:ty $(, $variant:ident => $reason:ident)*) => {
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                use $error as Error;
                let reason = match &error {
                    Error::WrongHeader => RejectReason::WrongScheme,
                    Error::IncorrectSize => RejectReason::Malformed,
                    Error::PayloadBase64Decode { .. } => RejectReason::Encoding,
                    // Said of authentic payloads only.
                    Error::Utf8Error { .. } | Error::FromUtf8Error { .. } => RejectReason::InvalidClaims,
                    Error::FooterInvalid
                    | Error::InvalidSignature
                    | Error::Signature
                    | Error::Cryption
                    | Error::ChaChaCipherError
                    | Error::Cipher { .. } => RejectReason::BadSignature,
                    $(Error::$variant { .. } => RejectReason::$reason,)*
                    _ => RejectReason::Internal,
                };
                Self { reason, words: error.to_string().into() }
            }
        }
    };
}

/// A version's local tokens. The version's randomness has `$nonce` bytes;
/// `$assertion` is written where there is an implicit assertion.
macro_rules! local {
    ($version:ident, $nonce:literal $(, $assertion:ident)?) => {
        impl Core for PasetoSymmetricKey<$version, Local> {
            fn seal(&self, payload: &str, bound: Text<'_>) -> Result<String, Failure> {
                let nonce = Key::<$nonce>::try_new_random()?;
                let mut builder = Paseto::<$version, Local>::builder();
                builder.set_payload(Payload::from(payload));
                if let Some(footer) = bound.footer {
                    builder.set_footer(Footer::from(footer));
                }
                $(builder.set_implicit_assertion(ImplicitAssertion::from(bound.$assertion));)?
                Ok(builder.try_encrypt(self, &PasetoNonce::from(&nonce))?)
            }

            fn open(&self, token: &str, bound: Text<'_>) -> Result<String, Failure> {
                let footer = bound.footer.map(Footer::from);
                Ok(Paseto::<$version, Local>::try_decrypt(
                    token,
                    self,
                    footer
                    $(, ImplicitAssertion::from(bound.$assertion))?
                )?)
            }
        }
    };
}

/// A version's public tokens. `$secret` and `$public` own the key's bytes, and
/// are borrowed as what follows them.
macro_rules! public {
    ($version:ident, $secret:ty => $secret_ref:ty, $public:ty => $public_ref:ty $(, $assertion:ident)?) => {
        struct Pair {
            secret: Option<$secret>,
            public: $public,
        }

        impl Core for Pair {
            fn seal(&self, payload: &str, bound: Text<'_>) -> Result<String, Failure> {
                let secret = self.secret.as_ref().ok_or(Failure::ONLY_VERIFIES)?;
                let secret = PasetoAsymmetricPrivateKey::from(Borrow::<$secret_ref>::borrow(secret));
                let mut builder = Paseto::<$version, Public>::builder();
                builder.set_payload(Payload::from(payload));
                if let Some(footer) = bound.footer {
                    builder.set_footer(Footer::from(footer));
                }
                $(builder.set_implicit_assertion(ImplicitAssertion::from(bound.$assertion));)?
                Ok(builder.try_sign(&secret)?)
            }

            fn open(&self, token: &str, bound: Text<'_>) -> Result<String, Failure> {
                let public = Borrow::<$public_ref>::borrow(&self.public);
                let public = PasetoAsymmetricPublicKey::try_from(public).map_err(PasetoError::from)?;
                let footer = bound.footer.map(Footer::from);
                Ok(Paseto::<$version, Public>::try_verify(
                    token,
                    &public,
                    footer
                    $(, ImplicitAssertion::from(bound.$assertion))?
                )?)
            }
        }
    };
}

pub(super) mod current {
    //! 0.10.1: all local tokens, and v4.public.

    use rusty_paseto::core::{
        Footer, ImplicitAssertion, Key, Local, Paseto, PasetoAsymmetricPrivateKey, PasetoAsymmetricPublicKey,
        PasetoError, PasetoNonce, PasetoSymmetricKey, Payload, Public, V1, V2, V3, V4,
    };

    use super::{Borrow, Core, Failure, RawKey, RejectReason, Text, array};

    failure!(
        PasetoError,
        TokenTooLarge => Oversized,
        FooterTooLarge => Oversized,
        RsaCipher => BadSignature
    );
    local!(V1, 32);
    local!(V2, 24);
    local!(V3, 32, assertion);
    local!(V4, 32, assertion);
    public!(V4, Key<64> => Key<64>, Key<32> => Key<32>, assertion);

    /// Any version's local key.
    pub(in super::super) fn local<V>(key: &RawKey) -> Result<Box<dyn Core>, String>
    where
        PasetoSymmetricKey<V, Local>: Core + 'static,
    {
        let key: PasetoSymmetricKey<V, Local> = Key::from(array(&key.opening)?).into();
        Ok(Box::new(key))
    }

    pub(in super::super) fn v4_public(key: &RawKey) -> Result<Box<dyn Core>, String> {
        let secret = key.sealing.as_deref().map(array).transpose()?;
        Ok(Box::new(Pair {
            secret: secret.map(Key::from),
            public: Key::from(array(&key.opening)?),
        }))
    }
}

pub(super) mod v3_public {
    //! 0.9.0: v3.public.

    use rusty_paseto_v3_public::core::{
        Footer, ImplicitAssertion, Key, Paseto, PasetoAsymmetricPrivateKey, PasetoAsymmetricPublicKey,
        PasetoError, Payload, Public, V3,
    };

    use super::{Borrow, Core, Failure, RawKey, RejectReason, Text, array};

    failure!(PasetoError, ECSDAError => BadSignature);
    public!(V3, Key<48> => Key<48>, Key<49> => Key<49>, assertion);

    pub(in super::super) fn v3_public(key: &RawKey) -> Result<Box<dyn Core>, String> {
        let secret = key.sealing.as_deref().map(array).transpose()?;
        Ok(Box::new(Pair {
            secret: secret.map(Key::from),
            public: Key::from(array(&key.opening)?),
        }))
    }
}

pub(super) mod v2_public {
    //! 0.8.0: v2.public.

    use rusty_paseto_v2_public::core::{
        Footer, Key, Paseto, PasetoAsymmetricPrivateKey, PasetoAsymmetricPublicKey, PasetoError, Payload,
        Public, V2,
    };

    use super::{Borrow, Core, Failure, RawKey, RejectReason, Text, array};

    failure!(PasetoError, RsaCipher => BadSignature);
    public!(V2, Key<64> => Key<64>, Key<32> => Key<32>);

    pub(in super::super) fn v2_public(key: &RawKey) -> Result<Box<dyn Core>, String> {
        let secret = key.sealing.as_deref().map(array).transpose()?;
        Ok(Box::new(Pair {
            secret: secret.map(Key::from),
            public: Key::from(array(&key.opening)?),
        }))
    }
}

pub(super) mod v1_public {
    //! 0.7.2: v1.public, whose keys are of ring's forms: PKCS#8 and PKCS#1.

    use rusty_paseto_v1_public::core::{
        Footer, Paseto, PasetoAsymmetricPrivateKey, PasetoAsymmetricPublicKey, PasetoError, Payload, Public,
        V1,
    };

    use super::{Borrow, Core, Failure, RawKey, RejectReason, Text, pkcs1, pkcs8};

    failure!(PasetoError);
    public!(V1, Vec<u8> => [u8], Vec<u8> => [u8]);

    pub(in super::super) fn v1_public(key: &RawKey) -> Result<Box<dyn Core>, String> {
        Ok(Box::new(Pair {
            secret: key.sealing.as_deref().map(pkcs8).transpose()?,
            public: pkcs1(&key.opening)?,
        }))
    }
}

fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], String> {
    bytes
        .try_into()
        .map_err(|_| format!("a key of {} bytes was given, want {N}", bytes.len()))
}

/// An RSA private key of PKCS#1 in its PKCS#8 envelope.
fn pkcs8(pkcs1: &[u8]) -> Result<Vec<u8>, String> {
    let envelope = PrivateKeyInfo::new(rsa::pkcs1::ALGORITHM_ID, pkcs1);
    let envelope = SecretDocument::try_from(envelope).map_err(|error| error.to_string())?;
    Ok(envelope.as_bytes().to_vec())
}

/// An RSA public key of PKCS#1 out of its SubjectPublicKeyInfo.
fn pkcs1(spki: &[u8]) -> Result<Vec<u8>, String> {
    let envelope = SubjectPublicKeyInfoRef::try_from(spki).map_err(|error| error.to_string())?;
    Ok(envelope.subject_public_key.raw_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::keys::KeyRing;
    use crate::paseto::Scheme;

    /// Why [`super::super::Release::panics_at_short_messages`] is there: a
    /// release that no longer needs it should lose it.
    #[test]
    fn two_old_releases_panic_at_a_short_message_and_the_others_do_not() {
        let ring = KeyRing::from_seed(1);
        for (version, parse, panics) in [
            ("v1", v1_public::v1_public as Parse, true),
            ("v2", v2_public::v2_public, true),
            ("v3", v3_public::v3_public, false),
            ("v4", current::v4_public, false),
        ] {
            let scheme = Scheme::from_header(version, "public").unwrap();
            let core = parse(&RawKey::of_ring(scheme, &ring).unwrap()).unwrap();
            let token = format!("{scheme}.AAAA");
            let opened = catch_unwind(AssertUnwindSafe(|| core.open(&token, Text::default())));
            assert_eq!(opened.is_err(), panics, "{scheme}");
        }
    }
}
