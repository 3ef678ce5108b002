//! A PASETO verifier that tries the implicit assertion of every kind.
//!
//! Models an application's bug: one function for all tokens of the house, which
//! finds the assertion that fits and does not ask which it was.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_kind_assertion::{self, ACCESS, KIND_ASSERTION, REFRESH};
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::paseto::implicit_assertion;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let any = implicit_assertion(
        "any-kind-assertion",
        "the signature matches with the implicit assertion of some kind of token",
        &[ACCESS, REFRESH],
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-any-kind".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_kind_assertion::SCHEME,
            summary: "a v4.public verifier that takes every kind of its issuer's tokens".into(),
            own: &[Weakness::KindUnchecked],
            mends: &[],
            provenance: "model of an application's bug; PASETO has no typ".into(),
            hardened: Some(paseto_kind_assertion::ID),
        },
        exposure: paseto_kind_assertion::exposure(issuer),
        verifier: paseto_kind_assertion::verifier(issuer).replacing(KIND_ASSERTION, any),
    })
}
