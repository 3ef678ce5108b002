//! Verbs and flags; those of each subject in a file.

mod attack;
mod bench;
mod fuzz;
mod lab;
mod runs;
mod study;
mod token;
mod values;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use attack::{
    Attack, AttackCell, AttackFiles, AttackKeys, AttackMatrix, AttackReplay, AttackRun, AttackVerb,
};
pub(crate) use bench::{Bench, BenchRun, BenchVerb, SelfCheck};
pub(crate) use fuzz::{Fuzz, FuzzInput, FuzzVerb};
pub(crate) use lab::{Class, ClassVerb, Learn, LearnCheck, LearnOne, LearnVerb, Serve, State};
pub(crate) use runs::{Compare, Report};
pub(crate) use study::{Study, StudyRun, StudyVerb};
pub(crate) use token::{List, Listed, Token, TokenMint, TokenVerb, TokenVerify};

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
    /// Claims about the life of a token, run over real stores and sockets.
    Study(Study),
    /// Exercises in a terminal: programs to mend, hints, how somebody stands.
    Learn(Learn),
    /// A class: progress that travels, its table, its slides.
    Class(Class),
    /// What this machine has and lacks, with a line to paste for each lack.
    Doctor,
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
