//! The self-check: small runs with a known answer, and two complete ones.
//!
//! Each trial is a run of its own in a folder of its own, made by the same
//! plan, conductor, launches and analysis as an ordinary run; only the answer
//! is known beforehand. What is judged, and against which limits, is in
//! [`tokenlab_record::selfcheck`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::{io, thread};

use tokenlab_harness::{Contender, Corpus, KeyRing, contenders};
use tokenlab_record::analysis::{Analysis, analyse};
use tokenlab_record::catalogue::{CATALOGUE_SCHEMA, Catalogue, Class, ContenderCard, ContenderId};
use tokenlab_record::floors::{AboveFloor, above_floors};
use tokenlab_record::measurement::{Group, Model, Role};
use tokenlab_record::run::{MANIFEST_SCHEMA, Manifest, ReadError, RunRecord, Status, files, write_document};
use tokenlab_record::selfcheck::Evidence;

use crate::case::{Pool, PoolSeed};
use crate::check::check;
use crate::paired::conduct::{ConductError, Conductor, Ending};
use crate::paired::disturbance::{Disturbance, is_burst};
use crate::paired::launch::grow;
use crate::paired::plan::{Plan, PlannedGroup, Subject, floors_of, plan_case};

/// Trials with twins and a planted slowdown; half of them beside a busy core.
const TRIALS: usize = 10;

/// Trials under each kind of planted weather.
const WEATHER_TRIALS: usize = 2;

/// Launches and rounds of a trial.
const TRIAL: (u32, u32) = (16, 40);

/// Launches and rounds of a complete run. As many launches as the full profile
/// has: two runs of a dozen each were up to 4 % apart where launches differ most.
const COMPLETE: (u32, u32) = (24, 30);

/// Launches and rounds of the run with floors.
const FLOORS: (u32, u32) = (4, 30);

/// Target length of a block, nanoseconds.
const BLOCK_NS: u64 = 400_000;

/// The claims that everything here is about.
const CORPUS: &str = "typical";

/// A self-check that could not be made, which is not the same as one that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SelfCheckError {
    /// Stopped from outside.
    #[error("interrupted")]
    Interrupted,
    /// A contender that is wrong can't be timed.
    #[error("{contender} is not right: {problem}")]
    Wrong {
        /// Who.
        contender: ContenderId,
        /// What it did.
        problem: String,
    },
    /// A trial could not be measured.
    #[error(transparent)]
    Conduct(#[from] ConductError),
    /// A trial could not be written.
    #[error("cannot write a trial: {0}")]
    Write(#[from] io::Error),
    /// A trial could not be read back.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// What a self-check needs.
pub struct SelfChecker<'a> {
    /// Where trials may be written.
    pub scratch: &'a Path,
    /// Program and arguments of a launch, as for [`Conductor`].
    pub launcher: (PathBuf, Vec<String>),
    /// Seed of keys and shuffles.
    pub seed: u64,
    /// Set from outside to stop.
    pub interrupt: &'a AtomicBool,
}

impl SelfChecker<'_> {
    /// How many runs [`SelfChecker::gather`] makes.
    #[must_use]
    pub const fn runs() -> usize {
        TRIALS + 3 * WEATHER_TRIALS + 3
    }

    /// Makes every run and returns what they showed, calling `news` after each.
    ///
    /// # Errors
    /// [`SelfCheckError`].
    pub fn gather(&self, mut news: impl FnMut(&str)) -> Result<Evidence, SelfCheckError> {
        let ring = KeyRing::from_seed(self.seed);
        let takers: Vec<&'static dyn Contender> = takers().collect();
        let corpus: Vec<&Corpus> = Corpus::named(CORPUS).into_iter().collect();
        let checked = check("self-check", &takers, &corpus, &[Model::RejectSignature], &ring);
        if let Some((contender, problem)) = checked.failed.into_iter().next() {
            return Err(SelfCheckError::Wrong { contender, problem });
        }
        let lab = Lab {
            checker: self,
            grown: grow(&checked.pools),
            pools: checked.pools,
            ring,
        };
        let pairs = pairs(&takers);
        let above_floors = lab.floors()?;
        news("floors");
        let first = lab.complete("run-a")?;
        news("first complete run");
        let second = lab.complete("run-b")?;
        news("second complete run");
        let mut evidence = Evidence {
            quiet: Vec::new(),
            busy: Vec::new(),
            drift: Vec::new(),
            layout: Vec::new(),
            bursts: Vec::new(),
            is_burst,
            above_floors,
            runs: [first, second],
        };
        for (number, (class, pair)) in pairs.iter().cycle().take(TRIALS).enumerate() {
            let trial = || lab.trial(&format!("trial-{number}"), *class, pair, None);
            if number < TRIALS / 2 {
                evidence.quiet.push(analyse(&trial()?));
            } else {
                evidence.busy.push(analyse(&beside_a_busy_core(trial)?));
            }
            news("twins and a planted slowdown");
        }
        for (number, (class, pair)) in pairs.iter().rev().take(WEATHER_TRIALS).enumerate() {
            let trial = |name: &str, disturbance| {
                lab.trial(&format!("{name}-{number}"), *class, pair, Some(disturbance))
            };
            evidence.drift.push(analyse(&trial("drift", Disturbance::Drift)?));
            news("drift");
            evidence
                .layout
                .push(analyse(&trial("layout", Disturbance::Layout)?));
            news("layout");
            evidence
                .bursts
                .extend(trial("bursts", Disturbance::Bursts)?.canaries);
            news("bursts");
        }
        Ok(evidence)
    }
}

/// Everything that the runs of one self-check share.
struct Lab<'a> {
    checker: &'a SelfChecker<'a>,
    ring: KeyRing,
    pools: BTreeMap<ContenderId, Vec<PoolSeed>>,
    grown: BTreeMap<ContenderId, BTreeMap<String, Pool>>,
}

impl Lab<'_> {
    /// A run of two contenders with their twins and planted slowdowns.
    fn trial(
        &self,
        name: &str,
        class: Class,
        pair: &[ContenderId; 2],
        disturbance: Option<Disturbance>,
    ) -> Result<RunRecord, SelfCheckError> {
        let [first, second] = pair;
        let subject = |id: &ContenderId, role| Subject::Contender { id: id.clone(), role };
        let subjects = vec![
            subject(first, Role::Contender),
            subject(first, Role::Twin),
            subject(first, Role::Slowed),
            subject(second, Role::Contender),
            subject(second, Role::Twin),
        ];
        self.run(name, vec![(class, subjects)], TRIAL, disturbance)
    }

    /// A run of every contender, as an ordinary one.
    fn complete(&self, name: &str) -> Result<Analysis, SelfCheckError> {
        let record = self.run(
            name,
            classes().map(|class| (class, contenders_of(class))).collect(),
            COMPLETE,
            None,
        )?;
        Ok(analyse(&record))
    }

    /// A run of every contender beside the least work of its scheme.
    fn floors(&self) -> Result<Vec<AboveFloor>, SelfCheckError> {
        let with_floors = |class: Class| {
            let cards = takers().map(Contender::card);
            let cards: Vec<&ContenderCard> = cards.filter(|card| card.class == class).collect();
            let floors = floors_of(&group(class), &cards);
            (class, contenders_of(class).into_iter().chain(floors).collect())
        };
        let record = self.run("floors", classes().map(with_floors).collect(), FLOORS, None)?;
        Ok(above_floors(&record))
    }

    fn run(
        &self,
        name: &str,
        groups: Vec<(Class, Vec<Subject>)>,
        (launches, rounds): (u32, u32),
        disturbance: Option<Disturbance>,
    ) -> Result<RunRecord, SelfCheckError> {
        let plan = Plan {
            launches,
            rounds,
            groups: groups
                .into_iter()
                .map(|(class, subjects)| self.group(class, subjects))
                .collect(),
        };
        let folder = self.checker.scratch.join(name);
        std::fs::create_dir_all(&folder)?;
        write_document(&folder.join(files::MANIFEST), &self.manifest(name, &plan))?;
        let catalogue = Catalogue {
            schema: CATALOGUE_SCHEMA.into(),
            contenders: takers().map(|taker| taker.card().clone()).collect(),
            ..Catalogue::default()
        };
        write_document(&folder.join(files::CATALOGUE), &catalogue)?;
        let conductor = Conductor {
            run: name,
            seed: self.checker.seed,
            plan: &plan,
            pools: &self.pools,
            folder: &folder,
            launcher: self.checker.launcher.clone(),
            interrupt: self.checker.interrupt,
            disturbance,
        };
        match conductor.conduct(conductor.remaining()?, |_| {})? {
            Ending::Complete => Ok(RunRecord::read(&folder)?),
            Ending::Interrupted => Err(SelfCheckError::Interrupted),
        }
    }

    fn group(&self, class: Class, subjects: Vec<Subject>) -> PlannedGroup {
        let group = group(class);
        let cases = subjects
            .into_iter()
            .filter_map(|subject| plan_case(subject, &group, BLOCK_NS, &self.ring, &self.grown))
            .collect();
        PlannedGroup { group, cases }
    }

    fn manifest(&self, name: &str, plan: &Plan) -> Manifest {
        Manifest {
            schema: MANIFEST_SCHEMA.into(),
            run: name.to_owned(),
            profile: "self-check".to_owned(),
            only: None,
            seed: self.checker.seed,
            launches: plan.launches,
            rounds: plan.rounds,
            block_ns: BLOCK_NS,
            groups: plan.groups.iter().map(|planned| planned.group.clone()).collect(),
            expected_s: plan.expected().as_secs_f64(),
            elapsed_s: 0.0,
            command: "tokenlab bench selfcheck".to_owned(),
            status: Status::Complete,
        }
    }
}

/// The contenders that the instrument is tried on: those that wait for nothing
/// but the processor. What a disk or a server takes is theirs to vary.
fn takers() -> impl Iterator<Item = &'static dyn Contender> {
    contenders::available().filter(|taker| !taker.card().class.waits())
}

/// The classes that they are of.
fn classes() -> impl Iterator<Item = Class> {
    Class::ALL
        .into_iter()
        .filter(|class| takers().any(|taker| taker.card().class == *class))
}

/// The contenders of a class, as themselves.
fn contenders_of(class: Class) -> Vec<Subject> {
    takers()
        .filter(|taker| taker.card().class == class)
        .map(|taker| Subject::contender(taker.id().clone()))
        .collect()
}

/// Everything here verifies the everyday claims.
fn group(class: Class) -> Group {
    Group {
        model: Model::Verify,
        corpus: CORPUS.to_owned(),
        class,
    }
}

/// Neighbours in the registry, so that every trial compares two that have
/// something in common: the first pair of every class, then the second of each.
fn pairs(takers: &[&'static dyn Contender]) -> Vec<(Class, [ContenderId; 2])> {
    let mut pairs = Vec::new();
    for class in Class::ALL {
        let of_class: Vec<ContenderId> = takers
            .iter()
            .filter(|taker| taker.card().class == class)
            .map(|taker| taker.id().clone())
            .collect();
        let (whole, _) = of_class.as_chunks::<2>();
        pairs.extend(
            whole
                .iter()
                .enumerate()
                .map(|(place, pair)| (place, class, pair.clone())),
        );
    }
    pairs.sort_by_key(|(place, ..)| *place);
    pairs.into_iter().map(|(_, class, pair)| (class, pair)).collect()
}

/// Runs `work` while a thread of this process does nothing but spin.
fn beside_a_busy_core<T>(work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        result
    })
}
