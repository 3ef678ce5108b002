//! A server that is vulnerable on purpose, to its own learners alone.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use crate::server::Server;

#[test]
fn it_listens_on_loopback_and_there_is_no_way_to_widen_it() {
    let server = Server::start();
    assert_eq!(server.address().ip(), Ipv4Addr::LOCALHOST);
}

#[test]
fn a_name_that_was_pointed_here_leads_nowhere() {
    let server = Server::start();
    let token = server.get("/s/ada/t/alg-none/token").body;
    let bearer = format!("Bearer {}", token.trim());
    for host in ["evil.example", "127.0.0.1.evil.example:7878", ""] {
        for path in ["/", "/s/ada/t/alg-none/whoami", "/style.css", "/nowhere"] {
            let headers = [("Host", host), ("Authorization", &bearer)];
            let answer = server.ask(&format!("GET {path}"), &headers, "");
            assert!([400, 403].contains(&answer.status), "{host:?} {path}: {answer:?}");
            assert!(!answer.body.contains("mallory"), "{host:?} {path}");
        }
    }
    for host in ["localhost", "lab.test:7878", "attacker.localhost:1"] {
        assert_eq!(server.ask("GET /", &[("Host", host)], "").status, 200, "{host}");
    }
}

#[test]
fn another_site_reads_nothing_and_does_nothing() {
    let server = Server::start();
    let foreign = [
        ("Origin", "https://evil.example"),
        ("Sec-Fetch-Site", "cross-site"),
    ];
    for line in [
        "GET /s/ada/t/alg-none/token",
        "POST /s/ada/ex/alg-none/hint",
        "OPTIONS /s/ada",
    ] {
        let answer = server.ask(line, &foreign, "");
        assert_eq!(answer.status, 403, "{line}");
        assert!(!answer.head.contains("access-control"), "{line}");
    }
    assert!(
        !server
            .get("/s/ada/t/alg-none/token")
            .head
            .contains("access-control")
    );
}

#[test]
fn every_answer_says_how_it_is_to_be_treated() {
    let server = Server::start();
    for path in [
        "/",
        "/style.css",
        "/attacks/index.html",
        "/nowhere",
        "/s/ada/t/alg-none/token",
        "/t/jwt-rs256/whoami",
    ] {
        let head = server.get(path).head;
        for header in [
            "content-security-policy: default-src 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
        ] {
            assert!(head.contains(header), "{path} lacks {header}: {head}");
        }
        let scripts = head
            .split("script-src")
            .nth(1)
            .map(|rest| rest.split(';').next().unwrap().trim());
        assert!([None, Some("'self'")].contains(&scripts), "{path}: {scripts:?}");
        assert!(head.contains("frame-ancestors 'none'"), "{path}");
    }
}

#[test]
fn what_a_learner_writes_stays_text() {
    let server = Server::start();
    let page = server
        .get("/decode?token=%3Cscript%3Ealert(1)%3C/script%3E.b.c")
        .body;
    assert!(!page.contains("<script") && page.contains("&lt;script"));
    let header = "eyJhbGciOiI8c2NyaXB0PiJ9"; // {"alg":"<script>"}
    let sent = server.post("/s/ada/ex/alg-none/send", &format!("token={header}.e30."));
    let trace = server.get(sent.location()).body;
    assert!(
        trace.contains("&lt;script&gt;") && !trace.contains("<script>"),
        "{trace}"
    );
}

#[test]
fn what_is_too_large_is_refused_in_words() {
    let server = Server::start();
    let form = server.post(
        "/s/ada/ex/alg-none/send",
        &format!("token={}", "a".repeat(70_000)),
    );
    assert_eq!(form.status, 413, "{form:?}");
    let long = server.with_token("/s/ada/t/alg-none/whoami", &"a".repeat(20_000));
    assert!(long.json()["problem"].as_str().unwrap().contains("16 KiB"));
    let head = server.with_token("/s/ada/t/alg-none/whoami", &"a".repeat(200_000));
    assert!([0, 400, 431].contains(&head.status), "{head:?}");
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn broken_requests_and_slow_ones_are_let_go() {
    let server = Server::start();
    for bytes in [
        &b"\x16\x03\x01\x02\x00"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        assert_ne!(server.send(bytes).status, 200);
    }
    // One that never ends its headers is cut off after five seconds.
    let mut slow = TcpStream::connect(server.address()).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: loc").unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let began = Instant::now();
    assert_eq!(server.get("/").status, 200, "others are served meanwhile");
    let mut rest = Vec::new();
    let _ended = slow.read_to_end(&mut rest);
    assert!(began.elapsed() < Duration::from_secs(25), "it was let hang");
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}
