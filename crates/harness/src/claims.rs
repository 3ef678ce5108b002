//! The one claims type that every contender issues and returns.
//!
//! JWT writes times as NumericDate integers (RFC 7519 §2), PASETO as RFC 3339
//! strings (PASETO, Claims); the claims are the same. [`ClaimSet`] holds
//! seconds, and the two wire formats are the two implementations of
//! [`TimeFormat`], each a single pass over the JSON text. A claim of the wrong
//! type, and a member name that occurs twice, are errors, never absences.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeOwned, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// Claims of one token. An absent claim is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClaimSet {
    /// Issuer.
    pub iss: Option<String>,
    /// Subject.
    pub sub: Option<String>,
    /// Audiences; one is written as a string, several as an array.
    pub aud: Vec<String>,
    /// Expiry, seconds since 1970.
    pub exp: Option<i64>,
    /// Not valid before, seconds since 1970.
    pub nbf: Option<i64>,
    /// Issued at, seconds since 1970.
    pub iat: Option<i64>,
    /// Token identifier.
    pub jti: Option<String>,
    /// Claims of the application's own.
    pub custom: CustomClaims,
}

/// Claims of the application's own, none of which bears a registered name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CustomClaims(Map<String, Value>);

/// A claim that RFC 7519 §4.1 and the PASETO claims document both reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegisteredClaim {
    /// Issuer.
    Iss,
    /// Subject.
    Sub,
    /// Audience.
    Aud,
    /// Expiry.
    Exp,
    /// Not before.
    Nbf,
    /// Issued at.
    Iat,
    /// Token identifier.
    Jti,
}

impl RegisteredClaim {
    /// Every registered claim.
    pub const ALL: [Self; 7] = [
        Self::Iss,
        Self::Sub,
        Self::Aud,
        Self::Exp,
        Self::Nbf,
        Self::Iat,
        Self::Jti,
    ];

    /// Member name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iss => "iss",
            Self::Sub => "sub",
            Self::Aud => "aud",
            Self::Exp => "exp",
            Self::Nbf => "nbf",
            Self::Iat => "iat",
            Self::Jti => "jti",
        }
    }

    /// The claim with this member name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|claim| claim.name() == name)
    }
}

impl ClaimSet {
    /// Whether a registered claim is there.
    #[must_use]
    pub fn has(&self, claim: RegisteredClaim) -> bool {
        match claim {
            RegisteredClaim::Iss => self.iss.is_some(),
            RegisteredClaim::Sub => self.sub.is_some(),
            RegisteredClaim::Aud => !self.aud.is_empty(),
            RegisteredClaim::Exp => self.exp.is_some(),
            RegisteredClaim::Nbf => self.nbf.is_some(),
            RegisteredClaim::Iat => self.iat.is_some(),
            RegisteredClaim::Jti => self.jti.is_some(),
        }
    }

    /// The claims as JSON text with times in the given format.
    ///
    /// # Errors
    /// If a time is outside the years that the format can write.
    pub fn to_json<F: TimeFormat>(&self) -> serde_json::Result<String> {
        serde_json::to_string(&Encode::<F>::new(self))
    }

    /// Reads claims from JSON text with times in the given format.
    ///
    /// # Errors
    /// If the text is not a JSON object, a registered claim has the wrong
    /// type, or a member name occurs twice.
    pub fn from_json<F: TimeFormat>(text: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice::<Decode<F>>(text).map(|decoded| decoded.0)
    }
}

impl CustomClaims {
    /// Sets a claim. Returns false, and changes nothing, if `name` is
    /// registered: those have fields of their own.
    pub fn insert(&mut self, name: impl Into<String>, value: Value) -> bool {
        let name = name.into();
        if RegisteredClaim::from_name(&name).is_some() {
            return false;
        }
        self.0.insert(name, value);
        true
    }

    /// Names and values.
    #[must_use]
    pub const fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }
}

/// How a wire format writes a point in time.
pub trait TimeFormat: 'static {
    /// Type of a time in JSON.
    type Wire: Serialize + DeserializeOwned;

    /// Seconds since 1970 to the wire; `None` if it can't be written.
    fn write(seconds: i64) -> Option<Self::Wire>;

    /// The wire to whole seconds since 1970, rounded down; `None` if it is no time.
    fn read(wire: Self::Wire) -> Option<i64>;
}

/// Seconds since 1970 as a JSON number, RFC 7519 §2.
#[derive(Clone, Copy, Debug)]
pub struct NumericDate;

impl TimeFormat for NumericDate {
    type Wire = serde_json::Number;

    fn write(seconds: i64) -> Option<Self::Wire> {
        Some(seconds.into())
    }

    fn read(wire: Self::Wire) -> Option<i64> {
        wire.as_i64().or_else(|| {
            let seconds = wire.as_f64()?.floor();
            // 2^53: above it a float no longer counts seconds.
            #[allow(clippy::cast_possible_truncation)]
            (seconds.abs() <= 9_007_199_254_740_992.0).then_some(seconds as i64)
        })
    }
}

/// An ISO 8601 string as PASETO wants it, `2039-01-01T00:00:00Z`.
#[derive(Clone, Copy, Debug)]
pub struct Rfc3339;

impl TimeFormat for Rfc3339 {
    type Wire = String;

    fn write(seconds: i64) -> Option<Self::Wire> {
        Some(jiff::Timestamp::from_second(seconds).ok()?.to_string())
    }

    fn read(wire: Self::Wire) -> Option<i64> {
        let time: jiff::Timestamp = wire.parse().ok()?;
        let whole = time.as_second();
        Some(if time.subsec_nanosecond() < 0 {
            whole - 1
        } else {
            whole
        })
    }
}

/// Claims on their way out, with times in format `F`.
pub struct Encode<'a, F>(&'a ClaimSet, PhantomData<F>);

impl<'a, F> Encode<'a, F> {
    /// Claims to be serialized.
    #[must_use]
    pub const fn new(claims: &'a ClaimSet) -> Self {
        Self(claims, PhantomData)
    }
}

impl<F: TimeFormat> Serialize for Encode<'_, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let claims = self.0;
        let time = |name: &str, seconds: i64| {
            F::write(seconds).ok_or_else(|| {
                serde::ser::Error::custom(format!("{name} = {seconds} is not a time that can be written"))
            })
        };
        let mut map = serializer.serialize_map(None)?;
        if let Some(iss) = &claims.iss {
            map.serialize_entry("iss", iss)?;
        }
        if let Some(sub) = &claims.sub {
            map.serialize_entry("sub", sub)?;
        }
        match claims.aud.as_slice() {
            [] => {}
            [one] => map.serialize_entry("aud", one)?,
            several => map.serialize_entry("aud", several)?,
        }
        if let Some(exp) = claims.exp {
            map.serialize_entry("exp", &time("exp", exp)?)?;
        }
        if let Some(nbf) = claims.nbf {
            map.serialize_entry("nbf", &time("nbf", nbf)?)?;
        }
        if let Some(iat) = claims.iat {
            map.serialize_entry("iat", &time("iat", iat)?)?;
        }
        if let Some(jti) = &claims.jti {
            map.serialize_entry("jti", jti)?;
        }
        for (name, value) in &claims.custom.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Claims on their way in, with times in format `F`.
pub struct Decode<F>(pub ClaimSet, PhantomData<F>);

impl<'de, F: TimeFormat> Deserialize<'de> for Decode<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_map(ClaimsVisitor::<F>(PhantomData))
            .map(|claims| Self(claims, PhantomData))
    }
}

struct ClaimsVisitor<F>(PhantomData<F>);

impl<'de, F: TimeFormat> Visitor<'de> for ClaimsVisitor<F> {
    type Value = ClaimSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a claims set, which is a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ClaimSet, A::Error> {
        let mut claims = ClaimSet::default();
        let mut seen = [false; RegisteredClaim::ALL.len()];
        while let Some(name) = map.next_key::<String>()? {
            let Some(claim) = RegisteredClaim::from_name(&name) else {
                let value = map.next_value()?;
                if claims.custom.0.contains_key(&name) {
                    return Err(twice(&name));
                }
                claims.custom.0.insert(name, value);
                continue;
            };
            if let Some(slot) = seen.get_mut(claim as usize)
                && std::mem::replace(slot, true)
            {
                return Err(twice(&name));
            }
            let named = |error: A::Error| de::Error::custom(format!("claim {name}: {error}"));
            match claim {
                RegisteredClaim::Iss => claims.iss = Some(map.next_value().map_err(named)?),
                RegisteredClaim::Sub => claims.sub = Some(map.next_value().map_err(named)?),
                RegisteredClaim::Jti => claims.jti = Some(map.next_value().map_err(named)?),
                RegisteredClaim::Aud => {
                    claims.aud = map.next_value::<OneOrMore>().map_err(named)?.0;
                }
                RegisteredClaim::Exp => claims.exp = Some(next_time::<F, A>(&mut map, &name)?),
                RegisteredClaim::Nbf => claims.nbf = Some(next_time::<F, A>(&mut map, &name)?),
                RegisteredClaim::Iat => claims.iat = Some(next_time::<F, A>(&mut map, &name)?),
            }
        }
        Ok(claims)
    }
}

fn twice<E: de::Error>(name: &str) -> E {
    E::custom(format!("claim {name} occurs twice"))
}

fn next_time<'de, F: TimeFormat, A: MapAccess<'de>>(map: &mut A, name: &str) -> Result<i64, A::Error> {
    let wire = map
        .next_value::<F::Wire>()
        .map_err(|error| de::Error::custom(format!("claim {name}: {error}")))?;
    F::read(wire).ok_or_else(|| de::Error::custom(format!("claim {name} is not a time")))
}

/// `aud` may be a string or an array of strings, RFC 7519 §4.1.3.
struct OneOrMore(Vec<String>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMoreVisitor;

        impl<'de> Visitor<'de> for OneOrMoreVisitor {
            type Value = OneOrMore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an array of strings")
            }

            fn visit_str<E: de::Error>(self, one: &str) -> Result<OneOrMore, E> {
                Ok(OneOrMore(vec![one.to_owned()]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMore, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = seq.next_element()? {
                    all.push(one);
                }
                Ok(OneOrMore(all))
            }
        }

        deserializer.deserialize_any(OneOrMoreVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> ClaimSet {
        let mut claims = ClaimSet {
            iss: Some("https://issuer.example".into()),
            sub: Some("alice".into()),
            aud: vec!["api".into()],
            exp: Some(2_000_000_000),
            nbf: Some(-1),
            iat: Some(0),
            jti: Some("1".into()),
            ..ClaimSet::default()
        };
        assert!(
            claims
                .custom
                .insert("roles", serde_json::json!(["a", {"b": null}]))
        );
        claims
    }

    #[test]
    fn both_wire_formats_return_what_was_written() {
        let claims = full();
        let numeric = claims.to_json::<NumericDate>().unwrap();
        assert!(numeric.contains("\"exp\":2000000000"), "{numeric}");
        assert_eq!(
            ClaimSet::from_json::<NumericDate>(numeric.as_bytes()).unwrap(),
            claims
        );
        let text = claims.to_json::<Rfc3339>().unwrap();
        assert!(text.contains("\"exp\":\"2033-05-18T03:33:20Z\""), "{text}");
        assert_eq!(ClaimSet::from_json::<Rfc3339>(text.as_bytes()).unwrap(), claims);
    }

    #[test]
    fn a_wrong_type_is_an_error_and_not_an_absence() {
        for (text, named) in [
            (r#"{"exp":"1"}"#, "exp"),
            (r#"{"nbf":true}"#, "nbf"),
            (r#"{"iss":["a"]}"#, "iss"),
            (r#"{"aud":{"a":1}}"#, "aud"),
        ] {
            let error = ClaimSet::from_json::<NumericDate>(text.as_bytes())
                .unwrap_err()
                .to_string();
            assert!(error.contains(named), "{text}: {error}");
        }
        let error = ClaimSet::from_json::<Rfc3339>(br#"{"exp":2000000000}"#).unwrap_err();
        assert!(error.to_string().contains("exp"), "{error}");
    }

    #[test]
    fn a_member_that_occurs_twice_is_refused() {
        for text in [r#"{"sub":"a","sub":"admin"}"#, r#"{"x":1,"x":2}"#] {
            let error = ClaimSet::from_json::<NumericDate>(text.as_bytes())
                .unwrap_err()
                .to_string();
            assert!(error.contains("occurs twice"), "{text}: {error}");
        }
    }

    #[test]
    fn a_payload_that_is_no_object_is_refused() {
        for text in ["[]", "null", "\"x\"", "1", ""] {
            assert!(
                ClaimSet::from_json::<NumericDate>(text.as_bytes()).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn fractions_of_a_second_round_down() {
        let read = |text: &str| ClaimSet::from_json::<NumericDate>(text.as_bytes()).unwrap().exp;
        assert_eq!(read(r#"{"exp":1.9}"#), Some(1));
        assert_eq!(read(r#"{"exp":-0.5}"#), Some(-1));
        let read = |text: &str| ClaimSet::from_json::<Rfc3339>(text.as_bytes()).unwrap().exp;
        assert_eq!(read(r#"{"exp":"1970-01-01T00:00:01.9Z"}"#), Some(1));
        assert_eq!(read(r#"{"exp":"1969-12-31T23:59:59.5Z"}"#), Some(-1));
        assert_eq!(read(r#"{"exp":"1970-01-01T01:00:00+01:00"}"#), Some(0));
    }

    #[test]
    fn registered_names_have_fields_of_their_own() {
        let mut claims = ClaimSet::default();
        for claim in RegisteredClaim::ALL {
            assert!(
                !claims.custom.insert(claim.name(), Value::Null),
                "{}",
                claim.name()
            );
        }
        assert!(claims.custom.as_map().is_empty());
    }
}
