//! A contender under the property: it accepts what was issued, and nothing else.

use std::collections::HashMap;

use tokenlab_harness::malleability::{Malleability, writings};
use tokenlab_harness::{ClaimSet, Contender, Policy, RejectReason, Rejection, SetupError, TokenService};
use tokenlab_record::catalogue::Family;

use crate::issued::{self, RING};
use crate::work::{allocated, bound};
use crate::{Finding, Reach};

/// A loaded contender and every text that it may accept.
pub struct Verifier {
    contender: &'static dyn Contender,
    service: Box<dyn TokenService>,
    acceptable: HashMap<String, ClaimSet>,
}

impl Verifier {
    /// Loads `contender` with the keys of the issued tokens. It may accept the
    /// tokens of its scheme, whoever issued them, in any writing that a named
    /// malleability gives.
    ///
    /// # Errors
    /// If the contender does not load.
    pub fn load(contender: &'static dyn Contender) -> Result<Self, SetupError> {
        Ok(Self {
            contender,
            service: contender.load(&RING, &Policy::lab())?,
            acceptable: acceptable(contender),
        })
    }

    /// Verifies `text` and judges the answer.
    ///
    /// # Errors
    /// The finding, if there is one.
    pub fn examine(&self, text: &str) -> Result<Reach, Finding> {
        self.examine_by(text, |text| self.issued_as(text))
    }

    /// [`examine`](Self::examine), where `issued_as` knows the claims that a text may be
    /// accepted with.
    ///
    /// # Errors
    /// The finding, if there is one.
    pub fn examine_by<'a>(
        &self,
        text: &str,
        issued_as: impl FnOnce(&str) -> Option<&'a ClaimSet>,
    ) -> Result<Reach, Finding> {
        let (answer, bytes) = allocated(|| self.service.verify(text));
        if bytes > bound(text.len()) {
            return Err(Finding::Costly {
                verifier: self.contender.id().to_string(),
                token: text.to_owned(),
                bytes,
            });
        }
        self.judge_by(text, answer, issued_as)
    }

    /// Contender id.
    pub fn id(&self) -> &str {
        self.contender.id().as_str()
    }

    /// The family of its tokens.
    pub fn family(&self) -> Family {
        self.contender.card().family
    }

    /// The claims of the issued token that `text` is a writing of.
    pub fn issued_as(&self, text: &str) -> Option<&ClaimSet> {
        let explained = |token: &str| {
            Malleability::ALL
                .into_iter()
                .any(|malleability| malleability.explains(self.contender.card(), token, text))
        };
        self.acceptable.get(text).or_else(|| {
            let mut tokens = self.acceptable.iter();
            tokens.find_map(|(token, claims)| explained(token).then_some(claims))
        })
    }

    /// Judges an answer to `text`, whoever gave it.
    ///
    /// # Errors
    /// The finding, if there is one.
    pub fn judge(&self, text: &str, answer: Result<ClaimSet, Rejection>) -> Result<Reach, Finding> {
        self.judge_by(text, answer, |text| self.issued_as(text))
    }

    fn judge_by<'a>(
        &self,
        text: &str,
        answer: Result<ClaimSet, Rejection>,
        issued_as: impl FnOnce(&str) -> Option<&'a ClaimSet>,
    ) -> Result<Reach, Finding> {
        let issued = if answer.is_ok() { issued_as(text) } else { None };
        match (answer, issued) {
            (Ok(returned), Some(issued)) if returned == *issued => Ok(Reach::Accepted),
            (Ok(returned), Some(issued)) => Err(Finding::ChangedClaims {
                verifier: self.contender.id().to_string(),
                token: text.to_owned(),
                issued: Box::new(issued.clone()),
                returned: Box::new(returned),
            }),
            (Ok(claims), None) => Err(Finding::Forgery {
                verifier: self.contender.id().to_string(),
                token: text.to_owned(),
                claims: Box::new(claims),
            }),
            (Err(rejection), _) if rejection.reason == RejectReason::Internal => Err(Finding::Internal {
                verifier: self.contender.id().to_string(),
                token: text.to_owned(),
                detail: rejection.detail.into_owned(),
            }),
            (Err(_), _) => Ok(Reach::Refused),
        }
    }
}

fn acceptable(contender: &dyn Contender) -> HashMap<String, ClaimSet> {
    let card = contender.card();
    let mut acceptable = HashMap::new();
    for issued in issued::all() {
        let same_scheme = issued
            .issuer()
            .is_some_and(|issuer| issuer.card().scheme == card.scheme);
        if let (true, Some(claims)) = (same_scheme, issued.claims()) {
            for writing in writings(card, &issued.token) {
                acceptable.insert(writing, claims.clone());
            }
        }
    }
    acceptable
}

/// Every fuzzed contender for which `driven` holds, loaded.
///
/// # Panics
/// If one does not load: a target without its verifiers would find nothing.
pub fn load_all(driven: fn(&dyn Contender) -> bool) -> Vec<Verifier> {
    issued::fuzzed()
        .filter(|contender| driven(*contender))
        .map(|contender| {
            #[allow(clippy::expect_used)] // see above
            Verifier::load(contender).expect("keys of the lab's own ring")
        })
        .collect()
}

/// Puts `data` before each verifier in turn. Bytes that are no UTF-8 can't be
/// asked about: every library here takes text.
///
/// # Errors
/// The first finding.
pub fn examine_all(verifiers: &[Verifier], data: &[u8]) -> Result<Reach, Finding> {
    let mut reach = Reach::Refused;
    if let Ok(text) = std::str::from_utf8(data) {
        for verifier in verifiers {
            reach = reach.max(verifier.examine(text)?);
        }
    }
    Ok(reach)
}
