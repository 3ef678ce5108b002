//! SARIF 2.1.0, as code scanning reads it.
//!
//! A rule for each attack and a result for each cell that did not come out as
//! expected: an error where the attacker won, a warning where the target crashed
//! or could not be judged. What was expected is no result, however weak the
//! target: a model of a bug is there to fall.
//!
//! Built as plain JSON: the crates that type the format generate thousands of
//! lines from its schema, of which twenty are of use here.

use serde_json::{Value, json};
use tokenlab_attacks::{Replay, catalogue};
use tokenlab_record::catalogue::{AttackCard, Reference};

use super::{is_success, surprise};

/// The document.
pub(super) fn document(replays: &[Replay], source: Option<&str>) -> Value {
    let ran = |id: &str| replays.iter().any(|replay| replay.cell.attack == id);
    let cards: Vec<AttackCard> = catalogue::all()
        .iter()
        .map(|attack| attack.card())
        .filter(|card| ran(&card.id))
        .collect();
    let rules: Vec<Value> = cards.iter().map(rule).collect();
    let results: Vec<Value> = replays
        .iter()
        .filter_map(|replay| {
            let index = cards.iter().position(|card| card.id == replay.cell.attack)?;
            result(replay, index, source)
        })
        .collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "tokenlab",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(card: &AttackCard) -> Value {
    let uri = card
        .references
        .iter()
        .find_map(|reference| address(&reference.label));
    let mut rule = json!({
        "id": card.id,
        "name": card.title,
        "shortDescription": {"text": card.title},
        "fullDescription": {"text": card.assumption},
        "help": {
            "text": card.assumption,
            "markdown": catalogue::lesson(&card.id).unwrap_or_default(),
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["security"],
            "breaks": card.breaks,
            "references": card.references.iter().map(reference).collect::<Vec<_>>(),
        },
    });
    if let (Some(rule), Some(uri)) = (rule.as_object_mut(), uri) {
        rule.insert("helpUri".into(), uri.into());
    }
    rule
}

fn reference(reference: &Reference) -> Value {
    json!({
        "label": reference.label,
        "note": reference.note,
        "uri": address(&reference.label),
    })
}

/// Where a source can be read, for those whose address follows from their name.
fn address(label: &str) -> Option<String> {
    let mut words = label.split_whitespace();
    let first = words.next()?.trim_end_matches([',', ':']);
    if first.starts_with("CVE-") {
        return Some(format!("https://nvd.nist.gov/vuln/detail/{first}"));
    }
    if first.starts_with("GHSA-") {
        return Some(format!("https://github.com/advisories/{first}"));
    }
    if first.starts_with("draft-") {
        return Some(format!("https://datatracker.ietf.org/doc/{first}/"));
    }
    let number: u32 = words.next().filter(|_| first == "RFC")?.parse().ok()?;
    let page = format!("https://www.rfc-editor.org/rfc/rfc{number}");
    match words.next().and_then(|section| section.strip_prefix('§')) {
        Some(section) => Some(format!(
            "{page}#section-{}",
            section.trim_end_matches([',', ';', '.'])
        )),
        None => Some(page),
    }
}

fn result(replay: &Replay, index: usize, source: Option<&str>) -> Option<Value> {
    let sentence = surprise(replay)?;
    let (file, line) = place(replay, source);
    let cell = &replay.cell;
    Some(json!({
        "ruleId": cell.attack,
        "ruleIndex": index,
        "level": if is_success(replay) { "error" } else { "warning" },
        "message": {"text": format!("{sentence}.")},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": as_uri(&file)},
                "region": {"startLine": line.max(1)},
            },
            "logicalLocations": [{"fullyQualifiedName": cell.target, "kind": "function"}],
        }],
        "partialFingerprints": {"attackAndTarget/v1": format!("{}@{}", cell.attack, cell.target)},
        "properties": {"target": cell.target, "outcome": cell.verdict.kind()},
    }))
}

/// The source line that decided, the verifier's own file if it is not the
/// lab's, or else where the target was asked, or where the attack stands.
fn place(replay: &Replay, source: Option<&str>) -> (String, u32) {
    if let Some(source) = source {
        return (source.to_owned(), 1);
    }
    let trace = replay.deciding().map_or(&[][..], |transcript| &transcript.trace);
    let decided = trace
        .iter()
        .find(|entry| replay.cell.decided_by.as_deref() == Some(&entry.id));
    match decided.or_else(|| trace.last()) {
        Some(entry) => (entry.file.clone(), entry.line),
        None => {
            let file = replay.cell.attack.replace('-', "_");
            (format!("attacks/src/catalogue/{file}.rs"), 1)
        }
    }
}

/// A relative path as a URI reference (RFC 3986 §3.3).
fn as_uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.trim_start_matches("./").replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_have_addresses_where_those_follow_from_their_names() {
        for (label, uri) in [
            (
                "CVE-2015-9235",
                Some("https://nvd.nist.gov/vuln/detail/CVE-2015-9235"),
            ),
            (
                "GHSA-h4j5-c7cj-74xg",
                Some("https://github.com/advisories/GHSA-h4j5-c7cj-74xg"),
            ),
            (
                "RFC 8725 §3.1",
                Some("https://www.rfc-editor.org/rfc/rfc8725#section-3.1"),
            ),
            ("RFC 7519", Some("https://www.rfc-editor.org/rfc/rfc7519")),
            ("PASETO specification, 02-PAE", None),
            ("", None),
        ] {
            assert_eq!(address(label).as_deref(), uri, "{label}");
        }
    }

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(as_uri("./my verifier/é.py"), "my%20verifier/%C3%A9.py");
    }
}
