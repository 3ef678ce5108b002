//! The deviations that were looked at, every one with its reason.
//!
//! A deviation that is missing here fails the test that runs the vectors, and
//! so does an entry here that no longer happens.

use super::Outcome;

/// Every deviation that stands.
pub(super) const REVIEWED: &[Reviewed] = &[
    Reviewed {
        suite: "Biscuit samples",
        cases: "test035_ffi.bc",
        contender: "biscuit-auth/v3",
        lenient: false,
        reason: "the sample calls a function that its verifier must define, and the lab defines none for \
                 tokens from outside",
    },
    of_wycheproof("Wycheproof JWS", "*", "jwt-compact/*", false, CLAIMS_FIRST),
    of_wycheproof("Wycheproof JWK", "*", "jwt-compact/*", false, CLAIMS_FIRST),
    of_wycheproof(
        "Wycheproof JOSE, older set",
        "*",
        "jwt-compact/*",
        false,
        CLAIMS_FIRST,
    ),
    of_wycheproof("Wycheproof JWS", "367", "*", true, PADDING_IS_NOT_THERE),
    of_wycheproof("Wycheproof JWS", "370", "*", true, PADDING_IS_NOT_THERE),
    of_wycheproof("Wycheproof JWS", "372", "*", false, NOT_BASE64URL),
    of_wycheproof("Wycheproof JWS", "373", "*", false, NOT_BASE64URL),
    of_wycheproof("Wycheproof JOSE, older set", "46", "*", true, ROCA),
];

const CLAIMS_FIRST: &str = "the payload is no JSON, and this library reads the claims before it looks at the \
                            signature: it refuses every case of this suite, and none of that says anything \
                            of its signatures";

const PADDING_IS_NOT_THERE: &str = "the case is named for a wrong base64 padding, which its text does not \
                                    hold: byte for byte it is the sound token of its neighbours";

const NOT_BASE64URL: &str = "a question mark is no letter of base64url (RFC 4648 §5) and RFC 7515 §2 wants no \
                             other; refusing is the stricter reading";

const ROCA: &str = "the modulus has the fingerprint of a flawed key generator (CVE-2017-15361), which none of \
                    these libraries looks for";

const fn of_wycheproof(
    suite: &'static str,
    cases: &'static str,
    contender: &'static str,
    lenient: bool,
    reason: &'static str,
) -> Reviewed {
    Reviewed {
        suite,
        cases,
        contender,
        lenient,
        reason,
    }
}

/// Cases of a suite in which a contender deviates, for one reason.
pub(super) struct Reviewed {
    /// Suite, in full.
    pub(super) suite: &'static str,
    /// Case; a `*` at its end stands for the rest of the name.
    pub(super) cases: &'static str,
    /// Contender; likewise.
    pub(super) contender: &'static str,
    /// Whether it accepts what the vectors refuse, or the other way round.
    pub(super) lenient: bool,
    /// Why, in one sentence.
    pub(super) reason: &'static str,
}

impl Reviewed {
    pub(super) fn is_about(&self, outcome: &Outcome) -> bool {
        self.is_of(&outcome.suite, outcome.contender.as_str())
            && matches(self.cases, &outcome.case)
            && self.lenient != outcome.valid
    }

    /// Whether it is about this contender's answers to this suite at all.
    pub(super) fn is_of(&self, suite: &str, contender: &str) -> bool {
        self.suite == suite && matches(self.contender, contender)
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}
