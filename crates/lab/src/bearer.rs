//! The token of a request, and what to say to whoever sent something else.
//!
//! RFC 6750 §2.1 has `Authorization: Bearer <token>`; a session travels as a
//! cookie, `session=<id>`. Learners paste: a header twice, quotes, a line break,
//! a whole JSON answer. Each of those gets a sentence that says what happened.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};

/// Longest token that is looked at, in bytes.
pub const MOST_BYTES: usize = 16 * 1024;

/// Why there is no token in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoToken {
    /// There is neither header nor cookie.
    #[error(
        "there is no token in this request; send it as `Authorization: Bearer <token>` (RFC 6750), or a \
         session as the cookie `session=<id>`"
    )]
    Missing,
    /// The header names another scheme, or none.
    #[error("the Authorization header has to say `Bearer`, a space, and the token")]
    NotBearer,
    /// Pasted with the word that the header has already.
    #[error("the token itself begins with `Bearer`; the word stands before it once, not twice")]
    TwiceBearer,
    /// Nothing behind the word.
    #[error("there is nothing behind `Bearer`; an empty variable in your shell does this")]
    Empty,
    /// Pasted with quotation marks.
    #[error("the token is in quotation marks; they belong to JSON or to your shell, not to the token")]
    Quoted,
    /// Pasted across lines, or two words.
    #[error("there is a blank in the token: a line break or a space came along when it was copied")]
    Blank,
    /// Header bytes that no token has.
    #[error("the header holds bytes that are no ASCII; tokens are base64url and dots")]
    NotAscii,
    /// Longer than [`MOST_BYTES`].
    #[error("the token has more than 16 KiB, which most servers refuse as a header")]
    TooLong,
}

/// The token of these headers: of `Authorization` if there is one, else of the
/// cookie `session`.
///
/// # Errors
/// [`NoToken`], which says what was sent instead.
pub fn token(headers: &HeaderMap) -> Result<String, NoToken> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return cookie(headers).ok_or(NoToken::Missing);
    };
    let text = value.to_str().map_err(|_| NoToken::NotAscii)?.trim();
    let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(NoToken::NotBearer);
    }
    let token = rest.trim();
    let first = token.split(' ').next().unwrap_or_default();
    if token.is_empty() {
        Err(NoToken::Empty)
    } else if first.eq_ignore_ascii_case("bearer") || first.eq_ignore_ascii_case("bearer:") {
        Err(NoToken::TwiceBearer)
    } else if token.len() > MOST_BYTES {
        Err(NoToken::TooLong)
    } else if token.len() > 1 && token.starts_with(['"', '\'']) && token.ends_with(['"', '\'']) {
        Err(NoToken::Quoted)
    } else {
        Ok(token.to_owned())
    }
}

/// A session's id may hold anything but a semicolon: SQL is an exercise.
fn cookie(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(COOKIE)?.to_str().ok()?;
    let mut pairs = text.split(';').map(str::trim);
    let id = pairs.find_map(|pair| pair.strip_prefix("session="))?;
    (!id.is_empty() && id.len() <= MOST_BYTES).then(|| id.to_owned())
}

/// Refuses a token with a blank in it, which no token format has.
///
/// # Errors
/// [`NoToken::Blank`].
pub fn without_blanks(token: &str) -> Result<(), NoToken> {
    if token.contains(char::is_whitespace) {
        return Err(NoToken::Blank);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &'static str, value: &str) -> Result<String, NoToken> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        token(&headers)
    }

    #[test]
    fn a_bearer_token_and_a_session_are_found() {
        for value in ["Bearer a.b.c", "bearer  a.b.c ", "BEARER a.b.c"] {
            assert_eq!(of("authorization", value).as_deref(), Ok("a.b.c"), "{value}");
        }
        assert_eq!(of("cookie", "theme=dark; session=abc").as_deref(), Ok("abc"));
        assert_eq!(of("cookie", "session=' UNION --").as_deref(), Ok("' UNION --"));
    }

    #[test]
    fn whatever_else_is_pasted_gets_a_sentence_of_its_own() {
        for (value, reason) in [
            ("Bearer", NoToken::Empty),
            ("Bearer ", NoToken::Empty),
            ("Bearer Bearer a.b.c", NoToken::TwiceBearer),
            ("Bearer bearer: a.b.c", NoToken::TwiceBearer),
            ("Basic YTpi", NoToken::NotBearer),
            ("a.b.c", NoToken::NotBearer),
            ("Bearer \"a.b.c\"", NoToken::Quoted),
        ] {
            assert_eq!(of("authorization", value), Err(reason), "{value}");
        }
        for whole in ["\"", "\"a.b.c", "a.b.c'", &"a".repeat(MOST_BYTES)] {
            assert_eq!(
                of("authorization", &format!("Bearer {whole}")).as_deref(),
                Ok(whole)
            );
        }
        let long = format!("Bearer {}", "a".repeat(MOST_BYTES + 1));
        assert_eq!(of("authorization", &long), Err(NoToken::TooLong));
        assert_eq!(token(&HeaderMap::new()), Err(NoToken::Missing));
        assert_eq!(of("cookie", "session="), Err(NoToken::Missing));
        assert_eq!(without_blanks("a.b c"), Err(NoToken::Blank));
        assert_eq!(without_blanks("a.b.c"), Ok(()));
    }
}
