//! One token, every library of its scheme: do they agree?
//!
//! The tokens are signed or encrypted honestly, under the lab's key, over whatever
//! a fuzzer writes. So the cryptography says yes to all of them and what is left is
//! what libraries read differently: claims of odd types, times at the edge, members
//! that occur twice, headers that demand something. Each known disagreement stands in
//! [`REVIEWED`] with its reason; another one is a finding.

use std::fmt;

use tokenlab_harness::{ClaimSet, Contender, Policy, RejectReason, Rejection, SetupError, TokenService};

use crate::issued::{self, RING};
use crate::reviewed::REVIEWED;
use crate::{Finding, Reach};

/// What a fuzzer writes: a header, which only a JWS has, and a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written<'a> {
    /// JSON text, or what should be.
    pub header: &'a str,
    /// Likewise.
    pub payload: &'a str,
}

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.header, self.payload)
    }
}

/// The libraries of one scheme.
pub struct Panel {
    scheme: String,
    verifiers: Vec<(String, Box<dyn TokenService>)>,
}

impl Panel {
    /// Every fuzzed contender of `scheme`, loaded with the lab's keys and policy.
    ///
    /// # Errors
    /// If one does not load.
    pub fn of(scheme: &str) -> Result<Self, SetupError> {
        let of_scheme = issued::fuzzed().filter(|contender| contender.card().scheme == scheme);
        let load = |contender: &'static dyn Contender| {
            let service = contender.load(&RING, &Policy::lab())?;
            Ok((contender.id().to_string(), service))
        };
        Ok(Self {
            scheme: scheme.to_owned(),
            verifiers: of_scheme.map(load).collect::<Result<_, _>>()?,
        })
    }

    /// Wire scheme.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// What each library says of `token`.
    #[must_use]
    pub fn ask(&self, token: &str) -> Vec<Answer> {
        let ask = |(contender, service): &(String, Box<dyn TokenService>)| Answer {
            contender: contender.clone(),
            says: service.verify(token),
        };
        self.verifiers.iter().map(ask).collect()
    }

    /// Holds the answers about `token`, which is `written` under the lab's key,
    /// against each other.
    ///
    /// # Errors
    /// The finding, if libraries disagree and nobody has looked at why.
    pub fn judge(&self, written: Written<'_>, answers: &[Answer]) -> Result<Reach, Finding> {
        self.judge_by(REVIEWED.iter(), written, answers)
    }

    /// The same by other entries than those of [`REVIEWED`].
    ///
    /// # Errors
    /// As [`judge`](Self::judge).
    pub fn judge_by<'r>(
        &self,
        reviewed: impl Iterator<Item = &'r Reviewed> + Clone,
        written: Written<'_>,
        answers: &[Answer],
    ) -> Result<Reach, Finding> {
        for answer in answers {
            if let Err(rejection) = &answer.says
                && rejection.reason == RejectReason::Internal
            {
                return Err(Finding::Internal {
                    verifier: answer.contender.clone(),
                    token: written.to_string(),
                    detail: rejection.detail.to_string(),
                });
            }
        }
        let unexplained = |answer: &&Answer| {
            let mut reviewed = reviewed.clone();
            !reviewed.any(|entry| entry.explains(&self.scheme, written, answer))
        };
        let mut rest = answers.iter().filter(unexplained);
        if let Some(first) = rest.next()
            && let Some(other) = rest.find(|other| !first.agrees_with(other))
        {
            return Err(Finding::Disagreement {
                scheme: self.scheme.clone(),
                one: first.to_string(),
                other: other.to_string(),
                written: written.to_string(),
            });
        }
        let accepted = answers.iter().any(|answer| answer.says.is_ok());
        Ok(if accepted { Reach::Accepted } else { Reach::Refused })
    }
}

/// What one library says of a token.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Contender id.
    pub contender: String,
    /// The claims, or why not.
    pub says: Result<ClaimSet, Rejection>,
}

impl Answer {
    /// Whether both accept with the same claims, or both refuse: for whatever
    /// reason, since libraries look in different orders.
    fn agrees_with(&self, other: &Self) -> bool {
        match (&self.says, &other.says) {
            (Ok(one), Ok(other)) => one == other,
            (one, other) => one.is_err() && other.is_err(),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.says {
            Ok(claims) => write!(f, "{} accepts {claims:?}", self.contender),
            Err(rejection) => write!(f, "{} refuses: {rejection}", self.contender),
        }
    }
}

/// A disagreement that was looked at.
pub struct Reviewed {
    /// Beginning of the schemes, `jwt.` or `paseto.`.
    pub schemes: &'static str,
    /// Library of the contender whose answer is another one.
    pub library: &'static str,
    /// What kind of difference it is.
    pub class: DifferenceClass,
    /// Whether that library accepts where others refuse; `None` where both accept,
    /// with other claims.
    pub accepts: Option<bool>,
    /// What has to be written for it.
    pub when: fn(Written<'_>) -> bool,
    /// Something written so: a header and a payload.
    pub witness: Written<'static>,
    /// Why it stands, in one sentence.
    pub reason: &'static str,
}

impl Reviewed {
    /// Whether this answer is the one that the entry speaks of.
    #[must_use]
    pub fn explains(&self, scheme: &str, written: Written<'_>, answer: &Answer) -> bool {
        scheme.starts_with(self.schemes)
            && answer.contender.split('/').next() == Some(self.library)
            && self.accepts.is_none_or(|accepts| accepts == answer.says.is_ok())
            && (self.when)(written)
    }
}

/// Kinds of disagreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceClass {
    /// More is taken, or less, than the specification says.
    Leniency,
    /// A value of another JSON type.
    Type,
    /// How times are read or compared.
    Time,
    /// How text is encoded.
    Encoding,
}
