//! `tokenlab serve`, `learn` and `class`: the lab and whoever learns in it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::values::parse_seconds;

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
