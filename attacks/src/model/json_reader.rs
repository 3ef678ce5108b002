//! JSON read by hand, one call inside the other, and the check that has to stand
//! before such a reader.
//!
//! RFC 8259 §9 lets a parser limit the depth of nesting, and one that calls
//! itself has to: each level takes a piece of the stack, and the sender says how
//! many levels there are.

use tokenlab_harness::RejectReason;
use tokenlab_record::transcript::Stage;

use super::check::{Check, Verifier, refuse};
use super::jws::{self, Jws};
use super::payload;

/// Every check of a verifier for the one algorithm `only` that reads the header
/// by hand, whose key is chosen by `key`.
#[must_use]
pub fn verifier(only: &'static str, key: Check<Jws>) -> Verifier<Jws> {
    let mut checks = vec![
        jws::three_parts(),
        depth_limit(),
        header_read_by_hand(),
        jws::strict_encoding(),
        jws::algorithm_allow_list(only),
        jws::critical_extensions(),
        key,
        jws::signature(),
    ];
    checks.extend(payload::checks());
    Verifier::of(checks)
}

/// Counts brackets, and calls nobody.
fn depth_limit() -> Check<Jws> {
    Check::new(
        DEPTH_LIMIT,
        Stage::Encoding,
        format!("the header nests {DEEPEST} levels at most"),
        |jws: &mut Jws| {
            let depth = depth(jws.part(0));
            if depth <= DEEPEST {
                return Ok(());
            }
            refuse(
                RejectReason::Oversized,
                format!("the header nests {depth} levels, and {DEEPEST} are allowed"),
            )
        },
    )
}

fn header_read_by_hand() -> Check<Jws> {
    Check::new(
        "header-read-by-hand",
        Stage::Encoding,
        "the header is JSON, read by a function that calls itself",
        |jws: &mut Jws| {
            let mut reader = Reader { rest: jws.part(0) };
            if reader.value().is_some() && reader.rest.is_empty() {
                return Ok(());
            }
            refuse(RejectReason::Encoding, "the header is no JSON")
        },
    )
}

/// How many brackets are open at most, outside of strings.
fn depth(text: &[u8]) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                open += 1;
                deepest = deepest.max(open);
            }
            b']' | b'}' if !in_string => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// What is left to read.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    /// Reads a value and whatever is in it; gives how many values that were.
    fn value(&mut self) -> Option<usize> {
        match self.next()? {
            b'[' => self.values(b']', false),
            b'{' => self.values(b'}', true),
            b'"' => self.string(),
            byte if byte.is_ascii_alphanumeric() || byte == b'-' => {
                let is_more = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                let end = self.rest.iter().position(|byte| !is_more(byte));
                self.rest = self.rest.get(end.unwrap_or(self.rest.len())..)?;
                Some(1)
            }
            _ => None,
        }
    }

    /// Reads values up to a closing bracket, each behind its name if they have
    /// names.
    fn values(&mut self, close: u8, are_named: bool) -> Option<usize> {
        let mut count = 1;
        if self.peek()? == close {
            self.next()?;
            return Some(count);
        }
        loop {
            if are_named && (self.next()? != b'"' || self.string().is_none() || self.next()? != b':') {
                return None;
            }
            count += self.value()?;
            match self.next()? {
                b',' => {}
                byte if byte == close => return Some(count),
                _ => return None,
            }
        }
    }

    /// Reads the rest of a string whose quote is read.
    fn string(&mut self) -> Option<usize> {
        loop {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = match byte {
                b'\\' => rest.get(1..)?,
                _ => rest,
            };
            if *byte == b'"' {
                return Some(1);
            }
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_ascii_start();
        self.rest.first().copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.rest = self.rest.get(1..)?;
        Some(byte)
    }
}

/// Name of the check that keeps the stack.
pub const DEPTH_LIMIT: &str = "depth-limit";

/// More levels than any header needs, and fewer than any stack has.
const DEEPEST: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> bool {
        let mut reader = Reader {
            rest: text.as_bytes(),
        };
        reader.value().is_some() && reader.rest.is_empty()
    }

    #[test]
    fn json_is_read_and_what_is_no_json_is_not() {
        for json in [
            "1",
            "-1.5e+3",
            "null",
            r#""""#,
            r#""a\"]b""#,
            "[]",
            "{}",
            r#"{"a": [1, {"b": "c"}], "d": true}"#,
        ] {
            assert!(reads(json), "{json}");
        }
        for broken in [
            "",
            "[",
            "]",
            "[1",
            "[1,]",
            "{1:2}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#""a"#,
            "[] []",
            "+",
        ] {
            assert!(!reads(broken), "{broken}");
        }
    }

    #[test]
    fn brackets_in_strings_are_no_levels() {
        assert_eq!(depth(b"1"), 0);
        assert_eq!(depth(br#"{"a":[[]],"b":[]}"#), 3);
        assert_eq!(depth(br#"{"[[[":"\"[["}"#), 1);
        assert_eq!(depth(b"]]["), 1);
    }
}
