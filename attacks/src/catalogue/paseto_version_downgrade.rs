//! A version of PASETO that was left behind, and is still accepted.
//!
//! The flawed assumption: what is no longer issued can no longer arrive. An
//! issuer moves from one version to another, and for some days its verifiers
//! take both; if they go on taking both, whoever has the old key is believed,
//! and nobody guards a key that nothing is issued with. The specification says
//! that the two most recent versions should be all that a library accepts
//! (Protocol Versions, rule 4), and that a program should ask for one version
//! and purpose (API-UX). A should is not a must, and where the router is the
//! application's own it is nobody's.
//!
//! JOSE has the same mistake in its list of algorithms, and a Biscuit in its
//! root keys: whatever kept the old secret valid. A session has no key.

use serde_json::Map;
use tokenlab_harness::Key;
use tokenlab_harness::exchange::PrivateKey;

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::given::Given;
use crate::hs::Hs;
use crate::jwe::{self, Recipient};
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::{Purpose, Scheme, Version};
use crate::weakness::Weakness;

pub(super) struct PasetoVersionDowngrade;

static PROFILE: AttackProfile = AttackProfile {
    id: "paseto-version-downgrade",
    title: "Old version still accepted",
    assumption: "What is no longer issued can no longer arrive.",
    class: AttackClass::Native,
    given: &[Given::RetiredKey],
    isolated: false,
    breaks: &[Weakness::OldVersionAccepted],
    references: &[
        (
            "PASETO specification, Protocol Versions, rule 4",
            "A library should accept the two most recent versions and no other.",
        ),
        (
            "PASETO specification, API-UX",
            "A program asks for one version and purpose, and gets tokens of no other.",
        ),
        (
            "RFC 8725 §3.2",
            "Algorithms that are no longer good enough are taken off the list; applications are built so that this can be done.",
        ),
        (
            "RUSTSEC-2023-0071",
            "Why an old version may be worse than its key: RSA, as in v1.public, leaks through time in a widely used crate.",
        ),
    ],
    lesson: include_str!("../../lessons/paseto-version-downgrade.md"),
};

impl Attack for PasetoVersionDowngrade {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let key = view.retired_key()?;
        notes.step(
            "Finds the secret that the issuer used before it moved, in an old image of its server.",
            mint::hexadecimal(&key),
        );
        let secret = Key::Secret(key.to_vec());
        let (variant, token) = match view.scheme() {
            Scheme::Paseto(..) => {
                let old = Scheme::Paseto(Version::V2, Purpose::Local);
                let token = mint::paseto(old, &secret, view.wanted(), &view.sample_footer())?;
                ("retired-v2-local", token)
            }
            Scheme::Jwt(_) => {
                let header = view.header_with_alg(Hs::S256.name());
                let signature = Signature::Tag(Hs::S256, key.to_vec());
                ("retired-hs256", mint::jws(&header, view.wanted(), &signature)?)
            }
            Scheme::Jwe(..) => {
                let recipient = Recipient::Direct(key.to_vec());
                let payload = mint::jwt_payload(view.wanted())?;
                (
                    "retired-dir",
                    jwe::seal(&recipient, &Map::new(), payload.as_bytes())?,
                )
            }
            Scheme::Biscuit => {
                let root = Key::Private(PrivateKey::Ed25519(key));
                ("retired-root-key", mint::biscuit(&root, view.wanted())?)
            }
            Scheme::Session(_) => return Err(no_versions(&key, notes)),
        };
        notes.variant_step(
            variant,
            "Makes a token as the issuer used to, in which the subject is admin.",
            mint::jwt_payload(view.wanted())?,
        );
        Ok(vec![Forgery::new(variant, token)])
    }
}

/// Against a session: the old secret as an id.
fn no_versions(key: &[u8; 32], notes: &mut Notebook) -> CannotForge {
    let variant = "retired-key-as-id";
    notes.variant_step(variant, "Sends the old secret for an id.", "");
    CannotForge::Inexpressible {
        why: "an id has no version and is made with no key; what was retired is no longer in the store"
            .into(),
        tried: vec![Forgery::analogue(
            variant,
            mint::part(key),
            "a session has no key, so the old secret takes the place of its id",
        )],
    }
}
