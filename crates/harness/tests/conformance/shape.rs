//! Text that is no token, or the beginning of one.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
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
            loaded.assert_refuses(
                &token[..length],
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
        for text in ["", ".", "a", "a.b", " ", "\0", "😀"] {
            loaded.assert_refuses(text, &[RejectReason::Malformed], &format!("{text:?}"));
        }
        // Two dots make a JWS of three empty parts, whose header is no JSON.
        let of_dots = match loaded.card().family {
            Family::Jwt => RejectReason::Encoding,
            _ => RejectReason::Malformed,
        };
        for dots in 2..8 {
            loaded.assert_refuses(&".".repeat(dots), &[of_dots], &format!("{dots} dots"));
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
        let (head, _) = token.rsplit_once('.').unwrap();
        let signed_by_nobody = format!("{head}.{}", "A".repeat(MEBIBYTE));
        loaded.assert_refuses(
            &signed_by_nobody,
            &[RejectReason::BadSignature, RejectReason::Oversized],
            "a valid beginning and letters",
        );
    }
}
