//! Sessions in a Redis Cluster of three: spread over its servers, known to every
//! client, and of a server that is gone lost until it is back.

use std::time::{Duration, Instant};

use tokenlab_harness::session::redis::RedisStore;
use tokenlab_harness::session::redis_cluster::RedisCluster;
use tokenlab_harness::session::redis_server::RedisServer;
use tokenlab_harness::session::{Sessions, redis_given};

use crate::{has_redis, signal, typical};

/// As many as will hardly all fall to two servers of three.
const SESSIONS: usize = 60;

#[test]
fn sessions_are_spread_and_those_of_a_killed_server_come_back_with_it() {
    if !has_redis() {
        return;
    }
    let mut cluster = RedisCluster::start().unwrap();
    let clients = [
        Sessions::new(Box::new(
            RedisStore::connect_cluster(&cluster.urls(), "test").unwrap(),
        )),
        // As `TOKENLAB_REDIS` has it.
        Sessions::new(Box::new(
            redis_given::connect(&cluster.urls().join(","), "test").unwrap(),
        )),
    ];
    let claims = typical();
    let ids: Vec<String> = (0..SESSIONS)
        .map(|place| clients[place % 2].create(&claims).unwrap())
        .collect();
    for client in &clients {
        assert!(ids.iter().all(|id| client.look_up(id).is_ok()));
    }
    signal("KILL", cluster.servers()[1].process_id());
    let started = Instant::now();
    let lost = ids.iter().filter(|id| clients[0].look_up(id).is_err()).count();
    println!("{lost} of {SESSIONS} after {:?}", started.elapsed());
    assert!(lost > 0, "no session was on the server that is gone");
    let answer = Instant::now();
    let error = ids.iter().find_map(|id| clients[1].look_up(id).err()).unwrap();
    assert!(answer.elapsed() < Duration::from_secs(30), "{error}");
    assert!(error.detail.contains("Redis Cluster at 127.0.0.1:"), "{error}");
    cluster.servers_mut()[1].restart().unwrap();
    let started = Instant::now();
    while !ids.iter().all(|id| clients[0].look_up(id).is_ok()) {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "not all sessions came back: {:?}",
            ids.iter().find_map(|id| clients[0].look_up(id).err())
        );
    }
}

#[test]
fn a_server_that_is_in_no_cluster_is_told_from_one_that_is() {
    if !has_redis() {
        return;
    }
    let server = RedisServer::start().unwrap();
    let error = RedisStore::connect_cluster(&[server.url()], "test")
        .err()
        .unwrap();
    println!("{error}");
    assert!(
        error.to_string().contains("Redis Cluster at 127.0.0.1:"),
        "{error}"
    );
}
