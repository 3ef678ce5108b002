//! What a codec of a signed JWT does with payloads that are no claims, and
//! with what a JWS has no place for.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy.toml exempts test functions, not their helpers

use serde_json::Value;
use tokenlab_harness::{Bound, Codec, KeyRing, RejectReason, contenders};
use tokenlab_record::catalogue::{ContenderCard, Family};

static RING: KeyRing = KeyRing::from_seed(1);

fn signed_jwts() -> Vec<(&'static ContenderCard, Box<dyn Codec>)> {
    let codecs: Vec<_> = contenders::all()
        .iter()
        .filter(|contender| contender.card().family == Family::Jwt)
        .map(|contender| {
            let card = contender.card();
            let codec = contender.codec(&RING.key(&card.scheme).unwrap());
            (card, codec.unwrap_or_else(|error| panic!("{error}")))
        })
        .collect();
    assert!(!codecs.is_empty());
    codecs
}

#[test]
fn an_object_is_signed_in_the_order_of_its_members() {
    let unbound = Bound::default();
    for (card, codec) in signed_jwts() {
        // The times are none that a policy would accept, and nobody asks.
        for text in [
            r#"{"z":1,"exp":1,"a":{"b":[null,true,"\u00e9"]},"nbf":4102444800,"iat":4102444800}"#,
            "{}",
            r#"{"z":18446744073709551615,"a":-1.5}"#,
        ] {
            let token = codec.seal(text.as_bytes(), &unbound);
            let token = token.unwrap_or_else(|error| panic!("{}: {error}", card.id));
            let opened = codec.open(&token, &unbound);
            let opened = opened.unwrap_or_else(|rejection| panic!("{} {text}: {rejection}", card.id));
            let json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
            assert_eq!(json(&opened.payload), json(text.as_bytes()), "{}", card.id);
            let first = |bytes: &[u8]| bytes.iter().copied().take(4).collect::<Vec<_>>();
            assert_eq!(first(&opened.payload), first(text.as_bytes()), "{}", card.id);
        }
    }
}

/// RFC 7515 signs any bytes, RFC 7519 a claims set: a library for the latter
/// may know no other payload, and must say so.
#[test]
fn a_payload_that_is_no_object_is_signed_as_it_is_or_refused_as_none() {
    let unbound = Bound::default();
    for (card, codec) in signed_jwts() {
        let mut signed = 0;
        for payload in [&b""[..], b"[1]", b"\"text\"", b" {\"a\" : 1} x", &[0, 0xff, b'.']] {
            match codec.seal(payload, &unbound) {
                Ok(token) => {
                    let opened = codec.open(&token, &unbound).map(|opened| opened.payload);
                    assert_eq!(opened, Ok(payload.to_vec()), "{}", card.id);
                    signed += 1;
                }
                Err(error) => assert!(error.to_string().contains("object"), "{}: {error}", card.id),
            }
        }
        if card.library == "jsonwebtoken" {
            assert_eq!(signed, 5, "{}", card.id);
        }
    }
}

#[test]
fn a_jws_has_no_place_for_anything_else() {
    let bounds = [
        Bound {
            footer: Some(b"kid".to_vec()),
            ..Bound::default()
        },
        Bound {
            implicit_assertion: b"assertion".to_vec(),
            ..Bound::default()
        },
        Bound {
            authorizer: Some("allow if true;".to_owned()),
            ..Bound::default()
        },
    ];
    for (card, codec) in signed_jwts() {
        let token = codec.seal(b"{}", &Bound::default()).unwrap();
        for bound in &bounds {
            let error = codec.seal(b"{}", bound).unwrap_err();
            assert!(error.to_string().contains("footer"), "{}: {error}", card.id);
            let reason = codec.open(&token, bound).map_err(|rejection| rejection.reason);
            assert_eq!(reason, Err(RejectReason::WrongScheme), "{} {bound:?}", card.id);
        }
    }
}
