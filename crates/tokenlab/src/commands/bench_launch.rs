//! `tokenlab bench-launch`: one launch of the paired runner, started by `bench`.

use std::io;

use tokenlab_benches::paired::launch;

use crate::output::Failure;

/// Reads a spec from standard input and writes lines to standard output.
///
/// # Errors
/// [`Failure`] if the streams are not those of a conductor.
pub(crate) fn run() -> Result<(), Failure> {
    launch::run(io::stdin().lock(), io::stdout().lock())
        .map_err(|error| Failure::environment(format!("this verb is for `tokenlab bench` alone: {error}")))
}
