//! The same signature in another encoding: DER where r and s belong side by
//! side.
//!
//! The flawed assumption: whatever can be read as a signature may be read.
//! JWS writes an ECDSA signature as two numbers of fixed length (RFC 7518
//! §3.4), X.509 as a DER sequence. A verifier that takes both has two texts for
//! each token, and a parser more in front of the cryptography. No advisory is
//! known to this lab; tools that test JWTs send such signatures.

use tokenlab_harness::malleability::rewrite_authenticated_part;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::ecdsa::{self, Curve};
use crate::notebook::Notebook;
use crate::scheme::Scheme;
use crate::weakness::Weakness;

pub(super) struct SigEncodingDerRaw;

static PROFILE: AttackProfile = AttackProfile {
    id: "sig-encoding-der-raw",
    title: "Signature in another encoding",
    assumption: "Whatever can be read as a signature may be read.",
    class: AttackClass::Cryptography,
    given: &[],
    isolated: false,
    breaks: &[Weakness::TwoSignatureEncodings],
    references: &[
        (
            "RFC 7518 §3.4",
            "The signature of ES256 is r and s, 32 bytes each, and any other length is invalid.",
        ),
        ("PASETO Version3", "The signature of v3.public has 96 bytes."),
        (
            "Biscuit specification, Cryptography",
            "With secp256r1 the signature is DER, and nothing else.",
        ),
    ],
    lesson: include_str!("../../lessons/sig-encoding-der-raw.md"),
};

impl Attack for SigEncodingDerRaw {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let curve = Curve::of(view.scheme());
        // Ed25519 has two halves of 32 bytes, too; what is no signature at all
        // is read as if it were.
        let length = 2 * curve.map_or(32, Curve::scalar_bytes);
        let mut forgeries = Vec::new();
        for (variant, action, encode) in [
            (
                "der",
                "Writes the signature of her own token as a DER sequence of two integers.",
                ecdsa::der as fn(&[u8]) -> Vec<u8>,
            ),
            (
                "padded-with-zeros",
                "Writes both halves of that signature with a zero in front.",
                padded,
            ),
        ] {
            let token = match view.scheme() {
                Scheme::Session(_) => Some(format!("0{}", view.bare_sample())),
                _ => rewrite_authenticated_part(view.bare_sample(), |bytes| {
                    let signature = bytes.split_off(bytes.len().saturating_sub(length));
                    bytes.extend(encode(&signature));
                    Some(())
                }),
            };
            let token =
                token.ok_or_else(|| CannotForge::Failed("the sample token has no such part".into()))?;
            notes.variant_step(variant, action, token.as_str());
            forgeries.push(Forgery::new(variant, token).to_be_believed());
            if matches!(view.scheme(), Scheme::Session(_)) {
                break;
            }
        }
        if curve.is_some() {
            return Ok(forgeries);
        }
        let tried = forgeries.into_iter().map(|forgery| Forgery {
            analogue: Some("the end of the token is written as if it were r and s".into()),
            ..forgery
        });
        Err(CannotForge::Inexpressible {
            why: "nothing here is signed with ECDSA, whose two numbers can be written in two ways".into(),
            tried: tried.collect(),
        })
    }
}

fn padded(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    [&[0], r, &[0], s].concat()
}
