//! Replays: every attack before every target, written down.
//!
//! A cell of the matrix is one attack against one target. Its expected outcome
//! is computed: accepted where the attack breaks a weakness that the target
//! has, inapplicable where the attack has no place in the scheme, rejected
//! otherwise. Accepted means more than a signature that passes: the target must
//! have returned the identity that the attacker wanted.
//!
//! For one build, verdicts, checks and steps are the same in every run. Tokens
//! are too, unless their scheme is randomised (nonces of `local`, PSS, some
//! ECDSA).

use std::cmp::Reverse;

use serde::Serialize;
use tokenlab_harness::RejectReason;
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::decode::{self, Part};
use tokenlab_record::catalogue::Family;
use tokenlab_record::transcript::{Expected, PartDiff, Stage, Step, TRANSCRIPT_SCHEMA, Transcript, Verdict};

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{ATTACKER, AttackerView, VICTIM};
use crate::catalogue;
use crate::notebook::Notebook;
use crate::target::{Budget, Outcome, Target};
use crate::targets;
use crate::trace;

/// One cell of the matrix: what came of an attack against a target.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
#[derive(Clone, Debug, PartialEq)]
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
pub fn matrix(keep: impl Fn(&dyn Attack, &dyn Target) -> bool) -> Vec<Replay> {
    let mut replays = Vec::new();
    for attack in catalogue::all() {
        for target in targets::all() {
            if keep(*attack, target.as_ref()) {
                replays.push(cell(*attack, target.as_ref()));
            }
        }
    }
    replays
}

/// Replays one attack against one target.
#[must_use]
pub fn cell(attack: &dyn Attack, target: &dyn Target) -> Replay {
    let view = AttackerView::of(target.exposure());
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
    };
    let mut transcripts = match &forged {
        Ok(forgeries) | Err(CannotForge::Inexpressible { tried: forgeries, .. }) => {
            forgeries.iter().map(|forgery| setup.submit(forgery)).collect()
        }
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

/// What the theory says of a cell.
fn expected(
    attack: &dyn Attack,
    target: &dyn Target,
    forged: &Result<Vec<Forgery>, CannotForge>,
) -> Expected {
    let weaknesses = target.profile().weaknesses;
    if attack
        .profile()
        .breaks
        .iter()
        .any(|broken| weaknesses.contains(broken))
    {
        Expected::Accepted
    } else if matches!(forged, Err(CannotForge::Inexpressible { .. })) {
        Expected::Inapplicable
    } else {
        Expected::Rejected
    }
}

/// One attack set up against one target.
struct Setup<'a> {
    attack: &'a dyn Attack,
    target: &'a dyn Target,
    view: &'a AttackerView<'a>,
    notes: &'a Notebook,
    expected: Expected,
}

impl Setup<'_> {
    fn submit(&self, forgery: &Forgery) -> Transcript {
        let decision = self.target.submit(&forgery.token, Budget::default());
        let verdict = verdict(decision.outcome);
        let believed = matches!(verdict, Verdict::Accepted { .. });
        let mut steps = self.notes.steps(&forgery.variant);
        steps.push(Step {
            action: format!("Sends it to {}.", self.target.id()),
            artefact: forgery.token.clone(),
        });
        Transcript {
            variant: forgery.variant.clone(),
            analogue: forgery.analogue.clone(),
            token: forgery.token.clone(),
            steps,
            diff: diff(self.view.sample(), &forgery.token),
            decided_by: trace::deciding(&decision.trace, believed).map(|entry| entry.id.clone()),
            trace: decision.trace,
            elapsed_ns: u64::try_from(decision.elapsed.as_nanos()).unwrap_or(u64::MAX),
            ..self.blank(verdict)
        }
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
            verdict,
            expected: self.expected,
            agrees: false,
            elapsed_ns: 0,
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
            && transcripts.iter().all(|transcript| is_meant(&transcript.verdict));
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
        Verdict::Panicked { .. } => 1,
        Verdict::Exhausted { .. } => 2,
        Verdict::Inapplicable { .. } => 3,
        _ => 4,
    }
}

/// How far a refused forgery got: among refusals, the one that came closest
/// shows best what held.
fn reached(transcript: &Transcript) -> Option<Stage> {
    trace::deciding(&transcript.trace, false).map(|entry| entry.stage)
}

/// Whether a verdict is of the kind that expectations speak of: the attacker's
/// identity and not just any, a refusal of the token and not a broken target.
fn is_meant(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Accepted { claims } => claims.get("sub").is_some_and(|sub| sub == VICTIM),
        Verdict::Rejected { reason, .. } => reason != RejectReason::Internal.id(),
        Verdict::Inapplicable { .. } => true,
        _ => false,
    }
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
/// part that only one of them has is empty in the other.
fn diff(honest: &str, forged: &str) -> Vec<PartDiff> {
    let (before, after) = (decode::decode(honest).parts, decode::decode(forged).parts);
    let text = |parts: &[Part], name: &str| {
        parts
            .iter()
            .find(|part| part.name == name)
            .map_or_else(String::new, Part::text)
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
