//! Every contender of the harness as a target: the library, properly
//! configured, with one key of one type and the lab's policy.
//!
//! One class has a weakness in any configuration: what is encrypted to a public
//! key says nothing of who made it. Those contenders stand here as what they
//! become when their tokens are taken for credentials.
//!
//! Where a current library departs from its specification in a way that an
//! attack can use, or makes up for what its format lacks, a reviewed list says
//! so: [`super::deviations`].
//!
//! What a library checks inside can't be seen from here. Its trace says what
//! it was configured for and what it answered, and no more.

use std::panic::Location;
use std::sync::Arc;

use tokenlab_harness::{Contender, RejectReason, Rejection, SetupError, TokenService, contenders};
use tokenlab_record::catalogue::{ContenderCard, TargetKind};
use tokenlab_record::transcript::{CheckResult, Stage};

use super::deviations::{self, Lack};
use super::issuer::Issuer;
use crate::answer::answer;
use crate::card::TargetProfile;
use crate::scheme::Scheme;
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::entry;
use crate::weakness::Weakness;

/// One target for each contender that this machine can run. A contender whose
/// scheme is unknown here would be missing from the matrix; a test of
/// [`Scheme`] and one of the registry see to it that there is none.
pub(super) fn targets(issuer: &Issuer) -> Vec<Box<dyn Target>> {
    contenders::available()
        .filter_map(|contender| {
            let scheme = Scheme::from_wire(&contender.card().scheme)?;
            Some(target(issuer, contender, scheme))
        })
        .collect()
}

fn target(issuer: &Issuer, contender: &dyn Contender, scheme: Scheme) -> Box<dyn Target> {
    let card = contender.card();
    let service = Arc::new(issuer.load(contender));
    // Anyone can make such a token: the format has no issuer, and no way of
    // configuring the library gives it one.
    let has_issuer = card.class.has_issuer();
    let deviation = deviations::of(card.id.as_str());
    let own: &[Weakness] = match deviation {
        Some(deviation) => deviation.own,
        None if has_issuer => &[],
        None => &[Weakness::EncryptionAsAuthentication],
    };
    Box::new(ContenderTarget {
        profile: TargetProfile {
            id: card.id.as_str().to_owned(),
            kind: if own.is_empty() {
                TargetKind::Hardened
            } else {
                TargetKind::Misconfigured
            },
            scheme,
            summary: if has_issuer {
                format!(
                    "{} for {} alone, with the lab's policy",
                    card.library, card.algorithm
                )
            } else {
                format!(
                    "{} for {} alone, which anyone can make: believed although nothing says who issued it",
                    card.library, card.algorithm
                )
            },
            own,
            mends: deviation.map_or(&[], |deviation| deviation.mends),
            provenance: library(card),
            hardened: None,
        },
        exposure: issuer.exposure_by(scheme, &service),
        library: library(card),
        service,
        lacks: deviation.map_or(&[], |deviation| deviation.lacks),
        has_issuer,
    })
}

fn library(card: &ContenderCard) -> String {
    format!("{} {} on {}", card.library, card.library_version, card.backend)
}

struct ContenderTarget {
    profile: TargetProfile,
    exposure: Exposure,
    library: String,
    service: Arc<Result<Box<dyn TokenService>, SetupError>>,
    lacks: &'static [Lack],
    has_issuer: bool,
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
        let answered = match self.service.as_ref() {
            Ok(service) => service.verify(token),
            Err(error) => Err(Rejection::new(RejectReason::Internal, error.to_string())),
        };
        let mut trace = vec![configured];
        if !self.has_issuer {
            trace.push(entry(
                "issuer-authentication",
                Stage::Signature,
                CheckResult::Absent,
                "a signature or a shared key says that the issuer made the token",
                Location::caller(),
            ));
        }
        for lack in self.lacks {
            trace.push(entry(
                lack.check,
                lack.stage,
                CheckResult::Absent,
                lack.demand,
                Location::caller(),
            ));
        }
        trace.push(answer(&self.library, &answered));
        Decision::new(answered.map_or_else(Outcome::Rejected, Outcome::Believed), trace)
    }
}
