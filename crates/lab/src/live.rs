//! Every verifier of the attack range behind an HTTP endpoint.
//!
//! `GET /t/<target>/whoami` with a token answers who it is; `/token` hands out the
//! honest token of an account without privileges, `/key` what the issuer publishes.
//! Left out are verifiers whose flaw takes their whole process along: those are
//! replayed in a child, by `tokenlab attack replay`.

use serde_json::{Value, json};
use tokenlab_attacks::model::web;
use tokenlab_attacks::weakness::Effect;
use tokenlab_attacks::{Budget, Decision, Outcome, Target, public_key, targets};

/// The targets that can be asked, in report order.
pub fn all() -> impl Iterator<Item = &'static dyn Target> {
    targets::all()
        .iter()
        .map(AsRef::as_ref)
        .filter(|target| is_live(*target))
}

/// The one of that name.
#[must_use]
pub fn named(id: &str) -> Option<&'static dyn Target> {
    targets::named(id).filter(|target| is_live(*target))
}

fn is_live(target: &dyn Target) -> bool {
    let survives = |effect| matches!(effect, Effect::Belief | Effect::Leak);
    target
        .profile()
        .own
        .iter()
        .all(|weakness| survives(weakness.effect()))
        && !target.exposure().sample_token.is_empty()
}

/// What `target` makes of `token`, away from the threads that serve requests.
pub async fn decide(target: &'static dyn Target, token: String) -> Decision {
    let deciding = tokio::task::spawn_blocking(move || target.submit(&token, Budget::default()));
    deciding.await.unwrap_or_else(|_| {
        let stopped = Outcome::Panicked("the lab is shutting down".into());
        Decision::new(stopped, Vec::new())
    })
}

/// Who is believed to be asking; `None` if the token was refused.
#[must_use]
pub fn user(decision: &Decision) -> Option<&str> {
    match &decision.outcome {
        Outcome::Believed(claims) => Some(claims.sub.as_deref().unwrap_or("nobody")),
        _ => None,
    }
}

/// A decision as JSON: who, or which check refused and in which words.
#[must_use]
pub fn body(target: &dyn Target, decision: &Decision) -> Value {
    let mut body = json!({ "target": target.id(), "checks": decision.trace });
    let (name, value) = match &decision.outcome {
        Outcome::Believed(claims) => ("user", json!(claims.sub)),
        Outcome::Rejected(rejection) => (
            "refused",
            json!({ "reason": rejection.reason.id(), "detail": rejection.detail }),
        ),
        Outcome::Exhausted(how) | Outcome::Panicked(how) => ("failed", json!(how)),
        _ => ("failed", Value::Null),
    };
    if let Some(members) = body.as_object_mut() {
        members.insert(name.into(), value);
    }
    body
}

/// What the issuer publishes for a target: its public key as a JWK Set, and where
/// that set is; `None` where issuer and verifier share a secret or a store.
#[must_use]
pub fn published(target: &dyn Target) -> Option<Value> {
    let key = target.exposure().public_key.as_ref()?;
    Some(json!({ "keys": [public_key::jwk(key)], "at": web::KEY_SET }))
}

/// The same key as PEM, where it has that form.
#[must_use]
pub fn pem(target: &dyn Target) -> Option<String> {
    target.exposure().public_key.as_ref()?.to_pem()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_would_take_the_lab_along_is_not_live() {
        for id in [
            "jwt-hand-read-deep",
            "jwe-password-unlimited",
            "rusty-paseto-0-8-0",
        ] {
            assert!(targets::named(id).is_some(), "{id} is gone");
            assert!(named(id).is_none(), "{id}");
        }
        for id in [
            "jwt-unsecured",
            "jwt-rs256",
            "paseto-byte-key",
            "session-id-in-sql",
        ] {
            assert!(named(id).is_some(), "{id}");
        }
        assert!(all().count() > 150);
    }
}
