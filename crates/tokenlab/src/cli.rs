//! Verbs and flags.

use std::path::PathBuf;
use std::time::Duration;

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
    /// Two runs side by side: what became slower, what faster.
    Compare(Compare),
    /// Replay the published attacks.
    Attack(Attack),
    /// Make tokens, verify them, take them apart, whole or broken.
    Token(Token),
    /// List what takes part.
    List(List),
    /// What the fuzz targets hunt.
    Fuzz(Fuzz),
    /// The web lab on 127.0.0.1: live verifiers, exercises, the class.
    Serve(Serve),
    /// Claims about the life of a token, run: revocation, delegation.
    Study(Study),
    /// Exercises in a terminal: programs to mend, hints, how somebody stands.
    Learn(Learn),
    /// A class: progress that travels, its table, its slides.
    Class(Class),
    /// What this machine has and lacks, with a line to paste for each lack.
    Doctor,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  tokenlab serve\n  tokenlab serve --port 9000 --state /tmp/monday\n  \
                  curl -s http://127.0.0.1:7878/s/ada/t/alg-none/token"
)]
pub(crate) struct Serve {
    /// Port on 127.0.0.1; there is no way to listen elsewhere.
    #[arg(long, default_value_t = 7878)]
    pub(crate) port: u16,

    #[command(flatten)]
    pub(crate) state: State,

    /// Seed of the keys, for a class whose machines should have the same ones.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  tokenlab study list\n  tokenlab study run revocation\n  tokenlab study run --short --out /tmp/studies"
)]
pub(crate) struct Study {
    #[command(subcommand)]
    pub(crate) verb: StudyVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StudyVerb {
    /// Every study, and what this machine lacks for it.
    List,
    /// Run one study, or all of them.
    Run(StudyRun),
    /// Be a process of a service that a study deploys: settings on standard input.
    #[command(hide = true)]
    Node,
}

#[derive(Debug, Args)]
pub(crate) struct StudyRun {
    /// Study id; all of them without it.
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    /// As much as shows that it works, in seconds; the numbers are rough.
    #[arg(long)]
    pub(crate) short: bool,
    /// Keep the studies that the folder has in this form from this commit, and run the others.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Folder of the studies, which is drawn as one page.
    #[arg(long, value_name = "DIR", default_value = "reports/studies")]
    pub(crate) out: PathBuf,
}

/// The folder of a class.
#[derive(Debug, Args)]
pub(crate) struct State {
    /// Folder of the class: its keys, and who did what.
    #[arg(
        long = "state",
        value_name = "DIR",
        env = "TOKENLAB_STATE",
        default_value = ".tokenlab"
    )]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  tokenlab learn start mend-none\n  tokenlab learn check mend-none --as ada\n  \
                  tokenlab learn check mend-none --as ada --program 'node mine.js'"
)]
pub(crate) struct Learn {
    #[command(subcommand)]
    pub(crate) verb: LearnVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LearnVerb {
    /// Every exercise, and how somebody stands.
    List {
        /// A learner's name.
        #[arg(long = "as", value_name = "NAME")]
        learner: Option<String>,
        #[command(flatten)]
        state: State,
    },
    /// Write down the program of an exercise, to be edited.
    Start {
        /// Exercise id.
        #[arg(value_name = "ID")]
        id: String,
        /// Where to; `ID.py` in this folder without it.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Have an edited program asked about honest tokens and attacked.
    Check(LearnCheck),
    /// The next hint of an exercise, and after three of them the solution.
    Hint(LearnOne),
    /// Begin an exercise anew.
    Reset(LearnOne),
}

#[derive(Debug, Args)]
pub(crate) struct LearnCheck {
    #[command(flatten)]
    pub(crate) one: LearnOne,
    /// The program, which answers lines; `python3 ID.py` without it.
    #[arg(long, value_name = "COMMAND")]
    pub(crate) program: Option<String>,
    /// How long one answer may take.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = parse_seconds)]
    pub(crate) timeout: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct LearnOne {
    /// Exercise id.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Your name.
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) learner: String,
    #[command(flatten)]
    pub(crate) state: State,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  tokenlab class export ada\n  tokenlab class import *.progress\n  \
                  tokenlab class csv --out grades.csv\n  tokenlab class slides 45"
)]
pub(crate) struct Class {
    #[command(subcommand)]
    pub(crate) verb: ClassVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClassVerb {
    /// A learner's progress as a file for the teacher, signed by this installation.
    Export {
        /// The learner's name.
        #[arg(value_name = "NAME")]
        learner: String,
        /// Where to; `NAME.progress` in this folder without it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        state: State,
    },
    /// Learners' files into this class; a file may come twice.
    Import {
        /// What `class export` wrote.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        state: State,
    },
    /// Who solved what, as CSV.
    Csv {
        /// Where to; standard output without it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        state: State,
    },
    /// A plan as slides, which print as a handout: one HTML file.
    Slides {
        /// The plan, 45 or 90.
        #[arg(value_name = "PLAN")]
        plan: String,
        /// Where to; `class-PLAN.html` in this folder without it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
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
#[command(
    after_help = "Examples:\n  tokenlab compare published latest\n  tokenlab compare before after --fail-over 10%"
)]
pub(crate) struct Compare {
    /// The run to compare with: a folder, or the name of one in reports/.
    #[arg(value_name = "A")]
    pub(crate) old: PathBuf,
    /// The run to compare, likewise.
    #[arg(value_name = "B")]
    pub(crate) new: PathBuf,
    /// Exit with 1 if a case is slower by more than this, and surely slower: 10% or 10.
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent, allow_hyphen_values = true)]
    pub(crate) fail_over: Option<f64>,
    /// Compare runs of two machines all the same, without ranks.
    #[arg(long)]
    pub(crate) across_machines: bool,
    /// Compare only contenders whose id matches, `*` and `?` allowed.
    #[arg(long, value_name = "GLOB")]
    pub(crate) only: Option<String>,
    /// Folder of compare.html and its charts; reports/compare-A-B if none is given.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
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

#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(subcommand)]
    pub(crate) verb: TokenVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Make a token with every contender, with the key that verifies it.
    Mint(TokenMint),
    /// Verify tokens from anywhere, by every contender that implements their scheme.
    Verify(TokenVerify),
    /// Show whatever can be shown of a token, broken ones included. Verifies nothing.
    Decode {
        /// The token, or `-` for standard input.
        #[arg(value_name = "TOKEN")]
        token: String,
    },
    /// Two tokens part by part, broken ones included. Verifies nothing; differing is no error.
    Diff {
        /// One token.
        #[arg(value_name = "A")]
        left: String,
        /// The other.
        #[arg(value_name = "B")]
        right: String,
    },
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  tokenlab token mint --contender '*/v4.public' --footer kid-1\n  tokenlab token mint --jsonl | tokenlab token verify --jsonl\n\n\
Sessions are left out: their ids mean nothing outside their store.\nExit code 1 if a contender can't make its token; the others' lines are printed all the same."
)]
pub(crate) struct TokenMint {
    /// Only contenders whose id matches, `*` and `?` allowed.
    #[arg(long, value_name = "GLOB")]
    pub(crate) contender: Option<String>,
    /// JSON file of the claims, `-` for standard input; times as numbers or as RFC 3339 text.
    /// Without it, those of the typical corpus.
    #[arg(long, value_name = "FILE")]
    pub(crate) claims: Option<PathBuf>,
    /// Footer of the PASETO tokens.
    #[arg(long, value_name = "TEXT")]
    pub(crate) footer: Option<String>,
    /// Implicit assertion of the PASETO v3 and v4 tokens.
    #[arg(long, value_name = "TEXT")]
    pub(crate) implicit_assertion: Option<String>,
    /// Seed of the keys.
    #[arg(long, default_value_t = 1, env = "TOKENLAB_SEED")]
    pub(crate) seed: u64,
    /// One line of the exchange format a contender.
    #[arg(long)]
    pub(crate) jsonl: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  tokenlab token verify TOKEN --scheme jwt.HS256 --key 'utf8:a-string-secret-at-least-256-bits-long'\n  tokenlab token verify TOKEN --scheme paseto.v4.public --key k4.public.…\n  tokenlab token verify --jsonl < lines.jsonl\n\n\
A line of --jsonl is {\"id\", \"scheme\", \"token\", \"key\", \"expected_claims\"?, \"footer\"?, \"implicit_assertion\"?, \"check_time\"?, \"authorizer\"?}, at most 1 MiB;\n\
a line that is broken is answered with an error, and the stream goes on.\nExit code 0 if every answer is ok: true, else 1."
)]
pub(crate) struct TokenVerify {
    /// The token, or `-` for standard input.
    #[arg(
        value_name = "TOKEN",
        required_unless_present = "jsonl",
        conflicts_with = "jsonl"
    )]
    pub(crate) token: Option<String>,
    /// jwt.<alg>, jwe.<alg>+<enc>, paseto.v1.local to v4.public, biscuit.v3. Never taken from the token.
    #[arg(
        long,
        value_name = "SCHEME",
        required_unless_present = "jsonl",
        conflicts_with = "jsonl"
    )]
    pub(crate) scheme: Option<String>,
    /// The key that verifies or opens: a JWK, a PEM, a PASERK, hex:…, utf8:…, ed25519/<hex>; or @FILE with one of them in it.
    #[arg(
        long,
        value_name = "KEY",
        required_unless_present = "jsonl",
        conflicts_with = "jsonl",
        allow_hyphen_values = true // as a PEM begins
    )]
    pub(crate) key: Option<String>,
    /// The PASETO footer that the token must have; without it, any.
    #[arg(long, value_name = "TEXT", conflicts_with = "jsonl")]
    pub(crate) footer: Option<String>,
    /// The PASETO implicit assertion (v3 and v4).
    #[arg(long, value_name = "TEXT", conflicts_with = "jsonl")]
    pub(crate) implicit_assertion: Option<String>,
    /// The Biscuit authorizer, as Datalog.
    #[arg(long, value_name = "DATALOG", conflicts_with = "jsonl")]
    pub(crate) authorizer: Option<String>,
    /// Hold exp and nbf against the clock.
    #[arg(long, conflicts_with = "jsonl")]
    pub(crate) check_time: bool,
    /// Ask only contenders whose id matches, `*` and `?` allowed.
    #[arg(long, value_name = "GLOB")]
    pub(crate) contender: Option<String>,
    /// Read lines of the exchange format from standard input, answer each with a line.
    #[arg(long)]
    pub(crate) jsonl: bool,
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
    /// Which library offers which scheme, at which version on which backend.
    Support,
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
    /// Say what an input means: the token in it, who says what, where it was refused.
    Explain(FuzzInput),
    /// Make an input a test, and a seed.
    Promote(FuzzInput),
    /// Fuzz every target, longest where coverage still grows.
    All {
        /// Time for all of them together
        #[arg(long, value_parser = clap::value_parser!(u64).range(2..=100_000))]
        minutes: u64,
    },
    /// Plant a bug in each of five layers, and see whether fuzzing finds it.
    Planted,
    /// How fast each target is against one that does nothing.
    Rate {
        /// Time for each run
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(5..=3600))]
        seconds: u64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct FuzzInput {
    /// A file of fuzz/artifacts or fuzz/corpus, or any other
    pub(crate) file: PathBuf,

    /// The target that it is for, where the file's folder does not say
    #[arg(long)]
    pub(crate) target: Option<String>,
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

/// Seconds, with a fraction if need be.
fn parse_seconds(text: &str) -> Result<Duration, String> {
    const MOST: f64 = 3600.0;
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= MOST => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(format!("{text:?} is no time; want seconds, up to {MOST}")),
    }
}

/// A share out of per cent. `10%` and `10` are the same; a bare number below 1
/// may be meant either way (0.1 as a tenth, or as a tenth of a per cent) and is
/// sent back for its sign.
fn parse_percent(text: &str) -> Result<f64, String> {
    let (number, signed) = match text.trim().strip_suffix('%') {
        Some(number) => (number.trim_end(), true),
        None => (text.trim(), false),
    };
    let percent: f64 = number
        .parse()
        .map_err(|_| format!("{text:?} is no percentage; want one as in 10%"))?;
    if !percent.is_finite() || percent < 0.0 {
        return Err(format!("{text:?} is no limit; want 0% or more"));
    }
    if !signed && percent > 0.0 && percent < 1.0 {
        return Err(format!(
            "{text:?} could be {percent}% or {}%; write the sign",
            percent * 100.0
        ));
    }
    Ok(percent / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_means_one_thing_or_is_sent_back() {
        for (text, share) in [
            ("10%", 0.1),
            ("10", 0.1),
            (" 2.5 % ", 0.025),
            ("0.1%", 0.001),
            ("0", 0.0),
            ("0%", 0.0),
            ("150%", 1.5),
        ] {
            let parsed = parse_percent(text);
            assert!(
                parsed.as_ref().is_ok_and(|found| (found - share).abs() < 1e-12),
                "{text:?}: {parsed:?}"
            );
        }
        for (text, hint) in [
            ("0.1", "write the sign"),
            ("-5%", "0% or more"),
            ("-5", "0% or more"),
            ("NaN", "0% or more"),
            ("inf%", "0% or more"),
            ("", "no percentage"),
            ("%", "no percentage"),
            ("ten", "no percentage"),
            ("10%%", "no percentage"),
            ("10 percent", "no percentage"),
            ("1,5%", "no percentage"),
        ] {
            let problem = parse_percent(text).expect_err(text);
            assert!(problem.contains(hint), "{text:?}: {problem}");
        }
    }
}
