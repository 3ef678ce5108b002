//! The counting of allocations, as a child process.
//!
//! An allocator that counts would slow down whatever is timed beside it, so it
//! lives in a bench target of its own (`benches/allocations`), which this
//! module runs and reads.

use std::io::{self, BufRead, BufReader};
use std::process::Stdio;

use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::measurement::AllocationCount;

use crate::second::{SecondError, cargo_bench};

/// A counting that did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CountError {
    /// There is nothing to run.
    #[error(transparent)]
    Cargo(#[from] SecondError),
    /// The child could not be started or read.
    #[error("cannot count allocations: {0}")]
    Io(#[from] io::Error),
    /// The child ended badly or wrote what it should not.
    #[error("the counting of allocations broke off: {0}")]
    BrokeOff(String),
}

/// Counts for every one of `contenders`. Takes a few seconds once the bench
/// targets are built ([`crate::second::build`]).
///
/// # Errors
/// [`CountError`].
pub fn count(run: &str, contenders: &[ContenderId]) -> Result<Vec<AllocationCount>, CountError> {
    let mut child = cargo_bench()?
        .args(["--bench", "allocations", "--", run])
        .args(contenders.iter().map(ContenderId::as_str))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut counts = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            let count = serde_json::from_str(&line)
                .map_err(|error| CountError::BrokeOff(format!("it wrote {line:.80?}: {error}")))?;
            counts.push(count);
        }
    }
    let status = child.wait()?;
    if status.success() {
        Ok(counts)
    } else {
        Err(CountError::BrokeOff(status.to_string()))
    }
}
