//! `tokenlab attack`: one attack, all of them, or a verifier of one's own before them.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::values::parse_seconds;

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
    /// What a verifier of your own needs: the issuer's key, issuer, audience, a token.
    Keys(AttackKeys),
    /// Replay cells under limits, a line of JSON for each step.
    #[command(hide = true)]
    Cell(AttackCell),
}

#[derive(Debug, Args)]
pub(crate) struct AttackCell {
    /// Attack id.
    #[arg(long, value_name = "ID")]
    pub(crate) attack: String,
    /// Target ids.
    #[arg(long, value_name = "ID", required = true)]
    pub(crate) target: Vec<String>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  tokenlab attack run alg-none\n  tokenlab attack run --all --strict --out /tmp/attacks\n  tokenlab report /tmp/attacks\n  tokenlab attack run --all --strict --against 'python3 verifier.py' --scheme jwt.RS256\n  tokenlab attack run --all --strict --against-http http://127.0.0.1:8080/me --scheme jwt.RS256\n\n\
A program under --against reads a line of the exchange format at a time, {\"id\", \"scheme\", \"token\", \"key\", \"check_time\"}, \
and answers each with a line, {\"id\", \"ok\", \"claims\", \"error\"}, flushed: ok is true, false, or null for a scheme that it does \
not know. The lab holds iss and aud, and the program the rest, exp and nbf included.\n\n\
An endpoint under --against-http gets GET with Authorization: Bearer; 2xx is belief, 401 and 403 are refusal (and 431, for a \
token too long). It holds iss, aud and all the rest, and may answer with a JSON object that has \"sub\".\n\n\
Both are shown honest tokens first, and must believe them and refuse the same with a letter changed."
)]
#[command(group(clap::ArgGroup::new("verifier").args(["against", "against_http"])))]
pub(crate) struct AttackRun {
    /// Attack ids.
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) ids: Vec<String>,
    /// Every attack of the catalogue.
    #[arg(long)]
    pub(crate) all: bool,
    /// Only targets whose id matches, `*` and `?` allowed.
    #[arg(long, value_name = "GLOB", conflicts_with = "verifier")]
    pub(crate) target: Option<String>,
    /// Attack a program of yours instead: a command line, split into words without a shell.
    #[arg(long, value_name = "CMD")]
    pub(crate) against: Option<String>,
    /// Attack an HTTP endpoint of yours on this machine instead.
    #[arg(long, value_name = "URL", requires = "schemes")]
    pub(crate) against_http: Option<String>,
    /// The scheme that your verifier takes; may be repeated for a program. Without it, every
    /// scheme that the program knows.
    #[arg(long = "scheme", value_name = "SCHEME", requires = "verifier")]
    pub(crate) schemes: Vec<String>,
    /// Seconds that your verifier may take for an answer, its start included.
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, default_value = "5", requires = "verifier")]
    pub(crate) timeout: Duration,
    /// Exit with 1 if any outcome is not the expected one.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Record the run in this folder; a folder that holds a run gets these cells anew.
    #[arg(long, value_name = "DIR", conflicts_with = "verifier")]
    pub(crate) out: Option<PathBuf>,
    /// Record every transcript with all its steps, not only those that tell something.
    #[arg(long, requires = "out")]
    pub(crate) whole: bool,
    #[command(flatten)]
    pub(crate) files: AttackFiles,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  tokenlab attack matrix\n  tokenlab attack matrix --attack 'kid-*'\n  tokenlab attack matrix --target 'pasetors/*'\n\n\
Without a filter it counts by family; with one it shows single cells."
)]
pub(crate) struct AttackMatrix {
    /// Only attacks whose id matches, `*` and `?` allowed.
    #[arg(long, value_name = "GLOB")]
    pub(crate) attack: Option<String>,
    /// Only targets whose id matches, `*` and `?` allowed.
    #[arg(long, value_name = "GLOB")]
    pub(crate) target: Option<String>,
    #[command(flatten)]
    pub(crate) files: AttackFiles,
}

#[derive(Debug, Args)]
pub(crate) struct AttackFiles {
    /// Write the outcomes as JUnit XML: a suite for each target, a case for each attack.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write what came out otherwise than expected as SARIF 2.1.0.
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  tokenlab attack keys --scheme jwt.RS256\n\n\
The keys of attacks follow from a seed that everybody has: use them for nothing else.")]
pub(crate) struct AttackKeys {
    /// The scheme of the tokens: jwt.<alg>, jwe.<alg>+<enc>, paseto.v1.local to v4.public, biscuit.v3.
    #[arg(long, value_name = "SCHEME")]
    pub(crate) scheme: String,
}

#[derive(Debug, Args)]
pub(crate) struct AttackReplay {
    /// Attack id.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Which target to attack; without it one that falls, its fix, and one of every other family.
    #[arg(long, value_name = "ID")]
    pub(crate) target: Option<String>,
    /// Do not wait for a key between the steps.
    #[arg(long)]
    pub(crate) auto: bool,
}
