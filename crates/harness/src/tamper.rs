//! Honest tokens with one thing wrong: the input of every refusal that is timed
//! or tested.
//!
//! [`signature`] and [`payload`] change one character and keep the token well
//! formed (another letter of the same base64 alphabet, away from trailing
//! bits), so what refuses it is the cryptography. The others break the form.

/// `token` with one character of its signature or tag changed. The signature
/// is the end of a JWT and of a PASETO without a footer.
///
/// `None` if the token is too short to have one.
#[must_use]
pub fn signature(token: &str) -> Option<String> {
    change(token, token.len().checked_sub(10)?)
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

/// `token` under a header that is none: a JWT whose header is base64url of
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

fn middle_of_payload(token: &str) -> Option<usize> {
    let parts: Vec<&str> = token.split('.').collect();
    match parts.as_slice() {
        [version, purpose, body, ..] if is_version(version) => {
            Some(version.len() + 1 + purpose.len() + 1 + body.len() / 2)
        }
        [header, body, _] => Some(header.len() + 1 + body.len() / 2),
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
    }

    #[test]
    fn the_form_is_broken_where_it_is_said_to_be() {
        assert_eq!(super::without_last_part("aa.bb.cc").unwrap(), "aa.bb");
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
