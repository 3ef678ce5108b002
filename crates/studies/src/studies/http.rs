//! A service behind each family's verifier, under load: what authentication costs where it
//! is used.
//!
//! One route, the verifier as middleware, a process each, real sockets on loopback. Requests
//! come at a quarter, a half and three quarters of what the service without a verifier can
//! do, when they are due and not when the one before was answered. Processor time a request
//! is the headline: how long a client waits says more of the machine than of the token.

use std::time::Duration;

use tokenlab_record::catalogue::Family;
use tokenlab_record::stats::{Interval, SplitMix64, hierarchical_median, quantile};
use tokenlab_record::study::{Bar, BarChart, Field, Form, StudyTable, Unit};

use crate::deployment::kind::Keeper;
use crate::deployment::log_in;
use crate::deployment::node::{Node, NodeProgram};
use crate::deployment::processor::{self, Spent};
use crate::deployment::service::Settings;
use crate::deployment::store::{self, SharedStore};
use crate::load::{self, Plan, Slice, Tally};
use crate::loopback::client;
use crate::study::{Findings, Need, Stage, StudyCard, StudyError};
use crate::subject::contender;

pub(super) static CARD: StudyCard = StudyCard {
    id: "http",
    title: "A service behind each verifier",
    question: "What does verifying cost a service at every request, beside everything else that a request costs?",
    needs: &[Need::Contender("session/redis")],
    run,
};

/// Who verifies, by contender id; none for the service alone.
const VERIFIERS: [Option<&str>; 9] = [
    None,
    Some("jsonwebtoken/HS256+rustcrypto"),
    Some("jsonwebtoken/EdDSA+rustcrypto"),
    Some("pasetors/v4.local"),
    Some("pasetors/v4.public"),
    Some("biscuit-auth/v3"),
    Some("session/memory"),
    Some("session/redb"),
    Some("session/redis"),
];

/// Shares of the peak of the service alone at which requests come.
const SHARES: [f64; 3] = [0.25, 0.50, 0.75];

/// Connections that are open at a time.
const CONNECTIONS: usize = 8;

/// Seed of the keys, of the order of services and of resamples.
const SEED: u64 = 0x4854_5450;

/// How long the token lives with which requests come, seconds.
const LIVES: i64 = 24 * 3600;

/// A request without a token.
const BARE: &str = "GET / HTTP/1.1\r\nHost: lab\r\n\r\n";

/// A service, and what a request to it looks like.
struct Served {
    name: String,
    family: Option<Family>,
    node: Node,
    store: Option<SharedStore>,
    heads: [String; 1],
}

impl Served {
    fn start(program: &NodeProgram, id: Option<&str>) -> Result<Self, StudyError> {
        let store = match id {
            Some("session/redis") => SharedStore::start(Keeper::Redis)?,
            _ => None,
        };
        let settings = Settings::of(id, SEED);
        let node = Node::start(program, &settings, store.as_ref(), 0)?;
        let (name, family, head) = match id {
            None => ("no verifier", None, BARE.to_owned()),
            Some(id) => {
                let family = contender(id)?.card().family;
                let user = log_in(&client(Duration::from_secs(5)), node.address(), LIVES)?;
                (id, Some(family), user.head())
            }
        };
        Ok(Self {
            name: name.into(),
            family,
            node,
            store,
            heads: [head],
        })
    }

    fn load(&self, plan: &Plan) -> Result<Slice, StudyError> {
        load::run(self.node.address(), &self.heads, plan)
    }

    /// Processor time so far; `None` where the system does not tell.
    fn spent(&self) -> Option<Spent> {
        Some(Spent {
            nodes: processor::spent_ns(self.node.process_id())?,
            balancer: 0,
            store: store::spent_ns(self.store.as_ref())?,
        })
    }
}

/// What was seen of a service at one share of the peak, by slice.
#[derive(Default)]
struct Seen {
    service_ns: Vec<Vec<f64>>,
    store_ns: Vec<Vec<f64>>,
    waited_ns: Vec<f64>,
    tally: Tally,
    elapsed_s: f64,
}

impl Seen {
    /// Adds a slice, and what it took of processors where the system tells.
    fn add(&mut self, slice: Slice, spent: Option<Spent>) {
        let tally = slice.tally();
        #[allow(clippy::cast_precision_loss)] // far below 2^52
        if let Some(spent) = spent.filter(|_| tally.all() > 0) {
            self.service_ns
                .push(vec![spent.nodes as f64 / tally.all() as f64]);
            self.store_ns.push(vec![spent.store as f64 / tally.all() as f64]);
        }
        self.tally = [self.tally, tally].into_iter().sum();
        self.elapsed_s += slice.elapsed_s;
        self.waited_ns.extend(slice.waited_ns);
    }

    fn waited(&mut self, share: f64) -> f64 {
        quantile(&mut self.waited_ns, share).unwrap_or(f64::NAN)
    }
}

fn run(stage: &Stage<'_>) -> Result<Findings, StudyError> {
    let (slices, time) = match stage.form {
        Form::Short => (3, Duration::from_millis(150)),
        _ => (10, Duration::from_secs(1)),
    };
    let served: Vec<Served> = VERIFIERS
        .into_iter()
        .map(|id| Served::start(stage.node, id))
        .collect::<Result<_, _>>()?;
    for one in &served {
        confirm(one)?;
    }
    stage.say("the peak of the service without a verifier");
    let peak = peak(&served, time)?;
    let mut seen: Vec<Vec<Seen>> = Vec::new();
    let mut random = SplitMix64::new(SEED);
    for share in SHARES {
        stage.say(&format!("{:.0} % of {peak:.0} requests a second", share * 100.0));
        let plan = Plan {
            rate: Some(peak * share),
            time,
            connections: CONNECTIONS,
        };
        let mut of_share: Vec<Seen> = served.iter().map(|_| Seen::default()).collect();
        let mut order: Vec<usize> = (0..served.len()).collect();
        for _ in 0..slices {
            random.shuffle(&mut order);
            for place in &order {
                let (Some(one), Some(seen)) = (served.get(*place), of_share.get_mut(*place)) else {
                    continue;
                };
                let before = one.spent();
                let slice = one.load(&plan)?;
                let spent = one.spent().zip(before);
                seen.add(slice, spent.map(|(after, before)| after.since(before)));
            }
        }
        seen.push(of_share);
    }
    let tally: Tally = seen.iter().flatten().map(|seen| seen.tally).sum();
    if tally.let_in != tally.all() {
        return Err(StudyError::Wrong(format!(
            "under load {} valid tokens were refused and {} requests failed",
            tally.refused, tally.failed
        )));
    }
    let charts = charts(&served, &seen);
    let redis = served.iter().position(|one| one.store.is_some());
    let redis = redis.and_then(|place| hierarchical_median(&seen.get(1)?.get(place)?.store_ns, 2000, SEED));
    let conclusion = conclusion(&charts, peak, redis);
    Ok(Findings {
        method: vec![
            format!(
                "Every service is a process of its own with one thread that serves; {CONNECTIONS} connections stay open \
                 and are driven by as many threads of another process, on the same processors. The services took turns in {slices} slices of \
                 {:.1} s at each rate, in another order in each.",
                time.as_secs_f64()
            ),
            format!(
                "Rates are shares of {peak:.0} requests a second, which the service without a verifier answered when \
                 each connection asked again at once."
            ),
            "Processor time is what the threads of the service's process were given, from Linux's schedstat; what \
             Redis's own process took is said apart. Waiting counts from the time at which a request was due (open loop), so that a \
             service that falls behind is seen to; one that is behind by half of a slice is not asked further."
                .into(),
        ],
        charts,
        tables: vec![waiting(&served, &mut seen, peak)],
        conclusion,
    })
}

/// Every service answers its own token, and refuses none at all.
fn confirm(one: &Served) -> Result<(), StudyError> {
    let tally = |head: &str| load::once(one.node.address(), head);
    for head in &one.heads {
        if tally(head)?.let_in != 1 {
            return Err(StudyError::Wrong(format!("{} refuses its own token", one.name)));
        }
    }
    if one.family.is_some() && tally(BARE)?.refused != 1 {
        return Err(StudyError::Wrong(format!(
            "{} lets requests without a token in",
            one.name
        )));
    }
    Ok(())
}

/// Requests a second that the service without a verifier answers, the best of some slices.
fn peak(served: &[Served], time: Duration) -> Result<f64, StudyError> {
    const SLICES: usize = 3;
    let plan = Plan {
        rate: None,
        time,
        connections: CONNECTIONS,
    };
    let mut best = 0.0_f64;
    for one in served.iter().filter(|one| one.family.is_none()) {
        for _ in 0..SLICES {
            let slice = one.load(&plan)?;
            #[allow(clippy::cast_precision_loss)] // far below 2^52
            let rate = slice.tally().all() as f64 / slice.elapsed_s;
            best = best.max(rate);
        }
    }
    Ok(best)
}

fn charts(served: &[Served], seen: &[Vec<Seen>]) -> Vec<BarChart> {
    SHARES
        .into_iter()
        .zip(seen)
        .map(|(share, of_share)| BarChart {
            name: format!("cpu-{:.0}", share * 100.0),
            title: format!(
                "Processor time of a request at {:.0} % of the peak",
                share * 100.0
            ),
            subtitle: "processor time of the service, median over slices with its 95 % interval".into(),
            unit: Unit::Nanoseconds,
            bars: served
                .iter()
                .zip(of_share)
                .filter_map(|(one, seen)| {
                    Some(Bar {
                        label: one.name.clone(),
                        family: one.family,
                        value: hierarchical_median(&seen.service_ns, 2000, SEED)?,
                    })
                })
                .collect(),
        })
        .collect()
}

fn waiting(served: &[Served], seen: &mut [Vec<Seen>], peak: f64) -> StudyTable {
    let mut table = StudyTable {
        caption: "Waiting, from when a request was due".into(),
        heads: [
            "verifier",
            "asked a second",
            "answered a second",
            "median",
            "99 %",
            "99.9 %",
        ]
        .map(str::to_owned)
        .into(),
        rows: Vec::new(),
    };
    for (share, of_share) in SHARES.into_iter().zip(seen) {
        for (one, seen) in served.iter().zip(of_share) {
            #[allow(clippy::cast_precision_loss)] // far below 2^52
            let answered = seen.tally.all() as f64 / seen.elapsed_s;
            table.rows.push(vec![
                Field::text(&one.name),
                Field::Number(peak * share, Unit::Count),
                Field::Number(answered, Unit::Count),
                Field::Number(seen.waited(0.5), Unit::Nanoseconds),
                Field::Number(seen.waited(0.99), Unit::Nanoseconds),
                Field::Number(seen.waited(0.999), Unit::Nanoseconds),
            ]);
        }
    }
    table
}

fn conclusion(charts: &[BarChart], peak: f64, redis: Option<Interval>) -> Vec<String> {
    let Some(half) = charts.get(1) else {
        return Vec::new();
    };
    let time = |label: &str| {
        let bar = half.bars.iter().find(|bar| bar.label.starts_with(label));
        bar.map(|bar| bar.value.estimate / 1000.0)
    };
    let Some(alone) = time("no verifier") else {
        return vec!["This system tells nothing of its processor time, so there is no headline.".into()];
    };
    let share = |label: &str| {
        time(label).map_or_else(
            || format!("{label} was not measured"),
            |time| format!("{label} {time:.1} µs ({:.1} times)", time / alone),
        )
    };
    let over = |label: &str, base: &str| match (time(label), time(base)) {
        (Some(time), Some(base)) => format!("{:.2} times the processor time", time / base),
        _ => "an unknown part".into(),
    };
    vec![
        format!(
            "Without a verifier a request took {alone:.1} µs of the service's processor time at half of its peak of \
             {peak:.0} requests a second."
        ),
        format!(
            "With one it took: {}, {}, {}, {}, {}.",
            share("jsonwebtoken/HS256"),
            share("pasetors/v4.local"),
            share("jsonwebtoken/EdDSA"),
            share("pasetors/v4.public"),
            share("biscuit-auth")
        ),
        format!(
            "Sessions: {}, {}, {}, and beside the last {} µs of Redis's own process.",
            share("session/memory"),
            share("session/redb"),
            share("session/redis"),
            redis.map_or_else(
                || "an unknown number of".into(),
                |redis| format!("{:.1}", redis.estimate / 1000.0)
            )
        ),
        format!(
            "Like with like: a request with v4.public took {} of one with JWT EdDSA, one with v4.local {} of one with \
             JWT HS256.",
            over("pasetors/v4.public", "jsonwebtoken/EdDSA"),
            over("pasetors/v4.local", "jsonwebtoken/HS256")
        ),
    ]
}
