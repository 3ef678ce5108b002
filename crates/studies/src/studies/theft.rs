//! A stolen token: on every family, and where it is bound to its sender.
//!
//! A bearer token is whoever's has it. Two ways to bind it to its sender are shown as far
//! as they can be without a wire: a proof by a key of the holder's for each request, as
//! DPoP has it (RFC 9449: method, address, time, a number used once, and the token's
//! hash), and for PASETO an implicit assertion that names the channel. What a channel is
//! called is given here by hand; over TLS it would be an exporter (RFC 9266), which ends
//! with the connection, and the token with it.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokenlab_harness::claims::{NumericDate, Rfc3339, TimeFormat};
use tokenlab_harness::exchange::PrivateKey;
use tokenlab_harness::{
    Bound, ClaimSet, Codec, Contender, Key, KeyRing, Policy, RejectReason, Rejection, TokenService, policy,
};
use tokenlab_record::catalogue::Family;
use tokenlab_record::study::{Bar, BarChart, Field, Form, StudyTable, Unit};

use crate::clock::{Case, in_turns};
use crate::study::{Findings, Stage, StudyCard, StudyError};
use crate::subject::{believed, claims, contender, key_of};

pub(super) static CARD: StudyCard = StudyCard {
    id: "theft",
    title: "A stolen token",
    question: "Who is stopped from using a token that is not theirs, and what does stopping them cost?",
    needs: &[],
    run,
};

/// Who takes whatever comes, by contender id.
const BEARERS: [&str; 6] = [
    "jsonwebtoken/HS256+rustcrypto",
    JWT,
    "pasetors/v4.local",
    PASETO,
    "biscuit-auth/v3",
    "session/memory",
];

const JWT: &str = "jsonwebtoken/EdDSA+rustcrypto";
const PASETO: &str = "pasetors/v4.public";

/// How often a thief tries.
const TRIES: u64 = 10;

/// Seed of the issuer's keys.
const SEED: u64 = 0x5448_4546;

/// The request that a proof is for.
#[derive(Clone, Copy)]
struct Request<'a> {
    method: &'a str,
    url: &'a str,
}

const HONEST: Request<'_> = Request {
    method: "GET",
    url: "https://api.example/report",
};

/// A verifier of tokens that name their holder's key, with a proof beside each.
struct Dpop {
    tokens: Box<dyn Codec>,
    proofs: &'static dyn Contender,
    /// Numbers that were used, which have to be kept as long as a proof is believed.
    used: HashSet<String>,
}

/// For how long a proof is believed, seconds.
const PROOF_LIVES_S: i64 = 60;

impl Dpop {
    fn load(contender: &'static dyn Contender, ring: &KeyRing) -> Result<Self, StudyError> {
        Ok(Self {
            tokens: contender.codec(&key_of(contender, ring)?)?,
            proofs: contender,
            used: HashSet::new(),
        })
    }

    /// The token, then its proof (RFC 9449 §4.3, §7).
    fn verify(&mut self, token: &str, proof: &str, request: Request<'_>) -> Result<(), Rejection> {
        let refuse = |why: &'static str| Err(Rejection::new(RejectReason::Unauthorized, why));
        let opened = self.tokens.open(token, &Bound::default())?;
        believed_now::<NumericDate>(&opened.payload)?;
        let said: Value = serde_json::from_slice(&opened.payload).unwrap_or_default();
        let jwk = said.pointer("/cnf/jwk").cloned().unwrap_or_default();
        let holder = Key::from_exchange("jwt.EdDSA", &jwk)
            .map_err(|error| Rejection::new(RejectReason::UnknownKey, error.to_string()))?;
        let reader = self
            .proofs
            .codec(&holder)
            .map_err(|error| Rejection::new(RejectReason::UnknownKey, error.to_string()))?;
        let proven: Value =
            serde_json::from_slice(&reader.open(proof, &Bound::default())?.payload).unwrap_or_default();
        let text = |name: &str| proven.get(name).and_then(Value::as_str).unwrap_or_default();
        let age = policy::now() - proven.get("iat").and_then(Value::as_i64).unwrap_or(0);
        if text("htm") != request.method || text("htu") != request.url {
            return refuse("the proof is for another request");
        }
        if text("ath") != hash(token) {
            return refuse("the proof is for another token");
        }
        if !(-PROOF_LIVES_S..=PROOF_LIVES_S).contains(&age) {
            return refuse("the proof is of another time");
        }
        if !self.used.insert(text("jti").to_owned()) {
            return refuse("the proof was used before");
        }
        Ok(())
    }
}

/// Whoever has the key that a token names.
struct Holder {
    codec: Box<dyn Codec>,
    proofs: u64,
}

impl Holder {
    fn prove(&mut self, token: &str, request: Request<'_>) -> Result<String, StudyError> {
        self.proofs += 1;
        let proof = json!({
            "htm": request.method,
            "htu": request.url,
            "iat": policy::now(),
            "jti": format!("proof-{}", self.proofs),
            "ath": hash(token),
        });
        Ok(self.codec.seal(proof.to_string().as_bytes(), &Bound::default())?)
    }
}

fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

/// Holds claims against the lab's policy, now.
fn believed_now<T: TimeFormat>(payload: &[u8]) -> Result<(), Rejection> {
    believed::<T>(payload, policy::now(), Policy::lab().leeway_s)
}

/// What came of a thief's tries.
struct Tried {
    what: String,
    how: &'static str,
    got_in: u64,
}

fn tries(what: impl Into<String>, how: &'static str, mut gets_in: impl FnMut() -> bool) -> Tried {
    Tried {
        what: what.into(),
        how,
        got_in: (0..TRIES).filter(|_| gets_in()).count() as u64,
    }
}

fn run(stage: &Stage<'_>) -> Result<Findings, StudyError> {
    let (slices, operations) = match stage.form {
        Form::Short => (4, 20),
        _ => (30, 100),
    };
    let ring = KeyRing::from_seed(SEED);
    stage.say("bearer tokens are stolen");
    let mut tried = Vec::new();
    for id in BEARERS {
        let service = contender(id)?.load(&ring, &Policy::lab())?;
        let stolen = service.issue(&claims())?;
        tried.push(tries(id, "a bearer token, from elsewhere", || {
            service.verify(&stolen).is_ok()
        }));
    }

    stage.say("tokens are bound to their sender");
    let jwt = contender(JWT)?;
    let mut verifier = Dpop::load(jwt, &ring)?;
    let own = Key::Private(PrivateKey::Ed25519(*b"the holder's own key, of 32 byte"));
    let mut holder = Holder {
        codec: jwt.codec(&own)?,
        proofs: 0,
    };
    let public = own
        .to_exchange("jwt.EdDSA")
        .map_err(|error| StudyError::Service(error.to_string()))?;
    let mut confirmed = claims();
    confirmed.custom.insert("cnf", json!({ "jwk": public }));
    let payload = json_of::<NumericDate>(&confirmed)?;
    let bound = jwt
        .codec(&key_of(jwt, &ring)?)?
        .seal(&payload, &Bound::default())?;
    let proof = holder.prove(&bound, HONEST)?;
    verifier
        .verify(&bound, &proof, HONEST)
        .map_err(|rejection| StudyError::Wrong(format!("the holder is refused: {rejection}")))?;
    let what = format!("{JWT} with a proof (DPoP)");
    tried.push(tries(&what, "the token alone", || {
        verifier.verify(&bound, "", HONEST).is_ok()
    }));
    let thief = jwt.codec(&Key::Private(PrivateKey::Ed25519(
        *b"the thief's own key, of 32 bytes",
    )))?;
    let mut thief = Holder {
        codec: thief,
        proofs: 0,
    };
    let forged = thief.prove(&bound, HONEST)?;
    tried.push(tries(
        &what,
        "the token and a proof by a key of one's own",
        || verifier.verify(&bound, &forged, HONEST).is_ok(),
    ));
    tried.push(tries(&what, "the token and a proof that was overheard", || {
        verifier.verify(&bound, &proof, HONEST).is_ok()
    }));
    let fresh = holder.prove(&bound, HONEST)?;
    let elsewhere = Request {
        url: "https://api.example/payments",
        ..HONEST
    };
    tried.push(tries(
        &what,
        "the same, before its owner, for another address",
        || verifier.verify(&bound, &fresh, elsewhere).is_ok(),
    ));
    let raced = holder.prove(&bound, HONEST)?;
    tried.push(tries(
        &what,
        "the same, before its owner, for the same address",
        || verifier.verify(&bound, &raced, HONEST).is_ok(),
    ));

    let paseto = contender(PASETO)?;
    let codec = paseto.codec(&key_of(paseto, &ring)?)?;
    let channel = |name: &str| Bound {
        implicit_assertion: name.as_bytes().to_vec(),
        ..Bound::default()
    };
    let payload = json_of::<Rfc3339>(&claims())?;
    let to_channel = codec.seal(&payload, &channel("channel of the owner"))?;
    let in_channel = |name: &str| -> Result<(), Rejection> {
        believed_now::<Rfc3339>(&codec.open(&to_channel, &channel(name))?.payload)
    };
    in_channel("channel of the owner")
        .map_err(|rejection| StudyError::Wrong(format!("the owner is refused: {rejection}")))?;
    let what = format!("{PASETO} with an implicit assertion");
    tried.push(tries(&what, "the token, over a channel of one's own", || {
        in_channel("channel of the thief").is_ok()
    }));
    tried.push(tries(
        &what,
        "the token, by its owner, after connecting anew",
        || in_channel("the owner's next channel").is_ok(),
    ));

    stage.say("what it costs");
    let plain_jwt = jwt.load(&ring, &Policy::lab())?;
    let plain_paseto = paseto.load(&ring, &Policy::lab())?;
    let (jwt_token, paseto_token) = (plain_jwt.issue(&claims())?, plain_paseto.issue(&claims())?);
    let verify = |service: &dyn TokenService, token: &str| {
        service.verify(token).map(drop).map_err(StudyError::Refused)
    };
    let labels = [
        (JWT.to_owned(), Family::Jwt),
        (format!("{JWT}, proof verified as well"), Family::Jwt),
        (format!("{JWT}, making the proof"), Family::Jwt),
        (PASETO.to_owned(), Family::Paseto),
        (format!("{PASETO} with an implicit assertion"), Family::Paseto),
    ];
    let mut timed = Dpop::load(jwt, &ring)?;
    let ready = holder.prove(&bound, HONEST)?;
    let mut cases = [
        Case::new(|| verify(&*plain_jwt, &jwt_token)),
        Case::new(|| {
            // The same proof again and again: what is timed is everything but keeping its number.
            timed.used.clear();
            timed.verify(&bound, &ready, HONEST).map_err(StudyError::Refused)
        }),
        Case::new(|| holder.prove(&bound, HONEST).map(drop)),
        Case::new(|| verify(&*plain_paseto, &paseto_token)),
        Case::new(|| in_channel("channel of the owner").map_err(StudyError::Refused)),
    ];
    in_turns(&mut cases, slices, operations)?;
    let bars: Vec<Bar> = labels
        .into_iter()
        .zip(&cases)
        .filter_map(|((label, family), case)| {
            Some(Bar {
                label,
                family: Some(family),
                value: case.time_ns()?,
            })
        })
        .collect();
    drop(cases);
    let conclusion = conclusion(&tried, &bars, (jwt_token.len(), bound.len(), ready.len()));
    Ok(Findings {
        method: vec![
            format!("A thief tries {TRIES} times in each way; whoever is let in once is counted."),
            "There is no wire: what a channel is called is given by hand, and a thief who sits on the same channel or \
             has the holder's key is not shown to be stopped by anything."
                .into(),
            format!("Times are wall time of one operation in {slices} slices of {operations}, in turns."),
        ],
        charts: vec![BarChart {
            name: "cost".into(),
            title: "Verifying a token that is bound to its sender".into(),
            subtitle: "wall time, median with its 95 % interval".into(),
            unit: Unit::Nanoseconds,
            bars,
        }],
        tables: vec![table(&tried)],
        conclusion,
    })
}

fn json_of<T: TimeFormat>(claims: &ClaimSet) -> Result<Vec<u8>, StudyError> {
    let text = claims.to_json::<T>();
    text.map(String::into_bytes)
        .map_err(|error| StudyError::Service(error.to_string()))
}

fn table(tried: &[Tried]) -> StudyTable {
    StudyTable {
        caption: format!("Who got in with what is not theirs, of {TRIES} tries"),
        heads: ["verifier", "what was used", "got in"].map(str::to_owned).into(),
        rows: tried
            .iter()
            .map(|one| {
                vec![
                    Field::text(&one.what),
                    Field::text(one.how),
                    Field::count(one.got_in),
                ]
            })
            .collect(),
    }
}

fn conclusion(tried: &[Tried], bars: &[Bar], (plain, bound, proof): (usize, usize, usize)) -> Vec<String> {
    let time = |place: usize| bars.get(place).map_or(f64::NAN, |bar| bar.value.estimate);
    let (bearers, bound_ones) = tried.split_at(BEARERS.len().min(tried.len()));
    let fallen = bearers.iter().filter(|one| one.got_in > 0).count();
    let by_proof = bound_ones.iter().filter(|one| one.what.contains("DPoP"));
    let worst = by_proof.map(|one| one.got_in).max().unwrap_or(0);
    vec![
        format!(
            "A stolen bearer token got in at {fallen} of {} verifiers, JWT, PASETO, Biscuit and session alike: the \
             format of a token says nothing of who sends it.",
            bearers.len()
        ),
        format!(
            "With a proof of the holder's beside it, a thief who overhears got in {worst} of {TRIES} times, and only \
             before the owner did, with the very request that was overheard. It takes {:.1} times as long to verify \
             ({:.0} µs for {:.0} µs), {:.0} µs of the holder's to make, {proof} bytes more in each request and {} in the \
             token, and a list of the numbers used.",
            time(1) / time(0),
            time(1) / 1000.0,
            time(0) / 1000.0,
            time(2) / 1000.0,
            bound.saturating_sub(plain)
        ),
        format!(
            "An implicit assertion costs a PASETO nothing that was seen ({:.2} times the time) and no byte, and the \
             thief is refused; so is the owner after connecting anew, since the token was made for one channel. JWT \
             has no such place, and whoever wants it writes the channel's name into a claim.",
            time(4) / time(3)
        ),
    ]
}
