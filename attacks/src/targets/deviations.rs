//! Where a current library departs from what its format is expected to do: the
//! one reviewed list, of contenders by name.
//!
//! Every contender is taken for hardened: it has the weaknesses of its format
//! and no other. A line here says what was measured instead. A library may
//! have a weakness of its own, in the configuration that this lab calls proper;
//! or it may mend one that its format has. Whatever is not in the list and
//! happens all the same fails the matrix.
//!
//! A line needs a reason that its readers can check, with the paragraph of the
//! specification; that a replay comes out so is not one. Suspicions about a
//! current release do not belong here, nor anywhere in this project.

use tokenlab_record::transcript::Stage;

use crate::weakness::Weakness;

/// What is different about some contenders.
#[derive(Debug)]
pub struct Deviation {
    /// Which: a contender's id, in which one `*` stands for any text.
    pub contender: &'static str,
    /// Weaknesses that they have beside those of their format; all of them,
    /// also what their class has anyway.
    pub own: &'static [Weakness],
    /// The checks that are missing for it, one each. Of a class without an
    /// issuer the first is known, and is not repeated here.
    pub lacks: &'static [Lack],
    /// Weaknesses of their format that they do not have.
    pub mends: &'static [Weakness],
    /// Why that is so and stands, in one sentence.
    pub reason: &'static str,
    /// What was sent and what was answered, in one sentence.
    pub measured: &'static str,
}

/// A check that a library does not make.
#[derive(Debug)]
pub struct Lack {
    /// Name of the check, as of the models.
    pub check: &'static str,
    /// Where it would stand.
    pub stage: Stage,
    /// What it would demand, in one sentence.
    pub demand: &'static str,
}

/// The list.
pub const DEVIATIONS: &[Deviation] = &[Deviation {
    contender: "jwt-simple/ES256K",
    own: &[],
    lacks: &[],
    mends: &[Weakness::MalleableSignature],
    reason: "k256 takes the smaller of s and n - s alone, as Bitcoin does; RFC 8812 §3.2 does not ask for it.",
    measured: "An honest token with the other s was sent, and refused as a bad signature.",
}];

/// The line about that contender.
#[must_use]
pub fn of(contender: &str) -> Option<&'static Deviation> {
    DEVIATIONS.iter().find(|deviation| deviation.covers(contender))
}

impl Deviation {
    /// Whether this line is about that contender.
    #[must_use]
    pub fn covers(&self, contender: &str) -> bool {
        match self.contender.split_once('*') {
            None => self.contender == contender,
            Some((beginning, end)) => contender
                .strip_prefix(beginning)
                .is_some_and(|rest| rest.ends_with(end)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_nothing_else_does() {
        let covers = |pattern, contender: &str| {
            let deviation = Deviation {
                contender: pattern,
                own: &[],
                lacks: &[],
                mends: &[],
                reason: "",
                measured: "",
            };
            deviation.covers(contender)
        };
        assert!(covers("a/HS256", "a/HS256"));
        assert!(covers("a/*", "a/HS256"));
        assert!(covers("*+b", "a/HS256+b"));
        assert!(covers("a/*+b", "a/+b"));
        for (pattern, contender) in [
            ("a/HS256", "a/HS256+b"),
            ("a/*", "aa/HS256"),
            ("a/*+b", "a/HS256+c"),
            ("a+*+b", "a+b"),
        ] {
            assert!(!covers(pattern, contender), "{pattern} {contender}");
        }
    }
}
