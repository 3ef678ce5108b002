//! Runs with a known answer.
#![allow(dead_code, clippy::cast_possible_truncation)] // each test needs a part of it; invented runs are small

use tokenlab_record::catalogue::{Catalogue, Class, ContenderId};
use tokenlab_record::environment::Environment;
use tokenlab_record::measurement::{
    CANARY_SCHEMA, Canary, Group, MEASUREMENT_SCHEMA, Measurement, Model, Role,
};
use tokenlab_record::run::{MANIFEST_SCHEMA, Manifest, RunRecord, Status};
use tokenlab_record::stats::SplitMix64;

pub(crate) const LAUNCHES: u32 = 8;
pub(crate) const ROUNDS: usize = 30;
pub(crate) const ITERATIONS: u32 = 10;

/// What every invented run times.
pub(crate) fn group() -> Group {
    Group {
        model: Model::Verify,
        corpus: "typical".into(),
        class: Class::Signature128,
    }
}

/// A run in which each contender takes the given nanoseconds an operation,
/// with ± 2 % of noise that all contenders of a round share and ± 0.2 % of
/// their own.
pub(crate) fn run(cases: &[(&str, Role, f64)]) -> RunRecord {
    let mut random = SplitMix64::new(11);
    let mut noise =
        |scale: f64| 1.0 + scale * ((random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64 - 0.5);
    let mut measurements = Vec::new();
    let mut canaries = Vec::new();
    for launch in 0..LAUNCHES {
        let shared: Vec<f64> = (0..ROUNDS).map(|_| noise(0.04)).collect();
        canaries.push(canary(launch, ROUNDS));
        for (id, role, ns) in cases {
            let cpu_ns: Vec<u64> = shared
                .iter()
                .map(|round| (ns * f64::from(ITERATIONS) * round * noise(0.004)).round() as u64)
                .collect();
            measurements.push(measurement(id, *role, launch, cpu_ns));
        }
    }
    RunRecord {
        measurements,
        canaries,
        ..empty()
    }
}

/// A launch in whose rounds nothing was disturbed.
pub(crate) fn canary(launch: u32, rounds: usize) -> Canary {
    Canary {
        schema: CANARY_SCHEMA.into(),
        run: "test".into(),
        group: group(),
        launch,
        before_ns: vec![50_000; rounds],
        after_ns: vec![50_000; rounds],
    }
}

/// Blocks of [`ITERATIONS`] operations that had the processor for themselves.
pub(crate) fn measurement(id: &str, role: Role, launch: u32, cpu_ns: Vec<u64>) -> Measurement {
    Measurement {
        schema: MEASUREMENT_SCHEMA.into(),
        run: "test".into(),
        contender: ContenderId::new(id),
        role,
        group: group(),
        launch,
        iterations: ITERATIONS,
        wall_ns: cpu_ns.clone(),
        cpu_ns,
        verified: true,
        error: None,
    }
}

/// A run that measured nothing.
pub(crate) fn empty() -> RunRecord {
    RunRecord {
        manifest: Manifest {
            schema: MANIFEST_SCHEMA.into(),
            run: "test".into(),
            profile: "quick".into(),
            only: None,
            seed: 1,
            launches: LAUNCHES,
            rounds: ROUNDS as u32,
            block_ns: 300_000,
            groups: vec![group()],
            expected_s: 1.0,
            elapsed_s: 1.0,
            command: "tokenlab bench".into(),
            status: Status::Complete,
        },
        environment: Environment::default(),
        catalogue: Catalogue::default(),
        measurements: Vec::new(),
        canaries: Vec::new(),
        floors: Vec::new(),
        tokens: Vec::new(),
        refusals: Vec::new(),
        allocations: Vec::new(),
        second_opinions: Vec::new(),
        transcripts: Vec::new(),
        sources: Vec::new(),
        self_check: None,
        studies: Vec::new(),
        vectors: Vec::new(),
        damage: Vec::new(),
    }
}
