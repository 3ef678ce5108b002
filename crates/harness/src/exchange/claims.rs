//! Claims as lines carry them: the JSON that was signed, compared as JSON.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};
use tokenlab_record::catalogue::Family;

use crate::claims::{ClaimSet, NumericDate, Rfc3339, TimeFormat};
use crate::contender::IssueError;
use crate::rejection::{RejectReason, Rejection};

/// Reads a JSON object none of whose members occurs twice at its top: two
/// readers would believe different ones (RFC 8725 §2.4 is about that).
///
/// # Errors
/// If the bytes are anything else.
pub fn object(bytes: &[u8]) -> serde_json::Result<Map<String, Value>> {
    serde_json::from_slice::<Distinct>(bytes).map(|object| object.0)
}

/// The claims in an authentic payload.
pub(super) fn of_payload(payload: &[u8]) -> Result<Map<String, Value>, Rejection> {
    object(payload).map_err(|error| {
        Rejection::new(
            RejectReason::InvalidClaims,
            format!("the payload is no claims set: {error}"),
        )
    })
}

/// Holds `exp` and `nbf` of a payload against `now`, seconds since 1970, in the
/// way the family writes times and without leeway. What is absent is not held.
pub(super) fn check_times(family: Family, payload: &[u8], now: i64) -> Result<(), Rejection> {
    let claims = match family {
        Family::Paseto => ClaimSet::from_json::<Rfc3339>(payload),
        _ => ClaimSet::from_json::<NumericDate>(payload),
    }
    .map_err(|error| Rejection::new(RejectReason::InvalidClaims, error.to_string()))?;
    if claims.exp.is_some_and(|exp| exp <= now) {
        return Err(Rejection::new(RejectReason::Expired, "exp has passed"));
    }
    if claims.nbf.is_some_and(|nbf| nbf > now) {
        return Err(Rejection::new(RejectReason::NotYetValid, "nbf has not come"));
    }
    Ok(())
}

/// `claims` as a token of `family` says them.
pub(super) fn to_payload(family: Family, claims: &ClaimSet) -> Result<String, IssueError> {
    match family {
        Family::Paseto => claims.to_json::<Rfc3339>(),
        _ => claims.to_json::<NumericDate>(),
    }
    .map_err(IssueError::new)
}

/// Where `left` and `right` first differ, in words; `None` if they say the same.
/// See [`differences`].
#[must_use]
pub fn difference(left: &Map<String, Value>, right: &Map<String, Value>) -> Option<String> {
    differences(left, right).into_iter().next()
}

/// Everywhere that `left` and `right` differ, in words.
///
/// Numbers are compared by value, 1 and 1.0 alike. Floats may differ in the
/// last place: some libraries give claims back through another reading and
/// writing, and serde_json does not promise to read back what it wrote.
#[must_use]
pub fn differences(left: &Map<String, Value>, right: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    objects(left, right, "", &mut found);
    found
}

fn objects(left: &Map<String, Value>, right: &Map<String, Value>, path: &str, found: &mut Vec<String>) {
    for (name, value) in left {
        match right.get(name) {
            None => found.push(format!("{path}{name} is only in the first")),
            Some(other) => values(value, other, &format!("{path}{name}"), found),
        }
    }
    for name in right.keys().filter(|name| !left.contains_key(*name)) {
        found.push(format!("{path}{name} is only in the second"));
    }
}

fn values(left: &Value, right: &Value, path: &str, found: &mut Vec<String>) {
    let same = match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            return objects(left, right, &format!("{path}."), found);
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                values(left, right, &format!("{path}[{index}]"), found);
            }
            return;
        }
        (Value::Number(left), Value::Number(right)) => numbers(left, right),
        _ => left == right,
    };
    if !same {
        found.push(format!("{path} is {} and {}", shown(left), shown(right)));
    }
}

fn numbers(left: &serde_json::Number, right: &serde_json::Number) -> bool {
    if left == right {
        return true;
    }
    if !left.is_f64() && !right.is_f64() {
        return false; // whole numbers are exact
    }
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => (left - right).abs() <= 2.0 * f64::EPSILON * left.abs().max(right.abs()),
        _ => false,
    }
}

/// A value cut to what fits a message.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Claims as people write them: JSON whose times are numbers, as in a JWT, or
/// text, as in a PASETO.
///
/// # Errors
/// As [`ClaimSet::from_json`].
pub fn read(text: &[u8]) -> serde_json::Result<ClaimSet> {
    ClaimSet::from_json::<EitherTime>(text)
}

struct EitherTime;

impl TimeFormat for EitherTime {
    type Wire = Value;

    fn write(seconds: i64) -> Option<Value> {
        NumericDate::write(seconds).map(Value::Number)
    }

    fn read(wire: Value) -> Option<i64> {
        match wire {
            Value::Number(number) => NumericDate::read(number),
            Value::String(text) => Rfc3339::read(text),
            _ => None,
        }
    }
}

/// A JSON object without doubles.
struct Distinct(Map<String, Value>);

impl<'de> Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DistinctVisitor;

        impl<'de> Visitor<'de> for DistinctVisitor {
            type Value = Distinct;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Distinct, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.contains_key(&name) {
                        return Err(de::Error::custom(format!("member {name:?} occurs twice")));
                    }
                    members.insert(name, value);
                }
                Ok(Distinct(members))
            }
        }

        deserializer.deserialize_map(DistinctVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn the_first_difference_is_named() {
        for (left, right, found) in [
            (json!({"a": 1}), json!({"a": 1.0}), None),
            (json!({"a": 0.1}), json!({"a": 0.10000000000000002}), None),
            (json!({"a": {"b": [1, 2]}}), json!({"a": {"b": [1, 2]}}), None),
            (json!({"a": 0.1}), json!({"a": 0.2}), Some("a is 0.1 and 0.2")),
            (
                json!({"a": u64::MAX}),
                json!({"a": u64::MAX - 1}),
                Some("a is 18446744073709551615 and 18446744073709551614"),
            ),
            (json!({"a": 1}), json!({"a": "1"}), Some("a is 1 and \"1\"")),
            (
                json!({"a": [1]}),
                json!({"a": [1, 2]}),
                Some("a is [1] and [1,2]"),
            ),
            (
                json!({"a": {"b": [1, 2]}}),
                json!({"a": {"b": [1, 3]}}),
                Some("a.b[1] is 2 and 3"),
            ),
            (json!({"a": 1}), json!({}), Some("a is only in the first")),
            (
                json!({"x": {}}),
                json!({"x": {"a": null}}),
                Some("x.a is only in the second"),
            ),
        ] {
            assert_eq!(
                difference(&map(left.clone()), &map(right.clone())).as_deref(),
                found,
                "{left} {right}"
            );
        }
    }

    #[test]
    fn times_may_be_written_either_way() {
        let numbers = read(br#"{"exp":2000000000,"sub":"a"}"#).unwrap();
        let text = read(br#"{"exp":"2033-05-18T03:33:20Z","sub":"a"}"#).unwrap();
        assert_eq!(numbers, text);
        for (json, named) in [
            (r#"{"exp":"soon"}"#, "claim exp is not a time"),
            (r#"{"nbf":[]}"#, "claim nbf is not a time"),
            (r#"{"aud":1}"#, "claim aud"),
            ("[1]", "JSON object"),
        ] {
            let error = read(json.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(named), "{json}: {error}");
        }
    }

    #[test]
    fn a_member_twice_and_what_is_no_object_are_refused() {
        for (text, named) in [
            (r#"{"a":1,"a":1}"#, "occurs twice"),
            ("[]", "JSON object"),
            ("", "EOF"),
            ("{} x", "trailing"),
        ] {
            let error = of_payload(text.as_bytes()).unwrap_err();
            assert_eq!(error.reason, RejectReason::InvalidClaims, "{text}");
            assert!(error.detail.contains(named), "{text}: {error}");
        }
    }

    #[test]
    fn times_are_held_in_the_form_of_the_family() {
        for (family, payload, expected) in [
            (Family::Jwt, r#"{"exp":101,"nbf":100}"#, None),
            (Family::Jwt, r#"{"exp":100}"#, Some(RejectReason::Expired)),
            (Family::Jwe, r#"{"nbf":101}"#, Some(RejectReason::NotYetValid)),
            (Family::Jwt, r#"{"nbf":"0"}"#, Some(RejectReason::InvalidClaims)),
            (Family::Paseto, r#"{"exp":"1970-01-01T00:01:41Z"}"#, None),
            (
                Family::Paseto,
                r#"{"exp":"1970-01-01T00:01:40+00:00"}"#,
                Some(RejectReason::Expired),
            ),
            (
                Family::Paseto,
                r#"{"exp":101}"#,
                Some(RejectReason::InvalidClaims),
            ),
            (Family::Jwt, "{}", None),
        ] {
            let found = check_times(family, payload.as_bytes(), 100)
                .err()
                .map(|refusal| refusal.reason);
            assert_eq!(found, expected, "{payload}");
        }
    }
}
