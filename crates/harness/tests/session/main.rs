//! Sessions in every store: what they do, what they survive, and what a caller
//! sees while a store is away.
//!
//! * `behaviour`: one suite that every store passes.
//! * `cluster`: a Redis Cluster of three.
//! * `durability`: kill -9 in the middle of writes.
//! * `outage`: a Redis that is killed, or hangs, and comes back.
//! * `server`: the Redis server that is started here is stopped, whatever happens.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)] // clippy.toml exempts test functions, not their helpers
#![cfg(feature = "stores")]

mod behaviour;
mod cluster;
mod durability;
mod outage;
mod server;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tokenlab_harness::policy::now;
use tokenlab_harness::session::Sessions;
use tokenlab_harness::session::memory::MemoryStore;
use tokenlab_harness::session::redb::RedbStore;
use tokenlab_harness::session::redis::RedisStore;
use tokenlab_harness::session::redis_cluster::RedisCluster;
use tokenlab_harness::session::redis_server::{self, RedisServer};
use tokenlab_harness::{ClaimSet, Corpus, contenders};

/// Tells a child of this test binary what to do; see [`child`].
const TASK: &str = "TOKENLAB_SESSION_TASK";

fn typical() -> ClaimSet {
    Corpus::named("typical").unwrap().claims(7, now())
}

fn is_required() -> bool {
    std::env::var("TOKENLAB_REQUIRE").is_ok_and(|required| required == "all")
}

/// Whether what needs Redis can run here. It says so if not.
fn has_redis() -> bool {
    let has = redis_server::is_installed();
    if !has {
        println!(
            "not run: {} is not installed; {}",
            redis_server::PROGRAM,
            redis_server::REMEDY
        );
        assert!(!is_required(), "TOKENLAB_REQUIRE=all");
    }
    has
}

fn redis(server: &RedisServer) -> Sessions {
    Sessions::new(Box::new(RedisStore::connect(&server.url(), "test").unwrap()))
}

/// The one cluster of this process, which is stopped when the process ends.
fn cluster() -> &'static RedisCluster {
    static CLUSTER: OnceLock<RedisCluster> = OnceLock::new();
    CLUSTER.get_or_init(|| RedisCluster::start().unwrap())
}

/// Every store, empty, by name.
fn stores() -> Vec<(&'static str, Sessions)> {
    let mut stores = vec![
        ("memory", Sessions::new(Box::new(MemoryStore::default()))),
        ("redb", Sessions::new(Box::new(RedbStore::nameless().unwrap()))),
    ];
    if has_redis() {
        stores.push(("redis", redis(redis_server::shared().unwrap())));
        let urls = cluster().urls();
        let store = RedisStore::connect_cluster(&urls, "test").unwrap();
        stores.push(("redis cluster", Sessions::new(Box::new(store))));
    }
    stores
}

/// Sends a signal by the system's `kill`.
fn signal(name: &str, process_id: u32) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &process_id.to_string()])
        .status();
    assert!(status.unwrap().success(), "kill -{name} {process_id}");
}

/// This test binary as a process of its own that runs one test, which finds
/// `task` in its environment and does it instead of returning at once.
fn child(test: &str, task: &str) -> (Child, impl Iterator<Item = String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads", "1"])
        .env(TASK, task)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines.map_while(Result::ok))
}

fn task() -> Option<String> {
    std::env::var(TASK).ok()
}

/// Says what this machine lacks, which is a failure where everything is required.
#[test]
fn what_can_not_run_here_is_named() {
    let missing: Vec<String> = contenders::all()
        .iter()
        .filter_map(|contender| contender.missing())
        .map(|missing| missing.to_string())
        .collect();
    for missing in &missing {
        println!("not run: {missing}");
    }
    assert!(missing.is_empty() || !is_required(), "TOKENLAB_REQUIRE=all");
}
