//! Nodes as processes: what they say when they can't start, whose keys they have, whose time.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // clippy.toml exempts test functions, not their helpers

use std::time::Duration;

use tokenlab_studies::deployment::kind::{HS256, V4_PUBLIC};
use tokenlab_studies::deployment::log_in;
use tokenlab_studies::deployment::node::{Node, NodeProgram, WRONG_CLOCK};
use tokenlab_studies::deployment::service::{BALANCER_TIME, Settings};
use tokenlab_studies::load::{self, Tally};
use tokenlab_studies::loopback::client;

fn program() -> NodeProgram {
    NodeProgram {
        path: env!("CARGO_BIN_EXE_tokenlab-node").into(),
        arguments: Vec::new(),
    }
}

/// What becomes of a request with that head.
fn asked(node: &Node, head: &str) -> Tally {
    load::once(node.address(), head).unwrap()
}

const LET_IN: Tally = Tally {
    let_in: 1,
    refused: 0,
    failed: 0,
};

const REFUSED: Tally = Tally {
    let_in: 0,
    refused: 1,
    failed: 0,
};

const FAILED: Tally = Tally {
    let_in: 0,
    refused: 0,
    failed: 1,
};

#[test]
fn a_node_that_does_not_start_says_so() {
    let refused = |program: &NodeProgram, contender: &str| {
        let settings = Settings::of(Some(contender), 1);
        Node::start(program, &settings, None, 0)
            .err()
            .unwrap()
            .to_string()
    };
    let nowhere = NodeProgram {
        path: "/no/such/program".into(),
        arguments: Vec::new(),
    };
    let error = refused(&nowhere, HS256.contender);
    assert!(error.contains("a node did not start: No such file"), "{error}");
    let error = refused(&program(), "nobody/HS256");
    assert!(error.contains("a node did not start: it says"), "{error}");
}

#[test]
fn nodes_of_one_seed_believe_each_others_tokens_and_those_of_another_do_not() {
    let start = |seed| {
        Node::start(
            &program(),
            &Settings::of(Some(V4_PUBLIC.contender), seed),
            None,
            0,
        )
        .unwrap()
    };
    let [issuer, same, other] = [1, 1, 2].map(start);
    let client = client(Duration::from_secs(5));
    let user = log_in(&client, issuer.address(), 60).unwrap();
    let answers = [&issuer, &same, &other].map(|node| asked(node, &user.head()));
    assert_eq!(answers, [LET_IN, LET_IN, REFUSED]);
}

#[test]
fn a_node_with_a_wrong_clock_serves_nobody_once_it_checks_it() {
    if !(WRONG_CLOCK.is_here)() {
        assert!(
            std::env::var_os("TOKENLAB_REQUIRE").is_none(),
            "{}",
            WRONG_CLOCK.remedy
        );
        println!(
            "not run: {} is not here; {}",
            WRONG_CLOCK.what, WRONG_CLOCK.remedy
        );
        return;
    }
    let client = client(Duration::from_secs(5));
    let node = |checks_clock, clock_s| {
        let settings = Settings {
            checks_clock,
            ..Settings::of(Some(HS256.contender), 1)
        };
        Node::start(&program(), &settings, None, clock_s).unwrap()
    };
    let right = node(false, 0);
    let user = log_in(&client, right.address(), 60).unwrap();
    let (fast, checking, fast_and_checking) = (node(false, 300), node(true, 0), node(true, 300));
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let told = |time: u64| {
        user.head()
            .replacen("Host: lab", &format!("Host: lab\r\n{BALANCER_TIME}: {time}"), 1)
    };
    // Five minutes later the token has expired.
    assert_eq!(asked(&fast, &user.head()), REFUSED);
    assert_eq!(asked(&checking, &told(now)), LET_IN);
    assert_eq!(asked(&fast_and_checking, &told(now)), FAILED);
    // Who is told nothing of the time serves nobody either.
    assert_eq!(asked(&checking, &user.head()), FAILED);
    assert_eq!(asked(&checking, &told(now - 60)), FAILED);
}
