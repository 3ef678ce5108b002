//! Named malleabilities: other texts that say the same as an honest token and
//! that anyone can write without a key.
//!
//! None of them changes a claim, so none is a forgery. They matter to whoever
//! treats the text of a token as its identity: a revocation list or a replay
//! cache over the text misses the twin; one over `jti` or over the claims does
//! not. Tests and fuzz bodies refuse every accepted text that is neither an
//! issued token nor one of these, and a test fails when one of these is no
//! longer accepted.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokenlab_record::catalogue::{ContenderCard, Family};

use crate::biscuit_wire::{self, Envelope};

/// A way to write another text for the same token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Malleability {
    /// A PASETO with a dot at its end: a footer part that is there and empty.
    EmptyFooter,
    /// An ECDSA signature (r, s) written as (r, n - s).
    NegatedScalar,
    /// A Biscuit whose protobuf envelope is written otherwise: with a field that
    /// nobody knows, without one that is zero, without base64 padding.
    UnsignedEnvelope,
}

impl Malleability {
    /// Every malleability that is known.
    pub const ALL: [Self; 3] = [Self::EmptyFooter, Self::NegatedScalar, Self::UnsignedEnvelope];

    /// Stable name.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::EmptyFooter => "empty-footer",
            Self::NegatedScalar => "negated-scalar",
            Self::UnsignedEnvelope => "unsigned-envelope",
        }
    }

    /// Where it comes from and why it stands, in one sentence.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::EmptyFooter => {
                "PASETO issuers leave an empty footer out, the specification does not tell verifiers to \
                 refuse one, and both writings authenticate the same empty string"
            }
            Self::NegatedScalar => {
                "ECDSA accepts s and n - s alike (SEC 1 §4.1.4), and neither RFC 7518 §3.4, RFC 8812 §3.2 \
                 nor PASETO v3 asks for the smaller of the two"
            }
            Self::UnsignedEnvelope => {
                "Biscuit signs its blocks and keys, not the protobuf around them, whose readers skip \
                 unknown fields and take what is missing for zero; revocation goes by the signatures \
                 (Biscuit specification, Revocation), which stay the same"
            }
        }
    }

    /// Whether the verifier of this card is known to accept the twin.
    #[must_use]
    pub fn applies_to(self, card: &ContenderCard) -> bool {
        match self {
            Self::EmptyFooter => card.family == Family::Paseto,
            Self::NegatedScalar => Curve::of(card).is_some(),
            Self::UnsignedEnvelope => card.family == Family::Biscuit,
        }
    }

    /// The other text of `token`; applied twice, the token again. `None` if
    /// this malleability does not apply to the card or the text.
    #[must_use]
    pub fn twin(self, card: &ContenderCard, token: &str) -> Option<String> {
        if !self.applies_to(card) {
            return None;
        }
        match self {
            Self::EmptyFooter => match token.split('.').collect::<Vec<_>>().as_slice() {
                [_, _, _] => Some(format!("{token}.")),
                [_, _, _, ""] => token.strip_suffix('.').map(str::to_owned),
                _ => None,
            },
            Self::NegatedScalar => {
                let curve = Curve::of(card)?;
                rewrite_authenticated_part(token, |bytes| curve.negate(bytes))
            }
            Self::UnsignedEnvelope => {
                let bytes = Envelope::read(token)?.bytes;
                let without = bytes
                    .strip_suffix(UNKNOWN_FIELD)
                    .map(biscuit_wire::encode)
                    .filter(|text| Envelope::read(text).is_some());
                Some(without.unwrap_or_else(|| biscuit_wire::encode(&[&bytes, UNKNOWN_FIELD].concat())))
            }
        }
    }

    /// Whether `text`, accepted by the verifier of `card`, is another writing
    /// of `token` by this malleability. Most have one twin; of an unsigned
    /// envelope there are as many writings as one likes.
    #[must_use]
    pub fn explains(self, card: &ContenderCard, token: &str, text: &str) -> bool {
        match self {
            Self::EmptyFooter | Self::NegatedScalar => self.twin(card, token).as_deref() == Some(text),
            Self::UnsignedEnvelope => {
                let envelopes = Envelope::read(token).zip(Envelope::read(text));
                self.applies_to(card) && envelopes.is_some_and(|(token, text)| token.says_the_same_as(&text))
            }
        }
    }
}

/// A protobuf field of number 15, which no envelope of a Biscuit has: the number zero.
const UNKNOWN_FIELD: &[u8] = &[15 << 3, 0];

/// `token` and every text that any combination of the malleabilities makes of
/// it, for the verifier of `card`.
#[must_use]
pub fn writings(card: &ContenderCard, token: &str) -> Vec<String> {
    let mut writings = vec![token.to_owned()];
    for malleability in Malleability::ALL {
        let twins: Vec<String> = writings
            .iter()
            .filter_map(|text| malleability.twin(card, text))
            .collect();
        writings.extend(twins);
    }
    writings
}

/// `token` with the bytes of the part that ends in its signature or tag
/// changed: the third part of a JWS as of a PASETO, the last of a JWE, the
/// signature of the authority block of a Biscuit. `None` if there is no such
/// part or `change` refuses.
#[must_use]
pub fn rewrite_authenticated_part(
    token: &str,
    change: impl FnOnce(&mut Vec<u8>) -> Option<()>,
) -> Option<String> {
    if let Some(envelope) = Envelope::read(token) {
        let at = envelope.blocks.first()?.signature.clone();
        let mut signature = envelope.at(&at).to_vec();
        change(&mut signature)?;
        let mut bytes = envelope.bytes;
        bytes.splice(at, signature);
        return Some(biscuit_wire::encode(&bytes));
    }
    let mut parts: Vec<&str> = token.split('.').collect();
    let index = if parts.len() == 5 { 4 } else { 2 };
    let part = parts.get_mut(index)?;
    let mut bytes = URL_SAFE_NO_PAD.decode(&part).ok()?;
    change(&mut bytes)?;
    let changed = URL_SAFE_NO_PAD.encode(bytes);
    *part = &changed;
    Some(parts.join("."))
}

/// The curve of an ECDSA scheme.
#[derive(Clone, Copy)]
enum Curve {
    P256,
    P384,
    P521,
    Secp256k1,
}

impl Curve {
    /// The curve of the card's scheme, if its verifier accepts both scalars.
    fn of(card: &ContenderCard) -> Option<Self> {
        match card.scheme.as_str() {
            "jwt.ES256" => Some(Self::P256),
            "jwt.ES384" | "paseto.v3.public" => Some(Self::P384),
            "jwt.ES512" => Some(Self::P521),
            // k256 takes the smaller alone, as Bitcoin does; RFC 8812 does not.
            "jwt.ES256K" if card.library != "jwt-simple" => Some(Self::Secp256k1),
            _ => None,
        }
    }

    /// Replaces the signature at the end of `bytes` by its twin.
    fn negate(self, bytes: &mut [u8]) -> Option<()> {
        macro_rules! negate {
            ($curve:ident, $signature_bytes:literal) => {{
                let signature = bytes.last_chunk_mut::<$signature_bytes>()?;
                let (r, s) = $curve::ecdsa::Signature::from_slice(signature)
                    .ok()?
                    .split_scalars();
                let twin = $curve::ecdsa::Signature::from_scalars(r, -s).ok()?;
                signature.copy_from_slice(&twin.to_bytes());
            }};
        }
        match self {
            Self::P256 => negate!(p256, 64),
            Self::P384 => negate!(p384, 96),
            Self::P521 => negate!(p521, 132),
            Self::Secp256k1 => negate!(k256, 64),
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contenders;

    #[test]
    fn a_twin_of_a_twin_is_the_token_again() {
        let texts = ["v4.public.AAAA", &format!("aa.bb.{}", "AAAB".repeat(44))];
        let mut tried = 0;
        for contender in contenders::all() {
            for text in texts {
                for malleability in Malleability::ALL {
                    let Some(twin) = malleability.twin(contender.card(), text) else {
                        continue;
                    };
                    let id = contender.id();
                    assert_ne!(twin, text, "{id} {malleability:?}");
                    let again = malleability.twin(contender.card(), &twin);
                    assert_eq!(again.as_deref(), Some(text), "{id} {malleability:?}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 0, "no contender has a malleability");
    }

    #[test]
    fn a_malleability_is_not_offered_where_it_does_not_apply() {
        let hs256 = contenders::named("jsonwebtoken/HS256+rustcrypto").unwrap().card();
        assert_eq!(writings(hs256, "aa.bb.cc"), ["aa.bb.cc"]);
        let v4 = contenders::named("pasetors/v4.public").unwrap().card();
        assert_eq!(
            writings(v4, "v4.public.AAAA"),
            ["v4.public.AAAA", "v4.public.AAAA."]
        );
        assert_eq!(writings(v4, "v4.public.AAAA.Zm9v"), ["v4.public.AAAA.Zm9v"]);
    }
}
