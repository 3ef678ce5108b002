//! Properties of every contender: arbitrary claims survive a token, and no
//! token survives a change, but for the malleabilities that are named in
//! [`tokenlab_harness::malleability`].
//!
//! The change is tried twice over: exhaustively on one small token (every
//! position, several bytes), and at random on arbitrary tokens. proptest
//! prints the seed of a failure and keeps it beside this file.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // clippy.toml exempts test functions, not their helpers

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use serde_json::Value;
use tokenlab_harness::malleability::{Malleability, rewrite_authenticated_part, writings};
use tokenlab_harness::policy::now;
use tokenlab_harness::{
    ClaimSet, Contender, Corpus, KeyRing, Policy, RegisteredClaim, RejectReason, TokenService, contenders,
};
use tokenlab_record::catalogue::Family;

type Loaded = (&'static dyn Contender, Box<dyn TokenService>);

static LAB: LazyLock<Vec<Loaded>> = LazyLock::new(|| {
    let ring = KeyRing::from_seed(1);
    contenders::available()
        .map(|contender| {
            let service = contender.load(&ring, &Policy::lab()).unwrap();
            (contender, service)
        })
        .collect()
});

/// A signature costs up to a few milliseconds, and so does a disk that must have
/// written; those contenders get fewer cases.
fn runner(contender: &dyn Contender) -> TestRunner {
    let class = contender.card().class;
    let cases = if class.is_signed() || class.waits() {
        32
    } else {
        256
    };
    TestRunner::new(Config {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/properties.regressions"
        )))),
        ..Config::default()
    })
}

/// The last second that jiff, and hence a PASETO here, can write.
const LAST_SECOND: i64 = 253_402_207_200;

fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..12).prop_map(String::from_iter)
}

/// Any JSON that serde_json itself reads back as it wrote it: without its
/// `float_roundtrip` feature a float may come back as its neighbour.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(text(), inner, 0..5).prop_map(Value::from_iter),
        ]
    })
    .prop_filter("serde_json does not round-trip this float", |value| {
        serde_json::from_str::<Value>(&value.to_string()).is_ok_and(|again| again == *value)
    })
}

/// Claims that the lab's policy and the library accept. `nbf` is never before
/// 1970, which jsonwebtoken refuses, and neither is `iat` where jwt-simple is to
/// read it; the conformance suite states both. Of a JWE that library gives its
/// own claims alone: times until 2106, and audiences as a set, sorted here.
fn claims(contender: &dyn Contender) -> impl Strategy<Value = ClaimSet> {
    let earliest_iat = match contender.card().library.as_str() {
        "jwt-simple" => 0,
        _ => -62_000_000_000,
    };
    let card = contender.card();
    let by_library = card.library == "jwt-simple" && card.family == Family::Jwe;
    let last_second = if by_library {
        i64::from(u32::MAX) - 1
    } else {
        LAST_SECOND
    };
    let Policy { issuer, audience, .. } = Policy::lab();
    let registered = (
        option::of(text()),
        vec(text(), 0..3),
        now() + 3600..=last_second,
        option::of(0..=now()),
        option::of(earliest_iat..=last_second),
        option::of(text()),
    );
    let custom = btree_map(
        text().prop_filter("a registered name", |name| {
            RegisteredClaim::from_name(name).is_none()
        }),
        json(),
        0..5,
    );
    (registered, custom, any::<Index>()).prop_map(
        move |((sub, mut aud, exp, nbf, iat, jti), custom, ours)| {
            aud.insert(ours.index(aud.len() + 1), audience.clone());
            if by_library {
                aud.sort();
                aud.dedup();
            }
            let mut claims = ClaimSet {
                iss: Some(issuer.clone()),
                sub,
                aud,
                exp: Some(exp),
                nbf,
                iat,
                jti,
                ..ClaimSet::default()
            };
            for (name, value) in custom {
                assert!(claims.custom.insert(name, value));
            }
            claims
        },
    )
}

#[test]
fn arbitrary_claims_survive_every_contender() {
    for (contender, service) in LAB.iter() {
        let outcome = runner(*contender).run(&claims(*contender), |claims| {
            let token = service.issue(&claims);
            prop_assert!(token.is_ok(), "{token:?}");
            prop_assert_eq!(service.verify(&token.unwrap()), Ok(claims));
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{}: {error}", contender.id()));
    }
}

/// One changed byte of a text.
#[derive(Clone, Copy, Debug)]
enum Change {
    Replace,
    Insert,
    Delete,
}

impl Change {
    const ALL: [Self; 3] = [Self::Replace, Self::Insert, Self::Delete];

    /// `token`, which is ASCII, with this done at byte `at`.
    fn apply(self, token: &str, at: usize, byte: u8) -> String {
        let byte = char::from(byte);
        match self {
            Self::Replace => format!("{}{byte}{}", &token[..at], &token[at + 1..]),
            Self::Insert => format!("{}{byte}{}", &token[..at], &token[at..]),
            Self::Delete => format!("{}{}", &token[..at], &token[at + 1..]),
        }
    }
}

/// The malleability by which `text`, accepted by the verifier of `contender`,
/// is another writing of `token`.
fn named(contender: &dyn Contender, token: &str, text: &str) -> Option<Malleability> {
    Malleability::ALL
        .into_iter()
        .find(|known| known.explains(contender.card(), token, text))
}

#[test]
fn a_change_of_one_byte_anywhere_is_refused_or_named() {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const OTHERS: &[u8] = b".=+/ \n\0";
    for (contender, service) in LAB.iter() {
        let id = contender.id();
        let claims = Corpus::named("tiny").unwrap().claims(1, now());
        let token = service.issue(&claims).unwrap();
        let mut found = BTreeSet::new();
        for at in 0..=token.len() {
            let old = token.as_bytes().get(at).copied();
            // The last letter of a part may carry bits that no byte uses, and
            // so every letter is tried there. Elsewhere two are enough: one
            // that differs in the lowest of its six bits, one in the highest.
            let ends_a_part = matches!(token.as_bytes().get(at + 1), None | Some(b'.'));
            let near = |bit: usize| {
                let index = LETTERS.iter().position(|letter| Some(*letter) == old);
                index.map(|index| LETTERS[index ^ bit])
            };
            let letters = match (ends_a_part, near(1), near(32)) {
                (false, Some(low), Some(high)) => vec![low, high],
                _ => LETTERS.to_vec(),
            };
            for byte in letters.iter().chain(OTHERS) {
                for change in Change::ALL {
                    let past_the_end = old.is_none() && !matches!(change, Change::Insert);
                    // Deleting is the same for every byte: once is enough.
                    let again = matches!(change, Change::Delete) && *byte != b'.';
                    if past_the_end || again {
                        continue;
                    }
                    let text = change.apply(&token, at, *byte);
                    let Ok(returned) = service.verify(&text) else {
                        continue;
                    };
                    if text == token {
                        continue;
                    }
                    let malleability = named(*contender, &token, &text)
                        .unwrap_or_else(|| panic!("{id} accepts {change:?} {byte:?} at {at} of {token}"));
                    assert_eq!(returned, claims, "{id} {malleability:?}");
                    found.insert(malleability);
                }
            }
        }
        let expected: BTreeSet<Malleability> = Malleability::ALL
            .into_iter()
            .filter(|known| known.applies_to(contender.card()) && takes_one_byte(*known))
            .collect();
        assert_eq!(found, expected, "{id}: found on the left, named on the right");
    }
}

/// Whether one byte makes the twin; a negated scalar changes half a signature.
fn takes_one_byte(malleability: Malleability) -> bool {
    match malleability {
        Malleability::EmptyFooter | Malleability::UnsignedEnvelope => true,
        Malleability::NegatedScalar => false,
    }
}

#[test]
fn a_change_of_one_byte_of_arbitrary_tokens_is_refused_or_named() {
    for (contender, service) in LAB.iter() {
        let change = (any::<Index>(), 0..Change::ALL.len(), 0_u8..128);
        let outcome = runner(*contender).run(&(claims(*contender), change), |(claims, (at, kind, byte))| {
            let token = service.issue(&claims).unwrap();
            let text = Change::ALL[kind].apply(&token, at.index(token.len()), byte);
            match service.verify(&text) {
                Ok(returned) => {
                    prop_assert!(
                        text == token || named(*contender, &token, &text).is_some(),
                        "{}",
                        text
                    );
                    prop_assert_eq!(returned, claims);
                }
                Err(rejection) => prop_assert!(rejection.reason != RejectReason::Internal, "{}", rejection),
            }
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{}: {error}", contender.id()));
    }
}

#[test]
fn every_named_malleability_still_happens() {
    for (contender, service) in LAB.iter() {
        let claims = Corpus::named("typical").unwrap().claims(1, now());
        let token = service.issue(&claims).unwrap();
        let writings = writings(contender.card(), &token);
        let known = Malleability::ALL
            .into_iter()
            .filter(|known| known.applies_to(contender.card()));
        assert_eq!(writings.len(), 1 << known.count(), "{}", contender.id());
        for text in writings {
            let returned = service.verify(&text);
            assert_eq!(returned, Ok(claims.clone()), "{}: {text}", contender.id());
        }
    }
}

/// Not every ES256K verifier takes both scalars. k256, which jwt-simple uses as
/// it is, refuses the larger; RFC 8812 §3.2 does not, and an issuer on another
/// library may write it.
#[test]
fn the_larger_es256k_scalar_is_a_bad_signature_to_jwt_simple() {
    let of_library = |name: &str| {
        LAB.iter()
            .find(|(contender, _)| contender.id().as_str() == format!("{name}/ES256K"))
            .unwrap()
    };
    let (accepting, issuer) = of_library("jwt-compact");
    let (_, refusing) = of_library("jwt-simple");
    let claims = Corpus::named("tiny").unwrap().claims(1, now());
    let token = issuer.issue(&claims).unwrap();
    assert_eq!(refusing.verify(&token), Ok(claims.clone()), "the smaller scalar");
    let twin = Malleability::NegatedScalar
        .twin(accepting.card(), &token)
        .unwrap();
    assert_eq!(issuer.verify(&twin), Ok(claims));
    let reason = refusing.verify(&twin).map_err(|rejection| rejection.reason);
    assert_eq!(reason, Err(RejectReason::BadSignature));
}

/// The neighbour of the negated scalar that must be refused: Ed25519 has one
/// encoding of S, below the group order L (RFC 8032 §5.1.7), and a verifier
/// that takes S + L accepts a second text.
#[test]
fn an_ed25519_scalar_above_the_group_order_is_a_bad_signature() {
    let ed25519 = ["jwt.EdDSA", "paseto.v2.public", "paseto.v4.public", "biscuit.v3"];
    let mut tried = BTreeSet::new();
    for (contender, service) in LAB.iter() {
        let scheme = contender.card().scheme.as_str();
        if !ed25519.contains(&scheme) {
            continue;
        }
        let claims = Corpus::named("tiny").unwrap().claims(1, now());
        let token = service.issue(&claims).unwrap();
        let text = rewrite_authenticated_part(&token, |bytes| {
            add_group_order(bytes.last_chunk_mut()?);
            Some(())
        });
        let rejection = service.verify(&text.unwrap()).unwrap_err();
        assert_eq!(
            rejection.reason,
            RejectReason::BadSignature,
            "{}: {rejection}",
            contender.id()
        );
        tried.insert(scheme);
    }
    assert_eq!(tried, BTreeSet::from(ed25519));
}

/// Adds L = 2^252 + 27742317777372353535851937790883648493 to a scalar, both
/// little-endian.
fn add_group_order(scalar: &mut [u8; 32]) {
    let mut order = [0; 32];
    order[..16].copy_from_slice(&27_742_317_777_372_353_535_851_937_790_883_648_493_u128.to_le_bytes());
    order[31] = 0x10;
    let mut carry = 0;
    for (digit, addend) in scalar.iter_mut().zip(order) {
        let sum = u16::from(*digit) + u16::from(addend) + carry;
        [*digit, _] = sum.to_le_bytes();
        carry = sum >> 8;
    }
    assert_eq!(carry, 0, "an honest S is below 2^253, so the sum fits");
}
