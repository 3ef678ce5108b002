//! `tokenlab report` and `tokenlab compare`: what is done with runs that are there.

use std::path::PathBuf;

use clap::Args;

use super::values::parse_percent;

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
