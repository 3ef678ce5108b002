//! Logging out of a service of two nodes: who still lets a user in, for how long, and whether
//! they get in again when the nodes were started anew.
//!
//! A session is deleted where it is kept. A token is put on a list: in the memory of the node
//! that heard of it, in a Redis that both ask, or in a Bloom filter that the issuer publishes
//! and nodes fetch now and then. Where nobody keeps a list, its expiry ends it.

use std::thread;
use std::time::{Duration, Instant};

use tokenlab_harness::Policy;
use tokenlab_record::stats::Interval;
use tokenlab_record::study::{Bar, BarChart, Field, Form, StudyTable, Unit};

use crate::deployment::balancer::{HAPROXY, Routing};
use crate::deployment::denylist::{Denylist, Publisher};
use crate::deployment::kind::{EDDSA, Keeper, Kind, REDIS, STICKY, V4_PUBLIC};
use crate::deployment::service::Settings;
use crate::deployment::{Deployment, Layout, User};
use crate::study::{Findings, Need, Stage, StudyCard, StudyError};

pub(super) static CARD: StudyCard = StudyCard {
    id: "logout",
    title: "Logging out",
    question: "When somebody logs out or is banned, who still lets them in, for how long, and does it last?",
    needs: &[Need::Contender("session/redis"), Need::Tool(&HAPROXY)],
    run,
};

/// How a user is called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Deleted,
    InNode,
    InNodeSticky,
    InRedis,
    Published,
    Expires,
}

impl Way {
    const fn title(self) -> &'static str {
        match self {
            Self::Deleted => "session deleted",
            Self::InNode => "list in a node",
            Self::InNodeSticky => "list in a node, sticky",
            Self::InRedis => "list in Redis",
            Self::Published => "list published",
            Self::Expires => "nothing kept, expires",
        }
    }

    /// Whether it must be known everywhere as soon as it is acknowledged, and for good.
    const fn is_at_once(self) -> bool {
        matches!(self, Self::Deleted | Self::InRedis)
    }
}

/// What is tried.
const SCENES: [(Kind, Way); 12] = [
    (STICKY, Way::Deleted),
    (REDIS, Way::Deleted),
    (EDDSA, Way::InNode),
    (V4_PUBLIC, Way::InNode),
    (EDDSA, Way::InNodeSticky),
    (V4_PUBLIC, Way::InNodeSticky),
    (EDDSA, Way::InRedis),
    (V4_PUBLIC, Way::InRedis),
    (EDDSA, Way::Published),
    (V4_PUBLIC, Way::Published),
    (EDDSA, Way::Expires),
    (V4_PUBLIC, Way::Expires),
];

/// How long somebody is logged in who has to log out, seconds.
const LIVES: i64 = 3600;

/// How long somebody is logged in whom nobody can call back, seconds.
const EXPIRES: i64 = 2;

/// How often a node fetches the published list, milliseconds.
const FETCHED_EVERY: u64 = 500;

/// Time between two requests.
const PAUSE: Duration = Duration::from_millis(10);

/// Refusals in a row after which nobody lets them in any more: every node was asked often,
/// for longer than a list takes to be fetched.
const REFUSALS: u32 = 80;

/// Requests after the nodes were started again.
const AGAIN: u64 = 20;

/// Seed of the keys.
const SEED: u64 = 0x4c4f_474f;

/// What came of one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Outcome {
    /// Requests that got in after logging out was acknowledged.
    let_in: u64,
    /// When the last of them was, seconds after that.
    until_s: f64,
    /// Whether they still got in when nobody watched any longer.
    goes_on: bool,
    /// Requests of [`AGAIN`] that got in after both nodes were started again.
    let_in_again: u64,
}

fn run(stage: &Stage<'_>) -> Result<Findings, StudyError> {
    let watched = match stage.form {
        Form::Short => Duration::from_secs(2),
        _ => Duration::from_secs(20),
    };
    let mut outcomes = Vec::new();
    for (place, (kind, way)) in (1_usize..).zip(SCENES) {
        stage.say(&format!(
            "{place} of {}: {}, {}",
            SCENES.len(),
            kind.title,
            way.title()
        ));
        let outcome = scene(stage, kind, way, watched)?;
        if way.is_at_once() && outcome.let_in + outcome.let_in_again > 0 {
            return Err(StudyError::Wrong(format!(
                "{}, {}: {} requests got in after logging out, {} after a restart",
                kind.title,
                way.title(),
                outcome.let_in,
                outcome.let_in_again
            )));
        }
        outcomes.push((kind, way, outcome));
    }
    Ok(Findings {
        method: vec![
            format!(
                "Two nodes behind HAProxy. A user is let in, logs out, and asks again every {} ms from when that was \
                 acknowledged, until {REFUSALS} requests in a row were refused, or for {} s (with nothing but expiry: \
                 until it works). Then each node is killed and started again, and the user asks {AGAIN} times.",
                PAUSE.as_millis(),
                watched.as_secs()
            ),
            format!(
                "The published list is a Bloom filter of 16 KiB that every node fetches every {FETCHED_EVERY} ms, and \
                 before it serves anybody. Where nothing is kept the token lives for {EXPIRES} s, and the verifier \
                 forgives {} s.",
                Policy::lab().leeway_s
            ),
        ],
        charts: vec![chart(&outcomes)?],
        tables: vec![table(&outcomes)],
        conclusion: conclusion(&outcomes, watched),
    })
}

fn scene(stage: &Stage<'_>, kind: Kind, way: Way, watched: Duration) -> Result<Outcome, StudyError> {
    let keeper = if way == Way::InRedis {
        Keeper::Redis
    } else {
        kind.keeper
    };
    let publisher = Publisher::start()?;
    let layout = Layout {
        settings: Settings {
            denylist: match way {
                Way::Deleted | Way::Expires => Denylist::Nowhere,
                Way::InNode | Way::InNodeSticky => Denylist::Node,
                Way::InRedis => Denylist::Redis,
                Way::Published => Denylist::Published {
                    url: publisher.url(),
                    every_ms: FETCHED_EVERY,
                },
            },
            ..Settings::of(Some(kind.contender), SEED)
        },
        routing: if way == Way::InNodeSticky {
            Routing::Sticky
        } else {
            kind.routing
        },
        keeper,
        clocks_s: vec![0, 0],
    };
    let mut deployment = Deployment::start(stage.node, layout)?;
    let lives = if way == Way::Expires { EXPIRES } else { LIVES };
    let user = deployment.log_in(deployment.address(), lives)?;
    if deployment.ask(&user)?.let_in != 1 {
        return Err(StudyError::Wrong(format!("{}: a user is refused", kind.title)));
    }
    if way != Way::Expires {
        deployment.log_out(&user)?;
    }
    // What expires does so by itself, however long that takes.
    let watched = if way == Way::Expires {
        Duration::from_secs(60)
    } else {
        watched
    };
    let mut outcome = watch(&deployment, &user, watched)?;
    for place in 0..deployment.nodes().len() {
        deployment.kill(place);
        deployment.revive(place)?;
        deployment.wait_until_used(2)?;
    }
    for _ in 0..AGAIN {
        outcome.let_in_again += deployment.ask(&user)?.let_in;
    }
    Ok(outcome)
}

/// Asks until nobody lets the user in any more.
fn watch(deployment: &Deployment, user: &User, watched: Duration) -> Result<Outcome, StudyError> {
    let start = Instant::now();
    let mut outcome = Outcome::default();
    let mut refusals = 0;
    while refusals < REFUSALS {
        let since = start.elapsed();
        if since > watched {
            outcome.goes_on = true;
            break;
        }
        if deployment.ask(user)?.let_in == 1 {
            outcome.let_in += 1;
            outcome.until_s = since.as_secs_f64();
            refusals = 0;
        } else {
            refusals += 1;
        }
        thread::sleep(PAUSE);
    }
    Ok(outcome)
}

type Outcomes = [(Kind, Way, Outcome)];

fn chart(outcomes: &Outcomes) -> Result<BarChart, StudyError> {
    let bars = outcomes.iter().map(|(kind, way, outcome)| {
        #[allow(clippy::cast_precision_loss)] // thousands
        let value = Interval::exact(outcome.let_in as f64);
        Ok(Bar {
            label: format!("{}: {}", kind.title, way.title()),
            family: Some(kind.family()?),
            value,
        })
    });
    Ok(BarChart {
        name: "let-in".into(),
        title: "Let in after logging out".into(),
        subtitle: format!("requests, one every {} ms", PAUSE.as_millis()),
        unit: Unit::Count,
        bars: bars.collect::<Result<_, StudyError>>()?,
    })
}

fn table(outcomes: &Outcomes) -> StudyTable {
    StudyTable {
        caption: format!("After logging out, and after both nodes were started again ({AGAIN} requests)"),
        heads: [
            "who",
            "how",
            "let in",
            "the last after",
            "still",
            "let in after a restart",
        ]
        .map(str::to_owned)
        .into(),
        rows: outcomes
            .iter()
            .map(|(kind, way, outcome)| {
                vec![
                    Field::text(kind.title),
                    Field::text(way.title()),
                    Field::count(outcome.let_in),
                    Field::Number(outcome.until_s * 1e9, Unit::Nanoseconds),
                    Field::text(if outcome.goes_on { "yes" } else { "no" }),
                    Field::count(outcome.let_in_again),
                ]
            })
            .collect(),
    }
}

fn conclusion(outcomes: &Outcomes, watched: Duration) -> Vec<String> {
    let of = |way: Way| outcomes.iter().filter(move |(_, with, _)| *with == way);
    let sum =
        |way: Way, count: fn(&Outcome) -> u64| -> u64 { of(way).map(|(_, _, outcome)| count(outcome)).sum() };
    let longest = |way: Way| of(way).map(|(_, _, outcome)| outcome.until_s).fold(0.0, f64::max);
    let again = |way: Way| sum(way, |outcome| outcome.let_in_again);
    let let_in = |way: Way| sum(way, |outcome| outcome.let_in);
    let asked = |way: Way| of(way).count() as u64 * AGAIN;
    vec![
        format!(
            "A deleted session let {} requests in, and a token on a list in Redis {}; after both nodes were started \
             again it was {} and {}.",
            let_in(Way::Deleted),
            let_in(Way::InRedis),
            again(Way::Deleted),
            again(Way::InRedis)
        ),
        format!(
            "A list in the memory of the node that heard of it is unknown to the other: {} requests got in, to the end \
             of the {} s that were watched. Sticky routing made it {}, but the list is gone with its node: after a \
             restart {} of {} requests got in again, with a token that had been called back.",
            let_in(Way::InNode),
            watched.as_secs(),
            let_in(Way::InNodeSticky),
            again(Way::InNodeSticky),
            asked(Way::InNodeSticky)
        ),
        format!(
            "A published list that is fetched every {FETCHED_EVERY} ms let the last request in after {:.2} s; who is \
             started again fetches it first, and {} got in.",
            longest(Way::Published),
            again(Way::Published)
        ),
        format!(
            "With nothing kept and a life of {EXPIRES} s, the last request got in after {:.1} s, the clock's leeway of \
             {} s included.",
            longest(Way::Expires),
            Policy::lab().leeway_s
        ),
        "JWT and PASETO did the same in all of it: neither format calls anything back, and what does is a store.".into(),
    ]
}
