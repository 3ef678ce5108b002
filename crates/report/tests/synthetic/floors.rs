//! Invented floors: shares of what the scheme's contenders took in the same round.

use std::collections::BTreeSet;

use tokenlab_record::catalogue::Class;
use tokenlab_record::measurement::{FLOOR_SCHEMA, FloorMeasurement, FloorPart, Model, Role};
use tokenlab_record::run::RunRecord;

/// Part, implementation, and the per cent of its contender's time that it takes.
const PARTS: [(FloorPart, &str, u64); 4] = [
    (FloorPart::Crypto, "invented primitive", 55),
    (FloorPart::Base64, "invented codec", 4),
    (FloorPart::Base64, "invented slow codec", 9),
    (FloorPart::Json, "invented reader", 11),
];

/// Adds the floors of every scheme, beside its first contender in each group
/// of the everyday claims.
pub(crate) fn add(record: &mut RunRecord) {
    let mut seen = BTreeSet::new();
    for measurement in &record.measurements {
        let group = &measurement.group;
        let has_floors = matches!(group.model, Model::Verify | Model::Issue)
            && group.corpus == "typical"
            && group.class != Class::Session;
        let mut cards = record.catalogue.contenders.iter();
        let Some(card) = cards
            .find(|card| card.id == measurement.contender)
            .filter(|_| has_floors && measurement.role == Role::Contender)
        else {
            continue;
        };
        if !seen.insert((group.clone(), card.scheme.clone(), measurement.launch)) {
            continue;
        }
        for (part, implementation, percent) in PARTS {
            let share = |blocks: &[u64]| blocks.iter().map(|ns| ns * percent / 100).collect();
            record.floors.push(FloorMeasurement {
                schema: FLOOR_SCHEMA.into(),
                run: measurement.run.clone(),
                scheme: card.scheme.clone(),
                part,
                implementation: implementation.into(),
                group: group.clone(),
                launch: measurement.launch,
                iterations: measurement.iterations,
                cpu_ns: share(&measurement.cpu_ns),
                wall_ns: share(&measurement.wall_ns),
                verified: true,
                error: None,
            });
        }
    }
}
