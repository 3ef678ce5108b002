//! How many requests a second the lab answers, behind several verifiers, against the
//! same server where no verifier runs.
//!
//!     cargo run --release -p tokenlab-lab --example load
//!
//! Eight clients on this machine keep one connection each and ask again as soon as
//! they are answered, so clients and server share its cores. Cases take turns in
//! slices, so that a busy neighbour meets all of them; the figure is the median slice.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a program's voice

use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use tokenlab_lab::progress::Progress;
use tokenlab_lab::{Lab, live, serve, service};
use tokio::runtime::Runtime;

/// The verifiers: one of each family, and RSA, the cheapest of signatures to verify.
const TARGETS: [&str; 5] = [
    "jwt-hs256",
    "jwt-rs256",
    "pasetors/v4.public",
    "biscuit-auth/v3",
    "session/memory",
];
const CLIENTS: usize = 8;
const SLICES: usize = 7;
const SLICE: Duration = Duration::from_secs(1);

/// One request that is asked again and again.
struct Case {
    name: String,
    request: String,
    rates: Vec<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (progress, _) = Progress::open(&folder.path().join("progress.jsonl"))?;
    let site = service(Lab {
        progress,
        report: Arc::new(OnceLock::new()),
    });
    let runtime = Runtime::new()?;
    let listener = runtime.block_on(serve::listen(0))?;
    let address = listener.local_addr()?;
    runtime.spawn(serve::serve(listener, site, std::future::pending()));

    let asking = |path: &str, token: Option<&str>| {
        let bearer = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{bearer}\r\n")
    };
    let mut cases = vec![Case {
        name: "no verifier (a request without a token)".into(),
        request: asking("/t/jwt-hs256/whoami", None),
        rates: Vec::new(),
    }];
    for id in TARGETS {
        let Some(target) = live::named(id) else {
            eprintln!("{id} is not here");
            continue;
        };
        let path = format!("/t/{}/whoami", id.replace('/', "~"));
        cases.push(Case {
            name: id.into(),
            request: asking(&path, Some(&target.exposure().sample_token)),
            rates: Vec::new(),
        });
    }
    for slice in 0..SLICES {
        eprintln!("slice {} of {SLICES}", slice + 1);
        for case in &mut cases {
            case.rates.push(rate(address, &case.request));
        }
    }
    let none = cases.first().map_or(0.0, |case| median(&case.rates));
    for case in &cases {
        let rate = median(&case.rates);
        println!(
            "{:<42} {rate:>8.0} requests/s  {:>5.2} of no verifier",
            case.name,
            rate / none
        );
    }
    Ok(())
}

/// Answers a second over one slice.
fn rate(address: SocketAddr, request: &str) -> f64 {
    let began = Instant::now();
    let answered: u64 = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| scope.spawn(|| ask(address, request, began + SLICE).unwrap_or(0)))
            .collect();
        clients.into_iter().filter_map(|client| client.join().ok()).sum()
    });
    answered as f64 / began.elapsed().as_secs_f64()
}

/// Asks until `end`, and counts the answers.
fn ask(address: SocketAddr, request: &str, end: Instant) -> std::io::Result<u64> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut answered = 0;
    let mut buffer = vec![0; 64 * 1024];
    while Instant::now() < end {
        stream.write_all(request.as_bytes())?;
        let mut length = 0;
        // An answer is whole when its head says so.
        while !is_whole(buffer.get(..length).unwrap_or_default()) {
            let rest = buffer.get_mut(length..).unwrap_or_default();
            match stream.read(rest)? {
                0 => return Ok(answered),
                read => length += read,
            }
        }
        answered += 1;
    }
    Ok(answered)
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let mut lines = head.lines().map(str::to_lowercase);
    let length = lines.find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    length.is_some_and(|length| body.len() >= length)
}

fn median(rates: &[f64]) -> f64 {
    let mut sorted = rates.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}
