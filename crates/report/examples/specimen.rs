//! Draws a page from invented numbers, to look at while working on the charts:
//!
//! ```sh
//! cargo run -p tokenlab-report --example specimen -- /tmp/specimen
//! ```
//!
//! With `--worst` behind it the run is partial, noisy, damaged, and has failures
//! and hostile names; with `--crowd` there are more than a hundred contenders, and
//! the time that analysing and drawing took is printed. Beside it `compare.html`
//! has the run against itself with every third contender at another speed.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use tokenlab_record::analysis::analyse;
use tokenlab_record::compare::Comparison;
use tokenlab_record::jsonl::Damage;
use tokenlab_record::run::{RunRecord, Status};

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("want a folder to draw into")?);
    let flags: Vec<String> = arguments.collect();
    let has = |flag: &str| flags.iter().any(|given| given == flag);
    let crowd = has("--crowd");
    let mut record = synthetic::run(synthetic::Size {
        launches: if crowd { 12 } else { 8 },
        rounds: if crowd { 36 } else { 8 },
        corpora: 5,
        attacks: true,
        crowd,
    });
    if has("--worst") {
        record.manifest.status = Status::Partial;
        record.environment.build_profile = "debug".into();
        record.damage.push(Damage {
            file: "measurements.jsonl".into(),
            line: 17,
            problem: "not whole JSON (EOF while parsing a string at line 1 column 80)".into(),
        });
        for measurement in &mut record.measurements {
            let id = measurement.contender.as_str();
            if id.starts_with("rusty_paseto") {
                measurement.error = Some("the library refused its own key & said <nothing>".into());
            }
            for wall in measurement.wall_ns.iter_mut().step_by(2) {
                *wall *= 2;
            }
        }
    }
    std::fs::create_dir_all(&folder)?;
    let started = Instant::now();
    let analysis = analyse(&record);
    let analysed = started.elapsed();
    tokenlab_report::render_analysed(&record, &analysis, &folder)?;
    if crowd {
        writeln!(
            std::io::stdout(),
            "{} contenders, {} lines: analysed in {analysed:.1?}, drawn in {:.1?}",
            record.catalogue.contenders.len(),
            record.measurements.len(),
            started.elapsed() - analysed
        )?;
    }
    let comparison = Comparison::of(&record, &at_other_speeds(&record));
    tokenlab_report::render_comparison(&comparison, &folder)?;
    Ok(())
}

/// The run with every third contender slowed, by more the longer its name is,
/// and one of them sped up to half its time.
fn at_other_speeds(record: &RunRecord) -> RunRecord {
    let mut other = record.clone();
    other.manifest.run.push_str("-later");
    for measurement in &mut other.measurements {
        let id = measurement.contender.as_str();
        let percent = match id.len() {
            _ if id.ends_with("v4.local") => 50,
            length if length.is_multiple_of(3) => 90 + length as u64,
            _ => 100,
        };
        for ns in measurement.cpu_ns.iter_mut().chain(&mut measurement.wall_ns) {
            *ns = *ns * percent / 100;
        }
    }
    other
}
