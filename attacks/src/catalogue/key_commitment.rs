//! A partitioning oracle: one token that is authentic under many keys, so that
//! one answer strikes out half of the candidates.
//!
//! The flawed assumption: a token is authentic under one key. Authenticated
//! encryption promises that nobody without the key makes a token; of somebody
//! with many keys it promises nothing. XChaCha20-Poly1305, hence v2.local, lets
//! her make one token for all of them (Len, Grubbs and Ristenpart, USENIX
//! Security 2021). If the key was made of a password, and the verifier answers
//! a wrong tag otherwise than a payload that makes no sense, each question
//! halves the list. v3.local and v4.local have a MAC by HMAC and BLAKE2b, which
//! commit to the key: PASETO's Rationale-V3-V4 gives this as a reason for them.
//!
//! Sixteen passwords and questions for up to eight keys keep the replay quick:
//! k keys take 4^k tries of simple arithmetic. Her own token is not used: with
//! it she could try every password at home (`weak-hmac-secret`), and this is
//! for those who have none.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use sha2::{Digest, Sha256};
use tokenlab_harness::Key;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::collision::{self, LocalKey};
use crate::given::Given;
use crate::mint;
use crate::notebook::Notebook;
use crate::scheme::{Purpose, Scheme, Version};
use crate::weakness::Weakness;

pub(super) struct KeyCommitment;

static PROFILE: AttackProfile = AttackProfile {
    id: "key-commitment",
    title: "One token under many keys",
    assumption: "A token is authentic under one key.",
    class: AttackClass::Encryption,
    given: &[Given::Answers],
    isolated: false,
    breaks: &[Weakness::NoKeyCommitment],
    references: &[
        (
            "PASETO Rationale-V3-V4",
            "v2.local does not commit to its key; v3.local and v4.local do, by HMAC and keyed BLAKE2b.",
        ),
        (
            "PASERK ID",
            "A `lid` names a key by a hash that no other key has.",
        ),
        (
            "Len, Grubbs and Ristenpart, eprint 2020/1491",
            "Partitioning oracles: one ciphertext for many keys, under AES-GCM and XChaCha20-Poly1305 alike.",
        ),
        (
            "RFC 8725 §3.5",
            "Keys have enough entropy; where they do, there is nothing to halve.",
        ),
    ],
    lesson: include_str!("../../lessons/key-commitment.md"),
};

impl Attack for KeyCommitment {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        let why = match view.scheme() {
            Scheme::Paseto(Version::V2, Purpose::Local) => {
                return halve(view, notes).map(|forgery| vec![forgery]);
            }
            Scheme::Paseto(_, Purpose::Local) => {
                "the tag is a MAC by a hash function, and one tag under two keys would be a collision of it"
            }
            Scheme::Jwe(..) => {
                "AES-GCM does not commit to its key either, and the algebra is like that of v2.local; but no \
                 verifier of JWEs here has a key that could be on a list, and none is asked"
            }
            Scheme::Session(_) => "the id of a session is under no key",
            _ => "nothing is encrypted, and a signature is looked at under the one key that is configured",
        };
        let variant = "two-keys";
        let [first, second, ..] = candidates() else {
            return Err(CannotForge::Failed("there are no candidates".into()));
        };
        let token = colliding(&[first.1, second.1])?;
        let token = match view.scheme() {
            Scheme::Paseto(version, purpose) => {
                let header = format!("{}.{}.", version.name(), purpose.name());
                token.replacen("v2.local.", &header, 1)
            }
            _ => token,
        };
        notes.variant_step(
            variant,
            "Makes one v2.local token that is authentic under the keys of two passwords, and writes the header \
             of this format on it if it has one of that kind.",
            token.as_str(),
        );
        Err(CannotForge::Inexpressible {
            why: why.into(),
            tried: vec![Forgery::analogue(
                variant,
                token,
                "a token for two keys of v2.local stands where the format has nothing of the kind",
            )],
        })
    }
}

/// Halves the list of candidates, question by question, and makes a token
/// under the key that is left.
fn halve(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let nobodys = Sha256::digest("a key that nobody has").into();
    let wrong_tag = view.ask(&colliding(&[nobodys])?)?.refused;
    notes.step(
        format!(
            "Lists {} passwords that people make of a season and a year, and asks about a token under no key \
             of them, to see how a wrong tag is answered.",
            candidates().len()
        ),
        wrong_tag.as_ref().map_or_else(String::new, ToString::to_string),
    );
    let mut left = candidates();
    while left.len() > 1 {
        let (half, rest) = left.split_at(left.len() / 2);
        let keys: Vec<LocalKey> = half.iter().map(|(_, key)| *key).collect();
        let token = colliding(&keys)?;
        let is_in = view.ask(&token)?.refused != wrong_tag;
        let answer = if is_in {
            "otherwise: the key is among them"
        } else {
            "as before"
        };
        let under = match keys.len() {
            1 => "one key".to_owned(),
            several => format!("{several} keys at once"),
        };
        notes.step(
            format!("Asks about a token that is authentic under {under}. It is answered {answer}."),
            token,
        );
        left = if is_in { half } else { rest };
    }
    let [(password, key)] = left else {
        return Err(CannotForge::Failed("no candidate is left".into()));
    };
    notes.step(
        format!(
            "Takes the one that is left after {} questions for the password.",
            view.questions()
        ),
        password.as_str(),
    );
    let token = mint::paseto(view.scheme(), &Key::Secret(key.to_vec()), view.wanted(), "")?;
    Ok(Forgery::new("key-of-last-candidate", token))
}

/// Passwords and the keys that they make, shared by all replays.
fn candidates() -> &'static [(String, LocalKey)] {
    static CANDIDATES: OnceLock<Vec<(String, LocalKey)>> = OnceLock::new();
    CANDIDATES.get_or_init(|| {
        let years = 2023..=2026;
        let passwords = years.flat_map(|year| SEASONS.map(|season| format!("{season}{year}")));
        passwords
            .map(|password| (password.clone(), Sha256::digest(&password).into()))
            .collect()
    })
}

/// One token for these keys. The same are wanted again and again, and making
/// one takes a while.
fn colliding(keys: &[LocalKey]) -> Result<String, CannotForge> {
    static MADE: Mutex<BTreeMap<Vec<LocalKey>, String>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(token) = made.get(keys) {
        return Ok(token.clone());
    }
    let token = collision::v2_local(keys)
        .ok_or_else(|| CannotForge::Failed(format!("no token was found for {} keys", keys.len())))?;
    made.insert(keys.to_vec(), token.clone());
    Ok(token)
}

const SEASONS: [&str; 4] = ["Spring", "Summer", "Autumn", "Winter"];
