//! Text that is no token, or the beginning of one.

use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use tokenlab_harness::malleability::Malleability;
use tokenlab_harness::policy::now;
use tokenlab_harness::{Corpus, RejectReason};
use tokenlab_record::catalogue::Family;

use crate::{LAB, typical};

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

/// A mebibyte is refused for its length, before anything is hashed or a store
/// is asked: a thousand of them in less time than hashing three would take.
#[test]
fn a_long_text_costs_a_session_nothing() {
    let text = "A".repeat(1 << 20);
    for loaded in LAB.iter().filter(|loaded| loaded.is_opaque()) {
        let started = Instant::now();
        for _ in 0..1000 {
            loaded.assert_refuses(&text, &[RejectReason::Malformed], "a mebibyte of letters");
        }
        assert!(started.elapsed() < Duration::from_secs(1), "{}", loaded.card().id);
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
