//! `tokenlab report`: draws a run again, without measuring.

use tokenlab_record::analysis::analyse;
use tokenlab_record::run::RunRecord;

use crate::cli::Report;
use crate::commands::bench::summary;
use crate::output::{Failure, Output};
use crate::runs;

/// Renders the run and says what was written.
///
/// # Errors
/// [`Failure`] if there is no such run or its folder is not writable.
pub(crate) fn run(arguments: &Report, output: &Output) -> Result<(), Failure> {
    let folder = runs::resolve(arguments.run.as_deref())?;
    runs::make_writable(&folder)?;
    let record = RunRecord::read(&folder).map_err(Failure::environment)?;
    let analysis = analyse(&record);
    let rendered =
        tokenlab_report::render_analysed(&record, &analysis, &folder).map_err(Failure::environment)?;
    summary::print(&record, &analysis, &rendered, output)
}
