//! Every exercise is solved by its script, by the check it is about, and by nothing
//! that it is not about.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use tokenlab_attacks::attacker::{AttackerView, VICTIM};
use tokenlab_attacks::{Attack, Budget, CannotForge, Notebook, catalogue, trace};
use tokenlab_lab::exercise::{Break, Exercise, HINTS};
use tokenlab_lab::judge::{self, Verdict};
use tokenlab_lab::{exercises, live};
use tokenlab_record::catalogue::TargetKind;

use crate::server::{self, Server};

#[test]
fn registry_and_files_name_the_same_exercises_and_every_text_is_whole() {
    let registry: BTreeSet<&str> = exercises::all().iter().map(|exercise| exercise.id).collect();
    assert_eq!(registry.len(), exercises::all().len(), "a name occurs twice");
    assert!(registry.len() >= 12);
    let of = |is_meant: fn(&Exercise) -> bool| -> BTreeSet<&str> {
        let found = exercises::all().iter().filter(|exercise| is_meant(exercise));
        found.map(|exercise| exercise.id).collect()
    };
    let to_mend = of(|exercise| exercise.to_mend().is_some());
    for (ending, expected) in [
        ("md", registry),
        ("sh", of(|exercise| exercise.to_break().is_some())),
        ("py", to_mend.clone()),
        ("patch", to_mend),
    ] {
        let files: BTreeSet<String> = fs::read_dir(server::exercises())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|found| found == ending))
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .filter(|stem| stem != "tools")
            .collect();
        assert_eq!(
            files.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            expected,
            "{ending}"
        );
    }
    for exercise in exercises::all() {
        let hints = (1..=HINTS).map(Exercise::hint_heading);
        for heading in hints.chain(["Story", "Task", "Solution", "Why"].map(str::to_owned)) {
            let parts = exercise
                .text
                .split(&format!("\n## {heading}\n\n"))
                .collect::<Vec<_>>();
            assert_eq!(parts.len(), 2, "{}: {heading}", exercise.id);
            let text = parts.last().unwrap().split("\n## ").next().unwrap();
            assert!(text.trim().len() > 10, "{}: {heading} says nothing", exercise.id);
        }
        assert!(catalogue::named(exercise.attack).is_some(), "{}", exercise.attack);
    }
}

#[test]
fn tiers_come_in_order() {
    let tiers: Vec<_> = exercises::all().iter().map(|exercise| exercise.tier).collect();
    assert!(tiers.is_sorted());
}

#[test]
fn an_honest_token_is_somebodys_and_the_twin_says_the_same() {
    for (exercise, task) in to_break() {
        let target = live::named(task.target).unwrap();
        assert_eq!(target.profile().kind, TargetKind::Flawed, "{}", exercise.id);
        let twin = target.profile().hardened.and_then(live::named);
        let token = &target.exposure().sample_token;
        let attempt = judge::attempt(task, token).unwrap();
        assert_eq!(
            attempt.verdict,
            Verdict::Somebody("mallory".into()),
            "{}",
            exercise.id
        );
        let twin = twin.unwrap_or_else(|| panic!("{} has no twin to be held against", exercise.id));
        let decision = twin.submit(token, Budget::default());
        // A key that others know is refused whoever signed with it.
        let refused = trace::deciding(&decision.trace, false).map(|check| check.id.as_str());
        assert!(
            live::user(&decision).is_some() || refused == Some("key-entropy"),
            "{}: {refused:?}",
            exercise.id
        );
    }
}

fn to_break() -> impl Iterator<Item = (&'static Exercise, &'static Break)> {
    exercises::all()
        .iter()
        .filter_map(|exercise| Some((exercise, exercise.to_break()?)))
}

/// The tokens that an attack makes against the target of an exercise.
fn forgeries(attack: &dyn Attack, task: &Break) -> Vec<String> {
    let target = live::named(task.target).unwrap();
    let view = AttackerView::given(target, attack.profile().given);
    match attack.forge(&view, &mut Notebook::default()) {
        Ok(forged) | Err(CannotForge::Inexpressible { tried: forged, .. }) => {
            forged.into_iter().map(|forgery| forgery.token).collect()
        }
        Err(_) => Vec::new(),
    }
}

#[test]
fn the_whole_catalogue_solves_each_exercise_by_what_it_is_about_and_by_nothing_else() {
    for (exercise, task) in to_break() {
        let own = &live::named(task.target).unwrap().profile().own;
        let mut solved_by = Vec::new();
        // An attack in a process of its own is one on cost; no live target has that flaw.
        for attack in catalogue::all()
            .iter()
            .filter(|attack| !attack.profile().isolated)
        {
            let profile = attack.profile();
            for token in forgeries(*attack, task) {
                let attempt = judge::attempt(task, &token).unwrap();
                if attempt.verdict == Verdict::Solved {
                    solved_by.push(attack.id());
                }
                let is_meant = profile.breaks.iter().any(|weakness| own.contains(weakness))
                    || lets_anything_in(exercise);
                // Whoever has stolen a token is in everywhere, and has solved nothing; but
                // a twin that looks at the key refuses that token by the key, too. The
                // lab hands none out.
                let is_stolen = !profile.given.is_empty();
                let is_allowed = match attempt.verdict {
                    Verdict::Solved => is_meant || (is_stolen && task.teaches == "key-entropy"),
                    Verdict::Alternative(_) => is_meant || is_stolen,
                    _ => true,
                };
                assert!(
                    is_allowed,
                    "{} gets into {}: {:?}",
                    attack.id(),
                    exercise.id,
                    attempt.verdict
                );
            }
        }
        assert!(
            solved_by.contains(&exercise.attack),
            "{} does not fall to {}, but to {solved_by:?}",
            exercise.id,
            exercise.attack
        );
    }
}

/// Where nothing is verified, every forgery that has the right form is the intended
/// one, whatever attack it comes from.
fn lets_anything_in(exercise: &Exercise) -> bool {
    exercise.attack == "decode-not-verify"
}

#[test]
fn every_solution_solves_its_exercise_on_a_fresh_server() {
    if !server::has_shell_tools() {
        return;
    }
    let server = Server::start();
    for (exercise, _) in to_break() {
        let output = Command::new("bash")
            .arg(server::exercises().join(exercise.id).with_extension("sh"))
            .env("LAB", format!("http://{}", server.address()))
            .env("LEARNER", "ada")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        let answer: serde_json::Value =
            serde_json::from_str(&said).unwrap_or_else(|_| panic!("{}: {said} {complaint}", exercise.id));
        assert_eq!(answer["solved"], true, "{}: {answer:#} {complaint}", exercise.id);
        assert_eq!(answer["user"], VICTIM, "{}", exercise.id);
    }
    let csv = server.get("/board.csv").body;
    assert_eq!(csv.lines().count(), 1 + to_break().count(), "{csv}");
    assert!(csv.lines().skip(1).all(|row| row.contains(",yes,")), "{csv}");
}

#[test]
fn another_way_in_is_praised_and_does_not_count() {
    // The verifier that verifies nothing takes a header with another algorithm, too;
    // its twin refuses that one before it comes to the signature.
    let server = Server::start();
    let task = exercises::named("alg-none").unwrap().to_break().unwrap();
    let own = exercises::named("unverified").unwrap().to_break().unwrap();
    let through_another = Break {
        teaches: "some-other-check",
        ..*own
    };
    let token = server.get("/s/ada/t/unverified/token").body;
    let mut parts = token.trim().split('.');
    let header = parts.next().unwrap();
    let token = format!("{header}.{ADMIN}.AAAA");
    assert_eq!(judge::attempt(own, &token).unwrap().verdict, Verdict::Solved);
    let verdict = judge::attempt(&through_another, &token).unwrap().verdict;
    assert_eq!(verdict, Verdict::Alternative(Some("signature".into())));
    assert!(verdict.sentence(&through_another).contains("still open"));
    assert!(
        Verdict::Solved
            .sentence(task)
            .contains("lacks the check algorithm-allow-list")
    );
}

/// The claims of the victim, in base64url.
const ADMIN: &str = "eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiYWRtaW4iLCJhdWQiOiJhcGkuZXhhbXBsZSIsImV4cCI6NDEwMjQ0NDgwMH0";
