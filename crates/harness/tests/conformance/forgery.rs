//! Who signed, and under which scheme.

use tokenlab_harness::corpus::CORPORA;
use tokenlab_harness::policy::now;
use tokenlab_harness::{KeyRing, Policy, RejectReason, tamper};
use tokenlab_record::catalogue::{ContenderCard, Family};

use crate::{LAB, load_all, typical};

static OTHER_RING: KeyRing = KeyRing::from_seed(2);

#[test]
fn honest_tokens_of_every_corpus_return_equal_claims() {
    for loaded in LAB.iter() {
        for corpus in CORPORA {
            let claims = corpus.claims(1, now());
            loaded.assert_accepts(&loaded.issue(&claims), &claims, corpus.name);
        }
    }
}

#[test]
fn a_changed_payload_or_signature_is_a_bad_signature() {
    for loaded in LAB.iter() {
        for corpus in CORPORA {
            let token = loaded.issue(&corpus.claims(1, now()));
            for (part, changed) in [
                ("payload", tamper::payload(&token)),
                ("signature", tamper::signature(&token)),
            ] {
                let what = format!("{} with a changed {part}", corpus.name);
                loaded.assert_refuses(&changed.unwrap(), &[RejectReason::BadSignature], &what);
            }
        }
    }
}

#[test]
fn a_token_of_another_key_is_a_bad_signature() {
    for (ours, theirs) in LAB.iter().zip(load_all(&OTHER_RING, &Policy::lab())) {
        let claims = typical();
        let token = theirs.issue(&claims);
        theirs.assert_accepts(&token, &claims, "its own token");
        ours.assert_refuses(
            &token,
            &[RejectReason::BadSignature],
            "a token of another key ring",
        );
    }
}

/// What the verifier of one card must make of the other's token; `None` is
/// acceptance.
fn verdict_between(verifier: &ContenderCard, issuer: &ContenderCard) -> Option<RejectReason> {
    match (verifier.family, issuer.family) {
        _ if verifier.scheme == issuer.scheme => None,
        (Family::Jwt, Family::Jwt) | (Family::Paseto, Family::Paseto) => Some(RejectReason::WrongScheme),
        // Two dots, so it is read as a JWS, whose header `v4` is no strict
        // base64url: its second letter leaves bits over.
        (Family::Jwt, Family::Paseto) => Some(RejectReason::Encoding),
        (Family::Paseto, Family::Jwt) => Some(RejectReason::Malformed),
        other => panic!("no rule for {other:?}"),
    }
}

#[test]
fn another_contenders_token_is_accepted_under_the_same_scheme_alone() {
    let claims = typical();
    let tokens: Vec<String> = LAB.iter().map(|issuer| issuer.issue(&claims)).collect();
    for verifier in LAB.iter() {
        for (issuer, token) in LAB.iter().zip(&tokens) {
            let what = format!("a token of {}", issuer.card().id);
            match verdict_between(verifier.card(), issuer.card()) {
                None => verifier.assert_accepts(token, &claims, &what),
                Some(reason) => verifier.assert_refuses(token, &[reason], &what),
            }
        }
    }
}
