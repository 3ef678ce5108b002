//! The lines of source behind a decision.
//!
//! A trace names the file and line of the check that fired or is missing. A page
//! that is drawn years later, elsewhere, has no repository to look them up in; so
//! whoever records a run writes the lines down beside the transcripts.

use serde::{Deserialize, Serialize};

/// Schema tag of [`Excerpt`].
pub const SOURCE_SCHEMA: &str = "tokenlab.source/1";

/// At most so many lines before the one that is meant: enough for the whole of a
/// flawed verifier, which loses its check near the end.
const BEFORE: usize = 27;

/// At most so many after it.
const AFTER: usize = 17;

/// One line of source with its surroundings: a line of `sources.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// [`SOURCE_SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// The file, from the repository root.
    pub file: String,
    /// The line that is meant, from 1.
    pub line: u32,
    /// The number of the first line of `text`.
    pub first: u32,
    /// The line that is meant and those around it.
    pub text: String,
}

impl Excerpt {
    /// The surroundings of a line in the text of its file: its paragraph, cut
    /// where that is long. `None` if there is no such line.
    #[must_use]
    pub fn of(run: &str, file: &str, line: u32, source: &str) -> Option<Self> {
        let lines: Vec<&str> = source.lines().collect();
        let at = usize::try_from(line).ok()?.checked_sub(1)?;
        let (before, from_here) = lines.split_at_checked(at)?;
        from_here.first()?;
        let is_blank = |line: &&&str| line.trim().is_empty();
        let back = before
            .iter()
            .rev()
            .take(BEFORE)
            .take_while(|line| !is_blank(line))
            .count();
        let on = from_here
            .iter()
            .take(1 + AFTER)
            .take_while(|line| !is_blank(line))
            .count();
        let text = lines.get(at - back..at + on.max(1))?.join("\n");
        Some(Self {
            schema: SOURCE_SCHEMA.into(),
            run: run.to_owned(),
            file: file.to_owned(),
            line,
            first: line - u32::try_from(back).ok()?,
            text,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "one\n\nthree\nfour\nfive\n\nseven\n";

    #[test]
    fn an_excerpt_is_the_paragraph_around_a_line() {
        let excerpt = Excerpt::of("run", "a.rs", 4, SOURCE).unwrap();
        assert_eq!((excerpt.first, excerpt.text.as_str()), (3, "three\nfour\nfive"));
        let first = Excerpt::of("run", "a.rs", 1, SOURCE).unwrap();
        assert_eq!((first.first, first.text.as_str()), (1, "one"));
        let last = Excerpt::of("run", "a.rs", 7, SOURCE).unwrap();
        assert_eq!((last.first, last.text.as_str()), (7, "seven"));
    }

    #[test]
    fn a_long_paragraph_is_cut_and_holds_the_line() {
        let long = (1..=100)
            .map(|line| line.to_string())
            .collect::<Vec<_>>()
            .join("\n");
        let excerpt = Excerpt::of("run", "a.rs", 50, &long).unwrap();
        assert_eq!(excerpt.first, 23);
        assert!(excerpt.text.starts_with("23\n") && excerpt.text.ends_with("\n67"));
    }

    #[test]
    fn a_line_that_is_not_there_has_no_excerpt() {
        for line in [0, 8, u32::MAX] {
            assert_eq!(Excerpt::of("run", "a.rs", line, SOURCE), None, "{line}");
        }
        assert_eq!(Excerpt::of("run", "a.rs", 1, ""), None);
    }
}
