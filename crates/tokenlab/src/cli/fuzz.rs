//! `tokenlab fuzz`: what the fuzz targets hunt, and what they found.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
