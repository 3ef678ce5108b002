//! A shared secret that others know: one honest token is enough to try every
//! word of a list, at home and unseen.
//!
//! The flawed assumption: a secret is whatever nobody has been told. HMAC
//! takes any string of bytes (RFC 2104 §2), a token is a message with its tag,
//! and a tag tells at once whether a guess is right. RFC 8725 §2.2 and §3.5:
//! keys have as much entropy as the algorithm promises, and passwords have not.
//! Shipped defaults are the extreme case: Apache Superset before 2.1.0
//! (CVE-2023-27524), Nacos (issue #10060).
//!
//! PASETO demands 32 bytes for a shared key. That rules short words out and
//! hashed ones in: for `local` tokens, as for the shared keys of JWE, the hash
//! of each word is tried. A public key that verifies is no help to a guesser,
//! and so there what a word would have made is tried blindly.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tokenlab_harness::exchange::PrivateKey;
use tokenlab_harness::{Bound, Key};
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::hs::Hs;
use crate::jwe::{self, Recipient};
use crate::known_secrets;
use crate::mint::{self, Signature};
use crate::model::compact::Compact;
use crate::model::jwe_password;
use crate::notebook::Notebook;
use crate::pbkdf2;
use crate::scheme::{ContentEncryption, JwsAlgorithm, KeyManagement, Purpose, Scheme, Version};
use crate::sign::sign;
use crate::weakness::Weakness;

pub(super) struct WeakHmacSecret;

static PROFILE: AttackProfile = AttackProfile {
    id: "weak-hmac-secret",
    title: "Guessable secret",
    assumption: "A secret is whatever nobody has been told.",
    class: AttackClass::Cryptography,
    given: &[],
    isolated: false,
    breaks: &[Weakness::GuessableSecret],
    references: &[
        (
            "RFC 8725 §2.2",
            "Keys of too little entropy fall to an offline search as soon as there is one token.",
        ),
        (
            "RFC 8725 §3.5",
            "A password is no key for HMAC; keys come from a generator.",
        ),
        ("RFC 7518 §3.2", "The key of HS256 has at least 256 bits."),
        (
            "CVE-2023-27524",
            "Apache Superset before 2.1.0 signs sessions with the secret of its published configuration unless somebody changed it.",
        ),
        (
            "Nacos issue #10060",
            "The signing secret `token.secret.key` had a published default.",
        ),
        (
            "PASETO 01-Protocol-Versions",
            "A key of `local` has exactly 32 bytes, which says nothing of where they are from.",
        ),
    ],
    lesson: include_str!("../../lessons/weak-hmac-secret.md"),
};

impl Attack for WeakHmacSecret {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let scheme = view.scheme();
        let words = known_secrets::words();
        let found = match scheme {
            Scheme::Jwt(algorithm) if algorithm.is_shared() => tag_matches(view, algorithm),
            Scheme::Paseto(_, Purpose::Local) => {
                mint::opening(scheme, view.sample(), words.flat_map(known_secrets::keys_of))?
            }
            Scheme::Jwe(alg, _) if !alg.is_public() => {
                // A password is stretched on purpose: a thousand rounds and
                // more for every guess.
                let most = if is_password(alg) {
                    STRETCHED_GUESSES
                } else {
                    usize::MAX
                };
                let mut keys = words.take(most).flat_map(known_secrets::keys_of);
                if scheme == STRETCHED {
                    keys.find(|key| opens_stretched(view, key).is_some())
                } else {
                    mint::opening(scheme, view.sample(), keys)?
                }
            }
            _ => {
                return Err(CannotForge::Inexpressible {
                    why: why_not(scheme).into(),
                    tried: blind(view, notes)?,
                });
            }
        };
        let words = known_secrets::words().count();
        let (variant, token) = match found {
            Some(key) => {
                notes.step(
                    format!("Tries the {words} words of her list on her own token, at home: one fits."),
                    String::from_utf8_lossy(&key),
                );
                ("secret-found", token_under(view, key)?)
            }
            None => {
                notes.step(
                    format!(
                        "Tries the {words} words of her list on her own token, at home: none fits. Uses the \
                         likeliest all the same."
                    ),
                    LIKELIEST,
                );
                let mut fitting = known_secrets::keys_of(LIKELIEST)
                    .into_iter()
                    .filter_map(|key| token_under(view, key).ok());
                let token = fitting
                    .next()
                    .ok_or_else(|| CannotForge::Failed("no key that a word makes fits".into()))?;
                ("likeliest-secret", token)
            }
        };
        Ok(vec![Forgery::new(variant, token)])
    }
}

/// The key under which her own token has the tag that it has.
fn tag_matches(view: &AttackerView<'_>, algorithm: JwsAlgorithm) -> Option<Vec<u8>> {
    let (input, tag) = view.sample().rsplit_once('.')?;
    known_secrets::words()
        .flat_map(known_secrets::keys_of)
        .find(|key| {
            // BLAKE2b takes no key of more than 64 bytes.
            sign(algorithm, &Key::Secret(key.clone()), input.as_bytes()).is_ok_and(|text| text == tag)
        })
}

/// A token like her own, with the claims that she wants.
fn token_under(view: &AttackerView<'_>, key: Vec<u8>) -> Result<String, CannotForge> {
    let (scheme, key) = (view.scheme(), Key::Secret(key));
    Ok(match scheme {
        Scheme::Jwt(algorithm) => mint::jws(
            &view.sample_header(),
            view.wanted(),
            &Signature::By(algorithm, key),
        )?,
        Scheme::Paseto(..) => mint::paseto(scheme, &key, view.wanted(), &view.sample_footer())?,
        STRETCHED => {
            let key = key.secret().and_then(|word| stretched(view, word));
            let key = key.ok_or_else(|| CannotForge::Failed("the sample names no rounds".into()))?;
            let payload = mint::jwt_payload(view.wanted())?;
            jwe::seal(&Recipient::Pbes2(key), &view.sample_header(), payload.as_bytes())?
        }
        _ => {
            let payload = mint::jwt_payload(view.wanted())?;
            mint::seal(scheme, &key, payload.as_bytes(), &Bound::default())?
        }
    })
}

/// The scheme whose passwords the lab stretches itself, with or without a
/// library that does.
const STRETCHED: Scheme = Scheme::Jwe(KeyManagement::Pbes2Hs512, ContentEncryption::A256Gcm);

/// The key that a password makes with the salt and the rounds in her own token's
/// header (RFC 7518 §4.8).
fn stretched(view: &AttackerView<'_>, word: &[u8]) -> Option<[u8; 32]> {
    let header = view.sample_header();
    let p2s = URL_SAFE_NO_PAD.decode(header.get("p2s")?.as_str()?).ok()?;
    let rounds = header.get("p2c")?.as_u64()?;
    Some(pbkdf2::derive(word, &jwe_password::salt(&p2s), rounds))
}

/// What her own token says under that password, if it is the one.
fn opens_stretched(view: &AttackerView<'_>, word: &[u8]) -> Option<Vec<u8>> {
    jwe::open_wrapped(&stretched(view, word)?, &Compact::of(view.sample()).sealed())
}

const fn is_password(alg: KeyManagement) -> bool {
    matches!(
        alg,
        KeyManagement::Pbes2Hs256 | KeyManagement::Pbes2Hs384 | KeyManagement::Pbes2Hs512
    )
}

const fn why_not(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Session(_) => "the id of a session carries no tag by which a guess could be tried at home",
        Scheme::Jwe(..) => "nobody shares a secret: whoever encrypts has a public key",
        _ => "nobody shares a secret: what signs is a private key, which no word is",
    }
}

/// What a word would have made, sent without knowing anything.
fn blind(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
    let (token, what) = match view.scheme() {
        Scheme::Jwt(_) | Scheme::Jwe(..) => {
            let tag = Signature::Tag(Hs::S256, LIKELIEST.as_bytes().to_vec());
            let mut header = view.header_with_alg("HS256");
            header.remove("enc");
            (
                mint::jws(&header, view.wanted(), &tag)?,
                "an HS256 token under the likeliest word",
            )
        }
        Scheme::Paseto(..) => {
            let local = Scheme::Paseto(Version::V4, Purpose::Local);
            let key = Key::Secret(Sha256::digest(LIKELIEST).to_vec());
            (
                mint::paseto(local, &key, view.wanted(), &view.sample_footer())?,
                "a v4.local token under the hash of the likeliest word",
            )
        }
        Scheme::Biscuit => {
            let root = Key::Private(PrivateKey::Ed25519(Sha256::digest(LIKELIEST).into()));
            (
                mint::biscuit(&root, view.wanted())?,
                "a biscuit whose root key is made of the likeliest word",
            )
        }
        Scheme::Session(_) => (LIKELIEST.to_owned(), "the likeliest word for an id"),
    };
    notes.variant_step("blind-guess", format!("Sends {what}."), token.as_str());
    Ok(vec![Forgery::analogue(
        "blind-guess",
        token,
        format!("{what} is sent blindly, since nothing tells whether a guess is right"),
    )])
}

/// The first thing that anybody writes.
const LIKELIEST: &str = "secret";

/// Words that are tried where every guess costs a thousand rounds or more.
const STRETCHED_GUESSES: usize = 10;
