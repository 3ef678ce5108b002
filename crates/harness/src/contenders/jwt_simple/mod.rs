//! `jwt-simple` 0.15 in its build without C (feature `pure-rust`): its
//! signatures are in [`jws`], its encryption in [`jwe`].
//!
//! Its errors are `anyhow`'s, so what went wrong is found by type, here, for
//! all of its tokens.

mod claims;
mod jwe;
mod jws;

use jwt_simple::prelude::Token;
use jwt_simple::reexports::{ct_codecs, serde_json};
use jwt_simple::{Error, JWTError};

use crate::contender::Contender;
use crate::rejection::{RejectReason, Rejection};

const LIBRARY: (&str, &str) = ("jwt-simple", "0.15.0");

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    jws::contenders().chain(jwe::contenders()).collect()
}

/// The library's errors about `token` in the shared vocabulary.
fn rejection(error: &Error, token: &str) -> Rejection {
    let reason = if let Some(error) = error.downcast_ref::<JWTError>() {
        reason(error)
    } else if error.is::<ct_codecs::Error>() {
        RejectReason::Encoding
    } else if error.is::<serde_json::Error>() {
        // Said of the header and of the payload alike; the payload is read
        // only when the signature is good.
        match Token::decode_metadata(token) {
            Ok(_) => RejectReason::InvalidClaims,
            Err(_) => RejectReason::Encoding,
        }
    } else if error.is::<ed25519_compact::Error>() {
        RejectReason::BadSignature
    } else {
        RejectReason::Internal
    };
    Rejection::new(reason, error.to_string())
}

fn reason(error: &JWTError) -> RejectReason {
    match error {
        JWTError::TokenTooLong | JWTError::HeaderTooLarge => RejectReason::Oversized,
        JWTError::CompactEncodingError | JWTError::InvalidJWEFormat => RejectReason::Malformed,
        JWTError::AlgorithmMismatch
        | JWTError::NotJWT
        | JWTError::RequiredSignatureTypeMismatch
        | JWTError::RequiredContentTypeMismatch
        | JWTError::UnknownCriticalExtension
        | JWTError::UnsupportedJWEAlgorithm(_)
        | JWTError::UnsupportedContentEncryption(_) => RejectReason::WrongScheme,
        JWTError::MissingJWTKeyIdentifier
        | JWTError::KeyIdentifierMismatch
        | JWTError::RequiredKeyIdMissing
        | JWTError::RequiredKeyIdMismatch => RejectReason::UnknownKey,
        JWTError::InvalidAuthenticationTag
        | JWTError::InvalidSignature
        | JWTError::MissingSalt // the header carries a salt, which these keys have none of
        | JWTError::DecryptionFailed
        | JWTError::KeyUnwrapFailed
        | JWTError::MissingEphemeralKey
        | JWTError::InvalidEphemeralKey
        | JWTError::InvalidEncryptionKey
        | JWTError::InvalidIV
        | JWTError::InvalidJWEAuthTag => RejectReason::BadSignature,
        JWTError::TokenHasExpired => RejectReason::Expired,
        JWTError::TokenNotValidYet => RejectReason::NotYetValid,
        JWTError::RequiredIssuerMismatch => RejectReason::WrongIssuer,
        JWTError::RequiredAudienceMismatch => RejectReason::WrongAudience,
        _ => RejectReason::Internal,
    }
}
