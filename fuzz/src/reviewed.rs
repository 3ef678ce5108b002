//! The disagreements between libraries of one scheme that were looked at.
//!
//! None of them lets anybody in who has no key: what is disagreed on was signed by
//! the issuer. They matter where two libraries verify the tokens of one issuer, say
//! at a gateway and behind it, and where one library is exchanged for another.

use serde_json::{Map, Value};

use crate::disagreement::{DifferenceClass, Reviewed, Written};

/// Every one of them. A test shows each happen, and one that no longer does fails it.
pub const REVIEWED: &[Reviewed] = &[
    Reviewed {
        schemes: "jwt.",
        library: "jsonwebtoken",
        class: DifferenceClass::Type,
        accepts: Some(false),
        when: |written| has_mistyped(written.header),
        witness: header(r#"{"alg":"HS256","x5c":0}"#),
        reason: "it reads each header parameter that RFC 7515 §4.1 and RFC 7516 §4.1 name, used or not, by its \
                 type; the others read those that they use",
    },
    Reviewed {
        schemes: "jwt.",
        library: "jwt-simple",
        class: DifferenceClass::Type,
        accepts: Some(false),
        when: |written| has_mistyped(written.header),
        witness: header(r#"{"alg":"HS256","jwk":{}}"#),
        reason: "its reader of headers takes jwk for text, and x5c for a list of text",
    },
    Reviewed {
        schemes: "jwt.",
        library: "jwt-simple",
        class: DifferenceClass::Leniency,
        accepts: Some(false),
        when: |written| has_another_typ(written.header),
        witness: header(r#"{"alg":"HS256","typ":"application/jwt"}"#),
        reason: "typ has to be JWT or to end in +jwt where it is there; RFC 7515 §4.1.9 lets application/ stand in front",
    },
    Reviewed {
        schemes: "jwt.",
        library: "jwt-simple",
        class: DifferenceClass::Leniency,
        accepts: Some(true),
        when: |written| object(written.header).is_none_or(|header| header.contains_key("crit")),
        witness: header(r#"{"alg":"HS256","crit":[]}"#),
        reason: "it reads what it uses of the header: members beside those need not be JSON that others can read, \
                 an array will do for an object, and crit may be empty, which RFC 7515 §4.1.11 says it must not",
    },
    Reviewed {
        schemes: "jwt.",
        library: "jwt-compact",
        class: DifferenceClass::Type,
        accepts: Some(false),
        when: |written| has_any(written.header, &["x5t", "x5t#S256"]),
        witness: header(r#"{"alg":"HS256","x5t":"AAAA"}"#),
        reason: "a thumbprint has to be one: 20 or 32 bytes as base64url (RFC 7515 §4.1.7 and §4.1.8)",
    },
    Reviewed {
        schemes: "jwt.",
        library: "jwt-compact",
        class: DifferenceClass::Leniency,
        accepts: Some(false),
        when: |written| has_any(written.header, &["cty"]),
        witness: header(r#"{"alg":"HS256","cty":"JWT"}"#),
        reason: "it refuses a content type other than the one it reads itself, JSON",
    },
    Reviewed {
        schemes: "jwt.",
        library: "jwt-compact",
        class: DifferenceClass::Time,
        accepts: Some(false),
        when: |written| has_time(written.payload, |seconds| seconds.abs() > 8.2e12),
        witness: payload(r#"{"iss":"https://issuer.example","aud":"api.example","exp":99999999999999}"#),
        reason: "its calendar, chrono's, ends with the year 262142",
    },
    Reviewed {
        schemes: "jwt.",
        library: "jwt-compact",
        class: DifferenceClass::Time,
        accepts: Some(true),
        when: |written| has_time(written.payload, |seconds| seconds < 0.0),
        witness: payload(r#"{"iss":"https://issuer.example","aud":"api.example","exp":4102444800,"nbf":-1}"#),
        reason: "it reads times before 1970, which RFC 7519 §2 allows and the others have no number for",
    },
    Reviewed {
        schemes: "jwt.",
        library: "jwt-simple",
        class: DifferenceClass::Time,
        accepts: Some(false),
        when: |written| has_time(written.payload, |seconds| seconds < 0.0),
        witness: payload(r#"{"iss":"https://issuer.example","aud":"api.example","exp":4102444800,"iat":-1}"#),
        reason: "it has no number for times before 1970, iat included, which jsonwebtoken does not read",
    },
];

/// The ordinary claims under that header.
const fn header(header: &'static str) -> Written<'static> {
    Written {
        header,
        payload: r#"{"iss":"https://issuer.example","aud":"api.example","exp":4102444800}"#,
    }
}

/// That payload under the ordinary header.
const fn payload(payload: &'static str) -> Written<'static> {
    Written {
        header: r#"{"alg":"HS256","typ":"JWT"}"#,
        payload,
    }
}

fn object(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text).ok()
}

fn has_any(header: &str, names: &[&str]) -> bool {
    object(header).is_some_and(|header| names.iter().any(|name| header.contains_key(*name)))
}

/// Whether the header names a type that is neither JWT nor a kind of it.
fn has_another_typ(header: &str) -> bool {
    let typ = object(header).and_then(|header| Some(header.get("typ")?.as_str()?.to_ascii_uppercase()));
    typ.is_some_and(|typ| typ != "JWT" && !typ.ends_with("+JWT"))
}

/// Whether a header parameter is not text that is text where it has its type, or one
/// is there whose type is more than that.
fn has_mistyped(header: &str) -> bool {
    let mistyped = |header: Map<String, Value>| {
        let text = ["typ", "cty", "kid", "jku", "x5u", "x5t", "x5t#S256"];
        let more = ["jwk", "x5c", "crit", "enc", "zip"];
        text.iter()
            .any(|name| header.get(*name).is_some_and(|value| !value.is_string()))
            || more.iter().any(|name| header.contains_key(*name))
    };
    object(header).is_some_and(mistyped)
}

/// Whether a time of the payload, in seconds, is such a one.
fn has_time(payload: &str, is_such: fn(f64) -> bool) -> bool {
    let payload = object(payload).unwrap_or_default();
    ["exp", "nbf", "iat"]
        .into_iter()
        .filter_map(|name| payload.get(name)?.as_f64())
        .any(is_such)
}
