//! `tokenlab fuzz`: what is fuzzed, what an input means, and how a finding becomes
//! a test.

mod all;
mod engine;
mod explain;
mod list;
mod planted;
mod promote;
mod rate;

use std::fs;
use std::path::Path;

use tokenlab_fuzz::{Target, targets};

use crate::cli::{Fuzz, FuzzVerb};
use crate::output::{Failure, Output};

/// Runs the verb.
///
/// # Errors
/// As the verb has it.
pub(crate) fn run(arguments: &Fuzz, output: &Output) -> Result<(), Failure> {
    match &arguments.verb {
        FuzzVerb::List => list::run(output),
        FuzzVerb::Explain(input) => explain::run(input, output),
        FuzzVerb::Promote(input) => promote::run(input, output),
        FuzzVerb::All { minutes } => all::run(*minutes, output),
        FuzzVerb::Planted => planted::run(output),
        FuzzVerb::Rate { seconds } => rate::run(*seconds, output),
    }
}

/// Where corpora are, below the current folder.
const CORPUS: &str = "fuzz/corpus";

/// The bytes of an input, and the target that they are for: the one that is named,
/// or the one whose folder the file is in.
fn input(file: &Path, named: Option<&str>) -> Result<(&'static Target, Vec<u8>), Failure> {
    let folder = file.parent().and_then(Path::file_name);
    let name = named.or_else(|| folder?.to_str());
    let target = targets().iter().find(|target| Some(target.name) == name);
    let target = target.ok_or_else(|| {
        let names: Vec<&str> = targets().iter().map(|target| target.name).collect();
        let problem = match named {
            Some(name) => format!("there is no fuzz target {name:?}"),
            None => format!(
                "{} is in no target's folder, as fuzz/artifacts/jwt/crash-… is; name the target with --target",
                file.display()
            ),
        };
        Failure::usage(format!("{problem}; there are: {}", names.join(", ")))
    })?;
    let length = fs::metadata(file).map_err(|error| unreadable(file, error))?;
    if !length.is_file() {
        return Err(unreadable(file, "it is no file"));
    }
    if length.len() > LARGEST {
        let problem = format!("it has {} bytes, and an input at most {LARGEST}", length.len());
        return Err(unreadable(file, problem));
    }
    let data = fs::read(file).map_err(|error| unreadable(file, error))?;
    Ok((target, data))
}

fn unreadable(file: &Path, problem: impl ToString) -> Failure {
    Failure::usage(format!("cannot read {}: {}", file.display(), problem.to_string()))
}

/// Bytes of the largest input: libFuzzer's are thousands.
const LARGEST: u64 = 1 << 20;
