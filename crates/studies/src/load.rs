//! An open-loop load on a service: requests are sent when they are due, whether or not
//! earlier ones have been answered, and waiting counts from the time at which a request
//! was due.
//!
//! A closed loop, which waits for an answer before it sends again, goes easy on a server
//! that stalls and reports the pleasant half of the truth (coordinated omission). Each
//! connection has a thread of its own with a plain socket; what a client costs is the same
//! for all services that are compared.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::study::StudyError;

/// How long an answer may take before it is given up.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// A slice of load.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Requests a second over all connections; `None` for as many as go, each after the
    /// answer before it.
    pub rate: Option<f64>,
    /// How long.
    pub time: Duration,
    /// Connections, which stay open.
    pub connections: usize,
}

/// What came of a slice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slice {
    /// What became of the requests of each head.
    pub by_head: Vec<Tally>,
    /// Nanoseconds until each answer, from when its request was due.
    pub waited_ns: Vec<f64>,
    /// How long the slice took, seconds.
    pub elapsed_s: f64,
}

/// What became of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// 200.
    pub let_in: u64,
    /// 401.
    pub refused: u64,
    /// Any other answer, or none.
    pub failed: u64,
}

impl Tally {
    /// All of them.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.let_in + self.refused + self.failed
    }

    fn count(&mut self, status: Option<u16>) {
        *match status {
            Some(200) => &mut self.let_in,
            Some(401) => &mut self.refused,
            _ => &mut self.failed,
        } += 1;
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, tally| Self {
            let_in: sum.let_in + tally.let_in,
            refused: sum.refused + tally.refused,
            failed: sum.failed + tally.failed,
        })
    }
}

impl Slice {
    /// What became of all requests.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.by_head.iter().copied().sum()
    }
}

/// What becomes of one request to `address` with that head.
///
/// # Errors
/// [`StudyError::Service`] if nobody listens.
pub fn once(address: SocketAddr, head: &str) -> Result<Tally, StudyError> {
    let line = Line::connect(address);
    let mut line = line.map_err(|error| StudyError::Service(error.to_string()))?;
    let mut tally = Tally::default();
    tally.count(line.ask(head).ok());
    Ok(tally)
}

/// Sends requests to `address` whose `heads`, each with the empty line at its end, take turns.
/// A connection that breaks is a request that failed, and is made anew.
///
/// # Errors
/// [`StudyError::Service`] if nobody listens when the slice begins.
pub fn run(address: SocketAddr, heads: &[String], plan: &Plan) -> Result<Slice, StudyError> {
    let next = AtomicU64::new(0);
    let start = Instant::now();
    let mut whole = thread::scope(|scope| {
        let clients: Vec<_> = (0..plan.connections)
            .map(|_| scope.spawn(|| client(address, heads, plan, &next, start)))
            .collect();
        let mut whole = Slice {
            by_head: vec![Tally::default(); heads.len()],
            ..Slice::default()
        };
        for client in clients {
            let slice = client
                .join()
                .map_err(|_| StudyError::Service("a client broke".into()))?
                .map_err(|error| StudyError::Service(error.to_string()))?;
            for (sum, tally) in whole.by_head.iter_mut().zip(slice.by_head) {
                *sum = [*sum, tally].into_iter().sum();
            }
            whole.waited_ns.extend(slice.waited_ns);
        }
        Ok::<_, StudyError>(whole)
    })?;
    whole.elapsed_s = start.elapsed().as_secs_f64();
    Ok(whole)
}

fn client(
    address: SocketAddr,
    heads: &[String],
    plan: &Plan,
    next: &AtomicU64,
    start: Instant,
) -> std::io::Result<Slice> {
    let mut line = Some(Line::connect(address)?);
    let mut slice = Slice {
        by_head: vec![Tally::default(); heads.len()],
        ..Slice::default()
    };
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let due = match plan.rate {
            None => start.elapsed(),
            #[allow(clippy::cast_precision_loss)] // far below 2^52
            Some(rate) => Duration::from_secs_f64(number as f64 / rate),
        };
        // A service that has fallen behind by half of the time is not waited for: what it
        // was not asked is missing from its answers.
        if due >= plan.time || start.elapsed() >= plan.time.mul_f64(1.5) {
            return Ok(slice);
        }
        if let Some(rest) = due.checked_sub(start.elapsed()) {
            thread::sleep(rest);
        }
        let place = usize::try_from(number % heads.len().max(1) as u64).unwrap_or_default();
        let (Some(head), Some(tally)) = (heads.get(place), slice.by_head.get_mut(place)) else {
            return Ok(slice);
        };
        line = line.or_else(|| Line::connect(address).ok());
        let status = line.as_mut().and_then(|line| line.ask(head).ok());
        tally.count(status);
        if status.is_none() {
            line = None;
            continue;
        }
        #[allow(clippy::cast_precision_loss)] // below seconds
        slice
            .waited_ns
            .push(start.elapsed().saturating_sub(due).as_nanos() as f64);
    }
}

/// A connection that stays open.
struct Line {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
}

impl Line {
    fn connect(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        Ok(Self {
            reader: BufReader::new(stream.try_clone()?),
            writer: stream,
        })
    }

    /// Sends a request and reads the answer; its status.
    fn ask(&mut self, head: &str) -> std::io::Result<u16> {
        self.writer.write_all(head.as_bytes())?;
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        let mut length = 0_usize;
        loop {
            line.clear();
            self.reader.read_line(&mut line)?;
            let header = line.trim_end();
            if header.is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body)?;
        Ok(status)
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::get;

    use super::*;
    use crate::loopback::Service;

    #[test]
    fn requests_come_at_their_rate_and_waiting_counts_from_when_they_were_due() {
        let slow = || async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            "ok"
        };
        let site = Router::new()
            .route("/", get(slow))
            .route("/no", get(|| async { StatusCode::UNAUTHORIZED }));
        let service = Service::start(site).unwrap();
        let heads = |path: &str| [format!("GET {path} HTTP/1.1\r\nHost: lab\r\n\r\n")];
        let plan = Plan {
            rate: Some(40.0),
            time: Duration::from_millis(500),
            connections: 1,
        };
        // One connection can answer 20 a second of the 40 that are due: the queue grows,
        // until the service is given up.
        let slice = run(service.address(), &heads("/"), &plan).unwrap();
        assert!((2..=15).contains(&slice.tally().let_in), "{slice:?}");
        let last = slice.waited_ns.last().unwrap();
        assert!(*last > 200e6, "the last one waited {last} ns");
        let refused = run(service.address(), &heads("/no"), &plan).unwrap();
        assert!((2..=20).contains(&refused.tally().refused), "{refused:?}");
        assert_eq!(refused.tally().refused, refused.tally().all());
        let closed = Plan { rate: None, ..plan };
        let slice = run(service.address(), &heads("/"), &closed).unwrap();
        assert!((2..=11).contains(&slice.tally().let_in), "{slice:?}");
    }

    #[test]
    fn heads_take_turns_and_a_service_that_hangs_up_fails_them() {
        let site = Router::new()
            .route("/", get(|| async { "ok" }))
            .route("/no", get(|| async { StatusCode::UNAUTHORIZED }))
            .route("/broken", get(|| async { StatusCode::BAD_GATEWAY }));
        let service = Service::start(site).unwrap();
        let heads = ["/", "/no", "/broken"].map(|path| format!("GET {path} HTTP/1.1\r\nHost: lab\r\n\r\n"));
        let plan = Plan {
            rate: Some(300.0),
            time: Duration::from_millis(200),
            connections: 2,
        };
        let slice = run(service.address(), &heads, &plan).unwrap();
        let [good, bad, broken] = [0, 1, 2].map(|place| slice.by_head[place]);
        assert!(good.let_in > 2 && good.let_in == good.all(), "{good:?}");
        assert!(bad.refused > 2 && bad.refused == bad.all(), "{bad:?}");
        assert!(broken.failed > 2 && broken.failed == broken.all(), "{broken:?}");
        // Takes connections and hangs up: every request fails, and none is waited for.
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let rude = listener.local_addr().unwrap();
        thread::spawn(move || listener.incoming().for_each(drop));
        let slice = run(rude, &heads, &plan).unwrap();
        assert!(
            slice.tally().failed > 2 && slice.waited_ns.is_empty(),
            "{slice:?}"
        );
        assert_eq!(slice.tally().failed, slice.tally().all());
    }
}
