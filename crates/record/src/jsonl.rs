//! JSON Lines: append-safe on the way out, forgiving on the way in.
//!
//! A crash or a full disk can leave half a line behind. Reading never fails on
//! damage: each bad line is reported with its number and the rest is used.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// File name, without its folder.
    pub file: String,
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}: {}", self.file, self.line, self.problem)
    }
}

/// Appends records to a file, one line and one `write` each.
#[derive(Debug)]
pub struct Appender {
    file: File,
}

impl Appender {
    /// Opens `path` for appending, creating it if need be. A half-written last
    /// line is closed with a line break first, so that it damages nothing new.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        let torn = ends_mid_line(path)?;
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if torn {
            file.write_all(b"\n")?;
        }
        Ok(Self { file })
    }

    /// Writes one record as one line.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn append<T: Serialize>(&mut self, record: &T) -> io::Result<()> {
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }
}

/// Reads every sound line of `path` and reports the others. A missing file is
/// an empty one. A line whose `schema` field is not `schema` counts as damage:
/// it belongs to another version and would be misread.
///
/// # Errors
/// Only if the file exists and can't be opened or read.
pub fn read<T: DeserializeOwned>(path: &Path, schema: &str) -> io::Result<(Vec<T>, Vec<Damage>)> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
        Err(error) => return Err(error),
    };
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    read_from(BufReader::new(file), &name, schema)
}

/// The same of a source that is called `name` in the damage.
///
/// # Errors
/// Only if the source can't be read.
pub fn read_from<T: DeserializeOwned>(
    source: impl BufRead,
    name: &str,
    schema: &str,
) -> io::Result<(Vec<T>, Vec<Damage>)> {
    let mut records = Vec::new();
    let mut damage = Vec::new();
    for (index, line) in source.split(b'\n').enumerate() {
        let line = line?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match parse(&line, schema) {
            Ok(record) => records.push(record),
            Err(problem) => damage.push(Damage {
                file: name.to_owned(),
                line: index + 1,
                problem,
            }),
        }
    }
    Ok((records, damage))
}

/// Reads one record out of JSON text, schema first.
pub(crate) fn parse<T: DeserializeOwned>(line: &[u8], schema: &str) -> Result<T, String> {
    let value: serde_json::Value =
        serde_json::from_slice(line).map_err(|error| format!("not whole JSON ({error})"))?;
    match value.get("schema").and_then(|found| found.as_str()) {
        Some(found) if found == schema => {}
        Some(found) => return Err(format!("schema is {found:?}, this version reads {schema:?}")),
        None => return Err(format!("no schema, want {schema:?}")),
    }
    serde_json::from_value(value).map_err(|error| format!("not a {schema} record ({error})"))
}

fn ends_mid_line(path: &Path) -> io::Result<bool> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}
