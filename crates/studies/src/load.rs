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
    /// Answers, of which [`refused`](Self::refused) were not 200.
    pub answers: u64,
    /// Answers that were not 200.
    pub refused: u64,
    /// Nanoseconds of each answer, from when its request was due.
    pub waited_ns: Vec<f64>,
    /// How long the slice took, seconds.
    pub elapsed_s: f64,
}

/// Sends requests of `head`, which ends with an empty line, to `address`.
///
/// # Errors
/// [`StudyError::Service`] if a connection breaks or an answer does not come.
pub fn run(address: SocketAddr, head: &str, plan: &Plan) -> Result<Slice, StudyError> {
    let next = AtomicU64::new(0);
    let start = Instant::now();
    let answers = thread::scope(|scope| {
        let clients: Vec<_> = (0..plan.connections)
            .map(|_| scope.spawn(|| client(address, head, plan, &next, start)))
            .collect();
        let mut whole = Slice::default();
        for client in clients {
            let slice = client
                .join()
                .map_err(|_| StudyError::Service("a client broke".into()))?
                .map_err(|error| StudyError::Service(error.to_string()))?;
            whole.answers += slice.answers;
            whole.refused += slice.refused;
            whole.waited_ns.extend(slice.waited_ns);
        }
        Ok::<_, StudyError>(whole)
    })?;
    Ok(Slice {
        elapsed_s: start.elapsed().as_secs_f64(),
        ..answers
    })
}

fn client(
    address: SocketAddr,
    head: &str,
    plan: &Plan,
    next: &AtomicU64,
    start: Instant,
) -> std::io::Result<Slice> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    let mut slice = Slice::default();
    loop {
        let due = match plan.rate {
            None => start.elapsed(),
            #[allow(clippy::cast_precision_loss)] // far below 2^52
            Some(rate) => Duration::from_secs_f64(next.fetch_add(1, Ordering::Relaxed) as f64 / rate),
        };
        // A service that has fallen behind by half of the time is not waited for: what it
        // was not asked is missing from its answers.
        if due >= plan.time || start.elapsed() >= plan.time.mul_f64(1.5) {
            return Ok(slice);
        }
        if let Some(rest) = due.checked_sub(start.elapsed()) {
            thread::sleep(rest);
        }
        writer.write_all(head.as_bytes())?;
        let is_ok = answer(&mut reader)?;
        #[allow(clippy::cast_precision_loss)] // below seconds
        slice
            .waited_ns
            .push(start.elapsed().saturating_sub(due).as_nanos() as f64);
        slice.answers += 1;
        slice.refused += u64::from(!is_ok);
    }
}

/// Reads one answer; whether it is 200.
fn answer(reader: &mut BufReader<TcpStream>) -> std::io::Result<bool> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    if line.is_empty() {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    let is_ok = line.starts_with("HTTP/1.1 200");
    let mut length = 0_usize;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
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
    reader.read_exact(&mut body)?;
    Ok(is_ok)
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
        let head = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: lab\r\n\r\n");
        let plan = Plan {
            rate: Some(40.0),
            time: Duration::from_millis(500),
            connections: 1,
        };
        // One connection can answer 20 a second of the 40 that are due: the queue grows,
        // until the service is given up.
        let slice = run(service.address(), &head("/"), &plan).unwrap();
        assert!((2..=15).contains(&slice.answers), "{}", slice.answers);
        let last = slice.waited_ns.last().unwrap();
        assert!(*last > 200e6, "the last one waited {last} ns");
        let refused = run(service.address(), &head("/no"), &plan).unwrap();
        assert!((2..=20).contains(&refused.answers), "{}", refused.answers);
        assert_eq!(refused.refused, refused.answers);
        let closed = Plan { rate: None, ..plan };
        let slice = run(service.address(), &head("/"), &closed).unwrap();
        assert!((2..=11).contains(&slice.answers), "{}", slice.answers);
    }
}
