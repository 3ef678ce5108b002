//! Every contender of the harness as a target: the library, properly
//! configured, with one key of one type and the lab's policy.
//!
//! What a library checks inside can't be seen from here. Its trace says what
//! it was configured for and what it answered, and no more.

use std::panic::Location;

use tokenlab_harness::{Contender, RejectReason, Rejection, SetupError, TokenService, contenders};
use tokenlab_record::catalogue::{ContenderCard, TargetKind};
use tokenlab_record::transcript::{CheckResult, Stage};

use super::issuer::Issuer;
use crate::card::TargetProfile;
use crate::scheme::Scheme;
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::{answer, entry};

/// One target for each contender whose scheme is known here.
pub(super) fn targets(issuer: &Issuer) -> Vec<Box<dyn Target>> {
    contenders::all()
        .iter()
        .filter_map(|contender| {
            let scheme = Scheme::from_wire(&contender.card().scheme)?;
            Some(target(issuer, contender.as_ref(), scheme))
        })
        .collect()
}

fn target(issuer: &Issuer, contender: &dyn Contender, scheme: Scheme) -> Box<dyn Target> {
    let card = contender.card();
    let service = issuer.load(contender);
    Box::new(ContenderTarget {
        profile: TargetProfile {
            id: card.id.as_str().to_owned(),
            kind: TargetKind::Hardened,
            scheme,
            summary: format!(
                "{} for {} alone, with the lab's policy",
                card.library, card.algorithm
            ),
            weaknesses: &[],
            provenance: library(card),
            hardened: None,
        },
        exposure: issuer.exposure_by(scheme, service.as_deref().ok()),
        library: library(card),
        service,
    })
}

fn library(card: &ContenderCard) -> String {
    format!("{} {} on {}", card.library, card.library_version, card.backend)
}

struct ContenderTarget {
    profile: TargetProfile,
    exposure: Exposure,
    library: String,
    service: Result<Box<dyn TokenService>, SetupError>,
}

impl Target for ContenderTarget {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    fn decide(&self, token: &str) -> Decision {
        let configured = entry(
            "configured-scheme",
            Stage::KeyChoice,
            CheckResult::Passed,
            format!("loaded for {} alone, before any token came", self.profile.scheme),
            Location::caller(),
        );
        let answered = match &self.service {
            Ok(service) => service.verify(token),
            Err(error) => Err(Rejection::new(RejectReason::Internal, error.to_string())),
        };
        let trace = vec![configured, answer(&self.library, &answered)];
        Decision::new(answered.map_or_else(Outcome::Rejected, Outcome::Believed), trace)
    }
}
