//! Honest tokens with one thing wrong: the input of every refusal that is timed
//! or tested.
//!
//! [`signature`] and [`payload`] change one character and keep the token well
//! formed (another letter of the same base64 alphabet, away from trailing
//! bits), so what refuses it is the cryptography. The others break the form,
//! and most need a form that can be broken: a Biscuit is one piece of base64url.

use std::ops::Range;

use crate::biscuit_wire::Envelope;

/// `token` with one character of its signature or tag changed. That is the end
/// of a JWT, of a JWE and of a PASETO without a footer; the signature of a
/// Biscuit's authority block stands in the middle.
///
/// `None` if the token is too short to have one.
#[must_use]
pub fn signature(token: &str) -> Option<String> {
    let at = match Envelope::read(token) {
        Some(biscuit) => middle_of(&biscuit.blocks.first()?.signature),
        None => token.len().checked_sub(10)?,
    };
    change(token, at)
}

/// `token` with one character in the middle of its claims changed.
///
/// `None` if the token has no such place.
#[must_use]
pub fn payload(token: &str) -> Option<String> {
    change(token, middle_of_payload(token)?)
}

/// `token` with one character in the middle of its claims replaced by `+`,
/// which base64 has and base64url has not (RFC 4648 §5).
///
/// `None` if the token has no such place.
#[must_use]
pub fn payload_encoding(token: &str) -> Option<String> {
    replace(token, middle_of_payload(token)?, '+')
}

/// `token` without its last part and the dot before it.
///
/// `None` if the token has no parts.
#[must_use]
pub fn without_last_part(token: &str) -> Option<String> {
    token.rsplit_once('.').map(|(rest, _)| rest.to_owned())
}

/// `token` under a header that is none: a JWT or JWE whose header is base64url of
/// something else than JSON, a PASETO of a version that does not exist. The
/// length stays the same.
///
/// `None` if the token has no parts.
#[must_use]
pub fn header(token: &str) -> Option<String> {
    let (first, rest) = token.split_once('.')?;
    Some(if is_version(first) {
        format!("v0.{rest}")
    } else {
        format!("{}.{rest}", "A".repeat(first.len()))
    })
}

fn is_version(part: &str) -> bool {
    matches!(part, "v1" | "v2" | "v3" | "v4")
}

/// The character in the middle of these bytes of a Biscuit.
const fn middle_of(bytes: &Range<usize>) -> usize {
    usize::midpoint(bytes.start, bytes.end) * 4 / 3
}

fn middle_of_payload(token: &str) -> Option<usize> {
    if let Some(biscuit) = Envelope::read(token) {
        return Some(middle_of(&biscuit.blocks.first()?.block));
    }
    let parts: Vec<&str> = token.split('.').collect();
    match parts.as_slice() {
        [version, purpose, body, ..] if is_version(version) => {
            Some(version.len() + 1 + purpose.len() + 1 + body.len() / 2)
        }
        [header, body, _] => Some(header.len() + 1 + body.len() / 2),
        [header, key, iv, body, _] => Some(header.len() + 1 + key.len() + 1 + iv.len() + 1 + body.len() / 2),
        _ => None,
    }
}

fn change(token: &str, at: usize) -> Option<String> {
    let old = *token.as_bytes().get(at)?;
    replace(token, at, if old == b'A' { 'B' } else { 'A' })
}

fn replace(token: &str, at: usize, new: char) -> Option<String> {
    let mut changed = String::with_capacity(token.len());
    changed.push_str(token.get(..at)?);
    changed.push(new);
    changed.push_str(token.get(at + 1..)?);
    Some(changed)
}

#[cfg(test)]
mod tests {
    #[test]
    fn exactly_one_character_changes_in_the_part_that_is_named() {
        let token = "v4.public.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let differing = |changed: &str| {
            (0..token.len())
                .filter(|at| token.as_bytes()[*at] != changed.as_bytes()[*at])
                .collect::<Vec<_>>()
        };
        assert_eq!(differing(&super::signature(token).unwrap()), [token.len() - 10]);
        assert_eq!(differing(&super::payload(token).unwrap()), [10 + 22]);
        assert_eq!(super::payload("aa.bbbb.cc").unwrap(), "aa.bbAb.cc");
        assert_eq!(super::payload_encoding("aa.bbbb.cc").unwrap(), "aa.bb+b.cc");
        assert_eq!(super::payload("aa.bbb.cc.dddd.ee").unwrap(), "aa.bbb.cc.ddAd.ee");
        assert_eq!(super::payload("aa..cc.dddd.ee").unwrap(), "aa..cc.ddAd.ee");
    }

    #[test]
    fn a_biscuit_is_changed_in_its_signature_or_its_block() {
        let builder = biscuit_auth::Biscuit::builder()
            .code(r#"user("alice");"#)
            .unwrap();
        let token = builder.build(&biscuit_auth::KeyPair::new()).unwrap();
        let token = token.to_base64().unwrap();
        let parts = |token: &str| {
            let envelope = crate::biscuit_wire::Envelope::read(token).unwrap();
            let block = envelope.blocks[0].clone();
            let bytes = [&block.block, &block.signature].map(|at| envelope.at(at).to_vec());
            (bytes, envelope.bytes)
        };
        let ([block, signature], bytes) = parts(&token);
        let ([same_block, other_signature], of_signature) = parts(&super::signature(&token).unwrap());
        let ([other_block, same_signature], of_payload) = parts(&super::payload(&token).unwrap());
        assert_eq!((&block, &signature), (&same_block, &same_signature));
        assert_ne!(block, other_block);
        assert_ne!(signature, other_signature);
        for changed in [of_signature, of_payload] {
            let differ = bytes.iter().zip(&changed).filter(|(a, b)| a != b).count();
            assert!(
                (1..=2).contains(&differ) && changed.len() == bytes.len(),
                "{differ}"
            );
        }
    }

    #[test]
    fn the_form_is_broken_where_it_is_said_to_be() {
        assert_eq!(super::without_last_part("aa.bb.cc").unwrap(), "aa.bb");
        assert_eq!(super::without_last_part("aa..cc.dd.ee").unwrap(), "aa..cc.dd");
        assert_eq!(super::header("eyJ9.bb.cc").unwrap(), "AAAA.bb.cc");
        assert_eq!(super::header("v4.public.cc").unwrap(), "v0.public.cc");
    }

    #[test]
    fn text_that_is_no_token_is_left_alone() {
        assert_eq!(super::signature("short"), None);
        assert_eq!(super::payload("no dots"), None);
        assert_eq!(super::payload_encoding("no dots"), None);
        assert_eq!(super::without_last_part("no dots"), None);
        assert_eq!(super::header("no dots"), None);
        assert_eq!(super::signature("ключ.ключ"), None, "inside a character");
    }
}
