//! Text that is no token, or the beginning of one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use tokenlab_harness::decode::decode;
use tokenlab_harness::malleability::Malleability;
use tokenlab_harness::policy::now;
use tokenlab_harness::session::{Digest, Session, Sessions, Standing, Store, StoreError};
use tokenlab_harness::{Corpus, RejectReason};
use tokenlab_record::catalogue::Family;

use crate::{LAB, typical};

/// Letters of a session id: 32 bytes in base64url.
const ID_LENGTH: usize = 43;

#[test]
fn a_token_cut_short_is_refused_at_every_length() {
    for loaded in LAB.iter() {
        let claims = Corpus::named("tiny").unwrap().claims(1, now());
        let token = loaded.issue(&claims);
        loaded.assert_accepts(&token, &claims, "the whole token");
        for length in 0..token.len() {
            let cut = &token[..length];
            // A Biscuit is the same without the padding at its end.
            if Malleability::UnsignedEnvelope.explains(loaded.card(), &token, cut) {
                loaded.assert_accepts(cut, &claims, "the token without padding");
                continue;
            }
            loaded.assert_refuses(
                cut,
                &[
                    RejectReason::Malformed,
                    RejectReason::Encoding,
                    RejectReason::BadSignature,
                ],
                &format!("the first {length} of {} bytes", token.len()),
            );
        }
    }
}

/// What a nonce and a tag or a signature have no room in was never a token of this
/// scheme, whatever its bytes are: that is no matter of keys.
#[test]
fn a_paseto_without_room_for_its_authentication_is_malformed() {
    for loaded in LAB.iter().filter(|loaded| loaded.card().family == Family::Paseto) {
        let token = loaded.issue(&typical());
        let parts = decode(&token).parts;
        let header = String::from_utf8(parts[0].bytes.clone()).unwrap();
        let fixed = parts[1..]
            .iter()
            .filter(|part| part.name != "payload" && part.name != "ciphertext");
        let room: usize = fixed.map(|part| part.bytes.len()).sum();
        assert!(room >= 32, "{}: {room}", loaded.card().id);
        for length in [0, 1, room / 2, room - 1] {
            let body = URL_SAFE_NO_PAD.encode(vec![7; length]);
            // rusty_paseto leaves it to the cipher to notice.
            let reasons: &[RejectReason] = match loaded.card().library.as_str() {
                "rusty_paseto" => &[RejectReason::Malformed, RejectReason::BadSignature],
                _ => &[RejectReason::Malformed],
            };
            loaded.assert_refuses(
                &format!("{header}{body}"),
                reasons,
                &format!("{length} of at least {room} bytes"),
            );
        }
    }
}

#[test]
fn text_without_parts_is_malformed() {
    for loaded in LAB.iter() {
        // A Biscuit has no parts that could be missing, it is base64url or not.
        let of_letters = match loaded.card().family {
            Family::Biscuit => RejectReason::Encoding,
            _ => RejectReason::Malformed,
        };
        loaded.assert_refuses("", &[RejectReason::Malformed], "nothing");
        for text in [".", "a", "a.b", " ", "\0", "😀"] {
            loaded.assert_refuses(text, &[of_letters], &format!("{text:?}"));
        }
        for dots in 2..8 {
            // Two dots make a JWS of three empty parts, and four a JWE of
            // five, whose header is no JSON; of another number, a verifier may
            // count the parts or read the first.
            let reasons: &[RejectReason] = match (loaded.card().family, dots) {
                (Family::Jwt, 2) | (Family::Jwe, 4) => &[RejectReason::Encoding],
                (Family::Jwt, _) => &[RejectReason::Encoding, RejectReason::Malformed],
                (Family::Biscuit, _) => &[RejectReason::Encoding],
                _ => &[RejectReason::Malformed],
            };
            loaded.assert_refuses(&".".repeat(dots), reasons, &format!("{dots} dots"));
        }
    }
}

/// A store that must not be asked.
struct Untouched;

impl Store for Untouched {
    fn insert(&self, _: &Digest, _: &Session) -> Result<(), StoreError> {
        panic!("asked to insert")
    }

    fn get(&self, _: &Digest) -> Result<Option<Session>, StoreError> {
        panic!("asked to look up")
    }

    fn extend(&self, _: &Digest, _: i64, _: i64) -> Result<Standing, StoreError> {
        panic!("asked to extend")
    }

    fn remove(&self, _: &Digest) -> Result<bool, StoreError> {
        panic!("asked to remove")
    }

    fn purge(&self, _: i64) -> Result<u64, StoreError> {
        panic!("asked to purge")
    }
}

#[test]
fn a_text_that_is_no_id_reaches_no_store() {
    let sessions = Sessions::new(Box::new(Untouched));
    let letters = |length: usize| "A".repeat(length);
    for (text, reason) in [
        (letters(1 << 20), RejectReason::Malformed),
        (letters(ID_LENGTH - 1), RejectReason::Malformed),
        (letters(ID_LENGTH + 1), RejectReason::Malformed),
        (letters(ID_LENGTH - 1) + "+", RejectReason::Encoding),
        (letters(ID_LENGTH - 1) + "B", RejectReason::Encoding),
    ] {
        let refusals = [
            sessions.look_up(&text).unwrap_err(),
            sessions.refresh(&text, now(), now()).unwrap_err(),
            sessions.revoke(&text).unwrap_err(),
        ];
        for refusal in refusals {
            assert_eq!(refusal.reason, reason, "{} letters: {refusal:?}", text.len());
        }
    }
}

#[test]
fn a_mebibyte_of_noise_is_refused_for_its_shape_or_size() {
    const MEBIBYTE: usize = 1 << 20;
    let seed = 7;
    let mut random = vec![0; MEBIBYTE];
    ChaCha20Rng::seed_from_u64(seed).fill_bytes(&mut random);
    let letters: String = random
        .iter()
        .map(|byte| {
            char::from(
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[usize::from(byte % 64)],
            )
        })
        .collect();
    let text = String::from_utf8_lossy(&random);
    for loaded in LAB.iter() {
        let shape = [
            RejectReason::Malformed,
            RejectReason::Encoding,
            RejectReason::Oversized,
        ];
        loaded.assert_refuses(&text, &shape, &format!("random text of seed {seed}"));
        loaded.assert_refuses(&letters, &shape, &format!("random letters of seed {seed}"));
        loaded.assert_refuses(&".".repeat(MEBIBYTE), &shape, "dots");

        let token = loaded.issue(&typical());
        let letters = "A".repeat(MEBIBYTE);
        match token.rsplit_once('.') {
            Some((head, _)) => loaded.assert_refuses(
                &format!("{head}.{letters}"),
                &[RejectReason::BadSignature, RejectReason::Oversized],
                "a valid beginning and letters",
            ),
            None => loaded.assert_refuses(&format!("{token}{letters}"), &shape, "a token and letters"),
        }
    }
}
