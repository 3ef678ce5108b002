//! The preparation of a run, new or resumed: who takes part, that they are
//! right, how long it will take, and a folder that can hold it all.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use jiff::Zoned;
use tokenlab_benches::case::PoolSeed;
use tokenlab_benches::check::{Checked, check};
use tokenlab_benches::environment;
use tokenlab_benches::paired::conduct::Conductor;
use tokenlab_benches::paired::launch::grow;
use tokenlab_benches::paired::plan::{Plan, PlannedGroup};
use tokenlab_benches::profile::Profile;
use tokenlab_harness::{Contender, Corpus, KeyRing, contenders};
use tokenlab_record::catalogue::{CATALOGUE_SCHEMA, Catalogue, ContenderId};
use tokenlab_record::environment::Environment;
use tokenlab_record::jsonl::{self, Appender};
use tokenlab_record::measurement::{
    MEASUREMENT_SCHEMA, Measurement, Model, Role, SECOND_OPINION_SCHEMA, SecondOpinion, TokenSize,
};
use tokenlab_record::run::{MANIFEST_SCHEMA, Manifest, RunRecord, Status, files, write_document};
use tokenlab_record::selfcheck::SelfCheck;

use super::own_program;
use crate::cli::BenchRun;
use crate::commands::attack::record;
use crate::output::{Failure, Output};
use crate::runs::{self, REPORTS};
use crate::suggest;

/// The plan beside the record, so that a second sitting measures the same.
const PLAN: &str = "plan.json";

/// A run that is ready to be measured.
pub(crate) struct Sitting {
    pub(crate) folder: PathBuf,
    pub(crate) profile: Profile,
    pub(crate) manifest: Manifest,
    pub(crate) environment: Environment,
    pub(crate) plan: Plan,
    pub(crate) pools: BTreeMap<ContenderId, Vec<PoolSeed>>,
}

impl Sitting {
    /// Prepares a new run, or the rest of an old one under `--resume`.
    ///
    /// # Errors
    /// [`Failure`] before anything is measured: a filter that matches nothing,
    /// a folder that can't be written or holds another run, another machine.
    pub(crate) fn begin(arguments: &BenchRun, output: &Output) -> Result<Self, Failure> {
        if arguments.resume {
            Self::resume(arguments, output)
        } else {
            Self::new(arguments, output)
        }
    }

    fn new(arguments: &BenchRun, output: &Output) -> Result<Self, Failure> {
        let profile = arguments.profile;
        let takers = takers(arguments.only.as_deref())?;
        let now = Zoned::now();
        let run = format!("{}-{}", now.strftime("%Y-%m-%dT%H-%M-%S"), profile.name());
        let folder = arguments
            .out
            .clone()
            .unwrap_or_else(|| Path::new(REPORTS).join(&run));
        if folder.join(files::MANIFEST).exists() {
            return Err(Failure::usage(format!(
                "{} already holds a run; go on with it by --resume, or choose another folder",
                folder.display()
            )));
        }
        runs::make_writable(&folder)?;

        let ring = KeyRing::from_seed(arguments.seed);
        output.note(&"checking that every contender is right before any is timed");
        let checked = check(&run, &takers, &corpora(profile), &profile.models(), &ring);
        for (contender, problem) in &checked.failed {
            output.note(&format!("note: {contender} is not timed: {problem}"));
        }
        if checked.pools.is_empty() {
            return Err(Failure::environment("nobody is left to be timed"));
        }
        let plan = Plan::new(profile, &takers, &ring, &grow(&checked.pools));
        let sitting = Self {
            manifest: Manifest {
                schema: MANIFEST_SCHEMA.into(),
                run,
                profile: profile.name().to_owned(),
                only: arguments.only.clone(),
                seed: arguments.seed,
                launches: plan.launches,
                rounds: plan.rounds,
                block_ns: u64::try_from(profile.block().as_nanos()).unwrap_or(u64::MAX),
                groups: plan.groups.iter().map(|planned| planned.group.clone()).collect(),
                expected_s: plan.expected().as_secs_f64(),
                elapsed_s: 0.0,
                command: command(arguments),
                status: Status::Partial,
            },
            environment: environment::describe(now.timestamp().to_string()),
            folder,
            profile,
            plan,
            pools: checked.pools.clone(),
        };
        sitting.write(&takers, &checked).map_err(Failure::environment)?;
        Ok(sitting)
    }

    fn resume(arguments: &BenchRun, output: &Output) -> Result<Self, Failure> {
        let folder = runs::resolve(arguments.out.as_deref())?;
        // Through the link: the run must stay itself when a newer one appears.
        let folder = if folder.is_symlink() {
            fs::read_link(&folder).map_or_else(|_| folder.clone(), |name| Path::new(REPORTS).join(name))
        } else {
            folder
        };
        runs::make_writable(&folder)?;
        let record = RunRecord::read(&folder).map_err(Failure::environment)?;
        let manifest = record.manifest;
        if manifest.status == Status::Complete {
            return Err(Failure::usage(format!(
                "{} is complete; `tokenlab report {}` draws it again",
                folder.display(),
                folder.display()
            )));
        }
        let environment = environment::describe(record.environment.started_at.clone());
        if !environment.same_machine(&record.environment)
            || environment.lock_sha256 != record.environment.lock_sha256
            || environment.rustc != record.environment.rustc
        {
            return Err(Failure::usage(
                "that run was measured on another machine or with another build; its times can't be mixed with new ones",
            ));
        }
        let profile = Profile::ALL
            .into_iter()
            .find(|profile| profile.name() == manifest.profile)
            .ok_or_else(|| {
                Failure::usage(format!(
                    "that run has a profile of its own, {:?}",
                    manifest.profile
                ))
            })?;
        let plan = fs::read(folder.join(PLAN))
            .map_err(|error| error.to_string())
            .and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()))
            .map_err(|problem| {
                Failure::environment(format!("cannot read the plan of that run: {problem}"))
            })?;

        output.note(&"checking that every contender is right before any is timed");
        let ring = KeyRing::from_seed(manifest.seed);
        let checked = check(
            &manifest.run,
            &takers(manifest.only.as_deref())?,
            &corpora(profile),
            &profile.models(),
            &ring,
        );
        Ok(Self {
            folder,
            profile,
            environment,
            plan,
            pools: checked.pools,
            manifest,
        })
    }

    /// Puts the latest self-check beside the record if it speaks for this build
    /// on this machine, so that the page can show it.
    pub(crate) fn recall_self_check(&self, output: &Output) {
        let verdict = fs::read(Path::new(REPORTS).join(files::SELF_CHECK))
            .ok()
            .and_then(|text| serde_json::from_slice::<SelfCheck>(&text).ok())
            .filter(|verdict| verdict.speaks_for(&self.environment));
        let kept = verdict.map(|verdict| write_document(&self.folder.join(files::SELF_CHECK), &verdict));
        match kept {
            Some(Ok(())) => {}
            Some(Err(error)) => output.note(&format!("note: cannot keep the self-check: {error}")),
            None => output
                .note(&"note: this build has not proved itself on this machine: tokenlab bench selfcheck"),
        }
    }

    /// Whoever starts the launches of this run.
    pub(crate) fn conductor<'a>(&'a self, interrupt: &'a AtomicBool) -> Conductor<'a> {
        Conductor {
            run: &self.manifest.run,
            seed: self.manifest.seed,
            plan: &self.plan,
            pools: &self.pools,
            folder: &self.folder,
            launcher: (own_program(), vec!["bench-launch".to_owned()]),
            interrupt,
            disturbance: None,
        }
    }

    /// What the paired part of this sitting is expected to take.
    ///
    /// # Errors
    /// [`Failure`] if the record can't be read.
    pub(crate) fn paired_expected(&self) -> Result<Duration, Failure> {
        let never = AtomicBool::new(false);
        let conductor = self.conductor(&never);
        let remaining = conductor.remaining().map_err(Failure::environment)?;
        let groups = |groups: &[PlannedGroup]| -> Duration {
            groups
                .iter()
                .map(|planned| planned.expected(self.plan.rounds))
                .sum()
        };
        Ok(remaining.iter().map(|(_, open)| groups(open)).sum())
    }

    /// Contenders that criterion has not measured yet: all of them, or none.
    ///
    /// # Errors
    /// [`Failure`] if the record can't be read.
    pub(crate) fn second_opinions_missing(&self) -> Result<Vec<ContenderId>, Failure> {
        let path = self.folder.join(files::SECOND_OPINIONS);
        let (opinions, _) =
            jsonl::read::<SecondOpinion>(&path, SECOND_OPINION_SCHEMA).map_err(Failure::environment)?;
        Ok(if opinions.is_empty() {
            self.pools.keys().cloned().collect()
        } else {
            Vec::new()
        })
    }

    /// Writes everything that is known before measuring.
    fn write(&self, takers: &[&'static dyn Contender], checked: &Checked) -> std::io::Result<()> {
        let mut catalogue = Catalogue {
            schema: CATALOGUE_SCHEMA.into(),
            contenders: takers.iter().map(|contender| contender.card().clone()).collect(),
            ..Catalogue::default()
        };
        record::cards(&mut catalogue);
        write_document(&self.folder.join(files::CATALOGUE), &catalogue)?;
        write_document(&self.folder.join(files::ENVIRONMENT), &self.environment)?;
        write_document(&self.folder.join(PLAN), &self.plan)?;
        let mut tokens = Appender::open(&self.folder.join(files::TOKENS))?;
        checked
            .sizes
            .iter()
            .try_for_each(|size: &TokenSize| tokens.append(size))?;
        let mut refusals = Appender::open(&self.folder.join(files::REFUSALS))?;
        checked
            .refusals
            .iter()
            .try_for_each(|refusal| refusals.append(refusal))?;
        let mut measurements = Appender::open(&self.folder.join(files::MEASUREMENTS))?;
        for (contender, problem) in &checked.failed {
            for error in self.error_rows(takers, contender, problem) {
                measurements.append(&error)?;
            }
        }
        // Last: a folder with a manifest is a run.
        write_document(&self.folder.join(files::MANIFEST), &self.manifest)
    }

    /// An error is a row in every group where the contender would have stood.
    fn error_rows(
        &self,
        takers: &[&'static dyn Contender],
        id: &ContenderId,
        problem: &str,
    ) -> Vec<Measurement> {
        let class = takers
            .iter()
            .find(|taker| taker.id() == id)
            .map(|taker| taker.card().class);
        let groups = self
            .manifest
            .groups
            .iter()
            .filter(|group| Some(group.class) == class);
        groups
            .map(|group| Measurement {
                schema: MEASUREMENT_SCHEMA.into(),
                run: self.manifest.run.clone(),
                contender: id.clone(),
                role: Role::Contender,
                group: group.clone(),
                launch: 0,
                iterations: 0,
                cpu_ns: Vec::new(),
                wall_ns: Vec::new(),
                verified: false,
                error: Some(problem.to_owned()),
            })
            .collect()
    }
}

/// The contenders that match `--only`.
fn takers(only: Option<&str>) -> Result<Vec<&'static dyn Contender>, Failure> {
    let all = contenders::all().iter().map(AsRef::as_ref);
    suggest::select("contender", only, all, |contender| contender.id().as_str())
}

/// Every corpus that some model of the profile needs, in report order.
fn corpora(profile: Profile) -> Vec<&'static Corpus> {
    tokenlab_harness::corpus::CORPORA
        .iter()
        .filter(|corpus| {
            Model::ALL
                .iter()
                .any(|model| profile.corpora(*model).contains(&corpus.name))
        })
        .collect()
}

/// The command that makes this run again.
fn command(arguments: &BenchRun) -> String {
    let mut command = format!(
        "cargo run --release -p tokenlab -- bench --profile {} --seed {}",
        arguments.profile.name(),
        arguments.seed
    );
    if let Some(only) = &arguments.only {
        command.push_str(&format!(" --only '{only}'"));
    }
    command
}
