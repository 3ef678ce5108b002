//! Payloads that an issuer should not have signed, in a token of the target's
//! scheme.
//!
//! What the attacks on the reading of claims have in common: the signature is
//! good, and whatever refuses the token has to read it. A Biscuit holds facts
//! and a session's id nothing, so that such payloads have no place in either.

use serde_json::{Map, Value};

use crate::attack::{CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::biscuit::Message;
use crate::desk::Draft;
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::Scheme;

/// What stands in her own token, as text without its last brace, to be
/// continued.
pub(crate) fn open_payload(view: &AttackerView<'_>) -> Result<String, CannotForge> {
    let text = own_payload(view)?;
    text.strip_suffix('}')
        .map(str::to_owned)
        .ok_or_else(|| CannotForge::Failed("the payload of a draft is no object".into()))
}

/// What stands in her own token, as members.
pub(crate) fn own_members(view: &AttackerView<'_>) -> Result<Map<String, Value>, CannotForge> {
    serde_json::from_str(&own_payload(view)?).map_err(|error| CannotForge::Failed(error.to_string()))
}

fn own_payload(view: &AttackerView<'_>) -> Result<String, CannotForge> {
    let draft = view.draft(view.sample_claims())?;
    String::from_utf8(draft.payload).map_err(|error| CannotForge::Failed(error.to_string()))
}

/// A token that the issuer issues with this payload, which reaches its goal if
/// it is believed at all. Into some JWEs no writer here puts what is no claims
/// set: an unsecured JWT carries it there.
pub(crate) fn issued(
    view: &AttackerView<'_>,
    variant: &str,
    action: &str,
    payload: &str,
    notes: &mut Notebook,
) -> Result<Forgery, CannotForge> {
    notes.variant_step(variant, action, payload);
    let draft = Draft {
        payload: payload.into(),
        ..view.draft(view.sample_claims())?
    };
    let forgery = match (view.scheme(), view.issued(&draft)) {
        (_, Ok(token)) => Forgery::new(variant, token),
        (Scheme::Jwe(..), Err(_)) => Forgery::analogue(
            variant,
            mint::jws_of(r#"{"alg":"none"}"#, payload.as_bytes(), &Signature::Empty)?,
            "no writer here puts such a payload into this kind of JWE, so an unsecured JWT carries it",
        ),
        (_, Err(reason)) => {
            if let CannotForge::Inexpressible { tried, .. } = &reason {
                for stand_in in tried {
                    let action = "Signs the claims with her own key, since the issuer signs no such payload.";
                    notes.variant_step(&stand_in.variant, action, payload);
                }
            }
            return Err(reason);
        }
    };
    Ok(forgery.to_be_believed())
}

/// The issuer's block of her own biscuit, rewritten by `change` under the old
/// signature: as near as a holder comes to a payload of another kind.
pub(crate) fn rewritten_biscuit(
    view: &AttackerView<'_>,
    (variant, action, why): (&str, &str, &str),
    change: impl FnOnce(Message) -> Message,
    notes: &mut Notebook,
) -> Result<Forgery, CannotForge> {
    let rewritten = Message::of_token(view.sample()).and_then(|sample| sample.with_authority(change));
    let token = rewritten.ok_or_else(|| CannotForge::Failed("the sample token is no biscuit".into()))?;
    notes.variant_step(variant, action, "");
    Ok(Forgery::analogue(variant, token.to_token(), why).to_be_believed())
}

/// The payload in an unsecured JWT, sent for the id of a session.
pub(crate) fn as_session_id(
    variant: &str,
    payload: &str,
    notes: &mut Notebook,
) -> Result<Forgery, CannotForge> {
    let token = mint::jws_of(r#"{"alg":"none"}"#, payload.as_bytes(), &Signature::Empty)?;
    notes.variant_step(variant, "Sends that in an unsecured JWT for an id.", payload);
    Ok(Forgery::analogue(
        variant,
        token,
        "an id has no payload, so the payload takes the place of the id",
    )
    .to_be_believed())
}
