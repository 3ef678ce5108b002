//! `tokenlab bench`: measure, and prove the instrument.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use tokenlab_benches::profile::Profile;

use super::values::parse_profile;

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  tokenlab bench --profile quick\n  tokenlab bench --only '*/v4.*' --out /tmp/v4\n  tokenlab bench --resume"
)]
pub(crate) struct Bench {
    #[command(subcommand)]
    pub(crate) verb: Option<BenchVerb>,
    #[command(flatten)]
    pub(crate) run: BenchRun,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BenchVerb {
    /// Prove the instrument: twins tie, planted slowdowns are found, two runs agree.
    Selfcheck(SelfCheck),
}

#[derive(Debug, Args)]
pub(crate) struct SelfCheck {
    /// Seed of keys and shuffles.
    #[arg(long, default_value_t = 1, env = "TOKENLAB_SEED")]
    pub(crate) seed: u64,
    /// Where to keep the verdict; later runs on this machine show it.
    #[arg(long, value_name = "FILE", default_value = "reports/self-check.json")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct BenchRun {
    /// How much time to spend: smoke 20 s, quick 1 min, default 6 min, full 30 min.
    #[arg(long, value_parser = parse_profile, default_value = "default", env = "TOKENLAB_PROFILE")]
    pub(crate) profile: Profile,
    /// Measure only contenders whose id matches, `*` and `?` allowed.
    #[arg(long, value_name = "GLOB")]
    pub(crate) only: Option<String>,
    /// Seed of keys, claims and shuffles.
    #[arg(long, default_value_t = 1, env = "TOKENLAB_SEED")]
    pub(crate) seed: u64,
    /// Folder of the run; reports/<time>-<profile> if none is given.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Go on with a run that was interrupted: the one in --out, or the latest.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Leave out criterion, the second instrument.
    #[arg(long)]
    pub(crate) no_criterion: bool,
}
