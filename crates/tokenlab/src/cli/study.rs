//! `tokenlab study`: claims about the life of a token.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
