//! A store of sessions whose ids follow from the clock and the process.
//!
//! Models Perl's Apache::Session::Generate::MD5 to 1.94 (CVE-2025-40931) and
//! HTTP::Session before 0.54 (CVE-2026-3256), whose ids are hashes of what can be
//! guessed. The hash is left out, since hashing a guess is no work; and the ids
//! here have a random half like those of the hardened store, which this one does
//! not compare: what is left to guess is the same.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::session_store;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::store::RANDOM_HALF;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "session-guessable-id".into(),
            kind: TargetKind::Flawed,
            scheme: session_store::SCHEME,
            summary: "a store whose ids follow from the clock and the process".into(),
            own: &[Weakness::GuessableId],
            mends: &[Weakness::KindUnchecked],
            provenance: "model of CVE-2025-40931 (Perl Apache::Session::Generate::MD5 to 1.94)".into(),
            hardened: Some(session_store::ID),
        },
        exposure: session_store::exposure(issuer),
        verifier: session_store::verifier(issuer).without(RANDOM_HALF),
    })
}
