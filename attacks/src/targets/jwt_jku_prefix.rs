//! A JWT verifier that fetches its key from any address that begins like its
//! issuer's.
//!
//! Models an application's bug, and the usual first answer to the one of
//! `jwt-jku-followed`. A beginning of text is no site: what follows may turn
//! it into a user name, into the subdomain of another site, or into a request
//! to be sent on.

use tokenlab_harness::RejectReason;
use tokenlab_record::catalogue::TargetKind;
use tokenlab_record::transcript::Stage;

use super::issuer::Issuer;
use super::jwt_jku_pinned::{self, PINNED_KEY_SET};
use crate::card::TargetProfile;
use crate::model::check::refuse;
use crate::model::jws::Jws;
use crate::model::{Check, ModelTarget, web};
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    let web = jwt_jku_pinned::web(issuer);
    let key_set_by_prefix = Check::new(
        "key-set-by-prefix",
        Stage::KeyChoice,
        "the key comes from the address that the token names, which begins like the issuer's",
        move |jws: &mut Jws| match jwt_jku_pinned::jku(jws) {
            Some(named) if !named.starts_with(web::SITE) => refuse(
                RejectReason::UnknownKey,
                format!("jku is {named}, which does not begin with {}", web::SITE),
            ),
            _ => jwt_jku_pinned::fetch_key(jws, &web),
        },
    );
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "jwt-jku-prefix".into(),
            kind: TargetKind::Flawed,
            scheme: jwt_jku_pinned::SCHEME,
            summary: "a verifier that fetches its key from an address on a list of beginnings".into(),
            own: &[Weakness::JkuPrefixList],
            mends: &[],
            provenance: "model of an application's bug, RFC 8725 §3.10".into(),
            hardened: Some(jwt_jku_pinned::ID),
        },
        exposure: jwt_jku_pinned::exposure(issuer),
        verifier: jwt_jku_pinned::verifier(issuer).replacing(PINNED_KEY_SET, key_set_by_prefix),
    })
}
