//! A Redis that is away: an error in words within a second, never a hang, and
//! business as usual when it is back.

use std::time::{Duration, Instant};

use tokenlab_harness::policy::now;
use tokenlab_harness::session::redis::RedisStore;
use tokenlab_harness::session::redis_full::Full;
use tokenlab_harness::session::redis_server::RedisServer;
use tokenlab_harness::{RejectReason, Rejection};

use crate::{has_redis, redis, signal, typical};

const SECOND: Duration = Duration::from_secs(1);

/// The answer of `question`, which must be an error of the store within a second.
fn failure<T: std::fmt::Debug>(question: impl FnOnce() -> Result<T, Rejection>) -> String {
    let started = Instant::now();
    let rejection = question().unwrap_err();
    let took = started.elapsed();
    println!("after {took:?}: {rejection}");
    assert!(took < SECOND, "{took:?}");
    assert_eq!(rejection.reason, RejectReason::Internal, "{rejection}");
    assert!(
        rejection
            .detail
            .starts_with("the session store can't be used: Redis at 127.0.0.1:"),
        "{rejection}"
    );
    rejection.to_string()
}

#[test]
fn a_killed_redis_is_an_error_within_a_second_until_it_is_back() {
    if !has_redis() {
        return;
    }
    let mut server = RedisServer::start().unwrap();
    let sessions = redis(&server);
    let claims = typical();
    let id = sessions.create(&claims).unwrap();
    signal("KILL", server.process_id());
    for _ in 0..3 {
        let words = failure(|| sessions.look_up(&id));
        // Reset, if the server is still dying when it is asked.
        let is_gone = ["Connection refused", "Connection reset"];
        assert!(is_gone.iter().any(|gone| words.contains(gone)), "{words}");
        failure(|| sessions.refresh(&id, now() + 60, now()));
        failure(|| sessions.revoke(&id));
    }
    let words = sessions.create(&claims).unwrap_err().to_string();
    assert!(
        words.starts_with("cannot issue a token: the session store can't be used: Redis at"),
        "{words}"
    );
    server.restart().unwrap();
    assert_eq!(sessions.look_up(&id), Ok(claims));
    assert_eq!(sessions.revoke(&id), Ok(()));
}

#[test]
fn a_redis_without_a_connection_left_is_an_error_until_there_is_one() {
    if !has_redis() {
        return;
    }
    let server = RedisServer::start().unwrap();
    let sessions = redis(&server);
    let claims = typical();
    let id = sessions.create(&claims).unwrap();
    let full = Full::take(&server).unwrap();
    for _ in 0..3 {
        // It says why and hangs up; a client that is still speaking may hear the second alone.
        let words = failure(|| sessions.look_up(&id));
        let is_full = [
            "max number of clients",
            "unexpected end of file",
            "reset",
            "Broken pipe",
        ];
        assert!(is_full.iter().any(|full| words.contains(full)), "{words}");
    }
    drop(full);
    assert_eq!(sessions.look_up(&id), Ok(claims));
}

#[test]
fn a_redis_that_hangs_is_an_error_within_a_second_too() {
    if !has_redis() {
        return;
    }
    let server = RedisServer::start().unwrap();
    let sessions = redis(&server);
    let claims = typical();
    let id = sessions.create(&claims).unwrap();
    signal("STOP", server.process_id());
    for _ in 0..2 {
        // On a connection from before, then on a new one.
        let words = failure(|| sessions.look_up(&id));
        assert!(words.ends_with("no answer within 400ms"), "{words}");
    }
    signal("CONT", server.process_id());
    for _ in 0..3 {
        assert_eq!(
            sessions.look_up(&id),
            Ok(claims.clone()),
            "no late answer is taken for another"
        );
    }
}

#[test]
fn a_server_that_is_not_there_or_not_redis_is_named_when_connecting() {
    let nobody = RedisStore::connect("redis://127.0.0.1:1/", "test").err().unwrap();
    assert!(nobody.to_string().contains("Redis at 127.0.0.1:1: "), "{nobody}");
    let mute = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("redis://{}/", mute.local_addr().unwrap());
    let started = Instant::now();
    let error = RedisStore::connect(&url, "test").err().unwrap();
    assert!(started.elapsed() < SECOND, "{error}");
    let error = RedisStore::connect("http://127.0.0.1/", "test").err().unwrap();
    assert!(error.to_string().contains("Redis"), "{error}");
}

#[test]
fn nobody_without_the_password_is_let_in() {
    if !has_redis() {
        return;
    }
    let server = RedisServer::start().unwrap();
    let (_, address) = server
        .url()
        .split_once('@')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let error = RedisStore::connect(&format!("redis://{address}"), "test")
        .err()
        .unwrap();
    assert!(error.problem.contains("Authentication required"), "{error}");
}
