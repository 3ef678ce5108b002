//! Checks, the verifiers made of them, and the target that wraps a verifier.

use std::borrow::Cow;
use std::panic::Location;
use std::sync::Arc;

use tokenlab_harness::{ClaimSet, RejectReason, Rejection};
use tokenlab_record::transcript::{CheckResult, Stage};

use crate::card::TargetProfile;
use crate::target::{Decision, Exposure, Outcome, Target};
use crate::trace::entry;

/// A token taken apart, as far as it goes. Parsing refuses nothing: refusing
/// is what checks are for.
pub trait Parsed: 'static {
    /// Takes a token apart.
    fn parse(token: &str) -> Self;

    /// What the payload says, verified or not.
    ///
    /// # Errors
    /// If the payload is no claims set, or can't be read without the key.
    fn claims(&self) -> Result<ClaimSet, Rejection>;
}

/// One named reason to refuse a token, or one step towards it.
pub struct Check<P> {
    id: &'static str,
    stage: Stage,
    demand: Cow<'static, str>,
    location: &'static Location<'static>,
    run: Arc<Run<P>>,
}

type Run<P> = dyn Fn(&mut P) -> Result<(), Rejection> + Send + Sync;

impl<P> Check<P> {
    /// A check with a stable name, and in one sentence what it demands. The
    /// place it is written is the place a trace points at.
    #[track_caller]
    pub fn new(
        id: &'static str,
        stage: Stage,
        demand: impl Into<Cow<'static, str>>,
        run: impl Fn(&mut P) -> Result<(), Rejection> + Send + Sync + 'static,
    ) -> Self {
        Self {
            id,
            stage,
            demand: demand.into(),
            location: Location::caller(),
            run: Arc::new(run),
        }
    }
}

impl<P: 'static> Check<P> {
    /// The same check under another name, let off wherever `excused` says so.
    #[must_use]
    #[track_caller]
    pub fn unless(
        self,
        id: &'static str,
        demand: &'static str,
        excused: impl Fn(&P) -> bool + Send + Sync + 'static,
    ) -> Self {
        let run = self.run;
        Self::new(id, self.stage, demand, move |token: &mut P| {
            if excused(token) { Ok(()) } else { run(token) }
        })
    }

    /// The same check on a token that is inside another one. Its place in the
    /// source stays.
    #[must_use]
    pub fn within<Q: 'static>(self, inner: fn(&mut Q) -> Result<&mut P, Rejection>) -> Check<Q> {
        let run = self.run;
        Check {
            id: self.id,
            stage: self.stage,
            demand: self.demand,
            location: self.location,
            run: Arc::new(move |outer: &mut Q| run(inner(outer)?)),
        }
    }

    /// The same check on a token of one of several kinds: where `inner` gives
    /// nothing, the token is of another kind, and nothing is demanded of it.
    #[must_use]
    pub fn where_present<Q: 'static>(self, inner: fn(&mut Q) -> Option<&mut P>) -> Check<Q> {
        let run = self.run;
        Check {
            id: self.id,
            stage: self.stage,
            demand: self.demand,
            location: self.location,
            run: Arc::new(move |outer: &mut Q| inner(outer).map_or(Ok(()), |token| run(token))),
        }
    }
}

impl<P: 'static> Check<P> {
    /// The same check on every token of those that are inside another one; of
    /// none there is nothing to refuse.
    #[must_use]
    pub fn on_each<Q: 'static>(self, all: fn(&mut Q) -> &mut [P]) -> Check<Q> {
        let run = self.run;
        Check {
            id: self.id,
            stage: self.stage,
            demand: self.demand,
            location: self.location,
            run: Arc::new(move |outer: &mut Q| all(outer).iter_mut().try_for_each(|inner| run(inner))),
        }
    }
}

impl<P> Check<P> {
    /// Makes the check by itself, for checks that do more.
    ///
    /// # Errors
    /// As the check has it.
    pub fn make(&self, token: &mut P) -> Result<(), Rejection> {
        (self.run)(token)
    }
}

impl<P> Clone for Check<P> {
    fn clone(&self) -> Self {
        Self {
            demand: self.demand.clone(),
            run: Arc::clone(&self.run),
            ..*self
        }
    }
}

/// Refuses: shorthand for the end of a check.
///
/// # Errors
/// Always; that is what it is for.
pub fn refuse(reason: RejectReason, detail: impl Into<Cow<'static, str>>) -> Result<(), Rejection> {
    Err(Rejection::new(reason, detail))
}

/// A place in the hardened list: the check itself, or what became of it.
enum Slot<P> {
    Kept(Check<P>),
    Missing {
        lost: Check<P>,
        instead: Option<Check<P>>,
        location: &'static Location<'static>,
    },
}

impl<P> Clone for Slot<P> {
    fn clone(&self) -> Self {
        match self {
            Self::Kept(check) => Self::Kept(check.clone()),
            Self::Missing {
                lost,
                instead,
                location,
            } => Self::Missing {
                lost: lost.clone(),
                instead: instead.clone(),
                location,
            },
        }
    }
}

/// A verifier: checks in order, the first that fires refuses the token.
pub struct Verifier<P> {
    slots: Vec<Slot<P>>,
}

impl<P> Clone for Verifier<P> {
    fn clone(&self) -> Self {
        Self {
            slots: self.slots.clone(),
        }
    }
}

impl<P: Parsed> Verifier<P> {
    /// The hardened verifier with these checks.
    #[must_use]
    pub fn of(checks: Vec<Check<P>>) -> Self {
        Self {
            slots: checks.into_iter().map(Slot::Kept).collect(),
        }
    }

    /// The same with one check more, after all others.
    #[must_use]
    pub fn and(mut self, check: Check<P>) -> Self {
        self.slots.push(Slot::Kept(check));
        self
    }

    /// The same with one check more, in front of the one called `id`.
    #[must_use]
    pub fn before(self, id: &str, check: Check<P>) -> Self {
        let mut slots = self.slots;
        let place = slots
            .iter()
            .position(|slot| matches!(slot, Slot::Kept(kept) if kept.id == id));
        slots.insert(place.unwrap_or(slots.len()), Slot::Kept(check));
        Self { slots }
    }

    /// The same without one check. The place of this call is the place where
    /// the check is missing.
    #[must_use]
    #[track_caller]
    pub fn without(self, id: &str) -> Self {
        self.lose(id, &None, Location::caller())
    }

    /// The same with one check replaced by a weaker one. The place of this
    /// call is the place where the check is missing.
    #[must_use]
    #[track_caller]
    pub fn replacing(self, id: &str, instead: Check<P>) -> Self {
        self.lose(id, &Some(instead), Location::caller())
    }

    fn lose(self, id: &str, instead: &Option<Check<P>>, location: &'static Location<'static>) -> Self {
        let slots = self.slots.into_iter().map(|slot| match slot {
            Slot::Kept(lost) if lost.id == id => Slot::Missing {
                lost,
                instead: instead.clone(),
                location,
            },
            Slot::Missing {
                lost,
                instead: Some(check),
                ..
            } if check.id == id => Slot::Missing {
                lost,
                instead: instead.clone(),
                location,
            },
            other => other,
        });
        Self {
            slots: slots.collect(),
        }
    }

    /// Decides about a token, with every check accounted for.
    #[must_use]
    pub fn decide(&self, token: &str) -> Decision {
        let mut parsed = P::parse(token);
        let mut refused: Option<Rejection> = None;
        let mut trace = Vec::new();
        for slot in &self.slots {
            let present = match slot {
                Slot::Kept(check) => Some(check),
                Slot::Missing {
                    lost,
                    instead,
                    location,
                } => {
                    let demand = lost.demand.clone();
                    trace.push(entry(lost.id, lost.stage, CheckResult::Absent, demand, location));
                    instead.as_ref()
                }
            };
            let Some(check) = present else { continue };
            let (result, detail) = if refused.is_some() {
                (CheckResult::Skipped, Cow::Borrowed(""))
            } else if let Err(rejection) = (check.run)(&mut parsed) {
                let detail = rejection.detail.clone();
                refused = Some(rejection);
                (CheckResult::Fired, detail)
            } else {
                (CheckResult::Passed, check.demand.clone())
            };
            trace.push(entry(check.id, check.stage, result, detail, check.location));
        }
        let outcome = match refused.map_or_else(|| parsed.claims(), Err) {
            Ok(claims) => Outcome::Believed(claims),
            Err(rejection) => Outcome::Rejected(rejection),
        };
        Decision::new(outcome, trace)
    }
}

/// A model as a target.
pub struct ModelTarget<P> {
    /// What it says of itself.
    pub profile: TargetProfile,
    /// What an outsider can know of it.
    pub exposure: Exposure,
    /// What decides.
    pub verifier: Verifier<P>,
}

impl<P: Parsed> Target for ModelTarget<P> {
    fn profile(&self) -> &TargetProfile {
        &self.profile
    }

    fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    fn decide(&self, token: &str) -> Decision {
        self.verifier.decide(token)
    }

    fn without(&self, check: &str) -> Option<Box<dyn Target>> {
        Some(Box::new(Self {
            profile: self.profile.clone(),
            exposure: self.exposure.clone(),
            verifier: self.verifier.clone().without(check),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A "token" of letters; each check refuses one of them.
    struct Letters(String);

    impl Parsed for Letters {
        fn parse(token: &str) -> Self {
            Self(token.to_owned())
        }

        fn claims(&self) -> Result<ClaimSet, Rejection> {
            Ok(ClaimSet::default())
        }
    }

    fn no(letter: char, id: &'static str) -> Check<Letters> {
        Check::new(
            id,
            Stage::Shape,
            "a letter is absent",
            move |letters: &mut Letters| {
                if letters.0.contains(letter) {
                    return refuse(RejectReason::Malformed, "it is there");
                }
                Ok(())
            },
        )
    }

    fn verifier() -> Verifier<Letters> {
        Verifier::of(vec![no('a', "no-a"), no('b', "no-b"), no('c', "no-c")])
    }

    fn trace(verifier: &Verifier<Letters>, token: &str) -> Vec<(String, CheckResult)> {
        let decision = verifier.decide(token);
        let fired = decision
            .trace
            .iter()
            .any(|entry| entry.result == CheckResult::Fired);
        assert_eq!(fired, matches!(decision.outcome, Outcome::Rejected(_)), "{token}");
        decision
            .trace
            .into_iter()
            .map(|entry| (entry.id, entry.result))
            .collect()
    }

    #[test]
    fn the_first_check_that_fires_refuses_and_the_rest_are_skipped() {
        use CheckResult::{Fired, Passed, Skipped};
        let results = |token| {
            trace(&verifier(), token)
                .into_iter()
                .map(|(_, result)| result)
                .collect::<Vec<_>>()
        };
        assert_eq!(results("x"), [Passed, Passed, Passed]);
        assert_eq!(results("bc"), [Passed, Fired, Skipped]);
        assert_eq!(results("a"), [Fired, Skipped, Skipped]);
    }

    #[test]
    fn a_check_that_was_removed_is_absent_where_it_was_removed() {
        let line = line!() + 1;
        let without = verifier().without("no-b");
        let decision = without.decide("b");
        assert_eq!(decision.outcome, Outcome::Believed(ClaimSet::default()));
        let absent = &decision.trace[1];
        assert_eq!((absent.id.as_str(), absent.result), ("no-b", CheckResult::Absent));
        assert_eq!(
            (absent.file.as_str(), absent.line),
            ("attacks/src/model/check.rs", line)
        );
    }

    #[test]
    fn a_check_that_was_replaced_is_absent_and_its_substitute_decides() {
        use CheckResult::{Absent, Fired, Passed, Skipped};
        let replaced = verifier().replacing("no-b", no('d', "no-d"));
        let owned =
            |pairs: [(&str, CheckResult); 4]| pairs.map(|(id, result)| (id.to_owned(), result)).to_vec();
        assert_eq!(
            trace(&replaced, "b"),
            owned([
                ("no-a", Passed),
                ("no-b", Absent),
                ("no-d", Passed),
                ("no-c", Passed)
            ])
        );
        assert_eq!(
            trace(&replaced, "d"),
            owned([
                ("no-a", Passed),
                ("no-b", Absent),
                ("no-d", Fired),
                ("no-c", Skipped)
            ])
        );
        assert!(
            trace(&replaced.without("no-d"), "d")
                .iter()
                .all(|(id, _)| id != "no-d"),
            "a substitute can be removed, too"
        );
    }

    #[test]
    fn a_check_that_was_added_stands_where_it_was_put() {
        use CheckResult::{Fired, Passed, Skipped};
        let more = verifier().before("no-b", no('d', "no-d"));
        let results = |token| {
            trace(&more, token)
                .into_iter()
                .map(|(_, result)| result)
                .collect::<Vec<_>>()
        };
        assert_eq!(results("x"), [Passed, Passed, Passed, Passed]);
        assert_eq!(results("bd"), [Passed, Fired, Skipped, Skipped]);
    }

    #[test]
    fn a_check_lets_off_what_is_excused_and_nothing_else() {
        let lax = no('a', "no-a").unless(
            "no-a-but-in-pairs",
            "a letter is absent, or there are two",
            |letters| letters.0.len() == 2,
        );
        let verifier = Verifier::of(vec![lax]);
        assert!(matches!(verifier.decide("aa").outcome, Outcome::Believed(_)));
        assert!(matches!(verifier.decide("a").outcome, Outcome::Rejected(_)));
        assert!(matches!(verifier.decide("b").outcome, Outcome::Believed(_)));
    }

    #[test]
    fn a_name_that_no_check_has_removes_nothing() {
        assert_eq!(
            trace(&verifier().without("no-z"), "abc"),
            trace(&verifier(), "abc")
        );
    }
}
