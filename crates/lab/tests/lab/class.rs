//! A class that follows its plan and nothing else: three learners with three kinds of
//! client, to a correct CSV.

use std::process::Command;

use tokenlab_lab::class;

use crate::server::{self, Server};

/// Runs the script of an exercise with the requests of a shell.
fn by_curl(server: &Server, learner: &str, exercise: &str) -> String {
    let output = Command::new("bash")
        .arg(server::exercises().join(exercise).with_extension("sh"))
        .env("LAB", format!("http://{}", server.address()))
        .env("LEARNER", learner)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The token that the script would send: the forging is the same, the client is not.
fn forged(server: &Server, exercise: &str) -> String {
    let script = std::fs::read_to_string(server::exercises().join(exercise).with_extension("sh")).unwrap();
    let tools = server::exercises().join("tools.sh");
    let script = script
        .replace(
            ". \"$(dirname \"$0\")/tools.sh\"",
            &format!(". {}", tools.display()),
        )
        .replace(&format!("send {exercise} "), "printf %s ");
    let output = Command::new("bash")
        .args(["-c", &script])
        .env("LAB", format!("http://{}", server.address()))
        .env("LEARNER", "teacher")
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// As jwt_tool does with `-t URL -rh 'Authorization: Bearer …' -cv admin`: the honest
/// token first, then the forged one, with a header of its own; success is the canary
/// value in the answer.
fn by_jwt_tool(server: &Server, learner: &str, exercise: &str) -> bool {
    let path = format!("GET /s/{learner}/t/{exercise}/whoami");
    let agent = ("User-Agent", "jwt_tool");
    let honest = server.get(&format!("/s/{learner}/t/{exercise}/token")).body;
    let mut canary = Vec::new();
    for token in [honest.trim(), &forged(server, exercise)] {
        let bearer = format!("Bearer {token}");
        let answer = server.ask(&path, &[agent, ("Authorization", &bearer)], "");
        canary.push(answer.status == 200 && answer.json()["user"] == "admin");
    }
    canary == [false, true]
}

/// As a browser does: the page, the form, the trace that it leads to.
fn by_browser(server: &Server, learner: &str, exercise: &str) -> String {
    assert_eq!(server.get(&format!("/s/{learner}/ex/{exercise}")).status, 200);
    let form = format!("token={}", forged(server, exercise));
    let sent = server.post(&format!("/s/{learner}/ex/{exercise}/send"), &form);
    server.get(sent.location()).body
}

#[test]
fn the_plan_of_45_minutes_leads_three_learners_to_a_correct_csv() {
    if !server::has_shell_tools() {
        return;
    }
    let server = Server::start();
    let page = server.get("/class/45");
    assert_eq!(page.status, 200);
    let plan = class::named("45").unwrap();
    let mut expected = Vec::new();
    for item in &plan.items {
        assert!(page.body.contains(&item.what), "{}", item.what);
        if let Some(attack) = &item.replay {
            for step in &item.steps {
                assert_eq!(
                    server.get(&format!("/a/{attack}/{step}")).status,
                    200,
                    "{attack} {step}"
                );
            }
        }
        if let Some(place) = &item.page {
            assert_eq!(server.get(place).status, 200, "{place}");
        }
        if let Some(exercise) = &item.exercise {
            assert!(
                by_curl(&server, "ada", exercise).contains("\"solved\":true"),
                "{exercise}"
            );
            assert!(by_jwt_tool(&server, "grace", exercise), "{exercise}");
            assert!(
                by_browser(&server, "linus", exercise).contains("Solved. You are admin"),
                "{exercise}"
            );
            for (learner, tries) in [("ada", 1), ("grace", 2), ("linus", 1)] {
                expected.push(format!("{learner},{exercise},yes,{tries}"));
            }
        }
    }
    let csv = server.get("/board.csv").body;
    let mut rows: Vec<String> = csv
        .lines()
        .skip(1)
        .map(|row| {
            let fields: Vec<&str> = row.split(',').collect();
            let [learner, exercise, solved, _, tries, "0", ""] = fields.as_slice() else {
                panic!("{row}");
            };
            format!("{learner},{exercise},{solved},{tries}")
        })
        .collect();
    rows.sort();
    expected.sort();
    assert_eq!(rows, expected);
}
