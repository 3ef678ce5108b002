//! The pages, as HTML that needs no script: one script there is keeps the board and the
//! clock of a class up to date without a reload.
//!
//! Each works in a terminal browser, by keyboard and with a screen reader: headings in
//! order, a label on every field, and no state that only colour shows.

pub(crate) mod attackers_site;
pub(crate) mod board;
pub(crate) mod class;
pub(crate) mod decode;
pub(crate) mod editor;
pub(crate) mod exercise;
pub(crate) mod home;
pub(crate) mod learner;
pub(crate) mod replay;
pub(crate) mod slides;
pub(crate) mod targets;
pub(crate) mod trace;

use maud::{DOCTYPE, Markup, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokenlab_attacks::{Target, source};
use tokenlab_record::catalogue::Family;
use tokenlab_record::transcript::{CheckResult, TraceEntry};
use tokenlab_report::web;

/// What the report's style sheet has no rule for.
pub(crate) const CSS: &str = include_str!("../../assets/lab.css");

/// What keeps a page that is left open up to date.
pub(crate) const SCRIPT: &str = include_str!("../../assets/live.js");

/// A page of the lab.
fn document(title: &str, lead: &Markup, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · tokenlab" }
                link rel="stylesheet" href="/style.css";
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                nav aria-label="The lab" {
                    ul {
                        li { a href="/" { "The lab" } }
                        li { a href="/a" { "Replays" } }
                        li { a href="/attacks/index.html" { "Matrix" } }
                        li { a href="/targets" { "Live verifiers" } }
                        li { a href="/decode" { "Decode a token" } }
                        li { a href="/editor" { "Build one" } }
                        li { a href="/board" { "Board" } }
                    }
                }
                header { h1 { (title) } (lead) }
                main id="main" tabindex="-1" { (main) }
                footer {
                    p {
                        "A lab for published attacks against verifiers that are flawed on purpose. It listens on \
                         this machine alone."
                    }
                }
            }
        }
    }
}

/// What can't be done, as a page.
pub(crate) fn problem(sentence: &str) -> Markup {
    document(
        "That did not work",
        &html! {},
        &html! {
            p.outcome { (web::capitalised(sentence)) "." }
            p { a href="/" { "Back to the lab" } }
        },
    )
}

/// A text as one segment of an address.
pub(crate) fn in_address(text: &str) -> String {
    /// All but what RFC 3986 §2.3 leaves as it stands.
    const ESCAPED: AsciiSet = NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~');
    utf8_percent_encode(text, &ESCAPED).to_string()
}

/// Where an attack's page is.
fn attack_address(attack: &str) -> String {
    format!("/attacks/{attack}.html")
}

/// What to say to whoever sends one family's token to another's verifier; `None` if
/// nothing speaks against the token.
pub(crate) fn wrong_family(target: &dyn Target, token: &str) -> Option<String> {
    let family = target.profile().scheme.family();
    let is_paseto = {
        let mut parts = token.split('.');
        let version = parts.next().unwrap_or_default();
        matches!(version, "v1" | "v2" | "v3" | "v4") && matches!(parts.next(), Some("local" | "public"))
    };
    let is_jose = token.starts_with("eyJ") && token.matches('.').count() >= 2;
    let wants_jose = matches!(family, Family::Jwt | Family::Jwe);
    let (what, advice) = match (wants_jose, family == Family::Paseto) {
        (true, _) if is_paseto => ("a PASETO", "its version and purpose say so in the open"),
        (_, true) if is_jose => (
            "a JWT",
            "its header begins with `eyJ`, which is `{\"` in base64url",
        ),
        _ => return None,
    };
    Some(format!(
        "this is {what} ({advice}), and the verifier here takes {}: the two formats have no token in common",
        target.profile().scheme
    ))
}

/// Every check of a decision, in the order in which they were made.
fn checks(trace: &[TraceEntry]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Checks of the verifier" {
            table.checks {
                caption { "Every check, in the order in which they were made." }
                thead { tr { th { "stage" } th { "check" } th { "result" } th { "what it demands, or saw" } } }
                tbody {
                    @for entry in trace {
                        @let (class, word) = result(entry.result);
                        tr {
                            td { (entry.stage.title()) }
                            th scope="row" { code { (entry.id) } }
                            td class=(class) { (word) }
                            td { (entry.detail) }
                        }
                    }
                }
            }
        }
    }
}

const fn result(result: CheckResult) -> (&'static str, &'static str) {
    match result {
        CheckResult::Fired => ("fired", "FIRED: refused the token"),
        CheckResult::Passed => ("", "passed"),
        CheckResult::Skipped => ("", "skipped: refused before"),
        CheckResult::Absent => ("absent", "ABSENT: this verifier lacks it"),
    }
}

/// The lines of source that a check stands on, or is missing from.
fn lines(entry: &TraceEntry) -> Option<Markup> {
    let excerpt = source::excerpt("", &entry.file, entry.line)?;
    Some(html! {
        p { code { (entry.file) ":" (entry.line) } }
        (web::excerpt(&excerpt))
    })
}

/// Bytes as text if they are text, else in hexadecimal.
fn shown(text: &str) -> Markup {
    html! { pre { @if text.is_empty() { em { "nothing" } } @else { (text) } } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live;

    #[test]
    fn a_token_of_another_family_gets_a_sentence_and_an_odd_one_does_not() {
        let of = |id: &str| live::named(id).unwrap();
        let jwt = of("jwt-rs256").exposure().sample_token.clone();
        let paseto = of("paseto-decoded").exposure().sample_token.clone();
        assert!(
            wrong_family(of("jwt-rs256"), &paseto)
                .unwrap()
                .contains("a PASETO")
        );
        assert!(
            wrong_family(of("paseto-decoded"), &jwt)
                .unwrap()
                .contains("a JWT")
        );
        for (target, token) in [
            ("jwt-rs256", jwt.as_str()),
            ("paseto-decoded", &paseto),
            ("jwt-rs256", "v5.local.x"),
            ("session-id-in-sql", &jwt),
            ("jwt-rs256", ""),
        ] {
            assert_eq!(wrong_family(of(target), token), None, "{target} {token}");
        }
    }

    #[test]
    fn what_stands_in_an_address_is_one_segment_of_it() {
        assert_eq!(in_address("ada-7"), "ada-7");
        assert_eq!(in_address("a/b?c ö"), "a%2Fb%3Fc%20%C3%B6");
    }
}
