//! `tokenlab token diff`: two tokens part by part, broken ones included.

use serde_json::{Value, json};
use tokenlab_harness::decode::{Part, decode};
use tokenlab_harness::exchange::claims::{differences, object};

use super::bare;
use crate::output::{Failure, Output};

/// Shows what is the same in two tokens and what differs.
///
/// # Errors
/// [`Failure`] if standard output is gone.
pub(super) fn run(left: &str, right: &str, output: &Output) -> Result<(), Failure> {
    let (left_token, right_token) = (bare(left), bare(right));
    let (left, right) = (decode(left_token), decode(right_token));
    let rows: Vec<Row<'_>> = (0..left.parts.len().max(right.parts.len()))
        .map(|index| Row {
            left: left.parts.get(index),
            right: right.parts.get(index),
        })
        .collect();
    if output.is_json() {
        let parts: Vec<Value> = rows.iter().map(Row::to_json).collect();
        return output.envelope(
            "diff",
            &json!({
                "same": left_token == right_token,
                "formats": [left.format.title(), right.format.title()],
                "parts": parts,
            }),
        );
    }
    if left.format == right.format {
        output.line(&left.format.title())?;
    } else {
        output.line(&format!("{} / {}", left.format.title(), right.format.title()))?;
    }
    for row in &rows {
        row.show(output)?;
    }
    if left_token != right_token && rows.iter().all(Row::is_same) {
        output.line(&"the same bytes, written differently: one of the two is not canonical")?;
    }
    output.note(&"compared, not verified: anyone can write such tokens");
    Ok(())
}

/// Parts in the same place.
struct Row<'a> {
    left: Option<&'a Part>,
    right: Option<&'a Part>,
}

impl Row<'_> {
    fn is_same(&self) -> bool {
        self.left == self.right
    }

    fn name(&self) -> String {
        match (self.left, self.right) {
            (Some(left), Some(right)) if left.name != right.name => format!("{}/{}", left.name, right.name),
            (left, right) => left
                .or(right)
                .map_or_else(String::new, |part| part.name.to_owned()),
        }
    }

    /// What differs inside, where both sides are JSON objects.
    fn members(&self) -> Vec<String> {
        let side = |part: Option<&Part>| part.and_then(|part| object(&part.bytes).ok());
        match (side(self.left), side(self.right)) {
            (Some(left), Some(right)) => differences(&left, &right),
            _ => Vec::new(),
        }
    }

    /// Offset of the first byte that differs, of two parts that both are there.
    fn first_byte(&self) -> Option<usize> {
        let (left, right) = (&self.left?.bytes, &self.right?.bytes);
        let common = left.iter().zip(right).position(|(left, right)| left != right);
        common.or_else(|| (left.len() != right.len()).then(|| left.len().min(right.len())))
    }

    fn show(&self, output: &Output) -> Result<(), Failure> {
        let name = self.name();
        if self.is_same() {
            let text = self.left.map(Part::text).unwrap_or_default();
            return output.line(&format!("{name:>13} = {text}"));
        }
        for (side, part) in [('A', self.left), ('B', self.right)] {
            let text = match part {
                None => "(no such part)".to_owned(),
                Some(Part {
                    problem: Some(problem),
                    ..
                }) => format!("{}  ({problem})", part.map(Part::text).unwrap_or_default()),
                Some(part) => part.text(),
            };
            output.line(&format!("{name:>13} {side} {text}"))?;
        }
        let members = self.members();
        for difference in &members {
            output.line(&format!("{:>13} ≠ {difference}", ""))?;
        }
        match self.first_byte() {
            Some(byte) if members.is_empty() => output.line(&format!("{:>13} ≠ from byte {byte} on", "")),
            _ => Ok(()),
        }
    }

    fn to_json(&self) -> Value {
        let side = |part: Option<&Part>| {
            part.map(|part| json!({"text": part.text(), "bytes": part.bytes.len(), "problem": part.problem}))
        };
        json!({
            "name": self.name(),
            "same": self.is_same(),
            "a": side(self.left),
            "b": side(self.right),
            "first_byte": self.first_byte(),
            "differences": self.members(),
        })
    }
}
