//! Handing on less than one has: a Biscuit narrowed by its holder, a JWT exchanged at its
//! issuer (RFC 8693), and a token minted anew.
//!
//! The issuer is an HTTP service on loopback, which costs nothing of what a network would:
//! what is seen here is the least that asking costs. When the service is gone, whoever
//! needs it can't delegate, and that is counted as well.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::json;
use tokenlab_harness::{ClaimSet, KeyRing, Policy, TokenService};
use tokenlab_record::catalogue::Family;
use tokenlab_record::study::{Bar, BarChart, Field, Form, StudyTable, Unit};

use crate::clock::{Case, in_turns};
use crate::loopback::{Service, client};
use crate::study::{Findings, Stage, StudyCard, StudyError};
use crate::subject::{claims, contender};

pub(super) static CARD: StudyCard = StudyCard {
    id: "delegation",
    title: "Handing on less than one has",
    question: "What does it cost to give somebody else a narrower token, and who has to be there?",
    needs: &[],
    run,
};

const BISCUIT: &str = "biscuit-auth/v3";
const JWT: &str = "jsonwebtoken/EdDSA+rustcrypto";
const PASETO: &str = "pasetors/v4.public";

/// How often delegation is tried when the issuer is gone.
const TRIES_ALONE: u64 = 10;

/// An issuer behind HTTP.
struct Issuer {
    jwt: Box<dyn TokenService>,
    paseto: Box<dyn TokenService>,
}

impl Issuer {
    fn load(ring: &KeyRing) -> Result<Self, StudyError> {
        Ok(Self {
            jwt: load(JWT, ring)?,
            paseto: load(PASETO, ring)?,
        })
    }
}

fn load(id: &str, ring: &KeyRing) -> Result<Box<dyn TokenService>, StudyError> {
    Ok(contender(id)?.load(ring, &Policy::lab())?)
}

/// Claims, for reading alone.
fn narrowed(mut claims: ClaimSet) -> ClaimSet {
    claims.custom.insert("scope", json!("report:read"));
    claims
}

type Answer = Result<String, (StatusCode, String)>;

/// RFC 8693 in its shortest form: the token that comes is verified, and a narrower one of
/// the same subject is given for it.
async fn exchange(State(issuer): State<Arc<Issuer>>, token: String) -> Answer {
    let claims = issuer
        .jwt
        .verify(&token)
        .map_err(|rejection| (StatusCode::UNAUTHORIZED, rejection.to_string()))?;
    issue(&*issuer.jwt, &narrowed(claims))
}

async fn mint_jwt(State(issuer): State<Arc<Issuer>>) -> Answer {
    issue(&*issuer.jwt, &narrowed(claims()))
}

async fn mint_paseto(State(issuer): State<Arc<Issuer>>) -> Answer {
    issue(&*issuer.paseto, &narrowed(claims()))
}

fn issue(service: &dyn TokenService, claims: &ClaimSet) -> Answer {
    service
        .issue(claims)
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

fn run(stage: &Stage<'_>) -> Result<Findings, StudyError> {
    let (slices, operations) = match stage.form {
        Form::Short => (4, 20),
        _ => (30, 100),
    };
    let ring = KeyRing::from_seed(SEED);
    let biscuit = load(BISCUIT, &ring)?;
    let own = Issuer::load(&ring)?;
    let root = biscuit.issue(&claims())?;
    let subject = own.jwt.issue(&claims())?;
    let holder = biscuit
        .attenuation()
        .ok_or_else(|| StudyError::Service(format!("{BISCUIT} has nothing for a holder")))?;

    let site = Router::new()
        .route("/exchange", post(exchange))
        .route("/jwt", post(mint_jwt))
        .route("/paseto", post(mint_paseto))
        .with_state(Arc::new(Issuer::load(&ring)?));
    let service = Service::start(site)?;
    let agent = client(Duration::from_secs(5));
    let ask = |path: &str, body: &str| -> Result<String, StudyError> {
        let answer = agent.post(service.url(path)).send(body);
        answer
            .and_then(|mut answer| answer.body_mut().read_to_string())
            .map_err(|error| StudyError::Service(error.to_string()))
    };

    let narrower = holder.attenuate(&root)?;
    let by_third = holder.attenuate_by_third_party(&root)?;
    let exchanged = ask("/exchange", &subject)?;
    let minted = ask("/paseto", "")?;
    for (who, service, token) in [
        ("a narrowed biscuit", &biscuit, &narrower),
        ("an exchanged JWT", &own.jwt, &exchanged),
        ("a minted PASETO", &own.paseto, &minted),
    ] {
        service
            .verify(token)
            .map_err(|rejection| StudyError::Wrong(format!("{who} is refused: {rejection}")))?;
    }

    stage.say("delegating in turns");
    let names = [
        ("Biscuit, narrowed by its holder", Family::Biscuit),
        ("Biscuit, block of a third party", Family::Biscuit),
        ("JWT EdDSA, exchanged (RFC 8693)", Family::Jwt),
        ("JWT EdDSA, minted anew", Family::Jwt),
        ("PASETO v4.public, minted anew", Family::Paseto),
    ];
    let delegating = {
        let mut cases: [Case<'_, StudyError>; 5] = [
            Case::new(|| Ok(holder.attenuate(&root).map(drop)?)),
            Case::new(|| Ok(holder.attenuate_by_third_party(&root).map(drop)?)),
            Case::new(|| ask("/exchange", &subject).map(drop)),
            Case::new(|| ask("/jwt", "").map(drop)),
            Case::new(|| ask("/paseto", "").map(drop)),
        ];
        in_turns(&mut cases, slices, operations)?;
        bars(&names, &cases)
    };

    stage.say("verifying what came of it");
    let verify = |service: &dyn TokenService, token: &str| -> Result<(), StudyError> {
        service.verify(token).map(drop).map_err(StudyError::Refused)
    };
    let verified = [
        ("Biscuit, as issued", Family::Biscuit),
        ("Biscuit, narrowed by its holder", Family::Biscuit),
        ("Biscuit, block of a third party", Family::Biscuit),
        ("JWT EdDSA, exchanged", Family::Jwt),
        ("PASETO v4.public, minted anew", Family::Paseto),
    ];
    let mut cases = [
        Case::new(|| verify(&*biscuit, &root)),
        Case::new(|| verify(&*biscuit, &narrower)),
        Case::new(|| verify(&*biscuit, &by_third)),
        Case::new(|| verify(&*own.jwt, &exchanged)),
        Case::new(|| verify(&*own.paseto, &minted)),
    ];
    in_turns(&mut cases, slices, operations)?;
    let verifying = bars(&verified, &cases);

    stage.say("the issuer goes away");
    let address = service.url("/exchange");
    drop(service);
    let gone = client(Duration::from_millis(500));
    let count = |works: &dyn Fn() -> bool| (0..TRIES_ALONE).filter(|_| works()).count() as u64;
    let alone = count(&|| holder.attenuate(&root).is_ok());
    let exchanging = count(&|| gone.post(&address).send(subject.as_str()).is_ok());

    let length = |token: &str| Field::bytes(token.len() as u64);
    let tokens = StudyTable {
        caption: "Tokens before and after, bytes, and who has to be there".into(),
        heads: [
            "way",
            "before",
            "after",
            "has to be online",
            "worked with the issuer gone",
        ]
        .map(str::to_owned)
        .into(),
        rows: vec![
            vec![
                Field::text("Biscuit, narrowed by its holder"),
                length(&root),
                length(&narrower),
                Field::text("nobody"),
                Field::text(format!("{alone} of {TRIES_ALONE}")),
            ],
            vec![
                Field::text("Biscuit, block of a third party"),
                length(&root),
                length(&by_third),
                Field::text("the third party"),
                Field::text("not tried"),
            ],
            vec![
                Field::text("JWT EdDSA, exchanged (RFC 8693)"),
                length(&subject),
                length(&exchanged),
                Field::text("the issuer"),
                Field::text(format!("{exchanging} of {TRIES_ALONE}")),
            ],
            vec![
                Field::text("PASETO v4.public, minted anew"),
                Field::text("none"),
                length(&minted),
                Field::text("the issuer"),
                Field::text("not tried"),
            ],
        ],
    };
    let conclusion = conclusion(
        (&delegating, &verifying),
        (root.len(), narrower.len()),
        (subject.len(), exchanged.len()),
        (alone, exchanging),
    );
    Ok(Findings {
        method: vec![
            format!(
                "Each way to delegate was gone {operations} times in each of {slices} slices, in another order in \
                 each, after one slice that was not kept; times are wall time, as the holder waits for it."
            ),
            "The issuer is an HTTP service with one thread on loopback, and the connection stays open between \
             requests: a network adds its round trip, and a first connection its handshake."
                .into(),
            "Whoever mints anew is believed to be logged in; only the exchange verifies a token first.".into(),
        ],
        charts: vec![
            BarChart {
                name: "delegating".into(),
                title: "Delegating once".into(),
                subtitle: "wall time as the holder waits for it, median with its 95 % interval".into(),
                unit: Unit::Nanoseconds,
                bars: delegating,
            },
            BarChart {
                name: "verifying".into(),
                title: "Verifying what came of it".into(),
                subtitle: "wall time of one verification, median with its 95 % interval".into(),
                unit: Unit::Nanoseconds,
                bars: verifying,
            },
        ],
        tables: vec![tokens],
        conclusion,
    })
}

/// Seed of the keys.
const SEED: u64 = 0x4445_4c45;

fn bars(names: &[(&str, Family)], cases: &[Case<'_, StudyError>]) -> Vec<Bar> {
    names
        .iter()
        .zip(cases)
        .filter_map(|((name, family), case)| {
            Some(Bar {
                label: (*name).to_owned(),
                family: Some(*family),
                value: case.time_ns()?,
            })
        })
        .collect()
}

fn conclusion(
    (delegating, verifying): (&[Bar], &[Bar]),
    (root, narrower): (usize, usize),
    (subject, exchanged): (usize, usize),
    (alone, exchanging): (u64, u64),
) -> Vec<String> {
    let time = |bars: &[Bar], place: usize| bars.get(place).map_or(f64::NAN, |bar| bar.value.estimate);
    let (own, asked) = (time(delegating, 0), time(delegating, 2));
    let (plain, with_block) = (time(verifying, 0), time(verifying, 1));
    vec![
        format!(
            "A holder narrowed a biscuit in {:.0} µs without anybody; an exchange at an issuer on the same machine \
             took {:.0} µs, {:.1} times as long, and a network comes on top of that.",
            own / 1000.0,
            asked / 1000.0,
            asked / own
        ),
        format!(
            "It is paid for later: the narrowed biscuit has {narrower} bytes for {root}, and takes {:.2} times as \
             long to verify as the one it came from. The exchanged JWT has {exchanged} bytes for {subject}.",
            with_block / plain
        ),
        format!(
            "With the issuer gone, {alone} of {TRIES_ALONE} attempts to narrow a biscuit worked and {exchanging} of \
             {TRIES_ALONE} exchanges did."
        ),
        "Nothing here says that JWT or PASETO cannot be narrowed offline: neither format has a word for it, so \
         somebody has to be asked."
            .into(),
    ]
}
