//! Payloads as a careless reader reads them, and the checks that make up for
//! it.
//!
//! Many readers of JSON keep the last of two members with one name, take a
//! claim of the wrong type for one that is not there, and look for members in
//! an array as readily as in an object. [`claims`] is such a reader on purpose:
//! what it overlooks, a check has to refuse, so that a model without the check
//! shows what comes of it (RFC 7519 §4 and §7.2, RFC 7515 §4; PASETO,
//! Payload-Processing).

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use tokenlab_harness::claims::TimeFormat;
use tokenlab_harness::{ClaimSet, Policy, RejectReason, Rejection};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, refuse};
use super::claims::CLAIMS_POLICY;

/// A token whose payload is JSON.
pub trait Payload: Parsed {
    /// How it writes times.
    type Times: TimeFormat;

    /// The payload, verified or not.
    ///
    /// # Errors
    /// If it can't be read without the key.
    fn payload(&self) -> Result<Cow<'_, [u8]>, Rejection>;
}

/// What a careless reader makes of the payload.
///
/// # Errors
/// If there is none, or it is no JSON at all.
pub fn claims<P: Payload>(token: &P) -> Result<ClaimSet, Rejection> {
    Ok(members(token)?.map(readable::<P::Times>).unwrap_or_default())
}

/// The claims among the members of an object that have their type; the others
/// are taken for absent.
#[must_use]
pub fn readable<F: TimeFormat>(members: Map<String, Value>) -> ClaimSet {
    let kept = members
        .into_iter()
        .filter(|(name, value)| has_its_type::<F>(name, value));
    let kept = Value::Object(kept.collect()).to_string();
    ClaimSet::from_json::<F>(kept.as_bytes()).unwrap_or_default()
}

/// The checks of a payload that a careless reader needs, and then the policy.
#[must_use]
pub fn checks<P: Payload>() -> Vec<Check<P>> {
    vec![payload_object(), unique_members(), claim_types(), claims_policy()]
}

/// RFC 7519 §7.2 and PASETO, Payload-Processing: the payload is an object.
#[must_use]
pub fn payload_object<P: Payload>() -> Check<P> {
    Check::new(
        PAYLOAD_OBJECT,
        Stage::Claims,
        "the payload is a JSON object",
        |token: &mut P| match members(token)? {
            Some(_) => Ok(()),
            None => refuse(RejectReason::InvalidClaims, "the payload is JSON, and no object"),
        },
    )
}

/// RFC 7519 §4 leaves a verifier the choice to refuse; PASETO, Payload-Processing
/// does not.
#[must_use]
pub fn unique_members<P: Payload>() -> Check<P> {
    Check::new(
        UNIQUE_MEMBERS,
        Stage::Claims,
        "no object of the payload has two members of one name",
        |token: &mut P| has_unique_members(&token.payload()?),
    )
}

/// A claim of the wrong type is refused and not overlooked (RFC 7519 §4.1.4
/// and §4.1.5; PASETO, Claims).
#[must_use]
pub fn claim_types<P: Payload>() -> Check<P> {
    Check::new(
        CLAIM_TYPES,
        Stage::Claims,
        "every registered claim that is there has its type",
        |token: &mut P| {
            let members = members(token)?.unwrap_or_default();
            let mut mistyped = members
                .iter()
                .filter(|(name, value)| !has_its_type::<P::Times>(name, value));
            match mistyped.next() {
                Some((name, value)) => refuse(
                    RejectReason::InvalidClaims,
                    format!("{name} is {value}, which is of another type"),
                ),
                None => Ok(()),
            }
        },
    )
}

/// Issuer, audience and times, by the lab's policy.
#[must_use]
pub fn claims_policy<P: Payload>() -> Check<P> {
    Check::new(
        CLAIMS_POLICY,
        Stage::Claims,
        "issuer, audience and times are as the policy wants them",
        |token: &mut P| hold_to_policy(token),
    )
}

/// Holds the members of an object against the lab's policy. In what is no
/// object it finds nothing to hold against anything: that is refused by
/// [`payload_object`], or by nobody.
///
/// # Errors
/// As [`Policy::check`], and if the payload can't be read.
pub fn hold_to_policy<P: Payload>(token: &P) -> Result<(), Rejection> {
    match members(token)? {
        Some(members) => Policy::lab().check_now(&readable::<P::Times>(members)),
        None => Ok(()),
    }
}

/// Refuses JSON in which an object, however deep, has two members of one name.
///
/// # Errors
/// `invalid-claims`, naming the member.
pub fn has_unique_members(json: &[u8]) -> Result<(), Rejection> {
    match serde_json::from_slice::<Unique>(json) {
        Ok(Unique) => Ok(()),
        Err(error) => refuse(RejectReason::InvalidClaims, error.to_string()),
    }
}

/// The members of the payload, the last of each name; `None` if it is JSON and
/// no object.
fn members<P: Payload>(token: &P) -> Result<Option<Map<String, Value>>, Rejection> {
    match serde_json::from_slice(&token.payload()?) {
        Ok(Value::Object(members)) => Ok(Some(members)),
        Ok(_) => Ok(None),
        Err(error) => Err(Rejection::new(RejectReason::InvalidClaims, error.to_string())),
    }
}

/// Whether a member could be read if it were alone.
fn has_its_type<F: TimeFormat>(name: &str, value: &Value) -> bool {
    let alone = Map::from_iter([(name.to_owned(), value.clone())]);
    ClaimSet::from_json::<F>(Value::Object(alone).to_string().as_bytes()).is_ok()
}

/// JSON in which no object has two members of one name.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Unique, A::Error> {
        while elements.next_element::<Unique>()?.is_some() {}
        Ok(Unique)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Unique, A::Error> {
        let mut names = HashSet::new();
        while let Some((name, Unique)) = members.next_entry::<String, Unique>()? {
            if let Some(name) = names.replace(name) {
                return Err(de::Error::custom(format!("the member {name} occurs twice")));
            }
        }
        Ok(Unique)
    }
}

/// Name of the check that keeps arrays out.
pub const PAYLOAD_OBJECT: &str = "payload-object";

/// Name of the check that keeps a second member of one name out.
pub const UNIQUE_MEMBERS: &str = "unique-members";

/// Name of the check that keeps a claim of the wrong type out.
pub const CLAIM_TYPES: &str = "claim-types";

#[cfg(test)]
mod tests {
    use tokenlab_harness::claims::{NumericDate, Rfc3339};

    use super::*;

    #[test]
    fn a_name_occurs_once_in_an_object_and_as_often_as_it_likes_in_several() {
        for json in [
            "{}",
            "[]",
            "null",
            r#"{"a":{"a":1},"b":[{"a":1.5},{"a":-1}],"c":"a"}"#,
        ] {
            assert_eq!(has_unique_members(json.as_bytes()), Ok(()), "{json}");
        }
        for json in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"b":{"a":1,"a":1}}"#,
            r#"[{"a":1,"a":true}]"#,
        ] {
            let refused = has_unique_members(json.as_bytes()).unwrap_err();
            assert!(refused.detail.contains("occurs twice"), "{json}: {refused}");
        }
    }

    #[test]
    fn a_careless_reader_keeps_the_last_and_overlooks_what_it_cannot_read() {
        let read = |json: &str| serde_json::from_str::<Map<String, Value>>(json).unwrap();
        let claims = readable::<NumericDate>(read(r#"{"sub":"a","nbf":"1","exp":2,"sub":"b","x":[]}"#));
        assert_eq!(
            (claims.sub.as_deref(), claims.nbf, claims.exp),
            (Some("b"), None, Some(2))
        );
        assert!(claims.custom.as_map().contains_key("x"));
        let claims = readable::<Rfc3339>(read(r#"{"nbf":1,"exp":"1970-01-01T00:00:02Z"}"#));
        assert_eq!((claims.nbf, claims.exp), (None, Some(2)));
    }
}
