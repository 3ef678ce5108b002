//! A learner's progress as a file that travels: `ada.progress`.
//!
//! It is a PASETO v4.public, signed with a key of the installation that it comes from; the
//! footer names that key by its PASERK id and brings it along. So the signature says which
//! installation made the file and that nobody has changed it since. It does not say that
//! its learner was honest: whoever has the installation has its key, and whoever brings a
//! key along can bring another. It is the exercise `own-key`, knowingly: nothing is
//! believed here but that two files come from one place.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use tokenlab_harness::exchange::{PrivateKey, paserk};
use tokenlab_harness::paseto::Scheme;
use tokenlab_harness::{Bound, Codec, Key, contenders};

use crate::learner::Learner;
use crate::progress::Line;

/// Schema of what is signed.
const SCHEMA: &str = "tokenlab.progress-file/1";

/// The scheme, as contenders name it.
const WIRE: &str = "paseto.v4.public";

/// Most bytes of a file that is read.
const MOST_BYTES: u64 = 4 << 20;

/// What is signed: a learner and the lines of the journal.
#[derive(Serialize, Deserialize)]
struct Payload {
    schema: String,
    learner: Learner,
    lines: Vec<String>,
}

/// What is signed with it and can be read without a key.
#[derive(Serialize, Deserialize)]
struct Footer {
    /// PASERK id of the key.
    kid: String,
    /// The key itself, as PASERK.
    key: String,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portable {
    /// Whose progress it is.
    pub learner: Learner,
    /// PASERK id of the installation's key.
    pub installation: String,
    /// Lines of the journal, in order.
    pub lines: Vec<String>,
}

/// Why a file is none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PortableError {
    /// A file can't be read or written.
    #[error("cannot use {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The installation's key is no key.
    #[error("{0} holds no key of an installation; delete it, and one is made anew")]
    Installation(String),
    /// There is nothing to export.
    #[error("nothing is known of {0} here; `tokenlab learn list` shows who there is")]
    Nobody(Learner),
    /// No file of this kind.
    #[error("this is no progress file of tokenlab: {0}")]
    Malformed(String),
    /// The signature is not by the key that the file brings along.
    #[error("the file was changed after it was signed: {0}")]
    Changed(String),
}

/// The key of this installation, made the first time and kept in `path`.
///
/// # Errors
/// [`PortableError::File`] and [`PortableError::Installation`].
pub fn installation(path: &Path, fresh: impl FnOnce() -> io::Result<[u8; 32]>) -> Result<Key, PortableError> {
    let failed = |source| PortableError::File {
        path: path.display().to_string(),
        source,
    };
    let unusable = || PortableError::Installation(path.display().to_string());
    match fs::read_to_string(path) {
        Ok(text) => paserk::parse_for(scheme()?, text.trim()).map_err(|_| unusable()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = Key::Private(PrivateKey::Ed25519(fresh().map_err(failed)?));
            let text = paserk::write(scheme()?.version, &key).map_err(|_| unusable())?;
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(failed)?;
            }
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path).map_err(failed)?;
            writeln!(file, "{text}").map_err(failed)?;
            Ok(key)
        }
        Err(error) => Err(failed(error)),
    }
}

/// What the journal has of `learner`, signed.
///
/// # Errors
/// [`PortableError::Nobody`] of somebody unknown; [`PortableError::File`].
pub fn export(journal: &Path, learner: &Learner, key: &Key) -> Result<String, PortableError> {
    let lines: Vec<String> = lines_of(journal)?
        .into_iter()
        .filter(|line| Line::read(line).is_some_and(|line| line.learner == *learner))
        .collect();
    if lines.is_empty() {
        return Err(PortableError::Nobody(learner.clone()));
    }
    let public = match key {
        Key::Private(private) => Key::Public(private.public()),
        other => other.clone(),
    };
    let malformed = |error: &dyn ToString| PortableError::Malformed(error.to_string());
    let version = scheme()?.version;
    let footer = Footer {
        kid: paserk::id(version, &public).map_err(|error| malformed(&error))?,
        key: paserk::write(version, &public).map_err(|error| malformed(&error))?,
    };
    let payload = Payload {
        schema: SCHEMA.into(),
        learner: learner.clone(),
        lines,
    };
    let bound = Bound {
        footer: Some(serde_json::to_vec(&footer).map_err(|error| malformed(&error))?),
        ..Bound::default()
    };
    let payload = serde_json::to_vec(&payload).map_err(|error| malformed(&error))?;
    let sealed = codec(key)?.seal(&payload, &bound);
    sealed.map_err(|error| malformed(&error))
}

/// Reads a file and verifies it by the key that it brings along.
///
/// # Errors
/// [`PortableError::Malformed`] and [`PortableError::Changed`].
pub fn read(token: &str) -> Result<Portable, PortableError> {
    let malformed = |what: &dyn ToString| PortableError::Malformed(what.to_string());
    let token = token.trim();
    let footer = tokenlab_harness::decode::decode(token);
    let footer = footer.parts.iter().find(|part| part.name == "footer");
    let footer = footer.ok_or_else(|| malformed(&"it has no footer that names a key"))?;
    let footer: Footer = serde_json::from_str(&footer.text())
        .map_err(|error| malformed(&format!("its footer names no key: {error}")))?;
    let key = paserk::parse_for(scheme()?, &footer.key).map_err(|error| malformed(&error))?;
    let kid = paserk::id(scheme()?.version, &key).map_err(|error| malformed(&error))?;
    if kid != footer.kid {
        return Err(malformed(&"its footer names one key and brings another"));
    }
    let opened = codec(&key)?
        .open(token, &Bound::default())
        .map_err(|rejection| PortableError::Changed(rejection.detail.to_string()))?;
    let payload: Payload = serde_json::from_slice(&opened.payload).map_err(|error| malformed(&error))?;
    let is_theirs = |line: &String| Line::read(line).is_some_and(|line| line.learner == payload.learner);
    if payload.schema != SCHEMA || !payload.lines.iter().all(is_theirs) {
        return Err(malformed(&"what was signed is no progress of one learner"));
    }
    Ok(Portable {
        learner: payload.learner,
        installation: kid,
        lines: payload.lines,
    })
}

/// Appends to a journal what it does not have of a file yet, and says how many lines
/// these were: a file may be imported as often as it comes.
///
/// # Errors
/// [`PortableError::File`].
pub fn import(journal: &Path, file: &Portable) -> Result<usize, PortableError> {
    // The same line may have happened twice in a second.
    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines_of(journal)? {
        *there.entry(line).or_default() += 1;
    }
    let mut fresh = String::new();
    for line in &file.lines {
        match there.get_mut(line).filter(|count| **count > 0) {
            Some(count) => *count -= 1,
            None => {
                fresh.push_str(line);
                fresh.push('\n');
            }
        }
    }
    let failed = |source| PortableError::File {
        path: journal.display().to_string(),
        source,
    };
    let mut file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(journal)
        .map_err(failed)?;
    file.write_all(fresh.as_bytes()).map_err(failed)?;
    file.sync_data().map_err(failed)?;
    Ok(fresh.lines().count())
}

/// The text of a file that somebody names.
///
/// # Errors
/// [`PortableError::File`], and [`PortableError::Malformed`] of one that is too long.
pub fn text_of(path: &Path) -> Result<String, PortableError> {
    let failed = |source| PortableError::File {
        path: path.display().to_string(),
        source,
    };
    if fs::metadata(path).map_err(failed)?.len() > MOST_BYTES {
        return Err(PortableError::Malformed("it has more than 4 MiB".into()));
    }
    fs::read_to_string(path).map_err(failed)
}

fn lines_of(journal: &Path) -> Result<Vec<String>, PortableError> {
    match fs::read(journal) {
        Ok(text) => Ok(String::from_utf8_lossy(&text)
            .lines()
            .map(str::to_owned)
            .collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(PortableError::File {
            path: journal.display().to_string(),
            source,
        }),
    }
}

fn scheme() -> Result<Scheme, PortableError> {
    Scheme::from_wire(WIRE).ok_or_else(|| PortableError::Malformed(format!("no scheme {WIRE}")))
}

fn codec(key: &Key) -> Result<Box<dyn Codec>, PortableError> {
    let contender = contenders::available().find(|contender| contender.card().scheme == WIRE);
    let contender =
        contender.ok_or_else(|| PortableError::Malformed(format!("no library here has {WIRE}")))?;
    contender
        .codec(key)
        .map_err(|error| PortableError::Malformed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{Event, Progress};

    fn ada() -> Learner {
        Learner::try_from("ada".to_owned()).unwrap()
    }

    #[test]
    fn progress_travels_to_another_journal_once_and_says_where_it_comes_from() {
        let folder = tempfile::tempdir().unwrap();
        let (own, teachers) = (folder.path().join("own.jsonl"), folder.path().join("class.jsonl"));
        let (progress, _) = Progress::open(&own).unwrap();
        for event in [Event::Tried, Event::Tried, Event::Solved] {
            progress.record(7, &ada(), "alg-none", event).unwrap();
        }
        let grace = Learner::try_from("grace".to_owned()).unwrap();
        progress.record(7, &grace, "zeros", Event::Tried).unwrap();
        let path = folder.path().join("new/installation.key");
        let key = installation(&path, || Ok([7; 32])).unwrap();
        let again = installation(&path, || Err(io::Error::other("it is there"))).unwrap();
        let token = export(&own, &ada(), &key).unwrap();
        let file = read(&token).unwrap();
        assert_eq!((&file.learner, file.lines.len()), (&ada(), 3));
        let from_the_file = read(&export(&own, &ada(), &again).unwrap()).unwrap();
        assert_eq!(file.installation, from_the_file.installation);

        let (class, _) = Progress::open(&teachers).unwrap();
        assert_eq!(import(&teachers, &file).unwrap(), 3);
        assert_eq!(
            import(&teachers, &file).unwrap(),
            0,
            "a second time brings nothing"
        );
        assert_eq!(class.of(&ada()), progress.of(&ada()));
        assert!(class.of(&grace).is_empty(), "others stay at home");
        assert!(matches!(
            export(&teachers, &grace, &key),
            Err(PortableError::Nobody(_))
        ));
    }

    #[test]
    fn a_file_that_was_changed_or_is_none_is_refused_with_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("own.jsonl");
        let (progress, _) = Progress::open(&own).unwrap();
        progress.record(7, &ada(), "alg-none", Event::Solved).unwrap();
        let key = installation(&folder.path().join("key"), || Ok([7; 32])).unwrap();
        let token = export(&own, &ada(), &key).unwrap();
        let other = tokenlab_harness::tamper::payload(&token).unwrap();
        assert!(matches!(read(&other), Err(PortableError::Changed(_))), "{other}");
        for none in [
            "",
            "v4.public.AAAA",
            "eyJhbGciOiJub25lIn0.e30.",
            "ada,alg-none,yes",
        ] {
            assert!(matches!(read(none), Err(PortableError::Malformed(_))), "{none}");
        }
    }
}
