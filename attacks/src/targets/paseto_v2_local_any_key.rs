//! A v2.local verifier as the specification has it, with a key that was made
//! of a password.
//!
//! Nothing in a v2.local token says which key it is for: the tag of
//! XChaCha20-Poly1305 does not commit to one (PASETO, Rationale-V3-V4). With a
//! key from a generator that is of no use to anybody.

use tokenlab_record::catalogue::TargetKind;

use super::issuer::Issuer;
use super::paseto_v2_local;
use crate::card::TargetProfile;
use crate::model::ModelTarget;
use crate::model::v2_local::KEY_COMMITMENT;
use crate::target::Target;
use crate::weakness::Weakness;

pub(super) fn target(issuer: &Issuer) -> Box<dyn Target> {
    Box::new(ModelTarget {
        profile: TargetProfile {
            id: "paseto-v2-local-any-key".into(),
            kind: TargetKind::Flawed,
            scheme: paseto_v2_local::SCHEME,
            summary: "a v2.local verifier with the key of a password, and nothing that ties a token to a key"
                .into(),
            own: &[Weakness::NoKeyCommitment],
            mends: &[],
            provenance: "model of PASETO v2.local, Rationale-V3-V4".into(),
            hardened: Some(paseto_v2_local::ID),
        },
        exposure: paseto_v2_local::exposure(issuer),
        verifier: paseto_v2_local::verifier().without(KEY_COMMITMENT),
    })
}
