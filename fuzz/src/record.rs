//! The reader of a run's files, which come from other machines and other versions.
//!
//! The input is a file of JSON Lines. Every line that is not blank becomes a record or
//! is reported as damage, and a record that is written again reads back as itself:
//! what a report shows is what the file says.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokenlab_record::jsonl;
use tokenlab_record::measurement::{MEASUREMENT_SCHEMA, Measurement, TOKEN_SIZE_SCHEMA, TokenSize};
use tokenlab_record::transcript::{TRANSCRIPT_SCHEMA, Transcript};
use tokenlab_record::vectors::{VECTORS_SCHEMA, VectorSummary};

use crate::seeds::Seed;
use crate::{Finding, Reach, Target};

/// This target.
pub const TARGET: Target = Target {
    name: "record",
    summary: "the files of a run: measurements, sizes, transcripts and what vectors said",
    crash_means: "a line of a run is lost or misread, or reading breaks down",
    dictionary: Some("lines"),
    body,
    token: crate::no_token,
    seeds,
};

fn body(data: &[u8]) -> Result<Reach, Finding> {
    let mut reach = Reach::Refused;
    for read in [
        read::<Measurement>(data, MEASUREMENT_SCHEMA),
        read::<TokenSize>(data, TOKEN_SIZE_SCHEMA),
        read::<Transcript>(data, TRANSCRIPT_SCHEMA),
        read::<VectorSummary>(data, VECTORS_SCHEMA),
    ] {
        reach = reach.max(read?);
    }
    Ok(reach)
}

/// Reads all of `data` as lines of one schema.
fn read<T>(data: &[u8], schema: &str) -> Result<Reach, Finding>
where
    T: Serialize + DeserializeOwned + PartialEq,
{
    let misread = |problem: &'static str| Finding::Misread {
        problem,
        text: String::from_utf8_lossy(data).into_owned(),
    };
    let (records, damage) =
        jsonl::read_from::<T>(data, "fuzzed", schema).map_err(|_| misread("can't be read at all"))?;
    let lines = data.split(|byte| *byte == b'\n');
    let written = lines
        .filter(|line| !line.iter().all(u8::is_ascii_whitespace))
        .count();
    if records.len() + damage.len() != written {
        return Err(misread("is read as more lines than it has, or fewer"));
    }
    for record in &records {
        let line = serde_json::to_vec(record).unwrap_or_default();
        let again = jsonl::read_from::<T>(line.as_slice(), "again", schema);
        let same = again.is_ok_and(|(again, _)| again.first() == Some(record));
        if !same {
            return Err(misread("reads back as another record"));
        }
    }
    Ok(if records.is_empty() {
        Reach::Refused
    } else {
        Reach::Accepted
    })
}

/// A line of a kind, one that is cut off, one of another version, and nothing.
fn seeds() -> Vec<Seed> {
    let size = r#"{"schema":"tokenlab.token-size/1","run":"r","contender":"jsonwebtoken/HS256","class":"mac","corpus":"tiny","token_bytes":200,"header_bytes":27,"payload_bytes":89,"nonce_bytes":0,"authentication_bytes":32,"encoding_bytes":52}"#;
    let vectors = r#"{"schema":"tokenlab.vectors/1","run":"r","suite":"PASETO v4","scheme":"paseto.v4.local","contender":"pasetors/v4.local","passed":1,"deviations":[{"case":"4-E-1","expected":"accepted","observed":"refused","reason":null}]}"#;
    vec![
        Seed::new("seed-size", size, Reach::Accepted),
        Seed::new("seed-vectors", vectors, Reach::Accepted),
        Seed::new(
            "seed-damage-between",
            format!("{size}\n{{\"schema\":\n\n{vectors}\n"),
            Reach::Accepted,
        ),
        Seed::new("seed-cut-off", &size[..size.len() / 2], Reach::Refused),
        Seed::new(
            "seed-another-version",
            size.replace("size/1", "size/9"),
            Reach::Refused,
        ),
        Seed::new("seed-blank", "\n \n", Reach::Refused),
    ]
}
