//! Official test vectors, once a run and in about a second: the page shows
//! beside the times whether a library does what its specification says.
//!
//! They come from the folder that `TOKENLAB_VECTORS` names, or else from the
//! linked packages that ship some. They are beside the question of time: their
//! absence is said and survived.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tokenlab_harness::vectors::{Outcome, VectorError, biscuit, paserk, paseto, summarize, wycheproof};
use tokenlab_record::jsonl::Appender;
use tokenlab_record::run::files;

use crate::output::Output;

/// Vectors of one kind: where they may be, and what runs them.
struct Source {
    /// What they are vectors of.
    name: &'static str,
    /// Their folder below `TOKENLAB_VECTORS`.
    shared: &'static str,
    /// A linked package that ships some, and their folder in it; `None` if no
    /// package does.
    package: Option<(&'static str, &'static str)>,
    run: fn(&Path) -> Result<Vec<Outcome>, VectorError>,
}

const SOURCES: [Source; 4] = [
    Source {
        name: "PASETO",
        shared: "paseto",
        package: Some(("pasetors", "test_vectors")),
        run: paseto::run,
    },
    Source {
        name: "PASERK",
        shared: "paseto/PASERK",
        package: Some(("pasetors", "test_vectors/PASERK")),
        run: paserk::run,
    },
    Source {
        name: "Wycheproof",
        shared: "wycheproof",
        package: None,
        run: wycheproof::run,
    },
    Source {
        name: "Biscuit",
        shared: "biscuit",
        package: Some(("biscuit-auth", "samples")),
        run: biscuit::run,
    },
];

/// Runs whatever vectors are at hand and appends what they say to the run.
pub(super) fn run(run: &str, folder: &Path, output: &Output) {
    let path = folder.join(files::VECTORS);
    if path.exists() {
        return;
    }
    let shared = env::var_os("TOKENLAB_VECTORS").map(PathBuf::from);
    let mut packages = None;
    let mut outcomes = Vec::new();
    for source in SOURCES {
        let vectors = shared
            .as_ref()
            .map(|folder| folder.join(source.shared))
            .filter(|folder| folder.is_dir())
            .or_else(|| {
                let (package, within) = source.package?;
                let packages = packages.get_or_insert_with(|| metadata().unwrap_or_default());
                Some(folder_of(packages, package)?.join(within))
            });
        let ran = match vectors {
            Some(folder) => (source.run)(&folder).map_err(|error| error.to_string()),
            None => Err("TOKENLAB_VECTORS has none, and neither has a linked package".to_owned()),
        };
        match ran {
            Ok(ran) => outcomes.extend(ran),
            Err(problem) => output.note(&format!("note: no {} vectors were run: {problem}", source.name)),
        }
    }
    let written = Appender::open(&path).and_then(|mut file| {
        let lines = summarize(run, &outcomes);
        lines.iter().try_for_each(|line| file.append(line))
    });
    if let Err(error) = written {
        output.note(&format!("note: what the vectors said is not kept: {error}"));
    }
}

/// The packages of this workspace, as cargo knows them.
fn metadata() -> Option<Value> {
    // Other platforms' packages need not be on this machine.
    let version = cargo(&["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "))?;
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata = cargo(&[
        "metadata",
        "--format-version=1",
        "--offline",
        "--filter-platform",
        host,
        "--manifest-path",
        manifest,
    ])?;
    serde_json::from_str(&metadata).ok()
}

/// The folder of a linked package's source.
fn folder_of(metadata: &Value, name: &str) -> Option<PathBuf> {
    let packages = metadata.get("packages")?.as_array()?;
    let package = packages
        .iter()
        .find(|package| package.get("name").and_then(Value::as_str) == Some(name))?;
    let manifest = package.get("manifest_path")?.as_str()?;
    Some(Path::new(manifest).parent()?.to_owned())
}

fn cargo(arguments: &[&str]) -> Option<String> {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program).args(arguments).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).ok())
        .flatten()
}
