//! ES256 by the book: the steps of ECDSA verification over P-256 (SEC 1
//! §4.1.4, FIPS 186-5 §6.4.2), each a check of its own, so that one can be
//! left out.
//!
//! Libraries have them in one function. The arithmetic is that of the `p256`
//! crate, where it is made of the crate's own types, none of which could hold
//! a signature of zeros; here r and s are whatever the token says.

use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::point::AffineCoordinates;
use p256::pkcs8::DecodePublicKey;
use p256::{FieldBytes, NonZeroScalar, ProjectivePoint, Scalar};
use sha2::{Digest, Sha256};
use tokenlab_harness::RejectReason;
use tokenlab_record::transcript::Stage;

use super::check::{Check, Verifier, refuse};
use super::jws::{self, Jws, configured_key};

/// Every check of a verifier for ES256 alone.
#[must_use]
pub fn verifier(spki_pem: Vec<u8>) -> Verifier<Jws> {
    jws::verifier("ES256", configured_key(spki_pem))
        .before("signature", signature_length())
        .before("signature", signature_range())
}

/// RFC 7518 §3.4: r and s side by side, 32 bytes each.
fn signature_length() -> Check<Jws> {
    Check::new(
        SIGNATURE_LENGTH,
        Stage::Signature,
        "the signature has 64 bytes, r and s",
        |jws: &mut Jws| match jws.signature().len() {
            SIGNATURE_BYTES => Ok(()),
            other => refuse(
                RejectReason::BadSignature,
                format!("the signature has {other} bytes, want {SIGNATURE_BYTES}"),
            ),
        },
    )
}

/// SEC 1 §4.1.4 step 1: neither number is zero, both are less than the order.
fn signature_range() -> Check<Jws> {
    Check::new(
        SIGNATURE_RANGE,
        Stage::Signature,
        "1 <= r < n and 1 <= s < n",
        |jws: &mut Jws| {
            let in_range = |scalar: &FieldBytes| bool::from(NonZeroScalar::from_repr(*scalar).is_some());
            if r_and_s(jws.signature()).is_some_and(|(r, s)| in_range(&r) && in_range(&s)) {
                return Ok(());
            }
            refuse(
                RejectReason::BadSignature,
                "r or s is zero, or not less than the order",
            )
        },
    )
}

/// Steps 3 to 8, for any r and s. What they make of zero is what a library
/// makes of it that inverts by Fermat's theorem (the inverse of s is s to the
/// power of n - 2, which is zero for zero) and gives the point at infinity the
/// coordinate zero: r = s = 0 is a signature of everything.
#[must_use]
pub fn verifies(spki_pem: &[u8], input: &[u8], signature: &[u8]) -> bool {
    let key = std::str::from_utf8(spki_pem)
        .ok()
        .and_then(|pem| p256::PublicKey::from_public_key_pem(pem).ok());
    let Some((key, (r, s))) = key.zip(r_and_s(signature)) else {
        return false;
    };
    let (r, s) = (Scalar::reduce_bytes(&r), Scalar::reduce_bytes(&s));
    let hash = Scalar::reduce_bytes(&Sha256::digest(input));
    let inverse = Option::from(s.invert()).unwrap_or(Scalar::ZERO);
    let point = ProjectivePoint::GENERATOR * (hash * inverse) + key.to_projective() * (r * inverse);
    let x = if point == ProjectivePoint::IDENTITY {
        FieldBytes::default()
    } else {
        point.to_affine().x()
    };
    Scalar::reduce_bytes(&x) == r
}

fn r_and_s(signature: &[u8]) -> Option<(FieldBytes, FieldBytes)> {
    let signature: &[u8; SIGNATURE_BYTES] = signature.try_into().ok()?;
    let (r, s) = signature.split_at(SIGNATURE_BYTES / 2);
    Some((FieldBytes::clone_from_slice(r), FieldBytes::clone_from_slice(s)))
}

const SIGNATURE_BYTES: usize = 64;

/// Name of the check of the encoding.
pub const SIGNATURE_LENGTH: &str = "signature-length";
/// Name of the check that Java 15 to 18 did without.
pub const SIGNATURE_RANGE: &str = "signature-range";

#[cfg(test)]
mod tests {
    use p256::ecdsa::SigningKey;
    use p256::ecdsa::signature::Signer as _;
    use p256::pkcs8::{EncodePublicKey, LineEnding};

    use super::*;

    #[test]
    fn what_the_crate_signs_verifies_and_its_neighbours_do_not() {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        let pem = key.verifying_key().to_public_key_pem(LineEnding::LF).unwrap();
        for message in [&b"one"[..], b"two", b""] {
            let signature: p256::ecdsa::Signature = key.sign(message);
            let mut bytes = signature.to_bytes().to_vec();
            assert!(verifies(pem.as_bytes(), message, &bytes));
            assert!(!verifies(pem.as_bytes(), b"other", &bytes));
            assert!(!verifies(pem.as_bytes(), message, &bytes[..63]));
            assert!(!verifies(b"no key", message, &bytes));
            bytes[40] ^= 1;
            assert!(!verifies(pem.as_bytes(), message, &bytes));
        }
    }

    #[test]
    fn without_the_range_zero_is_a_signature_of_everything() {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        let pem = key.verifying_key().to_public_key_pem(LineEnding::LF).unwrap();
        let order = crate::ecdsa::Curve::P256.order();
        assert!(verifies(pem.as_bytes(), b"anything", &[0; 64]));
        assert!(verifies(
            pem.as_bytes(),
            b"anything",
            &[order.clone(), order].concat()
        ));
        assert!(!verifies(pem.as_bytes(), b"anything", &[1; 64]));
    }
}
