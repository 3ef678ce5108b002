//! The file for a service that keeps history: its shape, and names that stay.
#![allow(clippy::panic)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeMap;

use serde_json::Value;
use tokenlab_record::analysis::analyse;
use tokenlab_record::run::RunRecord;
use tokenlab_report::render;

mod synthetic;

fn invented() -> RunRecord {
    let mut run = synthetic::run(synthetic::Size {
        launches: 2,
        rounds: 5,
        corpora: 2,
        attacks: false,
        crowd: false,
    });
    run.measurements
        .retain(|measurement| measurement.group.model.slug() == "verify");
    run
}

fn benchmarks(run: &RunRecord) -> BTreeMap<String, Value> {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let rendered = render(run, folder.path()).unwrap_or_else(|error| panic!("{error}"));
    let bencher = rendered.bencher.unwrap_or_else(|| panic!("no bencher.json"));
    let text = std::fs::read(bencher).unwrap_or_else(|error| panic!("{error}"));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_ranked_case_is_a_benchmark_under_its_stable_name() {
    let mut run = invented();
    let names =
        |benchmarks: &BTreeMap<String, Value>| -> Vec<String> { benchmarks.keys().cloned().collect() };
    let first = benchmarks(&run);
    let rows: Vec<_> = analyse(&run)
        .rankings
        .into_iter()
        .flat_map(|ranking| {
            let group = ranking.group;
            ranking.rows.into_iter().map(move |row| (group.clone(), row))
        })
        .collect();
    assert_eq!(first.len(), rows.len(), "two cases share a name");
    for (group, row) in &rows {
        let name = format!("{}/{}/{}", group.model.slug(), row.contender, group.corpus);
        let measures = first
            .get(&name)
            .and_then(Value::as_object)
            .unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(measures.keys().collect::<Vec<_>>(), ["latency"], "{name}");
        let figure = |field: &str| {
            measures["latency"][field]
                .as_f64()
                .unwrap_or_else(|| panic!("{name}: no {field}"))
        };
        // serde_json reads a number to within its last bit.
        let apart = (figure("value") - row.cpu_ns.estimate).abs();
        assert!(apart <= row.cpu_ns.estimate * f64::EPSILON, "{name}: {apart}");
        assert_eq!(
            measures["latency"].as_object().map(|metric| metric.len()),
            Some(3),
            "{name}"
        );
        assert!(figure("lower_value") <= figure("value"), "{name}");
        assert!(figure("value") <= figure("upper_value"), "{name}");
    }

    // Another run at other speeds, in which the order is another.
    run.manifest.run = "another".into();
    for measurement in &mut run.measurements {
        if measurement.contender.as_str().starts_with("pasetors") {
            measurement.cpu_ns.iter_mut().for_each(|ns| *ns /= 40);
            measurement.wall_ns.clone_from(&measurement.cpu_ns);
        }
    }
    assert_eq!(names(&benchmarks(&run)), names(&first));

    for measurement in &mut run.measurements {
        if measurement.contender.as_str() == "pasetors/v4.local" {
            measurement.error = Some("no such key".into());
        }
    }
    let without: Vec<String> = names(&first)
        .into_iter()
        .filter(|name| !name.contains("/pasetors/v4.local/"))
        .collect();
    assert_eq!(names(&benchmarks(&run)), without, "a failed case has no figure");
}
