//! A verifier of RS256 tokens that decrypts what has five parts.
//!
//! Models libraries with one function for both kinds of token: jwcrypto before
//! 1.4 (CVE-2022-3102) and json-jwt before 1.16.6 (CVE-2023-51774). The private
//! key is at hand because the service also receives encrypted tokens, and
//! whatever decrypts comes back as the claims of a verified one.

use tokenlab_harness::exchange::PrivateKey;
use tokenlab_harness::{Key, Policy, RejectReason};
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::issuer::Issuer;
use super::jwt_rs256;
use crate::card::TargetProfile;
use crate::jwe::{self, Sealed};
use crate::model::check::refuse;
use crate::model::jose::{self, Jose};
use crate::model::jws::{self, configured_key};
use crate::model::{Check, ModelTarget, Parsed as _};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let private_key = private_key(issuer);
    let three_or_five_parts = Check::new(
        "three-or-five-parts",
        Stage::Shape,
        "there are three parts to verify, or five, which decrypt to claims",
        move |token: &mut Jose| {
            let plaintext = match token.parts().as_slice() {
                [_, _, _] => return Ok(()),
                [header, rest @ ..] if rest.len() == 4 => decrypted(&private_key, header, rest),
                other => {
                    return refuse(
                        RejectReason::Malformed,
                        format!("{} parts, want 3 or 5", other.len()),
                    );
                }
            };
            let Some(plaintext) = plaintext else {
                return refuse(RejectReason::BadSignature, "it does not decrypt");
            };
            token.believe(plaintext);
            Policy::lab().check_now(&token.claims()?)
        },
    );
    let public_key = issuer.ring().rsa().pem.public_pem.clone().into_bytes();
    let every_check = jose::verifier(jws::checks("RS256", configured_key(public_key)));
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-or-jwe".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_rs256::SCHEME,
            summary: "a verifier for RS256 that decrypts a token of five parts instead".into(),
            own: &[Weakness::DecryptionForVerification],
            mends: &[],
            provenance: "model of CVE-2022-3102 (PyPI jwcrypto before 1.4)".into(),
            hardened: Some(jwt_rs256::ID),
        },
        exposure: jwt_rs256::exposure(issuer),
        verifier: every_check.replacing("three-parts", three_or_five_parts),
    })
}

/// What RSA-OAEP-256 and A256GCM make of it.
fn decrypted(key: &rsa::RsaPrivateKey, header: &str, rest: &[&str]) -> Option<Vec<u8>> {
    let decoded: Vec<Vec<u8>> = rest
        .iter()
        .map(|part| URL_SAFE_NO_PAD.decode(part).ok())
        .collect::<Option<_>>()?;
    let [wrapped, nonce, ciphertext, tag] = decoded.as_slice() else {
        return None;
    };
    let sealed = Sealed {
        header,
        wrapped,
        nonce,
        ciphertext,
        tag,
    };
    jwe::open(key, &sealed)
}

/// The private half of the key that signs.
fn private_key(issuer: &Issuer) -> rsa::RsaPrivateKey {
    let key = match issuer.key(jwt_rs256::SCHEME) {
        Key::Private(PrivateKey::Rsa(key)) => Some(*key),
        _ => None,
    };
    #[allow(clippy::expect_used)] // the ring's key for RS256, held by tests
    key.expect("an RSA key")
}
