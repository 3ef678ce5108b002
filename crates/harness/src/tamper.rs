//! Honest tokens with one character changed: the input of every refusal that
//! is timed or tested.
//!
//! The change keeps the token well formed (another letter of the same base64
//! alphabet, away from trailing bits), so what refuses it is the cryptography.

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
    let parts: Vec<&str> = token.split('.').collect();
    let (before, body) = match parts.as_slice() {
        ["v1" | "v2" | "v3" | "v4", purpose, body, ..] => (2 + 1 + purpose.len() + 1, body),
        [header, body, _] => (header.len() + 1, body),
        _ => return None,
    };
    change(token, before + body.len() / 2)
}

fn change(token: &str, at: usize) -> Option<String> {
    let old = *token.as_bytes().get(at)?;
    let new = if old == b'A' { 'B' } else { 'A' };
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
    }

    #[test]
    fn text_that_is_no_token_is_left_alone() {
        assert_eq!(super::signature("short"), None);
        assert_eq!(super::payload("no dots"), None);
        assert_eq!(super::signature("ключ.ключ"), None, "inside a character");
    }
}
