//! Nothing that a study started is left, however the process that ran it ends.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use tokenlab_studies::deployment::balancer::HAPROXY;
use tokenlab_studies::deployment::kind::REDIS;
use tokenlab_studies::deployment::node::NodeProgram;
use tokenlab_studies::deployment::service::Settings;
use tokenlab_studies::deployment::{Deployment, Layout};
use tokenlab_studies::named;

/// Tells a child of this test binary how to end.
const TASK: &str = "TOKENLAB_LEFTOVERS_TASK";

/// Processes of a deployment with two nodes: these, the balancer and Redis, each of the last
/// two with the shell that watches it.
const PROCESSES: usize = 6;

/// A running process, by its id and its parent's; `None` of one that is gone or was not
/// waited for.
fn parent(process_id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process_id}/stat")).ok()?;
    let mut fields = stat.rsplit(") ").next()?.split(' ');
    let state = fields.next()?;
    (state != "Z").then(|| fields.next()?.parse().ok())?
}

/// Whatever was started by a process, and by what it started.
fn descendants(of: u32) -> BTreeSet<u32> {
    let all: Vec<u32> = fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    let mut found = BTreeSet::from([of]);
    loop {
        let before = found.len();
        found.extend(
            all.iter()
                .filter(|id| parent(**id).is_some_and(|parent| found.contains(&parent)))
                .copied()
                .collect::<Vec<_>>(),
        );
        if found.len() == before {
            found.remove(&of);
            return found;
        }
    }
}

/// The child of the next test, and nothing when it is run by itself.
#[test]
fn deployment_child() {
    let Ok(end) = std::env::var(TASK) else { return };
    let node = NodeProgram {
        path: env!("CARGO_BIN_EXE_tokenlab-node").into(),
        arguments: Vec::new(),
    };
    let layout = Layout {
        settings: Settings::of(Some(REDIS.contender), 1),
        routing: REDIS.routing,
        keeper: REDIS.keeper,
        clocks_s: vec![0, 0],
    };
    let deployment = Deployment::start(&node, layout).unwrap();
    println!("\nready {}", deployment.address());
    std::io::stdout().flush().unwrap();
    match end.as_str() {
        "return" => {}
        "panic" => panic!("as asked"),
        "exit" => std::process::exit(7),
        _ => loop {
            thread::park();
        },
    }
}

#[test]
fn nodes_balancer_and_store_end_with_the_process_that_started_them() {
    let missing = named("scale-out").unwrap().missing();
    if let Some(missing) = missing {
        assert!(std::env::var_os("TOKENLAB_REQUIRE").is_none(), "{missing}");
        println!("not run: {missing}");
        return;
    }
    assert!((HAPROXY.is_here)());
    for end in ["return", "panic", "exit", "INT", "TERM", "KILL"] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "deployment_child",
                "--nocapture",
                "--test-threads",
                "1",
            ])
            .env(TASK, end)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = output.lines().map_while(Result::ok);
        // Who ends at once may be gone before anybody looks.
        let ends_by_itself = !end.chars().all(char::is_uppercase);
        let started = if ends_by_itself {
            let mut seen = BTreeSet::new();
            while child.try_wait().unwrap().is_none() {
                seen.extend(descendants(child.id()));
                thread::sleep(Duration::from_millis(2));
            }
            seen
        } else {
            lines.find(|line| line.starts_with("ready ")).unwrap();
            let started = descendants(child.id());
            let sent = Command::new("kill")
                .args([&format!("-{end}"), &child.id().to_string()])
                .status();
            assert!(sent.unwrap().success());
            child.wait().unwrap();
            started
        };
        assert!(started.len() >= PROCESSES, "{end}: {started:?}");
        let gone = Instant::now();
        while let Some(left) = started.iter().find(|id| parent(**id).is_some()) {
            assert!(
                gone.elapsed() < Duration::from_secs(5),
                "after {end} process {left} is left"
            );
            thread::sleep(Duration::from_millis(10));
        }
    }
}
