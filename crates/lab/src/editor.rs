//! The token editor: takes a token apart into fields, and puts any fields together
//! again, whole or broken.
//!
//! It never refuses to build what is no good token, since those are what a lesson
//! needs. What a field can't mean is said beside the token that was built without it.

use serde::Deserialize;
use tokenlab_attacks::workbench::{self, Third};
use tokenlab_harness::decode::{Decoded, Format, decode};
use tokenlab_harness::exchange::bytes_of_hexadecimal;
use tokenlab_harness::paseto::Purpose;

/// What stands in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// `jws`, `v4.local` or `v4.public`.
    pub format: String,
    /// The JOSE header, byte for byte.
    pub header: String,
    /// The payload, byte for byte.
    pub payload: String,
    /// The footer of a PASETO.
    pub footer: String,
    /// How it is signed: one of [`WAYS`].
    pub way: String,
    /// The secret, as text or as `hex:…`.
    pub secret: String,
    /// The third part as it stands, for the way `text`.
    pub signature: String,
}

/// Ways to sign, with what to call them.
pub const WAYS: [(&str, &str); 9] = [
    ("text", "with the text below, or nothing"),
    ("HS256", "HS256 with the secret below"),
    ("HS384", "HS384 with the secret below"),
    ("HS512", "HS512 with the secret below"),
    ("RS256", "RS256 with Mallory's own key"),
    ("ES256", "ES256 with Mallory's own key"),
    ("EdDSA", "EdDSA with Mallory's own key"),
    ("own", "PASETO with Mallory's own key"),
    ("secret", "v4.local with the secret below, 32 bytes"),
];

/// Formats that can be built, with what to call them.
pub const FORMATS: [(&str, &str); 3] = [
    ("jws", "JWT (JWS compact)"),
    ("v4.public", "PASETO v4.public"),
    ("v4.local", "PASETO v4.local"),
];

impl Draft {
    /// The fields of a token, as far as it can be taken apart.
    #[must_use]
    pub fn of(token: &str) -> Self {
        let decoded = decode(token);
        let part = |name: &str| text_of(&decoded, name);
        let third = token.rsplit('.').next().unwrap_or_default();
        match decoded.format {
            Format::Paseto => Self {
                format: if token.starts_with("v4.local.") {
                    "v4.local"
                } else {
                    "v4.public"
                }
                .into(),
                payload: part("payload"),
                footer: part("footer"),
                way: "own".into(),
                ..Self::default()
            },
            _ => Self {
                format: "jws".into(),
                header: part("header"),
                payload: part("payload"),
                way: "text".into(),
                signature: if token.matches('.').count() == 2 {
                    third
                } else {
                    ""
                }
                .to_owned(),
                ..Self::default()
            },
        }
    }

    /// The token that the fields make, or why there is none, in a sentence.
    ///
    /// # Errors
    /// The sentence, if no token at all can be made of these fields.
    pub fn build(&self) -> Result<String, String> {
        let payload = self.payload.as_bytes();
        let purpose = match self.format.as_str() {
            "v4.public" => Purpose::Public,
            "v4.local" => Purpose::Local,
            _ => return workbench::jws(&self.header, payload, &self.third()?),
        };
        let key = match self.way.as_str() {
            "own" => None,
            "secret" => Some(self.secret()?),
            _ => {
                return Err(
                    "a PASETO of version 4 is made with Mallory's own key or with a secret of 32 bytes"
                        .into(),
                );
            }
        };
        workbench::v4(purpose, key, payload, &self.footer)
    }

    fn third(&self) -> Result<Third, String> {
        match self.way.as_str() {
            "HS256" | "HS384" | "HS512" => Ok(Third::Mac(self.way.clone(), self.secret()?)),
            "RS256" | "ES256" | "EdDSA" => Ok(Third::Own(self.way.clone())),
            "own" | "secret" => Err("that way to sign is PASETO's; a JWT names an algorithm".into()),
            _ => Ok(Third::Text(self.signature.clone())),
        }
    }

    /// The bytes of the secret. A form sends line breaks as `\r\n`; a key's PEM has `\n`.
    fn secret(&self) -> Result<Vec<u8>, String> {
        let text = self.secret.replace("\r\n", "\n");
        let Some(digits) = text.strip_prefix("hex:") else {
            return Ok(text.into_bytes());
        };
        bytes_of_hexadecimal(digits.trim())
            .map_err(|_| "after `hex:` come pairs of digits from 0 to f".to_owned())
    }
}

fn text_of(decoded: &Decoded, name: &str) -> String {
    let part = decoded.parts.iter().find(|part| part.name == name);
    part.map(|part| String::from_utf8_lossy(&part.bytes).into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{exercises, judge, live};

    #[test]
    fn what_was_taken_apart_goes_together_again() {
        for id in ["jwt-unsecured", "jwt-kid-sql", "jwt-es256-any-number"] {
            let token = &live::named(id).unwrap().exposure().sample_token;
            assert_eq!(Draft::of(token).build().as_ref(), Ok(token), "{id}");
        }
        for broken in ["a.b.c", "eyJhbGciOiJub25lIn0.e30.", "", "....", "ключ"] {
            assert!(Draft::of(broken).build().is_ok(), "{broken:?}");
        }
    }

    #[test]
    fn a_public_key_that_was_pasted_into_the_form_is_the_secret_that_it_is_in_a_file() {
        let exercise = exercises::named("public-secret").unwrap();
        let target = live::named(exercise.to_break().unwrap().target).unwrap();
        let pem = live::pem(target).unwrap();
        let honest = Draft::of(&target.exposure().sample_token);
        let draft = Draft {
            header: r#"{"alg":"HS256","typ":"JWT"}"#.into(),
            payload: honest.payload.replace("mallory", "admin"),
            way: "HS256".into(),
            secret: pem.replace('\n', "\r\n"),
            ..honest
        };
        let attempt = judge::attempt(exercise.to_break().unwrap(), &draft.build().unwrap()).unwrap();
        assert_eq!(attempt.verdict, judge::Verdict::Solved);
    }

    #[test]
    fn a_field_that_means_nothing_is_said() {
        let jws = |way: &str, secret: &str| {
            let draft = Draft {
                way: way.into(),
                secret: secret.into(),
                ..Draft::of("a.b.c")
            };
            draft.build().unwrap_err()
        };
        assert!(jws("HS256", "hex:0").contains("pairs of digits"));
        assert!(jws("own", "").contains("PASETO's"));
        let paseto = Draft {
            format: "v4.local".into(),
            way: "secret".into(),
            secret: "short".into(),
            ..Draft::default()
        };
        assert!(!paseto.build().unwrap_err().is_empty());
    }
}
