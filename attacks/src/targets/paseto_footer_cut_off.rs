//! A PASETO verifier that cuts the footer off before the tag is compared, and
//! reads it all the same.
//!
//! Models an application's bug: its library refuses a footer that it was not
//! told to expect, and the footers of these tokens differ. So the application
//! splits the token at its dots, hands three parts to the library, and takes
//! the fourth for granted, since "a PASETO authenticates its footer". It does:
//! in the library, if it gets it.

use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::paseto_footer_account;
use crate::card::TargetProfile;
use crate::model::paseto::{Paseto, SIGNATURE_OR_TAG, open};
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let without_footer = Check::new(
        "tag-without-footer",
        Stage::Signature,
        "the tag matches what stands before the footer",
        |paseto: &mut Paseto| {
            let token = paseto.without_footer();
            open(paseto, &token)
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-footer-cut-off".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_footer_account::SCHEME,
            summary: "a v4.local verifier that cuts the footer off before it decrypts, and then believes it"
                .into(),
            own: &[Weakness::FooterUnauthenticated],
            mends: &[],
            provenance: "model of an application's bug; PASETO's specification warns of it".into(),
            hardened: Some(paseto_footer_account::ID),
        },
        exposure: paseto_footer_account::exposure(issuer),
        verifier: paseto_footer_account::verifier(issuer).replacing(SIGNATURE_OR_TAG, without_footer),
    })
}
