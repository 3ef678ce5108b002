//! ECDSA signatures as tokens carry them: r and s side by side, each as long
//! as the order of the curve (RFC 7518 §3.4, RFC 8812 §3.2, PASETO Version3).

use p384::elliptic_curve::Curve as _;
use p384::elliptic_curve::bigint::Encoding as _;

use crate::scheme::{JwsAlgorithm, Purpose, Scheme, Version};

/// The curve of a scheme that signs with ECDSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
    Secp256k1,
}

impl Curve {
    /// `None` of a scheme that signs otherwise, or not at all.
    pub(crate) const fn of(scheme: Scheme) -> Option<Self> {
        match scheme {
            Scheme::Jwt(JwsAlgorithm::Es256) => Some(Self::P256),
            Scheme::Jwt(JwsAlgorithm::Es384) | Scheme::Paseto(Version::V3, Purpose::Public) => {
                Some(Self::P384)
            }
            Scheme::Jwt(JwsAlgorithm::Es512) => Some(Self::P521),
            Scheme::Jwt(JwsAlgorithm::Es256K) => Some(Self::Secp256k1),
            _ => None,
        }
    }

    /// Length of r, and of s.
    pub(crate) const fn scalar_bytes(self) -> usize {
        match self {
            Self::P256 | Self::Secp256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The order of the curve, as long as a scalar.
    pub(crate) fn order(self) -> Vec<u8> {
        let wide = match self {
            Self::P256 => p256::NistP256::ORDER.to_be_bytes().to_vec(),
            Self::P384 => p384::NistP384::ORDER.to_be_bytes().to_vec(),
            Self::P521 => p521::NistP521::ORDER.to_be_bytes().to_vec(),
            Self::Secp256k1 => k256::Secp256k1::ORDER.to_be_bytes().to_vec(),
        };
        let zeros = wide.len().saturating_sub(self.scalar_bytes());
        wide.into_iter().skip(zeros).collect()
    }

    /// The other signature of the same message by the same key: (r, n - s) for
    /// (r, s). `None` if this is no signature.
    pub(crate) fn negated(self, signature: &[u8]) -> Option<Vec<u8>> {
        macro_rules! negated {
            ($curve:ident) => {{
                let signature = $curve::ecdsa::Signature::from_slice(signature).ok()?;
                let (r, s) = signature.split_scalars();
                let other = $curve::ecdsa::Signature::from_scalars(r, -s).ok()?;
                Some(other.to_bytes().to_vec())
            }};
        }
        match self {
            Self::P256 => negated!(p256),
            Self::P384 => negated!(p384),
            Self::P521 => negated!(p521),
            Self::Secp256k1 => negated!(k256),
        }
    }
}

/// r and s as X.509 writes them: a DER sequence of two integers (RFC 3279
/// §2.2.3), which have no zeros in front but the one that keeps them positive.
pub(crate) fn der(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    let mut sequence = integer(r);
    sequence.extend(integer(s));
    tagged(0x30, sequence)
}

fn integer(scalar: &[u8]) -> Vec<u8> {
    let mut digits: Vec<u8> = scalar.iter().copied().skip_while(|byte| *byte == 0).collect();
    if digits.first().is_none_or(|first| *first >= 0x80) {
        digits.insert(0, 0);
    }
    tagged(0x02, digits)
}

/// A DER value shorter than 256 bytes.
fn tagged(tag: u8, value: Vec<u8>) -> Vec<u8> {
    #[allow(clippy::cast_possible_truncation)] // two scalars of at most 67 bytes
    let length = value.len() as u8;
    let mut bytes = vec![tag];
    if length >= 0x80 {
        bytes.push(0x81);
    }
    bytes.push(length);
    bytes.extend(value);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Curve; 4] = [Curve::P256, Curve::P384, Curve::P521, Curve::Secp256k1];

    #[test]
    fn a_signature_negated_twice_is_the_signature() {
        for curve in ALL {
            let signature = [[7; 66].get(..curve.scalar_bytes()).unwrap(); 2].concat();
            // 0x07 is more than the first byte of the order of P-521.
            let signature = if curve == Curve::P521 {
                [vec![0; 2], vec![7; 64], vec![0; 2], vec![9; 64]].concat()
            } else {
                signature
            };
            let other = curve.negated(&signature).unwrap();
            assert_ne!(other, signature, "{curve:?}");
            assert_eq!(curve.negated(&other).unwrap(), signature, "{curve:?}");
            let order = curve.order();
            assert_eq!(order.len(), curve.scalar_bytes(), "{curve:?}");
            assert_eq!(curve.negated(&[order.clone(), order].concat()), None, "{curve:?}");
        }
    }

    #[test]
    fn der_is_what_a_library_writes() {
        let mut signature = [[0x80; 32], [0x7f; 32]].concat();
        signature[32] = 0;
        let library = p256::ecdsa::Signature::from_slice(&signature).unwrap().to_der();
        assert_eq!(der(&signature), library.as_bytes());
        let long = [vec![0; 2], vec![7; 64], vec![1; 66]].concat();
        let library = p521::ecdsa::Signature::from_slice(&long).unwrap().to_der();
        assert_eq!(der(&long), library.as_bytes());
        assert_eq!(der(&[0; 64]), [0x30, 6, 2, 1, 0, 2, 1, 0]);
    }
}
