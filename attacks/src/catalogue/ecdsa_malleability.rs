//! The other signature: for every ECDSA signature (r, s) there is (r, n - s),
//! which verifies as well.
//!
//! The flawed assumption: a token has one spelling. Whoever remembers tokens
//! that were called back, or used up, by their text or its hash does not know
//! the other one. It is a property of ECDSA (SEC 1 §4.1.4) and no bug: RFC 7518
//! §3.4 does not ask for the smaller s, nor does RFC 8812 §3.2 or PASETO
//! Version3. Signers may normalise; verifiers take both, but for a few. So
//! which of the two the honest token has makes no difference: the other one is
//! sent.
//!
//! Ed25519 has the same symmetry in principle, s and s plus the order of the
//! group, and RFC 8032 §5.1.7 forbids the larger; that is tried. Elsewhere one
//! bit of the signature or tag is turned, since algebra gives no second one.

use tokenlab_harness::malleability::rewrite_authenticated_part;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::ecdsa::Curve;
use crate::notebook::Notebook;
use crate::scheme::{JwsAlgorithm, Purpose, Scheme, Version};
use crate::weakness::Weakness;

pub(super) struct EcdsaMalleability;

static PROFILE: AttackProfile = AttackProfile {
    id: "ecdsa-malleability",
    title: "Second signature of the same token",
    assumption: "A token has one spelling, so its text can stand for it.",
    class: AttackClass::Cryptography,
    given: &[],
    isolated: false,
    breaks: &[Weakness::MalleableSignature],
    references: &[
        (
            "RFC 7518 §3.4",
            "An ECDSA signature is r and s; nothing is said of which of two s.",
        ),
        (
            "RFC 8812 §3.2",
            "The same for ES256K; the smaller s of Bitcoin is not asked for.",
        ),
        (
            "RFC 8032 §5.1.7",
            "Ed25519 refuses an s that is not less than the order of the group.",
        ),
        (
            "PASETO Version3",
            "v3.public signs with ECDSA over P-384, and verification takes either s.",
        ),
        (
            "OWASP JSON Web Token cheat sheet",
            "Lists of tokens go by an identifier, since one token can have several spellings.",
        ),
    ],
    lesson: include_str!("../../lessons/ecdsa-malleability.md"),
};

impl Attack for EcdsaMalleability {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let failed = || CannotForge::Failed("the sample token has no such signature".into());
        if let Some(curve) = Curve::of(view.scheme()) {
            let token = with_signature(view.bare_sample(), 2 * curve.scalar_bytes(), |signature| {
                curve.negated(signature)
            })
            .ok_or_else(failed)?;
            let variant = "other-signature";
            notes.variant_step(
                variant,
                "Replaces s in her own token's signature by n - s. The claims stay, and no key is needed.",
                token.as_str(),
            );
            return Ok(vec![Forgery::new(variant, token).to_be_believed()]);
        }
        let (variant, token, action, why) = match view.scheme() {
            Scheme::Jwt(JwsAlgorithm::EdDsa)
            | Scheme::Paseto(Version::V2 | Version::V4, Purpose::Public)
            | Scheme::Biscuit => (
                "order-added",
                with_signature(view.bare_sample(), 64, |signature| Some(order_added(signature))),
                "Adds the order of the group to s in her own token's signature.",
                "Ed25519 has a second s in the same sense, which RFC 8032 forbids",
            ),
            Scheme::Session(_) => (
                "letter-changed",
                Some(letter_changed(view.bare_sample())),
                "Changes the first letter of her own id.",
                "an id has no signature, so its text is changed",
            ),
            _ => (
                "bit-turned",
                with_signature(view.bare_sample(), 1, |last| {
                    Some(last.iter().map(|byte| byte ^ 1).collect())
                }),
                "Turns the last bit of her own token's signature or tag.",
                "no algebra gives a second signature or tag here, so one bit is turned",
            ),
        };
        let token = token.ok_or_else(failed)?;
        notes.variant_step(variant, action, token.as_str());
        Err(CannotForge::Inexpressible {
            why:
                "the token is not signed with ECDSA, and has no second signature that follows from the first"
                    .into(),
            tried: vec![Forgery::analogue(variant, token, why).to_be_believed()],
        })
    }
}

/// The token with the last `length` bytes of its authenticated part changed.
fn with_signature(
    token: &str,
    length: usize,
    change: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> Option<String> {
    rewrite_authenticated_part(token, |bytes| {
        let signature = bytes.split_off(bytes.len().checked_sub(length)?);
        bytes.extend(change(&signature)?);
        Some(())
    })
}

/// An Ed25519 signature with the order of the group added to its second half,
/// little-endian.
fn order_added(signature: &[u8]) -> Vec<u8> {
    let (point, scalar) = signature.split_at(signature.len() / 2);
    let mut carry = 0;
    let sum = scalar.iter().zip(ED25519_ORDER).map(|(byte, order)| {
        let [low, high] = (u16::from(*byte) + u16::from(order) + carry).to_le_bytes();
        carry = u16::from(high);
        low
    });
    let sum: Vec<u8> = sum.collect();
    [point, &sum].concat()
}

fn letter_changed(id: &str) -> String {
    let first = if id.starts_with('A') { 'B' } else { 'A' };
    std::iter::once(first).chain(id.chars().skip(1)).collect()
}

/// 2^252 + 27742317777372353535851937790883648493 (RFC 8032 §5.1), little-endian.
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_added_with_its_carries() {
        assert_eq!(order_added(&[0; 64])[32..], ED25519_ORDER);
        let ones = order_added(&[[0; 32], [0xff; 32]].concat());
        assert_eq!(ones[32], 0xec);
        assert_eq!(ones[33], 0xd3);
        assert_eq!(ones[63], 0x10);
    }
}
