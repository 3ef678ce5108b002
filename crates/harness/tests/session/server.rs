//! Nothing is left behind: the server and its folder go when the process that
//! wanted them goes, by whatever way.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, thread};

use tokenlab_harness::session::redis_server::{self, RedisServer};

use crate::{child, has_redis, signal, task};

/// Whether a process runs; one that ended and was not waited for does not.
fn runs(process_id: u32) -> bool {
    fs::read_to_string(format!("/proc/{process_id}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().starts_with(" Z"))
}

fn assert_soon_gone(process_id: u32, folder: &Path, how: &str) {
    let started = Instant::now();
    while runs(process_id) || folder.exists() {
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "after {how}: the server runs: {}, its folder is there: {}",
            runs(process_id),
            folder.exists()
        );
        thread::sleep(Duration::from_millis(10));
    }
}

/// The child of the next test, and nothing when it is run by itself.
#[test]
fn server_child() {
    let Some(end) = task() else { return };
    let server = redis_server::shared().unwrap();
    println!("\nserver {} {}", server.process_id(), server.folder().display());
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
fn the_server_ends_with_the_process_that_started_it() {
    if !has_redis() {
        return;
    }
    for end in ["return", "panic", "exit", "INT", "TERM", "KILL"] {
        let (mut process, mut lines) = child("server::server_child", end);
        let line = lines.find(|line| line.starts_with("server ")).unwrap();
        let mut words = line.split(' ').skip(1);
        let process_id: u32 = words.next().unwrap().parse().unwrap();
        let folder = PathBuf::from(words.next().unwrap());
        if end.chars().all(char::is_uppercase) {
            assert!(runs(process_id), "{end}");
            assert!(folder.exists(), "{end}");
            signal(end, process.id());
        }
        process.wait().unwrap();
        assert_soon_gone(process_id, &folder, end);
    }
}

#[test]
fn a_server_that_is_dropped_is_gone_at_once() {
    if !has_redis() {
        return;
    }
    let server = RedisServer::start().unwrap();
    let (process_id, folder) = (server.process_id(), server.folder().to_owned());
    assert!(runs(process_id) && folder.exists());
    drop(server);
    assert!(!runs(process_id) && !folder.exists());
}

#[test]
fn there_is_one_server_a_process() {
    if has_redis() {
        let ids: Vec<u32> = (0..4)
            .map(|_| thread::spawn(|| redis_server::shared().unwrap().process_id()))
            .map(|thread| thread.join().unwrap())
            .collect();
        assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
    }
}
