//! A service behind each family's verifier, under load: what authentication costs where it
//! is used.
//!
//! One route, the verifier as middleware, real sockets on loopback. Requests come at a
//! quarter, a half and three quarters of what the service without a verifier can do, when
//! they are due and not when the one before was answered. Processor time a request is the
//! headline: how long a client waits says more of the machine than of the token.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokenlab_harness::{KeyRing, Policy, TokenService};
use tokenlab_record::catalogue::Family;
use tokenlab_record::stats::{SplitMix64, hierarchical_median, quantile};
use tokenlab_record::study::{Bar, BarChart, Field, Form, StudyTable, Unit};

use crate::load::{self, Plan, Slice};
use crate::loopback::Service;
use crate::study::{Findings, StudyCard, StudyError};
use crate::subject::{claims, contender};

pub(super) static CARD: StudyCard = StudyCard {
    id: "http",
    title: "A service behind each verifier",
    question: "What does verifying cost a service at every request, beside everything else that a request costs?",
    needs: &["session/redis"],
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

type Verifier = Arc<dyn TokenService>;

/// A service, and what a request to it looks like.
struct Served {
    name: String,
    family: Option<Family>,
    service: Service,
    head: String,
}

fn serve(id: Option<&str>) -> Result<Served, StudyError> {
    let route = Router::new().route("/", get(|| async { "hello" }));
    let Some(id) = id else {
        return Ok(Served {
            name: "no verifier".into(),
            family: None,
            service: Service::start(route)?,
            head: "GET / HTTP/1.1\r\nHost: lab\r\n\r\n".into(),
        });
    };
    let contender = contender(id)?;
    let verifier: Verifier = Arc::from(contender.load(&KeyRing::from_seed(SEED), &Policy::lab())?);
    let token = verifier.issue(&claims())?;
    let guarded = route.layer(middleware::from_fn_with_state(verifier, guard));
    Ok(Served {
        name: id.to_owned(),
        family: Some(contender.card().family),
        service: Service::start(guarded)?,
        head: format!("GET / HTTP/1.1\r\nHost: lab\r\nAuthorization: Bearer {token}\r\n\r\n"),
    })
}

/// RFC 6750 in its shortest form.
async fn guard(State(verifier): State<Verifier>, request: Request, next: Next) -> Response {
    let header = request.headers().get(AUTHORIZATION);
    let token = header.and_then(|header| header.to_str().ok()?.strip_prefix("Bearer "));
    match token.map(|token| verifier.verify(token)) {
        Some(Ok(_)) => next.run(request).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

/// What was seen of a service at one share of the peak, by slice.
#[derive(Default)]
struct Seen {
    cpu_ns: Vec<Vec<f64>>,
    waited_ns: Vec<f64>,
    answers: u64,
    refused: u64,
    elapsed_s: f64,
}

impl Seen {
    fn add(&mut self, slice: Slice, cpu_ns: Option<u64>) {
        self.answers += slice.answers;
        self.refused += slice.refused;
        self.elapsed_s += slice.elapsed_s;
        #[allow(clippy::cast_precision_loss)] // far below 2^52
        if let Some(cpu_ns) = cpu_ns.filter(|_| slice.answers > 0) {
            self.cpu_ns.push(vec![cpu_ns as f64 / slice.answers as f64]);
        }
        self.waited_ns.extend(slice.waited_ns);
    }

    fn waited(&mut self, share: f64) -> f64 {
        quantile(&mut self.waited_ns, share).unwrap_or(f64::NAN)
    }
}

fn run(form: Form, say: &dyn Fn(&str)) -> Result<Findings, StudyError> {
    let (slices, time) = match form {
        Form::Short => (3, Duration::from_millis(150)),
        _ => (10, Duration::from_secs(1)),
    };
    let served: Vec<Served> = VERIFIERS.into_iter().map(serve).collect::<Result<_, _>>()?;
    for one in &served {
        confirm(one)?;
    }
    say("the peak of the service without a verifier");
    let peak = peak(&served, time)?;
    let mut seen: Vec<Vec<Seen>> = Vec::new();
    let mut random = SplitMix64::new(SEED);
    for share in SHARES {
        say(&format!("{:.0} % of {peak:.0} requests a second", share * 100.0));
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
                let before = one.service.cpu_ns();
                let slice = load::run(one.service.address(), &one.head, &plan)?;
                let spent = one
                    .service
                    .cpu_ns()
                    .zip(before)
                    .map(|(after, before)| after - before);
                seen.add(slice, spent);
            }
        }
        seen.push(of_share);
    }
    let refused: u64 = seen.iter().flatten().map(|seen| seen.refused).sum();
    if refused > 0 {
        return Err(StudyError::Wrong(format!(
            "{refused} valid tokens were refused under load"
        )));
    }
    let charts = charts(&served, &seen);
    let conclusion = conclusion(&charts, peak);
    Ok(Findings {
        method: vec![
            format!(
                "Every service has one thread; {CONNECTIONS} connections stay open and are driven by as many threads of \
                 the same process, on the same processors. The services took turns in {slices} slices of \
                 {:.1} s at each rate, in another order in each.",
                time.as_secs_f64()
            ),
            format!(
                "Rates are shares of {peak:.0} requests a second, which the service without a verifier answered when \
                 each connection asked again at once."
            ),
            "Processor time is what the service's own thread was given, from Linux's schedstat; of Redis that is the \
             client's part alone. Waiting counts from the time at which a request was due (open loop), so that a \
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
    let once = Plan {
        rate: Some(1000.0),
        time: Duration::from_millis(5),
        connections: 1,
    };
    if load::run(one.service.address(), &one.head, &once)?.refused > 0 {
        return Err(StudyError::Wrong(format!("{} refuses its own token", one.name)));
    }
    let without = "GET / HTTP/1.1\r\nHost: lab\r\n\r\n";
    let slice = load::run(one.service.address(), without, &once)?;
    if one.family.is_some() && slice.refused != slice.answers {
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
            let slice = load::run(one.service.address(), &one.head, &plan)?;
            #[allow(clippy::cast_precision_loss)] // far below 2^52
            let rate = slice.answers as f64 / slice.elapsed_s;
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
                        value: hierarchical_median(&seen.cpu_ns, 2000, SEED)?,
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
            let answered = seen.answers as f64 / seen.elapsed_s;
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

fn conclusion(charts: &[BarChart], peak: f64) -> Vec<String> {
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
            "Sessions: {}, {}, {}, of which the last has a server's work beside it that is not in the figure.",
            share("session/memory"),
            share("session/redb"),
            share("session/redis")
        ),
        format!(
            "Like with like: a request with v4.public took {} of one with JWT EdDSA, one with v4.local {} of one with \
             JWT HS256.",
            over("pasetors/v4.public", "jsonwebtoken/EdDSA"),
            over("pasetors/v4.local", "jsonwebtoken/HS256")
        ),
    ]
}
