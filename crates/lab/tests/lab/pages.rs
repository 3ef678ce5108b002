//! Every page, as a learner walks through them.

use std::fs;
use std::sync::OnceLock;

use tokenlab_lab::exercises;
use tokenlab_lab::progress::Progress;

use crate::server::Server;

#[test]
fn a_learner_walks_from_the_first_page_to_a_solved_exercise_by_forms_alone() {
    let server = Server::start();
    let entered = server.get("/enter?name=Ada+");
    assert_eq!((entered.status, entered.location()), (303, "/s/ada"));
    let list = server.get("/s/ada");
    assert!(list.body.contains("0 of ") && list.body.contains("not begun"));
    let page = server.get("/s/ada/ex/alg-none").body;
    assert!(page.contains("Story") && page.contains("Show a hint") && !page.contains("Hint 1"));
    assert!(page.contains(&format!("http://{}/s/ada/t/alg-none/whoami", server.address())));

    let honest = server.get("/s/ada/t/alg-none/token").body;
    let sent = server.post("/s/ada/ex/alg-none/send", &format!("token={}", honest.trim()));
    assert_eq!((sent.status, sent.location()), (303, "/s/ada/trace/1"));
    let trace = server.get("/s/ada/trace/1").body;
    assert!(
        trace.contains("You are mallory") && trace.contains("ABSENT"),
        "{trace}"
    );

    let admin = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.\
                 eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiYWRtaW4iLCJhdWQiOiJhcGkuZXhhbXBsZSIsImV4cCI6NDEwMjQ0NDgwMCwiaWF0IjoxNzM1Njg5NjAwfQ.";
    let sent = server.post("/s/ada/ex/alg-none/send", &format!("token=Bearer+{admin}"));
    let trace = server.get(sent.location()).body;
    assert!(
        trace.contains("Solved. You are admin") && trace.contains("attacks/src/targets/jwt_unsecured.rs")
    );
    let page = server.get("/s/ada/ex/alg-none").body;
    assert!(page.contains("✓ solved, 2 tries") && page.contains("What it was about"));
    assert!(server.get("/board").body.contains("ada"));
}

#[test]
fn hints_come_one_by_one_stay_and_end_with_the_solution() {
    let server = Server::start();
    for number in 1..=5 {
        let opened = server.post("/s/ada/ex/zeros/hint", "");
        assert_eq!(
            opened.location(),
            format!("/s/ada/ex/zeros#hint-{}", number.min(4))
        );
        let page = server.get("/s/ada/ex/zeros").body;
        assert_eq!(page.matches(">Hint ").count(), number.min(3), "after {number}");
        assert_eq!(page.contains("head -c 64"), number >= 4);
    }
    let reset = server.post("/s/ada/ex/zeros/reset", "");
    assert_eq!(reset.status, 303);
    assert!(!server.get("/s/ada/ex/zeros").body.contains("Hint 1"));
}

#[test]
fn every_page_is_there_and_says_what_it_is() {
    let server = Server::start();
    let mut paths: Vec<String> = [
        "/",
        "/editor",
        "/targets",
        "/decode",
        "/decode?token=a.b.c",
        "/board",
        "/s/ada",
        "/attacks/index.html",
        "/t/jwt-rs256",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.extend(
        exercises::all()
            .iter()
            .map(|exercise| format!("/s/ada/ex/{}", exercise.id)),
    );
    for path in paths {
        let page = server.get(&path);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.head.contains("text/html; charset=utf-8"), "{path}");
    }
    assert!(server.get("/style.css").body.contains(".outcome"));
    assert!(server.get("/words.txt").body.lines().count() > 100);
    assert_eq!(server.get("/index.html").location(), "/");
}

#[test]
fn the_editor_builds_what_an_exercise_wants_from_the_fields_alone() {
    let server = Server::start();
    let honest = server.get("/s/ada/t/alg-none/token").body;
    let page = server.get(&format!("/editor?token={}", honest.trim())).body;
    assert!(page.contains("&quot;sub&quot;:&quot;mallory&quot;"), "{page}");
    let form = "format=jws&header=%7B%22alg%22%3A%22none%22%7D&payload=%7B%22sub%22%3A%22admin%22%7D&way=text&signature=";
    let built = server.post("/editor", form).body;
    assert!(
        built.contains("<pre>eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.</pre>"),
        "{built}"
    );
    let odd = server
        .post("/editor", "format=v4.local&way=secret&secret=short&payload=x")
        .body;
    assert!(odd.contains("Not built"), "{odd}");
    let paseto = server
        .post("/editor", "format=v4.public&way=own&payload=%7B%7D&footer=f")
        .body;
    assert!(paseto.contains("<pre>v4.public."), "{paseto}");
}

#[test]
fn a_replay_has_an_address_for_each_step_and_each_verifier() {
    let server = Server::start();
    assert_eq!(server.get("/a/alg-none").location(), "/a/alg-none/0");
    for (step, word) in [
        (0, "Vote before"),
        (1, "Mallory logs in"),
        (2, "Not expressible here"),
        (3, "✗ ACCEPTED"),
        (4, "ABSENT"),
        (5, "refuse("),
        (6, "PASETO: holds"),
        (7, "CVE-2022-23540"),
        (8, "the exercise"),
    ] {
        let verifier = if step == 2 { "?v=biscuit-auth%2Fv3" } else { "" };
        let page = server.get(&format!("/a/alg-none/{step}{verifier}"));
        assert_eq!(page.status, 200, "{step}");
        assert!(page.body.contains(word), "step {step} lacks {word:?}");
    }
    assert_eq!(server.get("/a/alg-none/9").status, 404);
    assert!(
        server
            .get("/a/jwe-zip-bomb/0")
            .body
            .contains("process of its own")
    );
    assert!(server.get("/a/nothing/0").body.contains("/a lists them"));
    let list = server.get("/a").body;
    assert!(list.contains("/a/no-revocation/0"));
}

#[test]
fn attacks_that_are_still_being_replayed_say_so() {
    let server = Server::with(OnceLock::new());
    let answer = server.get("/attacks/index.html");
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("reload it"));
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn a_verifier_answers_who_somebody_is_or_which_check_refused() {
    let server = Server::start();
    for target in [
        "jwt-rs256",
        "jsonwebtoken~EdDSA+rustcrypto",
        "pasetors~v4.public",
        "biscuit-auth~v3",
    ] {
        let token = server.get(&format!("/t/{target}/token"));
        assert_eq!(token.status, 200, "{target}: {}", token.body);
        let answer = server.with_token(&format!("/t/{target}/whoami"), token.body.trim());
        assert_eq!(
            (answer.status, &answer.json()["user"]),
            (200, &"mallory".into()),
            "{target}"
        );
        let refused = server.with_token(&format!("/t/{target}/whoami"), &format!("x{}", token.body.trim()));
        assert_eq!(refused.status, 401, "{target}");
        assert!(refused.head.contains("www-authenticate: bearer"), "{target}");
        assert!(refused.json()["refused"]["reason"].is_string(), "{target}");
    }
    assert!(
        server
            .get("/t/jwt-rs256/key.pem")
            .body
            .starts_with("-----BEGIN PUBLIC KEY-----")
    );
    assert_eq!(server.get("/t/jwt-null-signature/key").status, 404);
}

#[test]
fn whatever_odd_is_sent_gets_a_sentence() {
    let server = Server::start();
    let token = server.get("/s/ada/t/alg-none/token").body;
    let token = token.trim();
    let paseto = server.get("/s/ada/t/paseto-unverified/token").body;
    for (header, word) in [
        (format!("Bearer Bearer {token}"), "twice"),
        (format!("Bearer {}", paseto.trim()), "PASETO"),
        (format!("Bearer \"{token}\""), "quotation"),
        (format!("Bearer {} {}", "a.b", "c"), "blank"),
        ("Bearer".to_owned(), "nothing behind"),
        (format!("Token {token}"), "Bearer"),
    ] {
        let answer = server.ask("GET /s/ada/t/alg-none/whoami", &[("Authorization", &header)], "");
        let problem = answer.json()["problem"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.status, 401);
        assert!(problem.contains(word), "{header}: {problem}");
    }
    for (path, status, word) in [
        ("/s/..%2Fada", 400, "letters or digits"),
        ("/s/%3Cscript%3E", 400, "letters or digits"),
        ("/s/ada/ex/nothing", 404, "there is no exercise"),
        ("/s/ada/trace/9", 404, "last 32"),
        ("/t/nobody/whoami", 404, "no live verifier"),
        ("/nowhere", 404, "no such page"),
        ("/s/ada/trace/abc", 400, "no such page"),
        ("/enter", 400, "question mark"),
        ("/board?mode=loud", 404, "calm, race, nameless"),
        ("/class/46", 404, "45 and 90"),
        ("/mend/alg-none.py", 404, "no program"),
        ("/s/ada/t/mend-none/token", 404, "tokenlab learn start mend-none"),
        ("/s/ada/site/none.json", 404, "has published no"),
        ("/s/ada/site/.hidden", 400, "up to 40 letters"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, status, "{path}");
        assert!(
            answer.head.contains("text/html") && answer.body.to_lowercase().contains(&word.to_lowercase()),
            "{path}: {}",
            answer.body
        );
    }
    let torn = server.post("/s/ada/ex/alg-none/send", "token=a%0Ab.c.d");
    assert_eq!(torn.status, 400);
    assert!(torn.body.contains("line break"));
    // None of it was a try.
    assert!(!fs::read_to_string(server.journal()).unwrap().contains("tried"));
}

#[test]
fn what_was_shown_as_solved_is_in_the_file_at_once() {
    let server = Server::start();
    let zeros = "A".repeat(86);
    let honest = server.get("/s/ada/t/zeros/token").body;
    let header = honest.split('.').next().unwrap();
    let claims = "eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiYWRtaW4iLCJhdWQiOiJhcGkuZXhhbXBsZSIsImV4cCI6NDEwMjQ0NDgwMH0";
    let answer = server.with_token("/s/ada/t/zeros/whoami", &format!("{header}.{claims}.{zeros}"));
    assert_eq!(answer.json()["solved"], true, "{}", answer.body);
    // As a process would find it that starts after this one was killed.
    let (progress, damaged) = Progress::open(&server.journal()).unwrap();
    let ada = tokenlab_lab::learner::Learner::try_from("ada".to_owned()).unwrap();
    let standing = progress.of(&ada).remove("zeros").unwrap();
    assert!(standing.solved_at.is_some() && damaged == 0);
}

#[test]
fn the_board_has_names_ranks_or_neither_and_the_clock_runs() {
    let server = Server::start();
    let token = server.get("/s/grace/t/alg-none/token").body;
    server.with_token("/s/grace/t/alg-none/whoami", token.trim());
    for (mode, has_name, has_rank) in [
        ("", true, false),
        ("?mode=calm", true, false),
        ("?mode=race", true, true),
        ("?mode=nameless", false, false),
    ] {
        let page = server.get(&format!("/board{mode}")).body;
        assert_eq!(page.contains("grace"), has_name, "{mode}");
        assert_eq!(page.contains(">rank<"), has_rank, "{mode}");
        assert!(page.contains("1 learner, 0 exercises solved"), "{mode}: {page}");
    }
    assert!(server.get("/class/45").body.contains("Start the clock"));
    let begun = server.post("/class/45/begin", "");
    assert!(
        server
            .get(begun.location())
            .body
            .contains("Minute <strong>0</strong>")
    );
    assert!(server.get("/live.js").head.contains("text/javascript"));
}

#[test]
fn a_document_of_ones_own_is_published_reached_by_the_verifier_and_counted() {
    let server = Server::start();
    let put = server.ask("PUT /s/own-site/site/keys.json", &[], "{\"keys\":[]}");
    assert_eq!(
        (put.status, put.body.trim()),
        (201, "http://attacker.lab/own-site/keys.json")
    );
    assert_eq!(server.get("/s/own-site/site/keys.json").body, "{\"keys\":[]}");
    let form = "format=jws&payload=%7B%7D&way=text&header=%7B%22alg%22%3A%22RS256%22%2C%22jku%22%3A%22http%3A%2F%2Fattacker.lab%2Fown-site%2Fkeys.json%22%7D";
    let built = server.post("/editor", form).body;
    let token = built
        .split("/decode?token=")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let trace = server.with_token("/s/own-site/t/key-address/whoami", token).body;
    assert!(trace.contains("no key set"), "{trace}");
    let page = server.get("/s/own-site/site").body;
    assert!(page.contains("fetched 1 time"), "{page}");
    let sent = server.post("/s/own-site/site", "file=a.json&content=x");
    assert_eq!(sent.location(), "/s/own-site/site");
    let long = "x".repeat(20_000);
    assert_eq!(server.ask("PUT /s/own-site/site/long", &[], &long).status, 400);
}
