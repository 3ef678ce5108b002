//! Keys as text: which form it is, and the forms that are one line of hexadecimal.

use super::form::KeyError;
use super::key::Key;
use super::wanted::Wanted;
use super::{paserk_key, pem, raw};

/// Reads a key of whatever textual form.
pub(super) fn read(scheme: &str, wanted: Wanted, text: &str) -> Result<Key, KeyError> {
    let trimmed = text.trim();
    if let Some(digits) = text.strip_prefix("hex:") {
        return raw::read(scheme, wanted, bytes_of_hexadecimal(digits)?);
    }
    if let Some(secret) = text.strip_prefix("utf8:") {
        return match wanted {
            Wanted::Secret(_) => raw::read(scheme, wanted, secret.as_bytes().to_vec()),
            _ => Err(KeyError::unfit(scheme, "a secret as text (utf8:…)", wanted)),
        };
    }
    if trimmed.starts_with("-----BEGIN ") {
        return pem::read(trimmed);
    }
    if let Some((named, digits)) = trimmed.split_once('/')
        && let Some(kind) = named.strip_suffix("-private").or(Some(named))
        && matches!(kind, "ed25519" | "secp256r1")
    {
        if named != kind {
            return Err(KeyError::unfit(
                scheme,
                format!("a private key ({named}/…)"),
                wanted,
            ));
        }
        return raw::biscuit(kind, &bytes_of_hexadecimal(digits)?);
    }
    if paserk_key::looks_like_one(trimmed) {
        return paserk_key::read(scheme, wanted, trimmed);
    }
    let given = if trimmed.starts_with('{') {
        "a JWK inside a string (give the object itself)"
    } else if trimmed.starts_with("MII") || trimmed.starts_with("MC") {
        "what looks like DER in base64 (give it as hex:…, or as a PEM with its BEGIN line)"
    } else {
        "text of no known form"
    };
    Err(KeyError::unfit(
        scheme,
        given,
        format!("{wanted} as a JWK, a PEM, a PASERK, hex:…, utf8:… or ed25519/…"),
    ))
}

/// Hexadecimal digits, lower case.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a String can't fail
        text
    })
}

/// The bytes that hexadecimal digits of either case stand for.
///
/// # Errors
/// [`KeyError::Unreadable`] of another character, and of an odd number of digits.
pub fn bytes_of_hexadecimal(digits: &str) -> Result<Vec<u8>, KeyError> {
    let values: Option<Vec<u8>> = digits
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()))
        .collect();
    let values = values.ok_or_else(|| {
        KeyError::unreadable("hexadecimal was announced, but there is another character than 0-9 and a-f")
    })?;
    if values.len() % 2 == 1 {
        return Err(KeyError::unreadable(format!(
            "{} hexadecimal digits are no whole number of bytes",
            values.len()
        )));
    }
    Ok(values
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0, |byte, value| byte << 4 | value))
        .collect())
}
