//! Who signed, and under which scheme.

use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::corpus::CORPORA;
use tokenlab_harness::malleability::writings;
use tokenlab_harness::policy::now;
use tokenlab_harness::{Bound, KeyRing, Policy, RejectReason, tamper};
use tokenlab_record::catalogue::{ContenderCard, Family};

use crate::{LAB, RING, load_all, mint, typical};

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

/// jwt-compact reads the claims before it verifies the signature, so a change
/// that spoils their JSON is found there.
#[test]
fn a_changed_payload_or_signature_is_a_bad_signature() {
    for loaded in LAB.iter() {
        let of_payload: &[RejectReason] = match loaded.card().library.as_str() {
            "jwt-compact" => &[RejectReason::BadSignature, RejectReason::InvalidClaims],
            _ => &[RejectReason::BadSignature],
        };
        let of_signature: &[RejectReason] = &[loaded.refusal_of_strangers()];
        for corpus in CORPORA {
            let token = loaded.issue(&corpus.claims(1, now()));
            for (part, changed, reasons) in [
                ("payload", tamper::payload(&token), of_payload),
                ("signature", tamper::signature(&token), of_signature),
            ] {
                if part == "payload" && loaded.is_opaque() {
                    assert_eq!(changed, None, "an id has no payload");
                    continue;
                }
                let what = format!("{} with a changed {part}", corpus.name);
                loaded.assert_refuses(&changed.unwrap(), reasons, &what);
            }
        }
    }
}

/// A JWS header may declare extensions that must be understood (RFC 7515
/// §4.1.11), and none is understood here: not even the one that would change
/// the form of the payload (RFC 7797).
#[test]
fn a_jws_with_critical_extensions_is_of_another_scheme() {
    let claims = typical();
    let payload = claims.to_json::<NumericDate>().unwrap();
    for loaded in LAB.iter().filter(|loaded| loaded.card().family == Family::Jwt) {
        let alg = &loaded.card().algorithm;
        let plain = format!(r#"{{"alg":"{alg}"}}"#);
        let token = mint::jws(loaded.card(), &RING, &plain, payload.as_bytes());
        loaded.assert_accepts(&token, &claims, &plain);
        for header in [
            format!(r#"{{"alg":"{alg}","crit":["x"],"x":1}}"#),
            format!(r#"{{"alg":"{alg}","crit":["b64"],"b64":true}}"#),
            format!(r#"{{"alg":"{alg}","crit":["exp"],"exp":4102444800}}"#),
        ] {
            let token = mint::jws(loaded.card(), &RING, &header, payload.as_bytes());
            loaded.assert_refuses(&token, &[RejectReason::WrongScheme], &header);
            let codec = loaded.contender.codec(&RING.key(&loaded.card().scheme).unwrap());
            let opened = codec.unwrap().open(&token, &Bound::default());
            let reason = opened.map_err(|rejection| rejection.reason);
            assert_eq!(
                reason,
                Err(RejectReason::WrongScheme),
                "{} {header}",
                loaded.card().id
            );
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
            &[ours.refusal_of_strangers()],
            "a token of another key ring",
        );
    }
}

/// What the verifier of one card must make of the other's token; `None` is
/// acceptance.
fn verdict_between(verifier: &ContenderCard, issuer: &ContenderCard) -> Option<RejectReason> {
    match (verifier.family, issuer.family) {
        _ if verifier.scheme == issuer.scheme => None,
        (Family::Jwt, Family::Jwt) | (Family::Jwe, Family::Jwe) | (Family::Paseto, Family::Paseto) => {
            Some(RejectReason::WrongScheme)
        }
        // Five parts, where three are wanted: some take the last two off and
        // find dots in what is left for a header, the others count.
        (Family::Jwt, Family::Jwe) if verifier.library == "jsonwebtoken" => Some(RejectReason::Encoding),
        (Family::Jwt, Family::Jwe) | (Family::Jwe, _) => Some(RejectReason::Malformed),
        // Two dots, so it is read as a JWS, whose header `v4` is no strict
        // base64url: its second letter leaves bits over.
        (Family::Jwt, Family::Paseto) => Some(RejectReason::Encoding),
        (Family::Paseto, Family::Jwt | Family::Jwe) => Some(RejectReason::Malformed),
        (Family::Session, Family::Session) => Some(RejectReason::UnknownKey),
        // An id has 43 characters and one part; no token has either.
        (Family::Session, _) | (_, Family::Session) => Some(RejectReason::Malformed),
        // One part, where others have three or more, and no dots in it.
        (Family::Jwt | Family::Paseto, Family::Biscuit) => Some(RejectReason::Malformed),
        (Family::Biscuit, _) => Some(RejectReason::Encoding),
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
                // Of the two writings of an ES256K signature jwt-simple takes
                // the one with the smaller scalar, and an issuer may write
                // either.
                None if verifier.card().id.as_str() == "jwt-simple/ES256K" => {
                    let writings = writings(issuer.card(), token);
                    let accepted = writings.iter().map(|text| verifier.service.verify(text));
                    let accepted: Vec<_> = accepted.filter_map(Result::ok).collect();
                    assert_eq!(accepted, std::slice::from_ref(&claims), "{what}");
                }
                None => verifier.assert_accepts(token, &claims, &what),
                Some(reason) => verifier.assert_refuses(token, &[reason], &what),
            }
        }
    }
}
