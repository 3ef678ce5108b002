//! Draws a page from invented numbers, to look at while working on the charts:
//!
//! ```sh
//! cargo run -p tokenlab-report --example specimen -- /tmp/specimen
//! ```
//!
//! With `--worst` as the second argument the run is partial, noisy, damaged,
//! and has failures and hostile names.

use std::path::PathBuf;

use tokenlab_record::jsonl::Damage;
use tokenlab_record::run::Status;

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("want a folder to draw into")?);
    let mut record = synthetic::run(synthetic::Size {
        launches: 8,
        rounds: 8,
        corpora: 5,
        attacks: true,
    });
    if arguments.next().as_deref() == Some("--worst") {
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
    tokenlab_report::render(&record, &folder)?;
    Ok(())
}
