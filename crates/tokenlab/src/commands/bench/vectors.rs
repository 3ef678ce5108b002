//! Official test vectors, once a run and in about a second: the page shows
//! beside the times whether a library does what its specification says.
//!
//! They come from the folder that `TOKENLAB_VECTORS` names, or else from the
//! linked packages that ship some. They are beside the question of time: their
//! absence is said and survived.

use std::env;
use std::path::{Path, PathBuf};

use tokenlab_harness::vectors::{
    Outcome, VectorError, biscuit, package_folder, paserk, paseto, summarize, wycheproof,
};
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
    let mut outcomes = Vec::new();
    for source in SOURCES {
        let vectors = shared
            .as_ref()
            .map(|folder| folder.join(source.shared))
            .filter(|folder| folder.is_dir())
            .or_else(|| {
                let (package, within) = source.package?;
                Some(package_folder(package)?.join(within))
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
