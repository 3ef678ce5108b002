//! Where runs live: `reports/<time>-<profile>/`, with `reports/latest` on the newest.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tokenlab_record::run::files;

use crate::output::Failure;

/// The folder of all runs, below the current one.
pub(crate) const REPORTS: &str = "reports";

/// The run folder that `given` means: a path, a name below `reports/`, or the
/// latest run if nothing is given.
///
/// # Errors
/// A [`Failure`] naming the runs there are.
pub(crate) fn resolve(given: Option<&Path>) -> Result<PathBuf, Failure> {
    let is_run = |folder: &Path| folder.join(files::MANIFEST).is_file();
    let candidates = match given {
        Some(path) => vec![path.to_owned(), Path::new(REPORTS).join(path)],
        None => vec![Path::new(REPORTS).join("latest")],
    };
    if let Some(folder) = candidates.into_iter().find(|folder| is_run(folder)) {
        return Ok(folder);
    }
    let known = names();
    Err(match given {
        Some(path) if !known.is_empty() => Failure::no_match(crate::suggest::unknown(
            "run",
            &path.display().to_string(),
            &known,
        )),
        Some(path) => Failure::no_match(format!(
            "there is no run in {}; `tokenlab bench` makes one",
            path.display()
        )),
        None => Failure::no_match(format!(
            "there is no run in {REPORTS}/ yet; `tokenlab bench` makes one"
        )),
    })
}

/// Makes `folder` and proves that files can be written in it.
///
/// # Errors
/// A [`Failure`] before anything is measured.
pub(crate) fn make_writable(folder: &Path) -> Result<(), Failure> {
    let probe = folder.join(".tokenlab-probe");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&probe, b"probe"))
        .and_then(|()| fs::remove_file(&probe))
        .map_err(|error| {
            Failure::environment(format!(
                "cannot write to {}: {error}; choose another folder with --out",
                folder.display()
            ))
        })
}

/// Points `reports/latest` at `folder`, if it is one of `reports/`.
///
/// # Errors
/// Whatever the file system says.
pub(crate) fn mark_latest(folder: &Path) -> io::Result<()> {
    let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else {
        return Ok(());
    };
    if parent != Path::new(REPORTS) {
        return Ok(());
    }
    let link = parent.join("latest");
    match fs::remove_file(&link) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::os::unix::fs::symlink(name, link)
}

fn names() -> Vec<String> {
    let Ok(entries) = fs::read_dir(REPORTS) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().join(files::MANIFEST).is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
