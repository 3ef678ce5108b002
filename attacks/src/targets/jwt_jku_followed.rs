//! A JWT verifier that fetches its key from wherever the token says.
//!
//! Models PyJWT's `PyJWKClient` before 2.13.0 in the hands of a caller that
//! passes `jku` on: any address and any scheme is opened, `file:` and `data:`
//! among them (CVE-2026-48522). It fetches before anything is verified, so
//! that it also reads what only the server can reach.

use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_jku_pinned::{self, PINNED_KEY_SET};
use crate::card::TargetProfile;
use crate::model::jws::Jws;
use crate::model::{Check, ModelTarget};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let web = jwt_jku_pinned::web(issuer);
    let any_key_set = Check::new(
        "any-key-set",
        Stage::KeyChoice,
        "the key comes from the address that the token names",
        move |jws: &mut Jws| jwt_jku_pinned::fetch_key(jws, &web),
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-jku-followed".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_jku_pinned::SCHEME,
            summary: "a verifier that fetches its key from the address in the header".into(),
            own: &[Weakness::JkuFollowed],
            mends: &[],
            provenance: "model of CVE-2026-48522 (PyPI PyJWT before 2.13.0, PyJWKClient)".into(),
            hardened: Some(jwt_jku_pinned::ID),
        },
        exposure: jwt_jku_pinned::exposure(issuer),
        verifier: jwt_jku_pinned::verifier(issuer).replacing(PINNED_KEY_SET, any_key_set),
    })
}
