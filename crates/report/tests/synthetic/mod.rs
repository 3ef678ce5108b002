//! An invented run: every contender of the lab with made-up block times.
//!
//! The ids have the shape of the harness's registry, which this crate must not
//! know; the figures are of a believable size and measured nowhere.
#![allow(clippy::cast_possible_truncation)] // invented figures fit

use tokenlab_record::catalogue::{CATALOGUE_SCHEMA, Catalogue, Class, ContenderId, Family};
use tokenlab_record::environment::{ENVIRONMENT_SCHEMA, Environment};
use tokenlab_record::measurement::{
    CANARY_SCHEMA, Canary, Group, MEASUREMENT_SCHEMA, Measurement, Model, Role, SECOND_OPINION_SCHEMA,
    SecondOpinion, TOKEN_SIZE_SCHEMA, TokenAnatomy, TokenSize,
};
use tokenlab_record::run::{MANIFEST_SCHEMA, Manifest, RunRecord, Status};
use tokenlab_record::stats::SplitMix64;
use tokenlab_record::vectors::{VECTORS_SCHEMA, VectorDeviation, VectorSummary};

mod attacks;
mod contenders;
mod floors;
mod refusals;

use contenders::{Invented, card};

const RUN: &str = "2026-01-01T000000-invented";

/// How much of everything to invent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Fresh processes.
    pub(crate) launches: u32,
    /// Rounds in each.
    pub(crate) rounds: u32,
    /// Corpora, from the start of the list.
    pub(crate) corpora: usize,
    /// Whether the attacks ran too.
    pub(crate) attacks: bool,
    /// Whether there are more than a hundred contenders.
    pub(crate) crowd: bool,
}

/// Name, and claims as JSON in bytes.
const CORPORA: [(&str, u32); 5] = [
    ("typical", 330),
    ("tiny", 97),
    ("large", 4040),
    ("unicode", 402),
    ("nested", 471),
];

/// A whole invented run.
pub(crate) fn run(size: Size) -> RunRecord {
    let contenders = contenders::all(size.crowd);
    let mut random = SplitMix64::new(7);
    let groups = groups(size);
    let mut record = RunRecord {
        manifest: manifest(size, &groups),
        environment: environment(),
        catalogue: Catalogue {
            schema: CATALOGUE_SCHEMA.into(),
            contenders: contenders.iter().map(card).collect(),
            attacks: Vec::new(),
            targets: Vec::new(),
        },
        measurements: Vec::new(),
        canaries: Vec::new(),
        floors: Vec::new(),
        tokens: tokens(&contenders, size),
        refusals: Vec::new(),
        allocations: Vec::new(),
        second_opinions: Vec::new(),
        transcripts: Vec::new(),
        sources: Vec::new(),
        vectors: vectors(),
        self_check: None,
        studies: Vec::new(),
        damage: Vec::new(),
    };
    for group in &groups {
        for launch in 0..size.launches {
            measure(&mut record, &contenders, group, launch, size.rounds, &mut random);
        }
    }
    refusals::add(&mut record);
    floors::add(&mut record);
    record.second_opinions = second_opinions(&contenders);
    if size.attacks {
        attacks::add(&mut record);
    }
    record
}

fn corpora(size: Size) -> impl Iterator<Item = (&'static str, u32)> {
    CORPORA.into_iter().take(size.corpora)
}

fn groups(size: Size) -> Vec<Group> {
    let mut groups = Vec::new();
    for model in Model::ALL {
        let all = matches!(model, Model::Verify | Model::Issue);
        for (corpus, _) in corpora(size).take(if all { usize::MAX } else { 1 }) {
            for class in Class::ALL.into_iter().filter(|class| model.applies_to(*class)) {
                groups.push(Group {
                    model,
                    corpus: corpus.into(),
                    class,
                });
            }
        }
    }
    groups
}

fn manifest(size: Size, groups: &[Group]) -> Manifest {
    Manifest {
        schema: MANIFEST_SCHEMA.into(),
        run: RUN.into(),
        profile: "default".into(),
        only: None,
        seed: 7,
        launches: size.launches,
        rounds: size.rounds,
        block_ns: 300_000,
        groups: groups.to_vec(),
        expected_s: 360.0,
        elapsed_s: 371.4,
        command: "tokenlab bench --profile default --seed 7".into(),
        status: Status::Complete,
    }
}

fn environment() -> Environment {
    Environment {
        schema: ENVIRONMENT_SCHEMA.into(),
        cpu_model: "Invented CPU 9000 (all figures invented)".into(),
        cpu_features: vec!["sha_ni".into(), "avx2".into()],
        cores: 2,
        memory_bytes: 8 << 30,
        os: "Invented OS 1".into(),
        kernel: "6.0.0".into(),
        rustc: "rustc 1.95.0".into(),
        commit: "0123456789abcdef".into(),
        dirty: false,
        lock_sha256: "00".repeat(32),
        build_profile: "release".into(),
        started_at: "2026-01-01T00:00:00Z".into(),
        load: 0.21,
    }
}

fn tokens(contenders: &[Invented], size: Size) -> Vec<TokenSize> {
    let mut tokens = Vec::new();
    for (corpus, claims_bytes) in corpora(size) {
        for contender in contenders {
            let is_jwt = matches!(contender.family, Family::Jwt | Family::Jwe);
            let is_session = contender.family == Family::Session;
            let header_bytes = if is_jwt {
                27
            } else {
                contender.algorithm.len() as u32 + 1
            };
            // Times as text are ten bytes longer each, and most sets have three.
            let payload_bytes = match is_session {
                true => 32,
                false => claims_bytes + if is_jwt { 0 } else { 36 },
            };
            let raw = payload_bytes + contender.authentication_bytes + contender.nonce_bytes;
            let encoding_bytes = raw / 3 + if is_jwt { 11 } else { 1 };
            let anatomy = TokenAnatomy {
                header_bytes,
                payload_bytes,
                nonce_bytes: contender.nonce_bytes,
                authentication_bytes: contender.authentication_bytes,
                encoding_bytes,
            };
            tokens.push(TokenSize {
                schema: TOKEN_SIZE_SCHEMA.into(),
                run: RUN.into(),
                contender: ContenderId::new(contender.id.as_str()),
                class: contender.class,
                corpus: corpus.into(),
                token_bytes: anatomy.total_bytes(),
                anatomy,
            });
        }
    }
    tokens
}

fn truth_ns(contender: &Invented, model: Model, corpus: &str) -> f64 {
    let bytes = CORPORA
        .iter()
        .find(|(name, _)| *name == corpus)
        .map_or(0.0, |(_, bytes)| f64::from(*bytes));
    match model {
        Model::Load => contender.load_ns,
        Model::Issue => contender.issue_ns + bytes * contender.ns_per_byte,
        Model::RejectSignature | Model::RejectExpired => contender.verify_ns * 0.98,
        Model::RejectMissingPart | Model::RejectHeader => 60.0,
        Model::RejectVersion | Model::RejectPurpose => 90.0,
        Model::RejectEncoding if contender.family == Family::Paseto => 800.0,
        Model::VerifyLong | Model::RejectLong => contender.verify_ns + 64_000.0 * contender.ns_per_byte,
        Model::VerifyHuge | Model::RejectHuge => contender.verify_ns + 1e6 * contender.ns_per_byte,
        Model::VerifyThreeBlocks => 2.6 * contender.verify_ns,
        Model::VerifyTenBlocks => 8.1 * contender.verify_ns,
        _ => contender.verify_ns + bytes * contender.ns_per_byte,
    }
}

/// One launch of a group. EdDSA on RustCrypto has two modes, as address space
/// layout gives it on real machines.
fn measure(
    record: &mut RunRecord,
    contenders: &[Invented],
    group: &Group,
    launch: u32,
    rounds: u32,
    random: &mut SplitMix64,
) {
    let mut noise = |scale: f64| 1.0 + scale * (random.below(2001) as f64 / 1000.0 - 1.0);
    let shared: Vec<f64> = (0..rounds).map(|_| noise(0.01)).collect();
    record.canaries.push(Canary {
        schema: CANARY_SCHEMA.into(),
        run: RUN.into(),
        group: group.clone(),
        launch,
        before_ns: vec![50_000; rounds as usize],
        after_ns: vec![50_000; rounds as usize],
    });
    for contender in contenders
        .iter()
        .filter(|contender| contender.class == group.class)
    {
        let roles: &[Role] = match contender.id.as_str() {
            "jsonwebtoken/HS256+aws-lc" | "pasetors/v4.public" => &[Role::Contender, Role::Twin],
            _ => &[Role::Contender],
        };
        let bimodal = contender.id == "jsonwebtoken/EdDSA+rustcrypto" && launch % 3 == 2;
        let layout = noise(0.012) * if bimodal { 1.14 } else { 1.0 };
        for role in roles {
            let ns = truth_ns(contender, group.model, &group.corpus) * layout;
            let iterations = (300_000.0 / ns).max(1.0) as u32;
            let mut blocks = Vec::new();
            for round in &shared {
                let cpu = (ns * f64::from(iterations) * round * noise(0.004)) as u64;
                let preempted = noise(1.0) > 1.95;
                blocks.push((cpu, if preempted { cpu * 2 } else { cpu + cpu / 200 }));
            }
            record.measurements.push(Measurement {
                schema: MEASUREMENT_SCHEMA.into(),
                run: RUN.into(),
                contender: ContenderId::new(contender.id.as_str()),
                role: *role,
                group: group.clone(),
                launch,
                iterations,
                cpu_ns: blocks.iter().map(|(cpu, _)| *cpu).collect(),
                wall_ns: blocks.iter().map(|(_, wall)| *wall).collect(),
                verified: true,
                error: None,
            });
        }
    }
}

/// Two suites; one contender deviates twice, once for a reason that is known.
fn vectors() -> Vec<VectorSummary> {
    let summary = |suite: &str, scheme: &str, contender: &str, passed, deviations| VectorSummary {
        schema: VECTORS_SCHEMA.into(),
        run: RUN.into(),
        suite: suite.into(),
        scheme: scheme.into(),
        contender: ContenderId::new(contender),
        passed,
        deviations,
    };
    let deviation = |case: &str, reason: Option<&str>| VectorDeviation {
        case: case.into(),
        expected: "refused".into(),
        observed: "accepted".into(),
        reason: reason.map(str::to_owned),
    };
    vec![
        summary(
            "PASETO v4",
            "paseto.v4.public",
            "pasetors/v4.public",
            9,
            Vec::new(),
        ),
        summary("PASETO v4", "paseto.v4.local", "pasetors/v4.local", 9, Vec::new()),
        summary(
            "Invented JWS",
            "jwt.HS256",
            "jsonwebtoken/HS256+aws-lc",
            31,
            vec![
                deviation("4-F-1", Some("the library reads <padding> that is not there")),
                deviation("4-F-2", None),
            ],
        ),
    ]
}

/// Criterion on verifying, with two contenders that it sees otherwise.
fn second_opinions(contenders: &[Invented]) -> Vec<SecondOpinion> {
    contenders
        .iter()
        .enumerate()
        .map(|(index, contender)| {
            let differs = match index {
                3 => 1.24,
                20 => 0.87,
                _ => 1.0 + (index as f64 - 12.0) / 200.0,
            };
            SecondOpinion {
                schema: SECOND_OPINION_SCHEMA.into(),
                run: RUN.into(),
                contender: ContenderId::new(contender.id.as_str()),
                model: Model::Verify,
                corpus: "typical".into(),
                iterations: vec![10; 10],
                wall_ns: vec![10.0 * differs * truth_ns(contender, Model::Verify, "typical"); 10],
            }
        })
        .collect()
}
