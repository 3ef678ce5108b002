//! Stand-ins: what is sent where an attack has no place.
//!
//! Many attacks on keys come down to bytes that everybody knows in the place of
//! a secret. Every family has something that such bytes can be tried as, even
//! where nothing in it would take them for a key.

use tokenlab_harness::Key;
use tokenlab_harness::exchange::PrivateKey;

use crate::attack::{CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::hs::Hs;
use crate::jwe::{self, Recipient};
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::public_bytes::cut;
use crate::scheme::{Purpose, Scheme};

/// One stand-in: its name, what was done as a sentence, and the token.
pub(crate) type StandIn = (&'static str, &'static str, String);

/// Notes stand-ins and makes them analogues, all for the same reason.
pub(crate) fn analogues(
    notes: &mut Notebook,
    why: &str,
    tokens: impl IntoIterator<Item = StandIn>,
) -> Vec<Forgery> {
    tokens
        .into_iter()
        .map(|(variant, action, token)| {
            notes.variant_step(variant, action, token.as_str());
            Forgery::analogue(variant, token, why)
        })
        .collect()
}

/// A token in which the subject is admin, made with bytes that everybody knows:
/// the secret of an HMAC, and elsewhere 32 of them as the content key of a JWE,
/// the key of a local PASETO, the private root key of a biscuit, or an id.
pub(crate) fn under_known_bytes(view: &AttackerView<'_>, bytes: &[u8]) -> Result<String, CannotForge> {
    let key = cut(bytes);
    let wanted = view.wanted();
    Ok(match view.scheme() {
        Scheme::Jwt(algorithm) => {
            let hs = Hs::of(algorithm).unwrap_or(Hs::S256);
            let signature = Signature::Tag(hs, bytes.to_vec());
            mint::jws(&view.header_with_alg(hs.name()), wanted, &signature)?
        }
        Scheme::Jwe(..) => {
            let payload = mint::jwt_payload(wanted)?;
            let recipient = Recipient::Direct(key.to_vec());
            jwe::seal(&recipient, &serde_json::Map::new(), payload.as_bytes())?
        }
        Scheme::Paseto(version, _) => {
            let scheme = Scheme::Paseto(version, Purpose::Local);
            mint::paseto(scheme, &Key::Secret(key.to_vec()), wanted, &view.sample_footer())?
        }
        Scheme::Biscuit => mint::biscuit(&Key::Private(PrivateKey::Ed25519(key)), wanted)?,
        Scheme::Session(_) => mint::part(key),
    })
}

/// Her honest PASETO with another body.
pub(crate) fn paseto_with_body(view: &AttackerView<'_>, header: &str, body: &[u8]) -> String {
    format!("{header}{}{}", mint::part(body), view.sample_end())
}
