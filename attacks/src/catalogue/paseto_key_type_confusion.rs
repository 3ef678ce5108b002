//! A v4.public verification key used as a v4.local key.
//!
//! The flawed assumption: 32 bytes are a key, and the token says what for. A
//! verification key of v2.public or v4.public has 32 bytes, and so has every
//! local key; where a router takes bytes, the public key, which everybody may
//! have, encrypts tokens that are believed. The specification demands that
//! libraries keep the two apart by type (Payload-Processing, Algorithm
//! Lucidity), and its test vectors with the numbers 2-F and 4-F expect a token
//! that meets the key of another version or purpose to be refused. The token
//! itself does not prevent it. No CVE is known to this lab.
//!
//! Local tokens of every version are tried, since every local key has 32 bytes.
//! In JOSE the same mistake is `alg-confusion-rs-hs`; here the nearest thing is
//! tried, a JWE that is encrypted directly under a public key. A Biscuit has no
//! secret, and a session has no key.

use tokenlab_harness::Key;
use tokenlab_harness::exchange::{PrivateKey, PublicKey};

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::mint;
use crate::notebook::Notebook;
use crate::public_bytes::{cut, encrypted_under, known_bytes_as_id, other_root_keys};
use crate::public_key;
use crate::scheme::{Purpose, Scheme, Version};
use crate::weakness::Weakness;

pub(super) struct PasetoKeyTypeConfusion;

static PROFILE: AttackProfile = AttackProfile {
    id: "paseto-key-type-confusion",
    title: "Public key used as a local key",
    assumption: "32 bytes are a key, and the token's header says what for.",
    class: AttackClass::Native,
    given: &[],
    isolated: false,
    breaks: &[Weakness::PurposeUntypedKey],
    references: &[
        (
            "PASETO specification, Payload-Processing, Type Safety",
            "Keys of one version and purpose must not be used for another.",
        ),
        (
            "PASETO specification, Algorithm Lucidity",
            "A library keeps keys of different versions and purposes apart by type.",
        ),
        (
            "PASETO test vectors 2-F and 4-F",
            "Tokens that meet a key of another version or purpose; an implementation refuses them.",
        ),
        (
            "PASERK, types `local` and `public`",
            "A key at rest says which version and purpose it is for.",
        ),
    ],
    lesson: include_str!("../../lessons/paseto-key-type-confusion.md"),
};

impl Attack for PasetoKeyTypeConfusion {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        match (view.scheme(), view.public_key()) {
            (Scheme::Paseto(..), Some(PublicKey::Ed25519(raw))) => Version::ALL
                .into_iter()
                .map(|version| local_under(view, version, *raw, notes))
                .collect(),
            (Scheme::Paseto(version, Purpose::Public), public) => Err(CannotForge::Inexpressible {
                why: format!(
                    "a {0}.public key is longer than the 32 bytes of a {0}.local key and can't pass for one",
                    version.name()
                ),
                tried: shortened_key(view, version, public, notes)?,
            }),
            (Scheme::Paseto(version, Purpose::Local), _) => Err(CannotForge::Inexpressible {
                why: "issuer and verifier share a secret, so there is no public key to pass off as one"
                    .into(),
                tried: other_keys_of_the_issuer(view, version, notes)?,
            }),
            (Scheme::Jwt(_) | Scheme::Jwe(..), _) => Err(CannotForge::Inexpressible {
                why: "JOSE has algorithms and no purposes; the same mistake there is alg-confusion-rs-hs"
                    .into(),
                tried: vec![Forgery::analogue(
                    "issuers-ed25519-key-dir",
                    encrypted_under(view, "issuers-ed25519-key-dir", &view.issuer().ed25519, notes)?,
                    "a JWE that is encrypted directly under the public key is what a local token is in JOSE",
                )],
            }),
            (Scheme::Biscuit, _) => Err(CannotForge::Inexpressible {
                why: "a biscuit is signed and never encrypted, so a root key has one purpose".into(),
                tried: other_root_keys(view, notes)?,
            }),
            (Scheme::Session(_), _) => Err(CannotForge::Inexpressible {
                why: "a session has no key that could be for another purpose: its id is looked up".into(),
                tried: known_bytes_as_id(view, notes),
            }),
        }
    }
}

/// A local token under the bytes of the public key.
fn local_under(
    view: &AttackerView<'_>,
    version: Version,
    public: [u8; 32],
    notes: &mut Notebook,
) -> Result<Forgery, CannotForge> {
    let variant = format!("public-key-as-{}-local-key", version.name());
    notes.variant_step(
        variant.as_str(),
        "Takes the issuer's Ed25519 public key: 32 bytes, as many as a local key has.",
        mint::hexadecimal(&public),
    );
    notes.variant_step(
        variant.as_str(),
        format!(
            "Encrypts a {}.local token with it, in which the subject is admin.",
            version.name()
        ),
        mint::paseto_payload(view.wanted())?,
    );
    Ok(Forgery::new(variant, local_token(view, version, public)?))
}

fn local_token(view: &AttackerView<'_>, version: Version, key: [u8; 32]) -> Result<String, CannotForge> {
    let scheme = Scheme::Paseto(version, Purpose::Local);
    let key = Key::Secret(key.to_vec());
    Ok(mint::paseto(scheme, &key, view.wanted(), &view.sample_footer())?)
}

/// Against keys of another length: a local token of the same version under as
/// many of the public key's bytes as fit.
fn shortened_key(
    view: &AttackerView<'_>,
    version: Version,
    public: Option<&PublicKey>,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let mut tried = Vec::new();
    for (spelling, bytes) in public.map(public_key::spellings).unwrap_or_default() {
        let key = cut(&bytes);
        let variant = format!("shortened-{spelling}");
        notes.variant_step(
            variant.as_str(),
            "Cuts the issuer's public key to 32 bytes and encrypts a local token with them.",
            mint::hexadecimal(&key),
        );
        tried.push(Forgery::analogue(
            variant,
            local_token(view, version, key)?,
            "the public key is cut to the length of a local key, which no library would do",
        ));
    }
    Ok(tried)
}

/// Against a shared secret: a local token under a key that the issuer publishes
/// for something else, and a public token where a local one belongs.
fn other_keys_of_the_issuer(
    view: &AttackerView<'_>,
    version: Version,
    notes: &mut Notebook,
) -> Result<Vec<Forgery>, CannotForge> {
    let public = view.issuer().ed25519;
    notes.variant_step(
        "issuers-ed25519-key",
        "Encrypts a local token, in which the subject is admin, with the key that the issuer publishes for public ones.",
        mint::hexadecimal(&public),
    );
    notes.variant_step(
        "public-token",
        "Signs a v4.public token, in which the subject is admin, with a key of her own.",
        mint::paseto_payload(view.wanted())?,
    );
    let signed = mint::paseto(
        Scheme::Paseto(Version::V4, Purpose::Public),
        &Key::Private(PrivateKey::Ed25519(public)),
        view.wanted(),
        &view.sample_footer(),
    )?;
    Ok(vec![
        Forgery::analogue(
            "issuers-ed25519-key",
            local_token(view, version, public)?,
            "this key has no public half, so another public key of the same issuer takes its place",
        ),
        Forgery::analogue(
            "public-token",
            signed,
            "a token of the other purpose meets this key, as in the specification's test vectors",
        ),
    ])
}
