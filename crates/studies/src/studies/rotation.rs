//! Changing keys under traffic: names of keys in tokens, key sets that are fetched and
//! cached, and two keys that are believed for a while.
//!
//! Issuer and key set are an HTTP service on loopback: a JWK Set with `kid` for JWT
//! (RFC 7517 §4.5), PASERK texts with their `k4.pid` ids for PASETO, named in the footer.
//! The verifier fetches the set and keeps it for a while, as everybody does. Time is
//! logical, so that a day of rotations takes seconds; tokens, keys, signatures and fetches
//! are real.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokenlab_attacks::workbench::{self, Third};
use tokenlab_harness::claims::{NumericDate, Rfc3339};
use tokenlab_harness::exchange::{PrivateKey, paserk};
use tokenlab_harness::paseto::Version;
use tokenlab_harness::{Bound, Contender, Key, KeyRing, decode};
use tokenlab_record::catalogue::Family;
use tokenlab_record::stats::Interval;
use tokenlab_record::study::{Bar, BarChart, Field, Form, StudyTable, Unit};
use ureq::Agent;

use crate::loopback::{Service, client};
use crate::study::{Findings, Stage, StudyCard, StudyError};
use crate::subject::{believed, contender, issued};

pub(super) static CARD: StudyCard = StudyCard {
    id: "rotation",
    title: "Changing keys under traffic",
    question: "Which way to change keys refuses no valid token and believes no retired key?",
    needs: &[],
    run,
};

/// Logical seconds: how long a token lives, how long a key signs, how long a verifier
/// keeps a key set.
const LIVES: i64 = 600;
const SIGNS: i64 = 2000; // no multiple of the next, so that sets are fetched at every phase
const CACHED: i64 = 300;
const START: i64 = 1_800_000_000;

/// What the key set has besides the key that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Schedule {
    /// Nothing.
    AtOnce,
    /// The key before, until its last token has expired.
    Overlap,
    /// That, and the next key for as long ahead as anybody keeps a set.
    AheadAndOverlap,
}

impl Schedule {
    const ALL: [Self; 3] = [Self::AtOnce, Self::Overlap, Self::AheadAndOverlap];

    const fn title(self) -> &'static str {
        match self {
            Self::AtOnce => "the new key alone",
            Self::Overlap => "two keys while old tokens live",
            Self::AheadAndOverlap => "the same, and the next one ahead",
        }
    }

    /// Whether the `number`th key is published at a time.
    const fn publishes(self, number: i64, now: i64) -> bool {
        let (from, until) = (START + number * SIGNS, START + (number + 1) * SIGNS);
        match self {
            Self::AtOnce => from <= now && now < until,
            Self::Overlap => from <= now && now < until + LIVES,
            Self::AheadAndOverlap => from - CACHED <= now && now < until + LIVES,
        }
    }
}

/// How keys are named and published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Jwt,
    Paseto,
}

impl Format {
    const ALL: [Self; 2] = [Self::Jwt, Self::Paseto];

    const fn contender(self) -> &'static str {
        match self {
            Self::Jwt => "jsonwebtoken/EdDSA+rustcrypto",
            Self::Paseto => "pasetors/v4.public",
        }
    }

    const fn family(self) -> Family {
        match self {
            Self::Jwt => Family::Jwt,
            Self::Paseto => Family::Paseto,
        }
    }
}

/// The `number`th key of the issuer.
fn key(number: i64) -> Key {
    let ring = KeyRing::from_seed(number.unsigned_abs());
    Key::Private(PrivateKey::Ed25519(ring.symmetric("a key of the issuer")))
}

fn public(number: i64) -> Result<Key, StudyError> {
    let Some(public) = key(number).public() else {
        return Err(StudyError::Service("an issuer's key has no public half".into()));
    };
    Ok(Key::Public(public))
}

fn failed(error: impl ToString) -> StudyError {
    StudyError::Service(error.to_string())
}

/// The name of a key: a PASERK id in both formats, since a JWK's may be any text.
fn name(number: i64) -> Result<String, StudyError> {
    paserk::id(Version::V4, &public(number)?).map_err(failed)
}

/// One entry of the key set.
fn published(format: Format, number: i64) -> Result<Value, StudyError> {
    let public = public(number)?;
    Ok(match format {
        Format::Jwt => {
            let mut jwk = public.to_exchange("jwt.EdDSA").map_err(failed)?;
            if let Some(members) = jwk.as_object_mut() {
                members.insert("kid".into(), name(number)?.into());
            }
            jwk
        }
        Format::Paseto => json!({
            "kid": name(number)?,
            "key": paserk::write(Version::V4, &public).map_err(failed)?,
        }),
    })
}

/// A token of the `number`th key, named in it.
fn issue(
    format: Format,
    contender: &dyn Contender,
    number: i64,
    subject: &str,
    now: i64,
) -> Result<String, StudyError> {
    let claims = issued(subject, now, LIVES);
    match format {
        Format::Jwt => {
            let header = json!({ "alg": "EdDSA", "typ": "JWT", "kid": name(number)? });
            let secret = paserk::write(Version::V4, &key(number)).map_err(failed)?;
            let payload = claims.to_json::<NumericDate>().map_err(failed)?;
            workbench::jws(&header.to_string(), payload.as_bytes(), &Third::By(secret)).map_err(failed)
        }
        Format::Paseto => {
            let bound = Bound {
                footer: Some(json!({ "kid": name(number)? }).to_string().into_bytes()),
                ..Bound::default()
            };
            let payload = claims.to_json::<Rfc3339>().map_err(failed)?;
            Ok(contender.codec(&key(number))?.seal(payload.as_bytes(), &bound)?)
        }
    }
}

/// What the issuer publishes at the moment.
type KeySet = Arc<Mutex<Vec<Value>>>;

async fn key_set(State(keys): State<KeySet>) -> Json<Value> {
    let keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
    Json(json!({ "keys": *keys }))
}

/// A verifier that keeps a key set for [`CACHED`] seconds.
struct Verifier {
    format: Format,
    contender: &'static dyn Contender,
    agent: Agent,
    url: String,
    /// Whether a key of an unknown name has it fetch the set before its time.
    asks_again: bool,
    keys: BTreeMap<String, Key>,
    fetched: i64,
    fetches: u64,
}

impl Verifier {
    fn fetch(&mut self, now: i64) -> Result<(), StudyError> {
        let mut answer = self.agent.get(&self.url).call().map_err(failed)?;
        let text = answer.body_mut().read_to_string().map_err(failed)?;
        let set: Value = serde_json::from_str(&text).map_err(failed)?;
        self.keys.clear();
        for entry in set.get("keys").and_then(Value::as_array).into_iter().flatten() {
            let Some(kid) = entry.get("kid").and_then(Value::as_str) else {
                continue;
            };
            let key = match self.format {
                Format::Jwt => Key::from_exchange("jwt.EdDSA", entry),
                Format::Paseto => {
                    Key::from_exchange("paseto.v4.public", entry.get("key").unwrap_or(&Value::Null))
                }
            };
            self.keys.insert(kid.to_owned(), key.map_err(failed)?);
        }
        self.fetched = now;
        self.fetches += 1;
        Ok(())
    }

    fn believes(&mut self, token: &str, now: i64) -> Result<bool, StudyError> {
        let part = match self.format {
            Format::Jwt => "header",
            Format::Paseto => "footer",
        };
        let decoded = decode::decode(token);
        let named = decoded.parts.iter().find(|found| found.name == part);
        let named: Value = named
            .and_then(|part| serde_json::from_slice(&part.bytes).ok())
            .unwrap_or_default();
        let kid = named.get("kid").and_then(Value::as_str).unwrap_or_default();
        if now >= self.fetched + CACHED {
            self.fetch(now)?;
        }
        // Once in a second, or any stranger's token would have it ask.
        if self.asks_again && !self.keys.contains_key(kid) && now > self.fetched {
            self.fetch(now)?;
        }
        let Some(key) = self.keys.get(kid) else {
            return Ok(false);
        };
        let Ok(opened) = self.contender.codec(key)?.open(token, &Bound::default()) else {
            return Ok(false);
        };
        let believed = match self.format {
            Format::Jwt => believed::<NumericDate>(&opened.payload, now, 0),
            Format::Paseto => believed::<Rfc3339>(&opened.payload, now, 0),
        };
        Ok(believed.is_ok())
    }
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counted {
    valid: u64,
    refused: u64,
    /// Forgeries by a retired key that got in although its overlap was over, because the
    /// verifier still kept an old set.
    late: u64,
    /// The same after every set that had the key was given up.
    after: u64,
    fetches: u64,
}

fn count(
    format: Format,
    schedule: Schedule,
    asks_again: bool,
    (rotations, step): (i64, i64),
) -> Result<Counted, StudyError> {
    let contender = contender(format.contender())?;
    let keys = KeySet::default();
    let site = Router::new()
        .route("/keys", get(key_set))
        .with_state(Arc::clone(&keys));
    let service = Service::start(site)?;
    let mut verifier = Verifier {
        format,
        contender,
        agent: client(Duration::from_secs(5)),
        url: service.url("/keys"),
        asks_again,
        keys: BTreeMap::new(),
        fetched: i64::MIN / 2,
        fetches: 0,
    };
    let mut counted = Counted::default();
    let mut alive: Vec<(i64, String)> = Vec::new();
    let mut now = START;
    while now < START + rotations * SIGNS {
        let current = (now - START) / SIGNS;
        let all = (current - 2).max(0)..=current + 1;
        let set: Result<Vec<Value>, StudyError> = all
            .filter(|number| schedule.publishes(*number, now))
            .map(|number| published(format, number))
            .collect();
        *keys.lock().unwrap_or_else(PoisonError::into_inner) = set?;
        alive.push((now + LIVES, issue(format, contender, current, "ada", now)?));
        alive.retain(|(ends, _)| *ends > now);
        for (_, token) in &alive {
            counted.valid += 1;
            counted.refused += u64::from(!verifier.believes(token, now)?);
        }
        // A retired key leaks, and somebody makes tokens with it once its overlap is over.
        if current > 0 {
            let retired = START + current * SIGNS;
            let over = retired + if schedule == Schedule::AtOnce { 0 } else { LIVES };
            if now >= over {
                let forged = issue(format, contender, current - 1, "admin", now)?;
                let gets_in = u64::from(verifier.believes(&forged, now)?);
                if now < over + CACHED {
                    counted.late += gets_in;
                } else {
                    counted.after += gets_in;
                }
            }
        }
        now += step;
    }
    counted.fetches = verifier.fetches;
    Ok(counted)
}

fn run(stage: &Stage<'_>) -> Result<Findings, StudyError> {
    let (rotations, step) = match stage.form {
        Form::Short => (3, 100),
        _ => (24, 20),
    };
    let mut table = StudyTable {
        caption: "Valid tokens refused, and a retired key believed".into(),
        heads: [
            "format",
            "the set has",
            "unknown name: asks again",
            "valid tokens shown",
            "valid ones refused",
            "retired key believed, set still kept",
            "retired key believed after that",
            "fetches",
        ]
        .map(str::to_owned)
        .into(),
        rows: Vec::new(),
    };
    let mut bars = Vec::new();
    let mut worst_after = 0;
    let mut refused = BTreeMap::new();
    for format in Format::ALL {
        for schedule in Schedule::ALL {
            for asks_again in [false, true] {
                stage.say(&format!("{}, {}", format.family().title(), schedule.title()));
                let counted = count(format, schedule, asks_again, (rotations, step))?;
                worst_after = worst_after.max(counted.after);
                *refused.entry((schedule.title(), asks_again)).or_insert(0) += counted.refused;
                let again = if asks_again { "yes" } else { "no" };
                table.rows.push(vec![
                    Field::text(format.family().title()),
                    Field::text(schedule.title()),
                    Field::text(again),
                    Field::count(counted.valid),
                    Field::count(counted.refused),
                    Field::count(counted.late),
                    Field::count(counted.after),
                    Field::count(counted.fetches),
                ]);
                #[allow(clippy::cast_precision_loss)] // some thousands
                bars.push(Bar {
                    label: format!(
                        "{}, {}{}",
                        format.family().title(),
                        schedule.title(),
                        if asks_again { ", asks again" } else { "" }
                    ),
                    family: Some(format.family()),
                    value: Interval::exact(counted.refused as f64),
                });
            }
        }
    }
    if worst_after > 0 {
        return Err(StudyError::Wrong(format!(
            "{worst_after} forgeries by a retired key got in after every set with it was given up"
        )));
    }
    let of =
        |schedule: Schedule, asks_again| refused.get(&(schedule.title(), asks_again)).copied().unwrap_or(0);
    Ok(Findings {
        method: vec![
            format!(
                "Logical time in steps of {step} s over {rotations} keys, each of which signs for {} min; a token is \
                 issued at each step and lives {} min, and every one that is alive is verified at each step.",
                SIGNS / 60,
                LIVES / 60
            ),
            format!(
                "The verifier fetches the set over HTTP on loopback and keeps it for {} min; one that asks again when it \
                 meets an unknown name does so once a second at most.",
                CACHED / 60
            ),
            "The forger has each key from the moment at which it is retired, and begins when its overlap is over.".into(),
        ],
        charts: vec![BarChart {
            name: "refused".into(),
            title: "Valid tokens that were refused".into(),
            subtitle: format!("over {rotations} keys, by what the set has besides the key that signs"),
            unit: Unit::Count,
            bars,
        }],
        conclusion: vec![
            format!(
                "With the new key alone {} valid tokens were refused, and {} where the verifier asks again for a name that \
                 it does not know: old tokens are refused whatever it asks.",
                of(Schedule::AtOnce, false),
                of(Schedule::AtOnce, true)
            ),
            format!(
                "With two keys while old tokens live it was {} and {}; with the next key published ahead for as long as \
                 sets are kept, {} and {}.",
                of(Schedule::Overlap, false),
                of(Schedule::Overlap, true),
                of(Schedule::AheadAndOverlap, false),
                of(Schedule::AheadAndOverlap, true)
            ),
            format!(
                "A retired key was believed for as long as somebody kept a set that had it, and {worst_after} times after \
                 that. A JWK Set and PASERK ids in a footer serve alike; neither format says how long to keep a set."
            ),
        ],
        tables: vec![table],
    })
}
