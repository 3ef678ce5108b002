//! The rankings in Bencher Metric Format, so that a service which keeps the
//! history of benchmarks (bencher.dev, or whatever reads its JSON) can hold ours.
//!
//! The format is an object from benchmark to measure to `value`, with
//! `lower_value` and `upper_value` around it. Names are `model/contender/corpus`,
//! which no run and no ranking changes; the measure is the service's own
//! `latency`, in nanoseconds. It is fed with thread CPU time here, as all our
//! rankings are. A case without a usable sample is left out: the format has no
//! place for a reason.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::view::View;

/// File name of [`metrics`].
pub(crate) const BENCHER: &str = "bencher.json";

/// Slug of the measure, which the service has for every project.
const LATENCY: &str = "latency";

/// One benchmark a case, in the order of their names.
pub(crate) fn metrics(view: &View<'_>) -> Vec<u8> {
    let mut benchmarks: BTreeMap<String, Value> = BTreeMap::new();
    for ranking in &view.analysis.rankings {
        for row in &ranking.rows {
            let metric = json!({
                "value": row.cpu_ns.estimate,
                "lower_value": row.cpu_ns.low,
                "upper_value": row.cpu_ns.high,
            });
            benchmarks.insert(
                ranking.group.case_name(&row.contender),
                json!({ LATENCY: metric }),
            );
        }
    }
    format!("{:#}\n", json!(benchmarks)).into_bytes()
}
