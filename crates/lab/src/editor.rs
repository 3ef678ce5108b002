//! The token editor: takes a token apart into fields, and puts any fields together
//! again, whole or broken.
//!
//! It never refuses to build what is no good token, since those are what a lesson
//! needs. What a field can't mean is said beside the token that was built without it.

use serde::Deserialize;
use tokenlab_attacks::workbench::{self, Maker, Reader, Third};
use tokenlab_harness::decode::{Decoded, Format, decode};
use tokenlab_harness::exchange::bytes_of_hexadecimal;
use tokenlab_harness::paseto::Purpose;
use tokenlab_harness::tamper;

/// What stands in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// One of [`FORMATS`].
    pub format: String,
    /// The JOSE header, byte for byte.
    pub header: String,
    /// The payload, byte for byte.
    pub payload: String,
    /// The footer of a PASETO.
    pub footer: String,
    /// How it is signed: one of [`WAYS`].
    pub way: String,
    /// The secret, as text or as `hex:…`, or a key as PEM, JWK or PASERK.
    pub secret: String,
    /// The third part as it stands, for the way `text`.
    pub signature: String,
    /// What is done to the token that was built: one of [`CHANGES`].
    pub change: String,
}

/// Ways to sign, with what to call them.
pub const WAYS: [(&str, &str); 11] = [
    ("text", "with the text below, or nothing"),
    ("HS256", "HS256 with the secret below"),
    ("HS384", "HS384 with the secret below"),
    ("HS512", "HS512 with the secret below"),
    ("RS256", "RS256 with Mallory's own key"),
    ("ES256", "ES256 with Mallory's own key"),
    ("EdDSA", "EdDSA with Mallory's own key"),
    ("own", "PASETO with Mallory's own key"),
    ("secret", "PASETO v4.local or JWE dir with the secret below"),
    ("key", "by the private key below, for the header's algorithm"),
    ("public", "JWE RSA-OAEP to the public key below"),
];

/// What can be done to a token once it is built, with what to call it.
pub const CHANGES: [(&str, &str); 3] = [
    ("", "nothing"),
    ("flip", "change one character of its signature or tag"),
    ("strip", "cut off its last part"),
];

/// Formats that can be built, with what to call them.
pub const FORMATS: [(&str, &str); 4] = [
    ("jws", "JWT (JWS compact)"),
    ("jwe", "JWT (JWE compact)"),
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
            Format::Jwe if part("header").starts_with('{') => Self {
                format: "jwe".into(),
                header: part("header"),
                way: "secret".into(),
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
        let token = self.unchanged()?;
        let changed = match self.change.as_str() {
            "flip" => tamper::signature(&token),
            "strip" => tamper::without_last_part(&token).map(|rest| match self.format.as_str() {
                // Without the dot it would be no JWT any more, and nobody would try it.
                "jws" => rest + ".",
                _ => rest,
            }),
            _ => Some(token),
        };
        changed.ok_or_else(|| "the token is too short to be changed like that".into())
    }

    fn unchanged(&self) -> Result<String, String> {
        let payload = self.payload.as_bytes();
        let purpose = match self.format.as_str() {
            "v4.public" => Purpose::Public,
            "v4.local" => Purpose::Local,
            "jwe" => return workbench::jwe(&self.header, payload, &self.reader()?),
            _ => return workbench::jws(&self.header, payload, &self.third()?),
        };
        let maker = match self.way.as_str() {
            "own" => Maker::Own,
            "secret" => Maker::Secret(self.secret()?),
            "key" => Maker::By(self.secret.clone()),
            _ => {
                return Err(
                    "a PASETO of version 4 is made with Mallory's own key, with a secret of 32 bytes or with the \
                     key below"
                        .into(),
                );
            }
        };
        workbench::v4(purpose, &maker, payload, &self.footer)
    }

    fn reader(&self) -> Result<Reader, String> {
        match self.way.as_str() {
            "secret" => Ok(Reader::Secret(self.secret()?)),
            "public" => Ok(Reader::Public(self.secret.clone())),
            _ => Err("a JWE is made with a secret of 16 or 32 bytes, or to a public RSA key".into()),
        }
    }

    fn third(&self) -> Result<Third, String> {
        match self.way.as_str() {
            "HS256" | "HS384" | "HS512" => Ok(Third::Mac(self.way.clone(), self.secret()?)),
            "RS256" | "ES256" | "EdDSA" => Ok(Third::Own(self.way.clone())),
            "key" => Ok(Third::By(self.secret.clone())),
            "own" | "secret" => Err("that way to sign is PASETO's; a JWT names an algorithm".into()),
            "public" => Err("a public key signs nothing; a JWE is encrypted to it".into()),
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
    use tokenlab_harness::{Bound, Key, contenders};

    use super::*;
    use crate::{exercises, judge, live};

    #[test]
    fn what_was_taken_apart_goes_together_again() {
        for id in ["jwt-unsecured", "jwt-kid-sql", "jwt-es256-any-number"] {
            let token = &live::named(id).unwrap().exposure().sample_token;
            assert_eq!(Draft::of(token).build().as_ref(), Ok(token), "{id}");
        }
        for change in ["flip", "strip"] {
            let token = &live::named("jwt-rs256").unwrap().exposure().sample_token;
            let draft = Draft {
                change: change.into(),
                ..Draft::of(token)
            };
            let changed = draft.build().unwrap();
            assert_ne!(&changed, token, "{change}");
            assert_eq!(changed.ends_with('.'), change == "strip");
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
    fn whoever_has_a_public_key_can_encrypt_a_token_to_it_and_anybody_with_a_pem_can_sign() {
        let target = live::named("jwt-simple/RSA-OAEP+A256GCM").unwrap();
        let draft = Draft {
            format: "jwe".into(),
            way: "public".into(),
            secret: live::pem(target).unwrap(),
            payload: Draft::of(&live::named("jwt-rs256").unwrap().exposure().sample_token)
                .payload
                .replace("mallory", "admin"),
            ..Draft::default()
        };
        let token = draft.build().unwrap();
        let decision = target.submit(&token, tokenlab_attacks::Budget::default());
        assert_eq!(live::user(&decision), Some("admin"), "{decision:?}");
        let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
        for (format, header, scheme) in [
            ("jws", r#"{"alg":"EdDSA"}"#, "jwt.EdDSA"),
            ("v4.public", "", "paseto.v4.public"),
        ] {
            let draft = Draft {
                format: format.into(),
                header: header.into(),
                way: "key".into(),
                secret: pem.into(),
                payload: "{}".into(),
                ..Draft::default()
            };
            let key = Key::of_owner(pem).unwrap();
            let reader = contenders::all().iter().find(|one| one.card().scheme == scheme);
            let reader = reader.unwrap().codec(&key).unwrap();
            let opened = reader.open(&draft.build().unwrap(), &Bound::default());
            assert_eq!(opened.unwrap().payload, b"{}", "{scheme}");
        }
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
