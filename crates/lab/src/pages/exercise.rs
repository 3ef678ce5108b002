//! One exercise, whether it is broken or mended.

use maud::{Markup, html};
use tokenlab_attacks::{Scheme, Target, Weakness};
use tokenlab_report::web;

use super::{attack_address, attackers_site, document, in_address, learner as standings, shown};
use crate::exercise::{Exercise, HINTS, Mend};
use crate::learner::Learner;
use crate::live;
use crate::progress::Standing;

/// Where the exercise of a learner is.
pub(crate) fn address(learner: &Learner, exercise: &Exercise) -> String {
    format!("/s/{}/ex/{}", in_address(learner.as_str()), exercise.id)
}

/// A live verifier to break: story, token, a line for the terminal, a form, hints.
pub(crate) fn to_break(
    learner: &Learner,
    exercise: &Exercise,
    target: &dyn Target,
    standing: &Standing,
    host: &str,
) -> Markup {
    let place = address(learner, exercise);
    let endpoint = format!("/s/{}/t/{}", in_address(learner.as_str()), exercise.id);
    let token = &target.exposure().sample_token;
    let is_session = matches!(target.profile().scheme, Scheme::Session(_));
    let given = html! {
        p { "An honest token of " code { "mallory" } ", an account without privileges ("
            a href={ (endpoint) "/token" } { "as text" } "):" }
        (shown(token))
        @if !is_session {
            p {
                a href={ "/decode?token=" (in_address(token)) } { "Take it apart" } ", or "
                a href={ "/editor?token=" (in_address(token)) } { "build another of it" }
            }
        }
        @if live::published(target).is_some() {
            p { "The issuer's " a href={ (endpoint) "/key" } { "public key" } ", which everybody may have"
                    @if live::pem(target).is_some() { ", also " a href={ (endpoint) "/key.pem" } { "as PEM" } } "." }
        }
        @if target.profile().own.contains(&Weakness::JkuFollowed) {
            p { a href=(attackers_site::address(learner)) { "A web site of your own" } ", which the verifier reaches." }
        }
    };
    let doing = html! {
        p { "In a terminal:" }
        (shown(&command(host, &endpoint, is_session)))
        form action={ (place) "/send" } method="post" {
            p {
                label for="token" { "Or send a token from here" }
                textarea id="token" name="token" required spellcheck="false" autocomplete="off" {}
            }
            p { button { "Send" } }
        }
    };
    let solution = html! {
        p { "As a script, beside " a href="/tools.sh" { "tools.sh" } ":" }
        (shown(exercise.solution))
    };
    page(learner, exercise, standing, &given, &doing, &solution)
}

/// A program to mend: story, the program, what to run, hints.
pub(crate) fn to_mend(learner: &Learner, exercise: &Exercise, task: &Mend, standing: &Standing) -> Markup {
    let file = format!("{}.py", exercise.id);
    let given = html! {
        p { "A verifier of " code { (task.scheme) } " in Python, " a href={ "/mend/" (file) } { code { (file) } }
            ". It needs Python 3.11 and no package." }
        (shown(task.program))
    };
    let doing = html! {
        p { "In a terminal: take the program, edit it, and have it attacked as often as you like." }
        (shown(&format!(
            "tokenlab learn start {id}\ntokenlab learn check {id} --as {learner}",
            id = exercise.id
        )))
        p { "It is shown honest tokens and changed ones, and the attacks "
            @for (number, attack) in task.withstands.iter().enumerate() {
                @if number > 0 { ", " }
                a href=(attack_address(attack)) { (attack) }
            }
            ". Another language will do as well: " code { "--program" } " names any command that answers lines." }
    };
    let solution = html! {
        p { "As a patch:" }
        (shown(exercise.solution))
    };
    page(learner, exercise, standing, &given, &doing, &solution)
}

fn page(
    learner: &Learner,
    exercise: &Exercise,
    standing: &Standing,
    given: &Markup,
    doing: &Markup,
    solution: &Markup,
) -> Markup {
    let place = address(learner, exercise);
    let texts = web::sections(exercise.text, &|_| None);
    let text = |title: &str| {
        texts
            .iter()
            .find(|(heading, _)| *heading == title)
            .map(|(_, text)| text)
    };
    let lead = html! {
        p.lead { "Exercise of " a href={ "/s/" (in_address(learner.as_str())) } { (learner) } ": "
                 (standings::standing(Some(standing))) "." }
    };
    let main = html! {
        section aria-labelledby="story" {
            h2 id="story" { "Story" }
            @if let Some(story) = text("Story") { (story) }
        }
        section aria-labelledby="given" {
            h2 id="given" { "What you have" }
            (given)
        }
        section aria-labelledby="task" {
            h2 id="task" { "Task" }
            @if let Some(task) = text("Task") { (task) }
            (doing)
        }
        section aria-labelledby="hints" {
            h2 id="hints" { "Hints" }
            @for number in 1..=usize::from(standing.hints).min(HINTS) {
                section aria-labelledby={ "hint-" (number) } {
                    h3 id={ "hint-" (number) } { (Exercise::hint_heading(number)) }
                    @if let Some(hint) = text(&Exercise::hint_heading(number)) { (hint) }
                }
            }
            @if usize::from(standing.hints) > HINTS {
                section aria-labelledby={ "hint-" (HINTS + 1) } {
                    h3 id={ "hint-" (HINTS + 1) } { "Solution" }
                    @if let Some(text) = text("Solution") { (text) }
                    (solution)
                }
            } @else {
                form.line action={ (place) "/hint" } method="post" {
                    p { button { @if usize::from(standing.hints) == HINTS { "Show the solution" } @else { "Show a hint" } } }
                }
            }
        }
        @if standing.solved_at.is_some() {
            section aria-labelledby="after" {
                h2 id="after" { "What it was about" }
                @if let Some(why) = text("Why") { (why) }
                p { a href=(attack_address(exercise.attack)) { "The attack in full" } ": every verifier, PASETO's \
                    counterpart, the fix, and its history." }
            }
        }
        section aria-labelledby="anew" {
            h2 id="anew" { "Begin anew" }
            form.line action={ (place) "/reset" } method="post" {
                p { button { "Reset this exercise" } }
            }
        }
    };
    document(exercise.title(), &lead, &main)
}

/// The request as a line for a shell.
pub(super) fn command(host: &str, endpoint: &str, is_session: bool) -> String {
    let header = if is_session {
        "-b \"session=$ID\""
    } else {
        "-H \"Authorization: Bearer $TOKEN\""
    };
    format!("curl -s {header} http://{host}{endpoint}/whoami")
}
