//! A PASETO verifier whose caller expects a footer, and whose library does not
//! compare it.
//!
//! Models the library behind NuGet Paseto.Core (paseto-dotnet) before pull
//! request 179 of July 2026: `Decrypt` and `Verify` of version 2 took the
//! footer that the caller expects and did nothing with it. The tag covers the
//! token's own footer, so nobody can change it; but a token for another service
//! has another footer, and that was fine.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_footer_expected;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::paseto::EXPECTED_FOOTER;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-footer-ignored".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_footer_expected::SCHEME,
            summary: "a v4.local verifier whose library ignores the footer that its caller expects".into(),
            own: &[Weakness::FooterNotCompared],
            mends: &[],
            provenance: "model of paseto-dotnet's Version2 (NuGet Paseto.Core), fixed by pull request 179"
                .into(),
            hardened: Some(paseto_footer_expected::ID),
        },
        exposure: paseto_footer_expected::exposure(issuer),
        verifier: paseto_footer_expected::verifier(issuer).without(EXPECTED_FOOTER),
    })
}
