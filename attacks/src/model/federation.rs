//! A federation around Biscuits, in Datalog that releases 4 and 6 of
//! `biscuit-auth` both understand.
//!
//! The issuer (A) has accounts of its own, whose tokens are plain, and takes
//! accounts from elsewhere: such a token may be had in any name, and is worth
//! nothing until a hub (B) has confirmed the name. The hub does that for anyone,
//! too, on condition that the identity provider (C) says who logged in. Each
//! says so in a block of its own, which the next one's key signs, so the hub
//! never sees the token: its block is made from a request that the holder sends.
//! This is the scheme of the example in GHSA-p9w4-585h-g3c7.

use tokenlab_harness::{ClaimSet, RejectReason, Rejection};

/// A public key as Datalog writes it.
pub struct Ed25519<'a>(pub &'a [u8; 32]);

impl std::fmt::Display for Ed25519<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ed25519/")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The facts of the issuer's block for these claims.
///
/// # Errors
/// In a sentence, what has no place among them.
pub fn facts(claims: &ClaimSet) -> Result<String, String> {
    if !claims.custom.as_map().is_empty() || claims.aud.len() > 1 {
        return Err("the federation knows registered claims and one audience".into());
    }
    let mut code = String::new();
    let texts = [
        ("issuer", claims.iss.as_ref()),
        ("subject", claims.sub.as_ref()),
        ("audience", claims.aud.first()),
        ("id", claims.jti.as_ref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            code.push_str(&format!("{name}({});\n", quoted(text)?));
        }
    }
    let numbers = [
        ("expires", claims.exp),
        ("not_before", claims.nbf),
        ("issued_at", claims.iat),
    ];
    for (name, number) in numbers {
        if let Some(number) = number {
            code.push_str(&format!("{name}({number});\n"));
        }
    }
    Ok(code)
}

/// What the issuer demands of a name that is not its own.
///
/// # Errors
/// If the name can't be written.
pub fn on_confirmation(subject: &str, hub: &[u8; 32]) -> Result<String, String> {
    let subject = quoted(subject)?;
    Ok(format!(
        "check if confirmed({subject}) trusting {};",
        Ed25519(hub)
    ))
}

/// What the hub says of a name, and demands in turn.
///
/// # Errors
/// If the name can't be written.
pub fn confirmation(subject: &str, provider: &[u8; 32]) -> Result<String, String> {
    let subject = quoted(subject)?;
    let provider = Ed25519(provider);
    Ok(format!(
        "confirmed({subject});\ncheck if logged_in({subject}) trusting {provider};"
    ))
}

/// What the identity provider says of a name, if it is he who says so.
#[must_use]
pub fn logged_in(subject: &str) -> String {
    format!("logged_in(\"{subject}\");")
}

/// Queries that see the issuer's block alone.
pub trait Facts {
    /// The one string that a rule finds.
    ///
    /// # Errors
    /// If the query fails, or finds several.
    fn text(&mut self, rule: &str) -> Result<Option<String>, Rejection>;

    /// The one integer that a rule finds.
    ///
    /// # Errors
    /// As [`Facts::text`].
    fn number(&mut self, rule: &str) -> Result<Option<i64>, Rejection>;
}

/// The claims of the issuer's block.
///
/// # Errors
/// If a query fails.
pub fn claims(facts: &mut impl Facts) -> Result<ClaimSet, Rejection> {
    let rule = |name: &str| format!("found($value) <- {name}($value)");
    Ok(ClaimSet {
        iss: facts.text(&rule("issuer"))?,
        sub: facts.text(&rule("subject"))?,
        aud: facts.text(&rule("audience"))?.into_iter().collect(),
        jti: facts.text(&rule("id"))?,
        exp: facts.number(&rule("expires"))?,
        nbf: facts.number(&rule("not_before"))?,
        iat: facts.number(&rule("issued_at"))?,
        ..ClaimSet::default()
    })
}

/// One value, or none; a second one would be ambiguous.
///
/// # Errors
/// `invalid-claims` if there are several.
pub fn only<T>(found: Vec<(T,)>) -> Result<Option<T>, Rejection> {
    let mut found = found.into_iter().map(|(value,)| value);
    let first = found.next();
    if found.next().is_some() {
        return Err(Rejection::new(
            RejectReason::InvalidClaims,
            "a claim occurs twice",
        ));
    }
    Ok(first)
}

/// A string in Datalog, of letters that need no escape.
fn quoted(text: &str) -> Result<String, String> {
    if text
        .chars()
        .any(|letter| matches!(letter, '"' | '\\') || letter.is_control())
    {
        return Err(format!("{text:?} needs an escape"));
    }
    Ok(format!("\"{text}\""))
}
