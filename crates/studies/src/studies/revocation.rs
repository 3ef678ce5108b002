//! Calling a token back: what has to be kept for that, what a lookup costs, and what happens
//! when the store is down. How soon a service hears of it is another study, `logout`.
//!
//! A session is forgotten where it is kept. A token says of itself that it is valid, so
//! whoever wants it back early keeps a list of those that are not: a set in the process, a
//! Bloom filter, a list of bits by index (draft-ietf-oauth-status-list), or Redis.

use std::collections::HashSet;
use std::fs;

use fastbloom::BloomFilter;
use tokenlab_harness::session::memory::MemoryStore;
use tokenlab_harness::session::redis::RedisStore;
use tokenlab_harness::session::redis_server::RedisServer;
use tokenlab_harness::session::{Digest, Store};
use tokenlab_harness::{KeyRing, Policy};
use tokenlab_record::catalogue::Family;
use tokenlab_record::stats::SplitMix64;
use tokenlab_record::study::{Bar, BarChart, Field, Form, StudyTable, Unit};

use crate::clock::{Case, in_turns};
use crate::deployment::denylist::entry;
use crate::study::{Findings, Need, Stage, StudyCard, StudyError};
use crate::subject::{claims, contender};

pub(super) static CARD: StudyCard = StudyCard {
    id: "revocation",
    title: "Calling a token back",
    question: "What has to be kept of revoked tokens, and what does asking for it cost at every request?",
    needs: &[Need::Contender("session/redis")],
    run,
};

/// The token beside whose verification a lookup is seen.
const TOKEN: &str = "jsonwebtoken/HS256+rustcrypto";

/// Of how many valid tokens a Bloom filter may call one revoked.
const FALSE_POSITIVES: f64 = 0.01;

/// Tokens that are valid and asked about.
const VALID: usize = 20_000;

/// Requests while the store is down.
const REQUESTS_DOWN: u64 = 20;

/// Where revoked tokens are kept, and asked for.
enum List {
    Set(HashSet<Digest>),
    Bloom(BloomFilter),
    Bits(Vec<u8>),
    Store(Box<dyn Store>),
}

impl List {
    /// Whether the token of that id, the `index`th that was issued, was called back.
    fn is_revoked(&self, id: &Digest, index: usize) -> Result<bool, StudyError> {
        Ok(match self {
            Self::Set(set) => set.contains(id),
            Self::Bloom(filter) => filter.contains(id),
            Self::Bits(bits) => bits
                .get(index / 8)
                .is_some_and(|byte| byte >> (index % 8) & 1 == 1),
            Self::Store(store) => store.get(id)?.is_some(),
        })
    }

    /// Calls it back.
    fn revoke(&mut self, id: &Digest, index: usize) -> Result<(), StudyError> {
        match self {
            Self::Set(set) => {
                set.insert(*id);
            }
            Self::Bloom(filter) => {
                filter.insert(id);
            }
            Self::Bits(bits) => {
                if let Some(byte) = bits.get_mut(index / 8) {
                    *byte |= 1 << (index % 8);
                }
            }
            Self::Store(store) => store.insert(id, &entry())?,
        }
        Ok(())
    }
}

/// The id of the `index`th token, as random as an id should be.
fn id(index: usize) -> Digest {
    let mut random = SplitMix64::new(index as u64 ^ 0x5245_564f_4b45);
    let mut id = [0; 32];
    for chunk in id.chunks_mut(8) {
        chunk.copy_from_slice(&random.next_u64().to_le_bytes());
    }
    id
}

/// Memory that a process has in use, bytes; 0 where the system does not tell.
fn resident(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// One way to call back, filled with so many revoked tokens.
struct Filled {
    name: &'static str,
    list: List,
    bytes: u64,
    /// Valid tokens that it was asked about.
    asked: usize,
    /// Those of them that it called revoked.
    wrongly: usize,
}

fn fill(
    name: &'static str,
    mut list: List,
    revoked: usize,
    memory: impl Fn() -> u64,
) -> Result<Filled, StudyError> {
    let before = memory();
    for index in 0..revoked {
        list.revoke(&id(index), index)?;
    }
    let bytes = memory().saturating_sub(before);
    for index in (0..revoked).step_by((revoked / 1000).max(1)) {
        if !list.is_revoked(&id(index), index)? {
            return Err(StudyError::Wrong(format!("{name} has forgotten a revoked token")));
        }
    }
    // A store over the network is asked about fewer, for the sake of time.
    let asked = if matches!(list, List::Store(_)) {
        VALID / 20
    } else {
        VALID
    };
    let mut wrongly = 0;
    for index in revoked..revoked + asked {
        wrongly += usize::from(list.is_revoked(&id(index), index)?);
    }
    Ok(Filled {
        name,
        list,
        bytes,
        asked,
        wrongly,
    })
}

fn run(stage: &Stage<'_>) -> Result<Findings, StudyError> {
    let (sizes, slices, operations): (&[usize], usize, usize) = match stage.form {
        Form::Short => (&[1_000, 10_000], 4, 200),
        _ => (&[10_000, 100_000, 1_000_000], 20, 1_000),
    };
    let service = contender(TOKEN)?.load(&KeyRing::from_seed(SEED), &Policy::lab())?;
    let token = service.issue(&claims())?;
    let mut sizes_table = StudyTable {
        caption: "What is kept for so many revoked tokens, and valid ones that were called revoked".into(),
        heads: [
            "where",
            "revoked tokens",
            "memory",
            "bytes a token",
            "valid ones refused",
            "of",
        ]
        .map(str::to_owned)
        .into(),
        rows: Vec::new(),
    };
    let mut charts = Vec::new();
    let mut largest = Vec::new();
    for revoked in sizes {
        stage.say(&format!("{revoked} revoked tokens: filling"));
        let own = || resident("self");
        let filled = {
            let server = RedisServer::start()?;
            let process = server.process_id().to_string();
            let redis = RedisStore::connect(&server.url(), "revoked")?;
            let bits = vec![0; (revoked + VALID).div_ceil(8)];
            let bloom = BloomFilter::with_false_pos(FALSE_POSITIVES)
                .seed(&u128::from(SEED))
                .expected_items(*revoked);
            let mut filled = vec![
                fill("set in the process", List::Set(HashSet::new()), *revoked, own)?,
                fill("Bloom filter, 1 %", List::Bloom(bloom), *revoked, own)?,
                fill("status list, a bit a token", List::Bits(bits), *revoked, own)?,
                fill(
                    "session store in the process",
                    List::Store(Box::new(MemoryStore::default())),
                    *revoked,
                    own,
                )?,
                fill("Redis", List::Store(Box::new(redis)), *revoked, || {
                    resident(&process)
                })?,
            ];
            // What is made at once and filled later shows no growth: its length is known.
            for one in &mut filled {
                one.bytes = match &one.list {
                    List::Bits(bits) => bits.len() as u64,
                    List::Bloom(filter) => filter.num_bits() as u64 / 8,
                    _ => one.bytes,
                };
            }
            stage.say(&format!("{revoked} revoked tokens: looking up"));
            let mut places = vec![0_usize; filled.len()];
            let mut cases: Vec<Case<'_, StudyError>> = filled
                .iter()
                .zip(&mut places)
                .map(|(one, place)| {
                    Case::new(move || {
                        // Valid and revoked in turn, never the same again soon.
                        *place = (*place + 7919) % (2 * revoked);
                        one.list.is_revoked(&id(*place), *place).map(drop)
                    })
                })
                .collect();
            cases.push(Case::new(|| {
                service.verify(&token).map(drop).map_err(StudyError::Refused)
            }));
            in_turns(&mut cases, slices, operations)?;
            let names = filled.iter().map(|one| one.name).chain([TOKEN]);
            let bars: Vec<Bar> = names
                .zip(&cases)
                .filter_map(|(name, case)| {
                    Some(Bar {
                        label: if name == TOKEN {
                            "for comparison: verifying HS256".to_owned()
                        } else {
                            name.into()
                        },
                        family: (name == TOKEN).then_some(Family::Jwt),
                        value: case.time_ns()?,
                    })
                })
                .collect();
            drop(cases);
            largest.clone_from(&bars);
            charts.push(BarChart {
                name: format!("lookup-{revoked}"),
                title: format!("Looking up among {revoked} revoked tokens"),
                subtitle:
                    "wall time of one lookup, the making of an id included, median with its 95 % interval"
                        .into(),
                unit: Unit::Nanoseconds,
                bars,
            });
            filled
        };
        for one in &filled {
            #[allow(clippy::cast_precision_loss)] // far below 2^52
            sizes_table.rows.push(vec![
                Field::text(one.name),
                Field::count(*revoked as u64),
                Field::bytes(one.bytes),
                Field::Number(one.bytes as f64 / *revoked as f64, Unit::Bytes),
                Field::count(one.wrongly as u64),
                Field::count(one.asked as u64),
            ]);
        }
    }
    stage.say("the store goes down");
    let down = store_down()?;
    let conclusion = conclusion(&sizes_table, &largest, down);
    Ok(Findings {
        method: vec![
            format!(
                "Lookups were timed in {slices} slices of {operations}, the lists in another order in each, half of \
                 them about revoked tokens; the time includes making an id of 32 bytes, which is the same for all."
            ),
            "Memory is what the process that keeps the list grew by while it was filled (of Redis, its server's), and \
             the length of what is made at once; on small lists a page of 4 KiB more or less is seen."
                .into(),
            "Redis runs on loopback with the lab's settings; a network adds its round trip to every lookup. How long a \
             processor takes to wake up is in it as well: on a busy machine a lookup in Redis may be many times as fast \
             as on an idle one."
                .into(),
        ],
        charts,
        tables: vec![sizes_table, down_table(down)],
        conclusion,
    })
}

/// Seed of the keys and of the filter.
const SEED: u64 = 0x5245_564f;

/// What requests came to while the list could not be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Down {
    /// Revoked tokens that got in because the verifier fails open.
    open_accepted: u64,
    /// Valid tokens that were refused although it fails open.
    open_refused: u64,
    /// Valid tokens that were refused because it fails closed.
    closed_refused: u64,
    /// Revoked tokens that got in although it fails closed.
    closed_accepted: u64,
}

/// Redis is killed, and a valid and a revoked token are shown to a verifier that fails
/// open and to one that fails closed.
fn store_down() -> Result<Down, StudyError> {
    let server = RedisServer::start()?;
    let store = RedisStore::connect(&server.url(), "revoked")?;
    let (valid, revoked) = (id(1), id(2));
    store.insert(&revoked, &entry())?;
    if store.get(&valid)?.is_some() || store.get(&revoked)?.is_none() {
        return Err(StudyError::Wrong(
            "the list does not know what was revoked".into(),
        ));
    }
    drop(server);
    let gets_in = |id: &Digest, fails_open: bool| match store.get(id) {
        Ok(found) => found.is_none(),
        Err(_) => fails_open,
    };
    let mut down = Down::default();
    for _ in 0..REQUESTS_DOWN {
        down.open_accepted += u64::from(gets_in(&revoked, true));
        down.open_refused += u64::from(!gets_in(&valid, true));
        down.closed_refused += u64::from(!gets_in(&valid, false));
        down.closed_accepted += u64::from(gets_in(&revoked, false));
    }
    Ok(down)
}

fn down_table(down: Down) -> StudyTable {
    StudyTable {
        caption: format!("With Redis killed, {REQUESTS_DOWN} requests of each kind"),
        heads: [
            "the verifier",
            "revoked tokens that got in",
            "valid tokens that were refused",
        ]
        .map(str::to_owned)
        .into(),
        rows: vec![
            vec![
                Field::text("fails open"),
                Field::count(down.open_accepted),
                Field::count(down.open_refused),
            ],
            vec![
                Field::text("fails closed"),
                Field::count(down.closed_accepted),
                Field::count(down.closed_refused),
            ],
        ],
    }
}

fn conclusion(sizes: &StudyTable, largest: &[Bar], down: Down) -> Vec<String> {
    let time = |name: &str| {
        let bar = largest.iter().find(|bar| bar.label.starts_with(name));
        bar.map_or(f64::NAN, |bar| bar.value.estimate)
    };
    let last = |name: &str, column: usize| {
        let row = sizes
            .rows
            .iter()
            .rev()
            .find(|row| row.first() == Some(&Field::text(name)));
        match row.and_then(|row| row.get(column)) {
            Some(Field::Number(number, _)) => *number,
            _ => f64::NAN,
        }
    };
    let verifying = time("for comparison");
    vec![
        format!(
            "Among {:.0} revoked tokens a lookup in the process took {:.2} µs and one in Redis on the same machine \
             {:.1} µs, beside {:.1} µs for verifying an HS256 token: {:.2} and {:.1} times that.",
            last("Redis", 1),
            time("set in") / 1000.0,
            time("Redis") / 1000.0,
            verifying / 1000.0,
            time("set in") / verifying,
            time("Redis") / verifying,
        ),
        format!(
            "A bit a token is the smallest list ({:.2} bytes for each revoked one here); a Bloom filter has {:.2}, and \
             refused {:.0} of {VALID} valid tokens; a set in the process had {:.0}, Redis {:.0}.",
            last("status list, a bit a token", 3),
            last("Bloom filter, 1 %", 3),
            last("Bloom filter, 1 %", 4),
            last("set in the process", 3),
            last("Redis", 3),
        ),
        format!(
            "With the store down, failing open let {} of {REQUESTS_DOWN} revoked tokens in; failing closed let {} in \
             and refused {} of {REQUESTS_DOWN} valid ones. A list brings back the very store that a token was to do \
             without.",
            down.open_accepted, down.closed_accepted, down.closed_refused
        ),
    ]
}
