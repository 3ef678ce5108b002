//! Replays: every attack before every target, written down.
//!
//! A cell of the matrix is one attack against one target. Its expected outcome
//! is computed: where the attack breaks a weakness that the target has, what
//! that weakness gives (belief, a cost, a crash, a leak); inapplicable where
//! the attack has no place in the scheme; rejected otherwise. A target that
//! verifies no signature falls to whatever its twin refuses by the signature
//! alone, whichever attack that comes from. Accepted means more than a signature
//! that passes: the target must have returned the identity that the attacker
//! wanted.
//!
//! For one build, verdicts, checks and steps are the same in every run. Tokens
//! are too, unless their scheme is randomised (nonces of `local`, PSS, some
//! ECDSA).

use std::cmp::Reverse;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokenlab_harness::claims::{NumericDate, Rfc3339};
use tokenlab_harness::decode::{self, Part};
use tokenlab_harness::{ClaimSet, Policy, RejectReason};
use tokenlab_record::catalogue::Family;
use tokenlab_record::transcript::{
    CheckResult, Expected, Goal, PartDiff, Stage, Step, TRANSCRIPT_SCHEMA, TraceEntry, Transcript, Verdict,
};

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{ATTACKER, AttackerView, VICTIM};
use crate::catalogue;
use crate::notebook::Notebook;
use crate::target::{Budget, Decision, Outcome, Target};
use crate::targets;
use crate::trace;
use crate::weakness::Weakness;

/// One cell of the matrix: what came of an attack against a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Attack id.
    pub attack: String,
    /// Target id.
    pub target: String,
    /// Family of the target.
    pub family: Family,
    /// The outcome of the whole cell.
    pub verdict: Verdict,
    /// Name of the check that decided, where a check did.
    pub decided_by: Option<String>,
    /// What the theory says.
    pub expected: Expected,
    /// Whether practice agrees.
    pub agrees: bool,
}

/// A cell and the transcripts behind it, one for every forgery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    /// The cell.
    pub cell: Cell,
    /// One transcript for every forgery that was submitted, in the attack's
    /// order, and a last one without a token if the attack is inapplicable.
    /// The run id is empty: whoever writes a run fills it in.
    pub transcripts: Vec<Transcript>,
    /// Index of the transcript that decided the cell.
    deciding: usize,
}

impl Replay {
    /// The transcript that decided the cell: the first that was accepted, or
    /// of all that were refused the one that got furthest.
    #[must_use]
    pub fn deciding(&self) -> Option<&Transcript> {
        self.transcripts.get(self.deciding)
    }
}

/// Replays every attack against every target that `keep` keeps, in report
/// order: attacks first, targets within.
///
/// Attacks that need a process of their own are left out, whatever `keep` says.
/// The work is spread over the cores.
pub fn matrix(keep: impl Fn(&dyn Attack, &dyn Target) -> bool) -> Vec<Replay> {
    let pairs = pairs(|attack, target| !attack.profile().isolated && keep(attack, target));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((attack, target)) = pairs.get(place) else {
                return done;
            };
            done.push((place, cell(*attack, *target)));
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let mut replays: Vec<(usize, Replay)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        joined.flatten().collect()
    });
    replays.sort_by_key(|(place, _)| *place);
    replays.into_iter().map(|(_, replay)| replay).collect()
}

/// Every pair that `keep` keeps, in report order: attacks first, targets within.
pub fn pairs(
    keep: impl Fn(&dyn Attack, &dyn Target) -> bool,
) -> Vec<(&'static dyn Attack, &'static dyn Target)> {
    let mut pairs = Vec::new();
    for attack in catalogue::all() {
        for target in targets::all() {
            if keep(*attack, target.as_ref()) {
                pairs.push((*attack, target.as_ref()));
            }
        }
    }
    pairs
}

/// Replays one attack against one target.
#[must_use]
pub fn cell(attack: &dyn Attack, target: &dyn Target) -> Replay {
    watched_cell(attack, target, &mut |_| {})
}

/// The same, with a transcript for `watch` before each token is submitted that
/// this process may not survive: one of an attack that needs a process of its own.
#[must_use]
pub(crate) fn watched_cell(
    attack: &dyn Attack,
    target: &dyn Target,
    watch: &mut dyn FnMut(&Transcript),
) -> Replay {
    let view = AttackerView::given(target, attack.profile().given);
    let mut notes = Notebook::default();
    notes.step(
        format!("Logs in as {ATTACKER}, an account without privileges, and gets an honest token."),
        view.sample(),
    );
    let forged = attack.forge(&view, &mut notes);
    let setup = Setup {
        attack,
        target,
        view: &view,
        notes: &notes,
        expected: expected(attack, target, &forged),
        honest: attack.profile().isolated.then(|| Honest::of(target)),
    };
    let mut transcripts = match &forged {
        Ok(forgeries) | Err(CannotForge::Inexpressible { tried: forgeries, .. }) => forgeries
            .iter()
            .map(|forgery| setup.submit(forgery, watch))
            .collect(),
        Err(CannotForge::Failed(_)) => Vec::new(),
    };
    if let Err(reason) = &forged {
        transcripts.push(setup.nothing_forged(reason));
    }
    setup.conclude(
        transcripts,
        forged.is_err_and(|reason| !reason.is_inexpressible()),
    )
}

/// A cell that ended with its process: what it had `tried`, the last of which is
/// what it was busy with, and what came of that.
pub(crate) fn broken_off(
    attack: &dyn Attack,
    target: &dyn Target,
    mut tried: Vec<Transcript>,
    verdict: Verdict,
    elapsed: Duration,
) -> Replay {
    // Without a token that was being tried, nothing is proven by the end.
    let expected = tried.last().map(|last| last.expected);
    let agrees = expected.is_some_and(|expected| expected.agrees_with(&verdict));
    let expected = expected.unwrap_or_else(|| expected_of(attack, target, false));
    if let Some(last) = tried.last_mut() {
        last.verdict = verdict.clone();
        last.elapsed_ns = nanoseconds(elapsed);
        last.steps.push(Step {
            action: format!("Sends it to {}.", target.id()),
            artefact: last.token.clone(),
        });
    }
    for transcript in &mut tried {
        transcript.agrees = agrees;
    }
    Replay {
        cell: Cell {
            attack: attack.id().into(),
            target: target.id().into(),
            family: target.profile().scheme.family(),
            verdict,
            decided_by: tried.last().and_then(|last| last.decided_by.clone()),
            expected,
            agrees,
        },
        deciding: tried.len().saturating_sub(1),
        transcripts: tried,
    }
}

/// Whether the theory says that the target falls to the attack.
pub(crate) fn is_to_fall(attack: &dyn Attack, target: &dyn Target) -> bool {
    broken(attack, target).is_some()
}

/// What the theory says of a cell.
fn expected(
    attack: &dyn Attack,
    target: &dyn Target,
    forged: &Result<Vec<Forgery>, CannotForge>,
) -> Expected {
    if broken(attack, target).is_none() && walks_in(target, forged) {
        return Weakness::DecodedOnly.effect().expected();
    }
    let has_no_place = matches!(forged, Err(CannotForge::Inexpressible { .. }));
    expected_of(attack, target, has_no_place)
}

fn expected_of(attack: &dyn Attack, target: &dyn Target, has_no_place: bool) -> Expected {
    if let Some(weakness) = broken(attack, target) {
        weakness.effect().expected()
    } else if has_no_place {
        Expected::Inapplicable
    } else {
        Expected::Rejected
    }
}

/// The weakness by which the target falls to the attack: one of its own, or
/// else one of its format's.
fn broken(attack: &dyn Attack, target: &dyn Target) -> Option<Weakness> {
    let weaknesses = target.profile().weaknesses();
    let mut shared = weaknesses
        .into_iter()
        .filter(|weakness| attack.profile().breaks.contains(weakness));
    shared.next()
}

/// Whether a forgery gets into a target that only decodes: the twin that
/// verifies finds nothing wrong with it before the signature, and the policy
/// nothing with its claims.
fn walks_in(target: &dyn Target, forged: &Result<Vec<Forgery>, CannotForge>) -> bool {
    let profile = target.profile();
    let (Ok(forgeries) | Err(CannotForge::Inexpressible { tried: forgeries, .. })) = forged else {
        return false;
    };
    let twin = profile
        .hardened
        .filter(|_| profile.own.contains(&Weakness::DecodedOnly));
    twin.and_then(targets::named).is_some_and(|twin| {
        forgeries.iter().any(|forgery| {
            let decision = twin.submit(&forgery.token, Budget::default());
            let fired = trace::deciding(&decision.trace, false);
            fired.is_some_and(|check| check.stage == Stage::Signature) && reads_well(&forgery.token)
        })
    })
}

/// Whether the claims that stand in the open are such as the policy wants.
fn reads_well(token: &str) -> bool {
    let parts = decode::decode(token).parts;
    let payload = parts.iter().find(|part| part.name == "payload");
    payload.is_some_and(|payload| {
        ClaimSet::from_json::<NumericDate>(&payload.bytes)
            .or_else(|_| ClaimSet::from_json::<Rfc3339>(&payload.bytes))
            .is_ok_and(|claims| Policy::lab().check_now(&claims).is_ok())
    })
}

/// One attack set up against one target.
struct Setup<'a> {
    attack: &'a dyn Attack,
    target: &'a dyn Target,
    view: &'a AttackerView<'a>,
    notes: &'a Notebook,
    expected: Expected,
    /// Where cost is the point.
    honest: Option<Honest>,
}

/// What an honest token costs at a target, and what the target lacks.
struct Honest {
    elapsed: Duration,
    absent: Vec<TraceEntry>,
}

impl Honest {
    /// The median of five, after one that doesn't count.
    fn of(target: &dyn Target) -> Self {
        let token = &target.exposure().sample_token;
        let submit = || target.submit(token, Budget::default());
        let mut absent = submit().trace;
        absent.retain(|entry| entry.result == CheckResult::Absent);
        let mut times = [0; 5].map(|_| submit().elapsed);
        times.sort_unstable();
        let [_, _, elapsed, _, _] = times;
        Self { elapsed, absent }
    }
}

impl Setup<'_> {
    /// Submits a token. Where cost is the point, one that exhausts the target is
    /// submitted twice: a machine that is busy by chance is not busy with it again.
    fn decide(&self, forgery: &Forgery) -> Decision {
        let Some(honest) = &self.honest else {
            return self.target.submit(&forgery.token, Budget::default());
        };
        let submit = || {
            let budget = Budget::beside(honest.elapsed);
            self.target.submit(&forgery.token, budget)
        };
        let mut decision = submit();
        if matches!(decision.outcome, Outcome::Exhausted(_)) {
            let again = submit();
            if again.elapsed < decision.elapsed {
                decision = again;
            }
        }
        if decision.trace.is_empty() {
            decision.trace.clone_from(&honest.absent);
        }
        decision
    }

    /// A token, abridged where it is one of those that are long on purpose.
    fn shown(&self, token: &str) -> String {
        if self.honest.is_none() || token.len() <= LONG {
            return token.to_owned();
        }
        let start: String = token.chars().take(START).collect();
        abridged(&start, token.len())
    }

    /// What can be said of a forgery before it is submitted.
    fn drafted(&self, forgery: &Forgery) -> Transcript {
        let unknown = Verdict::Panicked {
            detail: "no answer came".into(),
        };
        Transcript {
            variant: forgery.variant.clone(),
            analogue: forgery.analogue.clone(),
            token: self.shown(&forgery.token),
            steps: self.notes.steps(&forgery.variant),
            diff: diff(self.view.sample(), &forgery.token, self.honest.is_some()),
            goal: forgery.goal,
            honest_ns: self.honest.as_ref().map(|honest| nanoseconds(honest.elapsed)),
            ..self.blank(unknown)
        }
    }

    fn submit(&self, forgery: &Forgery, watch: &mut dyn FnMut(&Transcript)) -> Transcript {
        let drafted = self.drafted(forgery);
        if let Some(honest) = &self.honest {
            watch(&Transcript {
                decided_by: trace::deciding(&honest.absent, true).map(|entry| entry.id.clone()),
                trace: honest.absent.clone(),
                ..drafted.clone()
            });
        }
        let decision = self.decide(forgery);
        let mut trace = decision.trace;
        let verdict = match &forgery.leak {
            Some(detail) => Verdict::Leaked {
                detail: detail.clone(),
            },
            None => verdict(decision.outcome),
        };
        let refused = matches!(verdict, Verdict::Rejected { .. });
        // A check that the target's own list lacks is in its trace already.
        let by_format = |weakness: &Weakness| !self.target.profile().own.contains(weakness);
        let remedy = broken(self.attack, self.target)
            .filter(by_format)
            .and_then(Weakness::remedy);
        let decided_by = match remedy.filter(|_| self.expected.agrees_with(&verdict)) {
            // No check of the verifier's own is missing: what would have to be
            // built around it is.
            Some(remedy) => {
                let id = remedy.id.clone();
                trace.push(remedy);
                Some(id)
            }
            None => trace::deciding(&trace, !refused).map(|entry| entry.id.clone()),
        };
        let mut transcript = Transcript {
            decided_by,
            trace,
            verdict,
            elapsed_ns: nanoseconds(decision.elapsed),
            ..drafted
        };
        transcript.steps.push(Step {
            action: format!("Sends it to {}.", self.target.id()),
            artefact: transcript.token.clone(),
        });
        transcript
    }

    /// The transcript of an attack that produced no token of its own.
    fn nothing_forged(&self, reason: &CannotForge) -> Transcript {
        Transcript {
            steps: self.notes.steps(""),
            ..self.blank(Verdict::Inapplicable {
                why: reason.to_string(),
            })
        }
    }

    fn blank(&self, verdict: Verdict) -> Transcript {
        Transcript {
            schema: TRANSCRIPT_SCHEMA.into(),
            run: String::new(),
            attack: self.attack.id().into(),
            target: self.target.id().into(),
            variant: String::new(),
            analogue: None,
            sample_token: self.view.sample().into(),
            token: String::new(),
            steps: Vec::new(),
            diff: Vec::new(),
            trace: Vec::new(),
            decided_by: None,
            goal: Goal::Victim,
            verdict,
            expected: self.expected,
            agrees: false,
            elapsed_ns: 0,
            honest_ns: None,
        }
    }

    /// Whether a verdict is of the kind that expectations speak of: the identity
    /// that was wanted and not just any, a refusal of the token and not a broken
    /// target, a crash or a cost only where a weakness foretells it.
    fn is_meant(&self, transcript: &Transcript) -> bool {
        match &transcript.verdict {
            Verdict::Accepted { claims } => match transcript.goal {
                Goal::Victim => claims.get("sub").is_some_and(|sub| sub == VICTIM),
                Goal::Belief => true,
            },
            Verdict::Rejected { reason, .. } => reason != RejectReason::Internal.id(),
            Verdict::Inapplicable { .. } => true,
            verdict => self.expected.agrees_with(verdict),
        }
    }

    /// Sums the transcripts up. `failed` says that the forging went wrong,
    /// which agrees with no expectation.
    fn conclude(&self, mut transcripts: Vec<Transcript>, failed: bool) -> Replay {
        let weights = transcripts
            .iter()
            .map(|transcript| (weight(&transcript.verdict), Reverse(reached(transcript))));
        let deciding = weights
            .enumerate()
            .min_by_key(|(_, weight)| *weight)
            .map_or(0, |(index, _)| index);
        let (verdict, decided_by) = transcripts.get(deciding).map_or_else(
            || {
                (
                    Verdict::Inapplicable {
                        why: "no token was forged".into(),
                    },
                    None,
                )
            },
            |transcript| (transcript.verdict.clone(), transcript.decided_by.clone()),
        );
        let agrees = !failed
            && !transcripts.is_empty()
            && self.expected.agrees_with(&verdict)
            && transcripts.iter().all(|transcript| self.is_meant(transcript));
        for transcript in &mut transcripts {
            transcript.agrees = agrees;
        }
        Replay {
            cell: Cell {
                attack: self.attack.id().into(),
                target: self.target.id().into(),
                family: self.target.profile().scheme.family(),
                verdict,
                decided_by,
                expected: self.expected,
                agrees,
            },
            transcripts,
            deciding,
        }
    }
}

/// Which verdict decides a cell: one accepted forgery is enough for an
/// attacker, a crash is worth more attention than a refusal, and a refused
/// analogue does not make an inapplicable attack applicable.
const fn weight(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Accepted { .. } => 0,
        Verdict::Leaked { .. } => 1,
        Verdict::Panicked { .. } => 2,
        Verdict::Exhausted { .. } => 3,
        Verdict::Inapplicable { .. } => 4,
        _ => 5,
    }
}

/// How far a refused forgery got: among refusals, the one that came closest
/// shows best what held.
fn reached(transcript: &Transcript) -> Option<Stage> {
    trace::deciding(&transcript.trace, false).map(|entry| entry.stage)
}

/// Longer than this is long on purpose, and its start is enough to see what it is.
const LONG: usize = 8 * 1024;
const START: usize = 512;

fn abridged(start: &str, bytes: usize) -> String {
    format!("{start}… ({bytes} bytes in all)")
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn verdict(outcome: Outcome) -> Verdict {
    match outcome {
        Outcome::Believed(claims) => Verdict::Accepted {
            claims: claims
                .to_json::<NumericDate>()
                .ok()
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default(),
        },
        Outcome::Rejected(rejection) => Verdict::Rejected {
            reason: rejection.reason.id().into(),
            detail: rejection.detail.into_owned(),
        },
        Outcome::Exhausted(detail) => Verdict::Exhausted { detail },
        Outcome::Panicked(detail) => Verdict::Panicked { detail },
    }
}

/// Honest against forged, part by part, in the order of the honest token; a
/// part that only one of them has is empty in the other. Of parts that are long on
/// purpose the start will do.
fn diff(honest: &str, forged: &str, abridge: bool) -> Vec<PartDiff> {
    let (before, after) = (decode::decode(honest).parts, decode::decode(forged).parts);
    let text = |parts: &[Part], name: &str| {
        parts
            .iter()
            .find(|part| part.name == name)
            .map_or_else(String::new, |part| {
                let bytes = part.bytes.len();
                if !abridge || bytes <= LONG {
                    return part.text();
                }
                let mut start = part.clone();
                start.bytes.truncate(START);
                abridged(&start.text(), bytes)
            })
    };
    let mut names: Vec<&str> = before.iter().map(|part| part.name).collect();
    for part in &after {
        if !names.contains(&part.name) {
            names.push(part.name);
        }
    }
    names
        .into_iter()
        .map(|name| PartDiff {
            part: name.to_owned(),
            before: text(&before, name),
            after: text(&after, name),
        })
        .collect()
}
