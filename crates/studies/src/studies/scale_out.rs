//! More than one process of a service: who is sent away although they are logged in, and what
//! a request costs with everything that it takes.
//!
//! Users log in at a balancer and come back to it. Then a second node joins, and a node is
//! killed and started again. What a session in memory loses by that is mended in three
//! ways: by sending everybody back to their node, by a store that all nodes ask, and by
//! tokens that say everything themselves.

use std::time::Duration;

use tokenlab_record::stats::{Interval, SplitMix64, hierarchical_median};
use tokenlab_record::study::{Bar, BarChart, Field, Form, StudyTable, Unit};

use crate::deployment::balancer::HAPROXY;
use crate::deployment::kind::{
    BISCUIT, CLUSTER, EDDSA, HS256, Keeper, Kind, MEMORY, REDIS, STICKY, V4_LOCAL, V4_PUBLIC,
};
use crate::deployment::processor::Spent;
use crate::deployment::service::Settings;
use crate::deployment::{Deployment, Layout, User};
use crate::load::{self, Plan, Tally};
use crate::study::{Findings, Need, Stage, StudyCard, StudyError};

pub(super) static CARD: StudyCard = StudyCard {
    id: "scale-out",
    title: "More than one process",
    question: "Who is sent away when a service gets a second node or loses one, and what does each mend cost at every request?",
    needs: &[Need::Contender("session/redis"), Need::Tool(&HAPROXY)],
    run,
};

const KINDS: [Kind; 9] = [
    MEMORY, STICKY, REDIS, CLUSTER, HS256, V4_LOCAL, EDDSA, V4_PUBLIC, BISCUIT,
];

/// Users who log in.
const USERS: u64 = 24;

/// How often each of them asks.
const ASKS: u64 = 10;

/// How long they stay logged in, seconds.
const LIVES: i64 = 24 * 3600;

/// Requests a second while processor time is measured: what every kind can serve on two cores.
const RATE: f64 = 1000.0;

/// Connections that are open at a time.
const CONNECTIONS: usize = 4;

/// Seed of the keys, of the order of deployments and of resamples.
const SEED: u64 = 0x5343_414c;

/// A deployment of a kind, with users.
struct Deployed {
    kind: Kind,
    deployment: Deployment,
    users: Vec<User>,
}

impl Deployed {
    fn start(stage: &Stage<'_>, kind: Kind, nodes: usize) -> Result<Self, StudyError> {
        let layout = Layout {
            settings: Settings::of(Some(kind.contender), SEED),
            routing: kind.routing,
            keeper: kind.keeper,
            clocks_s: vec![0; nodes],
        };
        let mut deployed = Self {
            kind,
            deployment: Deployment::start(stage.node, layout)?,
            users: Vec::new(),
        };
        deployed.log_everybody_in()?;
        Ok(deployed)
    }

    fn log_everybody_in(&mut self) -> Result<(), StudyError> {
        let at = self.deployment.address();
        let users = (0..USERS).map(|_| self.deployment.log_in(at, LIVES));
        self.users = users.collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Requests of users who are logged in that were refused, of [`USERS`] times [`ASKS`].
    fn sent_away(&self) -> Result<u64, StudyError> {
        // In another order each time: users who come back in the order in which they came
        // are in step with a balancer that takes turns.
        let mut random = SplitMix64::new(SEED);
        let mut users: Vec<&User> = self.users.iter().collect();
        let mut tally = Tally::default();
        for _ in 0..ASKS {
            random.shuffle(&mut users);
            for user in &users {
                tally = [tally, self.deployment.ask(user)?].into_iter().sum();
            }
        }
        if tally.failed > 0 {
            return Err(StudyError::Service(format!(
                "{}: {} requests were not served",
                self.kind.title, tally.failed
            )));
        }
        if self.kind.keeper != Keeper::EachNode && tally.refused > 0 {
            return Err(StudyError::Wrong(format!(
                "{}: {} requests of users who are logged in were refused",
                self.kind.title, tally.refused
            )));
        }
        Ok(tally.refused)
    }

    /// The first node alone, then both.
    fn second_joins(&mut self) -> Result<u64, StudyError> {
        self.deployment.kill(1);
        self.deployment.wait_until_used(1)?;
        self.log_everybody_in()?;
        self.deployment.revive(1)?;
        self.deployment.wait_until_used(2)?;
        self.sent_away()
    }

    /// The first node is killed and is back.
    fn first_restarts(&mut self) -> Result<u64, StudyError> {
        self.log_everybody_in()?;
        self.deployment.kill(0);
        self.deployment.wait_until_used(1)?;
        self.deployment.revive(0)?;
        self.deployment.wait_until_used(2)?;
        self.sent_away()
    }
}

/// What was counted of a kind.
struct Counted {
    kind: Kind,
    /// Requests that were refused, by the number of nodes.
    by_nodes: Vec<u64>,
    after_joining: u64,
    after_restart: u64,
}

/// Processor time of a request, nanoseconds by slice.
#[derive(Default)]
struct Cost {
    nodes: Vec<Vec<f64>>,
    balancer: Vec<Vec<f64>>,
    store: Vec<Vec<f64>>,
    total: Vec<Vec<f64>>,
}

impl Cost {
    fn add(&mut self, spent: Spent, requests: u64) {
        let parts = [
            (&mut self.nodes, spent.nodes),
            (&mut self.balancer, spent.balancer),
            (&mut self.store, spent.store),
            (&mut self.total, spent.total()),
        ];
        for (slices, ns) in parts {
            #[allow(clippy::cast_precision_loss)] // far below 2^52
            slices.push(vec![ns as f64 / requests as f64]);
        }
    }
}

fn run(stage: &Stage<'_>) -> Result<Findings, StudyError> {
    let (sizes, slices, time): (&[usize], usize, Duration) = match stage.form {
        Form::Short => (&[1, 2], 2, Duration::from_millis(100)),
        _ => (&[1, 2, 3, 4], 8, Duration::from_millis(500)),
    };
    let plan = Plan {
        rate: Some(RATE),
        time,
        connections: CONNECTIONS,
    };
    let mut counted: Vec<Counted> = KINDS
        .into_iter()
        .map(|kind| Counted {
            kind,
            by_nodes: Vec::new(),
            after_joining: 0,
            after_restart: 0,
        })
        .collect();
    let mut costs: Vec<(usize, Kind, Cost)> = Vec::new();
    for nodes in sizes.iter().copied() {
        stage.say(&format!(
            "{nodes} of {} nodes: users log in and come back",
            sizes.len()
        ));
        let mut deployed: Vec<Deployed> = KINDS
            .into_iter()
            .map(|kind| Deployed::start(stage, kind, nodes))
            .collect::<Result<_, _>>()?;
        for (counted, one) in counted.iter_mut().zip(&deployed) {
            counted.by_nodes.push(one.sent_away()?);
        }
        stage.say(&format!("{nodes} of {} nodes: processor time", sizes.len()));
        costs.extend(
            measured(&deployed, &plan, slices)?
                .into_iter()
                .map(|(kind, cost)| (nodes, kind, cost)),
        );
        if nodes == 2 {
            stage.say("a second node joins, and a node is killed and comes back");
            for (counted, one) in counted.iter_mut().zip(&mut deployed) {
                counted.after_joining = one.second_joins()?;
                counted.after_restart = one.first_restarts()?;
            }
        }
    }
    Ok(Findings {
        method: vec![
            format!(
                "Nodes are processes with one thread that serves, behind HAProxy with one thread; {USERS} users log in \
                 and ask {ASKS} times each. Of two nodes the second is not there when users log in and joins then; after \
                 that everybody logs in anew, and the first is killed (kill -9) and started again."
            ),
            format!(
                "Processor time is what the processes of nodes, balancer and Redis were given (Linux's schedstat), at \
                 {RATE:.0} requests a second over {CONNECTIONS} connections, in {slices} slices of {:.1} s in which the \
                 kinds take turns, divided by the requests. HAProxy's questions for health, four a second and node, are \
                 in it. Sessions in memory at any node are left out where they send users away.",
                time.as_secs_f64()
            ),
            "All of it is on one machine: more nodes make nothing faster here, and the way to a balancer, a node or a \
             store costs less than over a network."
                .into(),
        ],
        charts: charts(&counted, &costs, sizes)?,
        tables: vec![table(&counted, sizes), cost_table(&costs)],
        conclusion: conclusion(&counted, &costs, sizes),
    })
}

/// Processor time of the kinds that send nobody away.
fn measured(deployed: &[Deployed], plan: &Plan, slices: usize) -> Result<Vec<(Kind, Cost)>, StudyError> {
    let settled = |one: &&Deployed| one.deployment.nodes().len() == 1 || one.kind != MEMORY;
    let settled: Vec<&Deployed> = deployed.iter().filter(settled).collect();
    let mut costs: Vec<(Kind, Cost)> = settled.iter().map(|one| (one.kind, Cost::default())).collect();
    let mut random = SplitMix64::new(SEED);
    let mut order: Vec<usize> = (0..settled.len()).collect();
    for _ in 0..slices {
        random.shuffle(&mut order);
        for place in &order {
            let (Some(one), Some((_, cost))) = (settled.get(*place), costs.get_mut(*place)) else {
                continue;
            };
            let heads: Vec<String> = one.users.iter().map(User::head).collect();
            let before = one.deployment.spent();
            let tally = load::run(one.deployment.address(), &heads, plan)?.tally();
            if tally.let_in != tally.all() {
                return Err(StudyError::Wrong(format!(
                    "{}: under load {} requests of users who are logged in were refused and {} failed",
                    one.kind.title, tally.refused, tally.failed
                )));
            }
            if let Some((after, before)) = one.deployment.spent().zip(before) {
                cost.add(after.since(before), tally.all());
            }
        }
    }
    Ok(costs)
}

fn charts(
    counted: &[Counted],
    costs: &[(usize, Kind, Cost)],
    sizes: &[usize],
) -> Result<Vec<BarChart>, StudyError> {
    let mut refused = Vec::new();
    for one in counted {
        refused.push(Bar {
            label: one.kind.title.into(),
            family: Some(one.kind.family()?),
            #[allow(clippy::cast_precision_loss)] // a few hundred
            value: Interval::exact(one.after_restart as f64),
        });
    }
    let mut charts = vec![BarChart {
        name: "sent-away".into(),
        title: "Sent away after one of two nodes was started again".into(),
        subtitle: format!("of {} requests by users who are logged in", USERS * ASKS),
        unit: Unit::Count,
        bars: refused,
    }];
    for nodes in sizes.iter().copied() {
        let mut bars = Vec::new();
        for (_, kind, cost) in costs.iter().filter(|(of, ..)| *of == nodes) {
            if let Some(value) = hierarchical_median(&cost.total, 2000, SEED) {
                bars.push(Bar {
                    label: kind.title.into(),
                    family: Some(kind.family()?),
                    value,
                });
            }
        }
        if bars.len() > 1 {
            charts.push(BarChart {
                name: format!("cpu-{nodes}"),
                title: format!(
                    "Processor time of a request with {nodes} {}",
                    if nodes == 1 { "node" } else { "nodes" }
                ),
                subtitle: "nodes, balancer and store together, median over slices with its 95 % interval"
                    .into(),
                unit: Unit::Nanoseconds,
                bars,
            });
        }
    }
    Ok(charts)
}

fn table(counted: &[Counted], sizes: &[usize]) -> StudyTable {
    let mut heads = vec!["kind".to_owned()];
    heads.extend(sizes.iter().map(|nodes| format!("nodes: {nodes}")));
    heads.extend(["after a second joined", "after one restarted"].map(str::to_owned));
    StudyTable {
        caption: format!(
            "Refused although logged in, of {} requests in each field",
            USERS * ASKS
        ),
        heads,
        rows: counted
            .iter()
            .map(|one| {
                let counts = one.by_nodes.iter().copied();
                let counts = counts.chain([one.after_joining, one.after_restart]);
                [Field::text(one.kind.title)]
                    .into_iter()
                    .chain(counts.map(Field::count))
                    .collect()
            })
            .collect(),
    }
}

fn cost_table(costs: &[(usize, Kind, Cost)]) -> StudyTable {
    StudyTable {
        caption: "Processor time of a request, medians over slices".into(),
        heads: [
            "kind",
            "nodes",
            "of nodes",
            "of the balancer",
            "of the store",
            "together",
        ]
        .map(str::to_owned)
        .into(),
        rows: costs
            .iter()
            .map(|(nodes, kind, cost)| {
                let parts = [&cost.nodes, &cost.balancer, &cost.store, &cost.total];
                let medians = parts.map(|slices| match hierarchical_median(slices, 2000, SEED) {
                    Some(median) => Field::Number(median.estimate, Unit::Nanoseconds),
                    None => Field::text("not told by this system"),
                });
                [Field::text(kind.title), Field::count(*nodes as u64)]
                    .into_iter()
                    .chain(medians)
                    .collect()
            })
            .collect(),
    }
}

fn conclusion(counted: &[Counted], costs: &[(usize, Kind, Cost)], sizes: &[usize]) -> Vec<String> {
    let all = USERS * ASKS;
    let of = |kind: Kind| counted.iter().find(|one| one.kind == kind);
    let mut sentences = Vec::new();
    if let (Some(memory), Some(sticky)) = (of(MEMORY), of(STICKY)) {
        let by_nodes: Vec<String> = sizes
            .iter()
            .zip(&memory.by_nodes)
            .map(|(nodes, refused)| format!("{refused} with {nodes}"))
            .collect();
        sentences.push(format!(
            "Sessions in memory behind a balancer that asks any node were refused, of {all} requests by users who were \
             logged in: {}; {} after a second node joined, {} after one of two was started again.",
            by_nodes.join(", "),
            memory.after_joining,
            memory.after_restart
        ));
        sentences.push(format!(
            "Sticky routing mended the first and not the last: {} refused with as many nodes, {} after a second joined, \
             {} after one was started again.",
            sticky.by_nodes.iter().sum::<u64>(),
            sticky.after_joining,
            sticky.after_restart
        ));
    }
    let mended: u64 = counted
        .iter()
        .filter(|one| one.kind.keeper != Keeper::EachNode)
        .map(|one| one.by_nodes.iter().sum::<u64>() + one.after_joining + one.after_restart)
        .sum();
    sentences.push(format!(
        "With sessions in Redis, in a Redis Cluster of three, and with every token that says everything itself {mended} \
         requests were refused in all of it: a store that all nodes ask mends what a token mends."
    ));
    let last = sizes.last().copied().unwrap_or_default();
    let part = |kind: Kind, part: fn(&Cost) -> &Vec<Vec<f64>>| {
        let found = costs.iter().find(|(nodes, of, _)| (*nodes, *of) == (last, kind));
        let median = found.and_then(|(_, _, cost)| hierarchical_median(part(cost), 2000, SEED));
        median.map(|median| median.estimate / 1000.0)
    };
    let total = |kind: Kind| part(kind, |cost| &cost.total);
    if let (Some(sticky), Some(redis), Some(own), Some(cluster)) = (
        total(STICKY),
        total(REDIS),
        part(REDIS, |cost| &cost.store),
        total(CLUSTER),
    ) {
        sentences.push(format!(
            "With {last} nodes a request took {sticky:.0} µs of processor time with sticky sessions, {redis:.0} with \
             sessions in Redis ({own:.0} of them Redis's own), {cluster:.0} in the cluster."
        ));
    }
    let tokens: Vec<String> = [HS256, V4_LOCAL, EDDSA, V4_PUBLIC, BISCUIT]
        .into_iter()
        .filter_map(|kind| Some(format!("{} {:.0}", kind.title, total(kind)?)))
        .collect();
    if let (false, Some(balancer)) = (tokens.is_empty(), part(HS256, |cost| &cost.balancer)) {
        sentences.push(format!(
            "With tokens it took: {}; the balancer's share of that was {balancer:.0} µs.",
            tokens.join(", ")
        ));
    }
    sentences
}
