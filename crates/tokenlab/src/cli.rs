//! Verbs and flags.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tokenlab_benches::profile::Profile;

/// JWT and PASETO side by side: what each token costs, what breaks it.
#[derive(Debug, Parser)]
#[command(
    name = "tokenlab",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 fine · 1 an expectation failed · 2 usage · 3 environment · \
4 a filter matched nothing · 130 interrupted.\n\nStart with: tokenlab bench --profile quick · tokenlab attack matrix"
)]
pub(crate) struct Cli {
    /// Machine-readable output: one envelope {"schema", "kind", "data"}; errors too.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// When to use colour; NO_COLOR and CLICOLOR_FORCE are honoured in auto.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// How to show progress: auto is a bar on a terminal and lines elsewhere.
    #[arg(long, global = true, value_enum, default_value_t = Progress::Auto, env = "TOKENLAB_PROGRESS")]
    pub(crate) progress: Progress,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Measure every contender and draw the report.
    Bench(Bench),
    /// One launch of the paired runner, on standard input and output.
    #[command(hide = true)]
    BenchLaunch,
    /// Draw a run's report again without measuring.
    Report(Report),
    /// Replay the published attacks.
    Attack(Attack),
    /// Take a token apart, whole or broken.
    Token(Token),
    /// List what takes part.
    List(List),
    /// What the fuzz targets hunt.
    Fuzz(Fuzz),
}

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

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Run folder, or the name of one in reports/; the latest if none is given.
    #[arg(value_name = "RUN")]
    pub(crate) run: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Attack {
    #[command(subcommand)]
    pub(crate) verb: AttackVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AttackVerb {
    /// List the attacks of the catalogue.
    List,
    /// Run attacks and say how each target decided.
    Run(AttackRun),
    /// Every attack against every target, as a table.
    Matrix(AttackMatrix),
    /// Show one attack step by step.
    Replay(AttackReplay),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  tokenlab attack run alg-none\n  tokenlab attack run --all --strict --out /tmp/attacks"
)]
pub(crate) struct AttackRun {
    /// Attack ids.
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) ids: Vec<String>,
    /// Every attack of the catalogue.
    #[arg(long)]
    pub(crate) all: bool,
    /// Only targets whose id matches, `*` and `?` allowed.
    #[arg(long, value_name = "GLOB")]
    pub(crate) target: Option<String>,
    /// Exit with 1 if any outcome is not the expected one.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Append the transcripts to transcripts.jsonl in this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AttackMatrix {
    /// Only targets whose id matches, `*` and `?` allowed.
    #[arg(long, value_name = "GLOB")]
    pub(crate) target: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AttackReplay {
    /// Attack id.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Which target to attack; one that falls and one that holds if none is given.
    #[arg(long, value_name = "ID")]
    pub(crate) target: Option<String>,
    /// Do not wait for a key between the steps.
    #[arg(long)]
    pub(crate) auto: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(subcommand)]
    pub(crate) verb: TokenVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Show whatever can be shown of a token, broken ones included. Verifies nothing.
    Decode {
        /// The token, or `-` for standard input.
        #[arg(value_name = "TOKEN")]
        token: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// What to list.
    #[arg(value_enum)]
    pub(crate) what: Listed,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Listed {
    /// Libraries, algorithms, backends.
    Contenders,
    /// Published attacks.
    Attacks,
    /// Verifiers under attack.
    Targets,
    /// Claim sets.
    Corpora,
}

#[derive(Debug, Args)]
pub(crate) struct Fuzz {
    #[command(subcommand)]
    pub(crate) verb: FuzzVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FuzzVerb {
    /// List the fuzz targets, and what a crash of each would mean.
    List,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    Auto,
    /// Even into a file.
    Always,
    /// Not at all.
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Progress {
    /// A bar on a terminal, lines elsewhere.
    Auto,
    /// One bar.
    Bar,
    /// One line a launch.
    Lines,
    /// Silence.
    None,
}

fn parse_profile(name: &str) -> Result<Profile, String> {
    let names = Profile::ALL.map(Profile::name);
    Profile::ALL
        .into_iter()
        .find(|profile| profile.name() == name)
        .ok_or_else(|| crate::suggest::unknown("profile", name, &names))
}
