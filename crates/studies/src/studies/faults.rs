//! A part of a running service breaks: who is refused, who gets in, and what is lost.
//!
//! Two nodes behind a balancer under load, with requests that must get in and requests that
//! must not (forged, expired, logged out), and somebody who logs in all the while. Then a
//! node is killed, the store is killed, the store has no connection left, or a node's clock
//! is five minutes off. Each part comes back, and what was acknowledged is asked for again.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use tokenlab_harness::again;
use tokenlab_harness::session::redis_full::Full;
use tokenlab_harness::{KeyRing, Policy, policy};
use tokenlab_record::stats::Interval;
use tokenlab_record::study::{Bar, BarChart, Field, Form, StudyTable, Unit};

use crate::deployment::balancer::HAPROXY;
use crate::deployment::kind::{CLUSTER, HS256, Keeper, Kind, REDIS, STICKY, V4_PUBLIC};
use crate::deployment::node::WRONG_CLOCK;
use crate::deployment::service::Settings;
use crate::deployment::store::SharedStore;
use crate::deployment::{self, Deployment, Layout, User};
use crate::load::{self, Plan, Tally};
use crate::loopback::client;
use crate::study::{Findings, Need, Stage, StudyCard, StudyError};
use crate::subject::{contender, issued};

pub(super) static CARD: StudyCard = StudyCard {
    id: "faults",
    title: "A part breaks",
    question: "When a node, a store, a connection pool or a clock fails, who is refused wrongly, who gets in wrongly, and what is lost?",
    needs: &[
        Need::Contender("session/redis"),
        Need::Tool(&HAPROXY),
        Need::Tool(&WRONG_CLOCK),
    ],
    run,
};

/// Users who are logged in.
const USERS: usize = 12;

/// How long they stay so, seconds: less than a clock is off.
const LIVES: i64 = 120;

/// When a session ended that had ended before, seconds ago: more than leeway, less than a clock is off.
const ENDED: i64 = 60;

/// By how many seconds a clock is off.
const OFF: i64 = 300;

/// Requests a second.
const RATE: f64 = 300.0;

/// Connections that are open at a time.
const CONNECTIONS: usize = 4;

/// Seed of the keys.
const SEED: u64 = 0x4641_554c;

/// What breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// One of two nodes is killed and started again.
    Node,
    /// The store, or one of its servers, is killed and started again.
    Store,
    /// The store has no connection left for a while.
    Pool,
    /// The clock of one of two nodes is fast by [`OFF`].
    Fast,
    /// It is slow by as much.
    Slow,
    /// It is fast, and nodes hold their clocks against the balancer's.
    FastChecked,
    /// It is slow, and they do.
    SlowChecked,
}

impl Fault {
    const fn title(self) -> &'static str {
        match self {
            Self::Node => "a node is killed",
            Self::Store => "the store is killed",
            Self::Pool => "the store has no connection left",
            Self::Fast => "a clock is 5 min fast",
            Self::Slow => "a clock is 5 min slow",
            Self::FastChecked => "5 min fast, clocks checked",
            Self::SlowChecked => "5 min slow, clocks checked",
        }
    }

    /// Seconds by which the clocks of both nodes are fast.
    const fn clocks_s(self) -> [i64; 2] {
        match self {
            Self::Node | Self::Store | Self::Pool => [0, 0],
            Self::Fast | Self::FastChecked => [0, OFF],
            Self::Slow | Self::SlowChecked => [0, -OFF],
        }
    }

    const fn checks_clock(self) -> bool {
        matches!(self, Self::FastChecked | Self::SlowChecked)
    }
}

/// What is tried.
const SCENES: [(Fault, Kind); 19] = [
    (Fault::Node, STICKY),
    (Fault::Node, REDIS),
    (Fault::Node, HS256),
    (Fault::Node, V4_PUBLIC),
    (Fault::Store, REDIS),
    (Fault::Store, CLUSTER),
    (Fault::Pool, REDIS),
    (Fault::Fast, REDIS),
    (Fault::Fast, HS256),
    (Fault::Fast, V4_PUBLIC),
    (Fault::Slow, REDIS),
    (Fault::Slow, HS256),
    (Fault::Slow, V4_PUBLIC),
    (Fault::FastChecked, REDIS),
    (Fault::FastChecked, HS256),
    (Fault::FastChecked, V4_PUBLIC),
    (Fault::SlowChecked, REDIS),
    (Fault::SlowChecked, HS256),
    (Fault::SlowChecked, V4_PUBLIC),
];

/// What came of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Outcome {
    /// Requests of users who are logged in.
    valid: Tally,
    /// Requests with what must not get in.
    invalid: Tally,
    /// Logins that were acknowledged.
    acknowledged: u64,
    /// Those of them that nobody knew afterwards.
    lost: u64,
}

fn run(stage: &Stage<'_>) -> Result<Findings, StudyError> {
    let time = match stage.form {
        Form::Short => Duration::from_millis(600),
        _ => Duration::from_secs(6),
    };
    let mut outcomes = Vec::new();
    for (place, (fault, kind)) in (1_usize..).zip(SCENES) {
        stage.say(&format!(
            "{place} of {}: {}, {}",
            SCENES.len(),
            fault.title(),
            kind.title
        ));
        let outcome = scene(stage, fault, kind, time)?;
        let may_let_in = matches!(fault, Fault::Slow);
        if outcome.invalid.let_in > 0 && !may_let_in {
            return Err(StudyError::Wrong(format!(
                "{}, {}: {} requests got in that must not",
                fault.title(),
                kind.title,
                outcome.invalid.let_in
            )));
        }
        outcomes.push((fault, kind, outcome));
    }
    Ok(Findings {
        method: vec![
            format!(
                "Two nodes behind HAProxy, {RATE:.0} requests a second for {:.1} s over {CONNECTIONS} connections, by \
                 {USERS} users who are logged in for {LIVES} s and, in turn, with what must not get in: a token or \
                 session of another deployment, one that ended {ENDED} s ago and, of sessions, one that was logged out. \
                 Beside it somebody logs in all the while.",
                time.as_secs_f64()
            ),
            "What breaks does so after a third of the time and is back after two thirds (kill -9 and a start on the same \
             files; of the cluster one server of three). A store has no connection left because its clients were thrown \
             out and their places taken. A wrong clock is libfaketime's, in one node from its start. Whoever logged in \
             and was told so asks once when everything is back."
                .into(),
            "The balancer asks the other node when one can't be connected to, hangs up, or answers 503, which a node does \
             that can't reach its store (401 is for tokens alone). A node that checks its clock holds it against a \
             header of the balancer and answers 503 while it is off by more than the verifiers' leeway."
                .into(),
        ],
        charts: charts(&outcomes)?,
        tables: vec![table(&outcomes)],
        conclusion: conclusion(&outcomes),
    })
}

/// Runs one fault on one kind.
fn scene(stage: &Stage<'_>, fault: Fault, kind: Kind, time: Duration) -> Result<Outcome, StudyError> {
    let layout = Layout {
        settings: Settings {
            checks_clock: fault.checks_clock(),
            ..Settings::of(Some(kind.contender), SEED)
        },
        routing: kind.routing,
        keeper: kind.keeper,
        clocks_s: fault.clocks_s().into(),
    };
    let foreign = foreign(kind)?;
    let mut deployment = Deployment::start(stage.node, layout)?;
    let users: Vec<User> = (0..USERS)
        .map(|_| log_in(&deployment, fault, LIVES))
        .collect::<Result<_, _>>()?;
    let mut unwelcome = vec![foreign, log_in(&deployment, fault, -ENDED)?];
    if kind.keeper != Keeper::Nobody {
        let gone = log_in(&deployment, fault, LIVES)?;
        deployment.log_out(&gone)?;
        unwelcome.push(gone);
    }
    // As many of one sort as of the other.
    let unwelcome: Vec<String> = unwelcome.iter().map(User::head).cycle().take(USERS).collect();
    let heads: Vec<String> = users.iter().map(User::head).chain(unwelcome).collect();
    let plan = Plan {
        rate: Some(RATE),
        time,
        connections: CONNECTIONS,
    };
    let address = deployment.address();
    let goes_on = AtomicBool::new(true);
    let (slice, acknowledged) = thread::scope(|scope| {
        let load = scope.spawn(|| load::run(address, &heads, &plan));
        let logins = scope.spawn(|| keep_logging_in(address, &goes_on));
        let broken = breaks(fault, &mut deployment, time / 3);
        let slice = load
            .join()
            .map_err(|_| StudyError::Service("the load broke".into()));
        goes_on.store(false, Ordering::Relaxed);
        let logins = logins
            .join()
            .map_err(|_| StudyError::Service("the logins broke".into()));
        broken?;
        Ok::<_, StudyError>((slice??, logins?))
    })?;
    deployment.wait_until_used(deployment.sound_nodes())?;
    let (valid, invalid) = slice.by_head.split_at(USERS.min(slice.by_head.len()));
    Ok(Outcome {
        valid: valid.iter().copied().sum(),
        invalid: invalid.iter().copied().sum(),
        acknowledged: acknowledged.len() as u64,
        lost: lost(&deployment, &acknowledged)?,
    })
}

/// Somebody logs in where the clock is right: at the first node, or at a balancer whose nodes
/// check theirs.
fn log_in(deployment: &Deployment, fault: Fault, lives: i64) -> Result<User, StudyError> {
    let at = match deployment.nodes().first() {
        Some(node) if matches!(fault, Fault::Fast | Fault::Slow) => *node,
        _ => deployment.address(),
    };
    deployment.log_in(at, lives)
}

/// Somebody of another deployment, with a token of theirs or a session's id.
fn foreign(kind: Kind) -> Result<User, StudyError> {
    let id = match kind.keeper {
        Keeper::Nobody => kind.contender,
        _ => "session/memory",
    };
    let service = contender(id)?.load(&KeyRing::from_seed(SEED + 1), &Policy::lab())?;
    Ok(User {
        token: service.issue(&issued("ada", policy::now(), LIVES))?,
        cookie: None,
    })
}

/// Logs somebody in again and again at the balancer; everybody who was told so.
fn keep_logging_in(address: SocketAddr, goes_on: &AtomicBool) -> Vec<User> {
    const PAUSE: Duration = Duration::from_millis(10);
    let client = client(Duration::from_secs(2));
    let mut acknowledged = Vec::new();
    while goes_on.load(Ordering::Relaxed) {
        acknowledged.extend(deployment::log_in(&client, address, LIVES));
        thread::sleep(PAUSE);
    }
    acknowledged
}

/// Breaks what is to break after a third of the time, and mends it after another.
fn breaks(fault: Fault, deployment: &mut Deployment, third: Duration) -> Result<(), StudyError> {
    thread::sleep(third);
    if fault == Fault::Node {
        deployment.kill(0);
        thread::sleep(third);
        return deployment.revive(0);
    }
    match (fault, deployment.store_mut()) {
        (Fault::Store, Some(store)) => {
            store.kill_first()?;
            thread::sleep(third);
            store.restart_first()
        }
        (Fault::Pool, Some(SharedStore::Server(server))) => {
            let full = Full::take(server)?;
            thread::sleep(third);
            drop(full);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Of those who were told that they are logged in, how many are refused now that everything
/// is back.
fn lost(deployment: &Deployment, acknowledged: &[User]) -> Result<u64, StudyError> {
    const PAUSE: Duration = Duration::from_millis(50);
    const BACK_WITHIN: Duration = Duration::from_secs(15);
    let (mut waiting, mut lost) = (acknowledged, 0);
    again::until(BACK_WITHIN, PAUSE, || {
        while let [user, others @ ..] = waiting {
            let tally = deployment.ask(user)?;
            if tally.failed > 0 {
                return Err(StudyError::Service(format!(
                    "the service has not come back within {BACK_WITHIN:?}"
                )));
            }
            lost += tally.refused;
            waiting = others;
        }
        Ok(lost)
    })
}

type Outcomes = [(Fault, Kind, Outcome)];

fn charts(outcomes: &Outcomes) -> Result<Vec<BarChart>, StudyError> {
    let chart = |name: &str, title: &str, subtitle: &str, share: fn(&Outcome) -> f64| {
        let bars = outcomes.iter().map(|(fault, kind, outcome)| {
            Ok(Bar {
                label: format!("{}: {}", fault.title(), kind.title),
                family: Some(kind.family()?),
                value: Interval::exact(share(outcome)),
            })
        });
        Ok::<_, StudyError>(BarChart {
            name: name.into(),
            title: title.into(),
            subtitle: subtitle.into(),
            unit: Unit::Share,
            bars: bars.collect::<Result<_, StudyError>>()?,
        })
    };
    Ok(vec![
        chart(
            "kept-out",
            "Kept out although logged in",
            "share of their requests that were refused or not served",
            |outcome| share(outcome.valid.refused + outcome.valid.failed, outcome.valid),
        )?,
        chart(
            "let-in",
            "Let in although forged, ended or logged out",
            "share of these requests that got in",
            |outcome| share(outcome.invalid.let_in, outcome.invalid),
        )?,
    ])
}

#[allow(clippy::cast_precision_loss)] // thousands
fn share(part: u64, of: Tally) -> f64 {
    part as f64 / of.all().max(1) as f64
}

fn table(outcomes: &Outcomes) -> StudyTable {
    StudyTable {
        caption: "Requests during a fault, and logins that were acknowledged during it".into(),
        heads: [
            "fault",
            "kind",
            "valid requests",
            "refused wrongly",
            "not served",
            "invalid requests",
            "let in wrongly",
            "logins",
            "lost",
        ]
        .map(str::to_owned)
        .into(),
        rows: outcomes
            .iter()
            .map(|(fault, kind, outcome)| {
                let counts = [
                    outcome.valid.all(),
                    outcome.valid.refused,
                    outcome.valid.failed,
                    outcome.invalid.all(),
                    outcome.invalid.let_in,
                    outcome.acknowledged,
                    outcome.lost,
                ];
                [Field::text(fault.title()), Field::text(kind.title)]
                    .into_iter()
                    .chain(counts.map(Field::count))
                    .collect()
            })
            .collect(),
    }
}

fn conclusion(outcomes: &Outcomes) -> Vec<String> {
    let of = |fault: Fault, kind: Kind| {
        let found = outcomes
            .iter()
            .find(|(of, with, _)| (*of, *with) == (fault, kind));
        found.map_or_else(Outcome::default, |(_, _, outcome)| *outcome)
    };
    let sum = |faults: &[Fault], count: fn(&Outcome) -> u64| -> u64 {
        let chosen = outcomes.iter().filter(|(fault, ..)| faults.contains(fault));
        chosen.map(|(_, _, outcome)| count(outcome)).sum()
    };
    let (sticky, others) = (of(Fault::Node, STICKY), [REDIS, HS256, V4_PUBLIC]);
    let others = others.map(|kind| of(Fault::Node, kind));
    let (redis, cluster, pool) = (
        of(Fault::Store, REDIS),
        of(Fault::Store, CLUSTER),
        of(Fault::Pool, REDIS),
    );
    let all = |faults: &[Fault]| sum(faults, |outcome| outcome.valid.all());
    vec![
        format!(
            "A killed node took the sessions in its memory with it: {} of {} requests by users who were logged in were \
             refused, and {} of {} logins were lost that had been acknowledged. With sessions in Redis, JWT and PASETO \
             {} of {} were refused, {} not served, and {} logins lost.",
            sticky.valid.refused,
            sticky.valid.all(),
            sticky.lost,
            sticky.acknowledged,
            others.iter().map(|outcome| outcome.valid.refused).sum::<u64>(),
            others.iter().map(|outcome| outcome.valid.all()).sum::<u64>(),
            others.iter().map(|outcome| outcome.valid.failed).sum::<u64>(),
            others.iter().map(|outcome| outcome.lost).sum::<u64>(),
        ),
        format!(
            "With Redis killed for a third of the time {} of {} valid requests were not served; of a cluster with one \
             server of three killed, {} of {}. Of {} logins that had been acknowledged {} were lost (appendfsync always).",
            redis.valid.failed,
            redis.valid.all(),
            cluster.valid.failed,
            cluster.valid.all(),
            redis.acknowledged + cluster.acknowledged,
            redis.lost + cluster.lost,
        ),
        format!(
            "A Redis without a connection left is a Redis that is away: {} of {} valid requests were not served. A node \
             that can't ask says 503 and not 401, so that nobody is logged out by it.",
            pool.valid.failed,
            pool.valid.all(),
        ),
        format!(
            "One of two clocks five minutes fast refused {} of {} valid requests, and one five minutes slow let {} of {} \
             in that must not, which had ended {ENDED} s before; sessions in Redis no less than tokens, since it is the \
             node that looks at their end.",
            sum(&[Fault::Fast], |outcome| outcome.valid.refused),
            all(&[Fault::Fast]),
            sum(&[Fault::Slow], |outcome| outcome.invalid.let_in),
            sum(&[Fault::Slow], |outcome| outcome.invalid.all()),
        ),
        format!(
            "With nodes that hold their clocks against the balancer's it was {} of {} and {} of {}: the node that is \
             off takes itself out.",
            sum(&[Fault::FastChecked, Fault::SlowChecked], |outcome| outcome
                .valid
                .refused),
            all(&[Fault::FastChecked, Fault::SlowChecked]),
            sum(&[Fault::FastChecked, Fault::SlowChecked], |outcome| outcome
                .invalid
                .let_in),
            sum(&[Fault::FastChecked, Fault::SlowChecked], |outcome| outcome
                .invalid
                .all()),
        ),
        format!(
            "In all faults but the slow clock {} of {} requests with forged, ended or logged-out tokens and sessions got \
             in.",
            outcomes
                .iter()
                .filter(|(fault, ..)| *fault != Fault::Slow)
                .map(|(_, _, outcome)| outcome.invalid.let_in)
                .sum::<u64>(),
            outcomes
                .iter()
                .filter(|(fault, ..)| *fault != Fault::Slow)
                .map(|(_, _, outcome)| outcome.invalid.all())
                .sum::<u64>(),
        ),
    ]
}
