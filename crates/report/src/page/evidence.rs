//! Pieces of evidence: long texts, differences, lines of source, addresses.

use maud::{Markup, html};
use tokenlab_record::source::Excerpt;
use tokenlab_record::transcript::PartDiff;

use crate::format;

/// Most letters of one artefact that a page shows. A token that is longer has
/// its whole text in the record.
const MOST_LETTERS: usize = 900;

/// A text in full, or as much of it as a page has room for.
pub(super) fn artefact(text: &str) -> Markup {
    let shown = clipped(text);
    html! { pre { (shown) } (remainder(text, shown)) }
}

fn clipped(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(MOST_LETTERS)
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

fn remainder(text: &str, shown: &str) -> Markup {
    let left = text.len() - shown.len();
    html! {
        @if left > 0 {
            p.remark { "… and " (format::counted(left as u64, "byte", "bytes")) " more, which the record has." }
        }
    }
}

/// Honest against forged, part by part, with what differs marked.
pub(crate) fn parts(diff: &[PartDiff]) -> Markup {
    html! {
        dl.parts {
            @for part in diff {
                dt { (part.part) @if part.before == part.after { " (unchanged)" } }
                dd {
                    @if part.before == part.after {
                        (artefact(&part.before))
                    } @else {
                        (changed(&part.before, &part.after))
                    }
                }
            }
        }
    }
}

fn changed(before: &str, after: &str) -> Markup {
    let (old, new) = (clipped(before), clipped(after));
    let head = common(old.chars().zip(new.chars()), old);
    let (old_rest, new_rest) = (
        old.get(head..).unwrap_or_default(),
        new.get(head..).unwrap_or_default(),
    );
    let pairs = old_rest.chars().rev().zip(new_rest.chars().rev());
    let tail: usize = pairs
        .take_while(|(one, other)| one == other)
        .map(|(letter, _)| letter.len_utf8())
        .sum();
    let split = |rest: &'_ str| -> (String, String) {
        let (middle, end) = rest.split_at_checked(rest.len() - tail).unwrap_or((rest, ""));
        (middle.to_owned(), end.to_owned())
    };
    let (old_middle, old_end) = split(old_rest);
    let (new_middle, new_end) = split(new_rest);
    let start = old.get(..head).unwrap_or_default();
    html! {
        pre {
            "−\u{a0}" @if before.is_empty() { em { "nothing" } } @else { (start) del { (old_middle) } (old_end) } "\n"
            "+\u{a0}" @if after.is_empty() { em { "nothing" } } @else { (start) ins { (new_middle) } (new_end) }
        }
        (remainder(before, old))
        (remainder(after, new))
    }
}

/// How many bytes two texts share from their start.
fn common(pairs: impl Iterator<Item = (char, char)>, text: &str) -> usize {
    let shared = pairs.take_while(|(one, other)| one == other).count();
    text.char_indices().nth(shared).map_or(text.len(), |(at, _)| at)
}

/// A unified diff, each line marked by what it does.
pub(super) fn unified(diff: &str) -> Markup {
    html! {
        pre.diff {
            @for line in diff.lines() {
                @if line.starts_with('-') { del { (line) } }
                @else if line.starts_with('+') { ins { (line) } }
                @else { (line) }
                "\n"
            }
        }
    }
}

/// Lines of source, with the one that is meant marked.
pub(crate) fn excerpt(excerpt: &Excerpt) -> Markup {
    let lines: Vec<(u32, &str)> = (excerpt.first..).zip(excerpt.text.lines()).collect();
    let indent = lines
        .iter()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(_, line)| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let width = lines.last().map_or(1, |(number, _)| number.to_string().len());
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Source: " (excerpt.file) " line " (excerpt.line) } {
            pre.source {
                @for (number, line) in lines {
                    @let meant = number == excerpt.line;
                    @let text = format!(
                        "{} {number:>width$}  {}",
                        if meant { "▶" } else { " " },
                        line.get(indent..).unwrap_or(line)
                    );
                    @if meant { mark { (text) } } @else { (text) }
                    "\n"
                }
            }
        }
    }
}

/// Where a source can be read, if its label says: an advisory, a standard.
pub(super) fn address(label: &str) -> Option<String> {
    let is_id = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    if label.starts_with("CVE-") && is_id(label) {
        return Some(format!("https://www.cve.org/CVERecord?id={label}"));
    }
    if label.starts_with("GHSA-") && is_id(label) {
        return Some(format!("https://github.com/advisories/{label}"));
    }
    let (name, section) = label.split_once(" §").unwrap_or((label, ""));
    let is_section = section
        .chars()
        .all(|letter| letter.is_ascii_digit() || letter == '.');
    let anchor = match section.trim_matches('.') {
        section if is_section && !section.is_empty() => format!("#section-{section}"),
        _ => String::new(),
    };
    if let Some(number) = name.strip_prefix("RFC ") {
        let is_number = !number.is_empty() && number.chars().all(|letter| letter.is_ascii_digit());
        return is_number.then(|| format!("https://www.rfc-editor.org/rfc/rfc{number}{anchor}"));
    }
    if name.starts_with("draft-") && is_id(name) {
        return Some(format!("https://datatracker.ietf.org/doc/html/{name}{anchor}"));
    }
    let cwe = label.strip_prefix("CWE-")?;
    let is_number = !cwe.is_empty() && cwe.chars().all(|letter| letter.is_ascii_digit());
    is_number.then(|| format!("https://cwe.mitre.org/data/definitions/{cwe}.html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_marked_and_what_does_not_is_not() {
        let html = changed("{\"alg\":\"RS256\"}", "{\"alg\":\"none\"}").into_string();
        assert!(html.contains("<del>RS256</del>"), "{html}");
        assert!(html.contains("<ins>none</ins>"), "{html}");
        let html = changed("aa", "aaa").into_string();
        assert!(
            html.contains("<del></del>") && html.contains("<ins>a</ins>"),
            "{html}"
        );
        let html = changed("é<", "").into_string();
        assert!(
            html.contains("<del>é&lt;</del>") && html.contains("<em>nothing</em>"),
            "{html}"
        );
    }

    #[test]
    fn a_long_text_is_cut_between_letters_and_says_so() {
        let html = artefact(&"é".repeat(2000)).into_string();
        assert_eq!(html.matches('é').count(), MOST_LETTERS);
        assert!(html.contains("2,200 bytes more"), "{html}");
        assert!(!artefact("short").into_string().contains("more"));
    }

    #[test]
    fn only_labels_of_a_known_form_lead_to_the_web() {
        for (label, wanted) in [
            (
                "CVE-2015-9235",
                Some("https://www.cve.org/CVERecord?id=CVE-2015-9235"),
            ),
            (
                "GHSA-c7hr-j4mj-j2w6",
                Some("https://github.com/advisories/GHSA-c7hr-j4mj-j2w6"),
            ),
            (
                "RFC 8725 §3.1",
                Some("https://www.rfc-editor.org/rfc/rfc8725#section-3.1"),
            ),
            ("RFC 7009", Some("https://www.rfc-editor.org/rfc/rfc7009")),
            (
                "draft-ietf-oauth-rfc8725bis §2.11",
                Some("https://datatracker.ietf.org/doc/html/draft-ietf-oauth-rfc8725bis#section-2.11"),
            ),
            ("CWE-22", Some("https://cwe.mitre.org/data/definitions/22.html")),
            (
                "RFC 8725 §3.1\" onclick=",
                Some("https://www.rfc-editor.org/rfc/rfc8725"),
            ),
            ("PASETO Payload-Processing", None),
            ("CVE-1\" onclick=\"x", None),
            ("RFC ", None),
            ("", None),
        ] {
            assert_eq!(address(label).as_deref(), wanted, "{label}");
        }
    }
}
