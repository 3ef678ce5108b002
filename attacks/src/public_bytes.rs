//! The bytes of a public key in places where secrets belong: what the attacks
//! on untyped keys share.
//!
//! Everybody may have these bytes. Where a verifier takes bytes for a secret,
//! whoever has them can make what only the issuer should.

use serde_json::Map;
use sha2::{Digest, Sha256};
use tokenlab_harness::Key;
use tokenlab_harness::exchange::PrivateKey;

use crate::attack::{CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::jwe::{self, Recipient};
use crate::mint;
use crate::notebook::Notebook;

/// The first 32 bytes, with zeros where there are fewer.
pub(crate) fn cut(bytes: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(bytes) {
        *to = *from;
    }
    key
}

/// A JWE by `dir` with A256GCM under the first 32 bytes of a key.
pub(crate) fn encrypted_under(
    view: &AttackerView<'_>,
    variant: &str,
    bytes: &[u8],
    notes: &mut Notebook,
) -> Result<String, CannotForge> {
    let key = cut(bytes);
    notes.variant_step(
        variant,
        "Encrypts the claims, in which the subject is admin, directly under 32 bytes of a public key.",
        mint::hexadecimal(&key),
    );
    let payload = mint::jwt_payload(view.wanted())?;
    let recipient = Recipient::Direct(key.to_vec());
    Ok(jwe::seal(&recipient, &Map::new(), payload.as_bytes())?)
}

/// Biscuits under other root keys: one of her own, and the one whose private
/// half is the bytes of the issuer's public key.
pub(crate) fn other_root_keys(
    view: &AttackerView<'_>,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let public = view.issuer().ed25519;
    notes.variant_step(
        "own-root-key",
        "Signs a biscuit, in which the subject is admin, with a root key of her own.",
        "",
    );
    notes.variant_step(
        "public-key-as-private-key",
        "Takes the issuer's public key, 32 bytes, for the private key that it is not, and signs with that.",
        mint::hexadecimal(&public),
    );
    let misused = Key::Private(PrivateKey::Ed25519(public));
    Ok(vec![
        Forgery::analogue(
            "own-root-key",
            view.biscuit_by_own_key()?.to_token(),
            "a biscuit has no secret, so another key pair takes the place of one",
        ),
        Forgery::analogue(
            "public-key-as-private-key",
            mint::biscuit(&misused, view.wanted())?,
            "a biscuit has no secret; a signature by the bytes of the public key is the nearest thing",
        ),
    ])
}

/// Ids made of bytes that are known: a public key, and the form in which her
/// own id is stored.
pub(crate) fn known_bytes_as_id(view: &AttackerView<'_>, notes: &mut Notebook) -> Vec<Forgery> {
    let hash = Sha256::digest(view.sample().as_bytes());
    let mut tried = Vec::new();
    for (variant, action, token, why) in [
        (
            "public-key-as-id",
            "Sends the issuer's Ed25519 public key for an id: 32 bytes, as many as an id has.",
            mint::part(view.issuer().ed25519),
            "a session has no key, so known bytes of the right length take the place of its id",
        ),
        (
            "hash-of-own-id",
            "Sends the SHA-256 of her own id, which is what a careful store keeps.",
            mint::part(hash),
            "a session has no key; the stored form of an id in the place of the id is what one must not pass for",
        ),
    ] {
        notes.variant_step(variant, action, token.as_str());
        tried.push(Forgery::analogue(variant, token, why));
    }
    tried
}
