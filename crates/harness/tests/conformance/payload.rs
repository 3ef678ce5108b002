//! Authentic tokens that hold no claims set: a signature does not excuse a
//! claim of the wrong type, a member that occurs twice, or text that is no JSON
//! object.

use serde_json::{Value, json};
use tokenlab_harness::RejectReason;
use tokenlab_harness::claims::{ClaimSet, NumericDate, Rfc3339};
use tokenlab_record::catalogue::{ContenderCard, Family};

use crate::mint::mint;
use crate::{LAB, RING, typical};

/// Honest claims in the card's wire format, to be spoilt.
fn wire(card: &ContenderCard, claims: &ClaimSet) -> String {
    match card.family {
        Family::Jwt | Family::Jwe => claims.to_json::<NumericDate>(),
        _ => claims.to_json::<Rfc3339>(),
    }
    .unwrap()
}

#[test]
fn an_authentic_payload_that_is_no_claims_set_is_invalid_claims() {
    for loaded in LAB.iter().filter(|loaded| !loaded.is_opaque()) {
        if loaded.card().family == Family::Biscuit {
            continue; // its payload is Datalog: see `biscuit`
        }
        let claims = typical();
        let honest = wire(loaded.card(), &claims);
        let minted = mint(loaded.card(), &RING, honest.as_bytes());
        loaded.assert_accepts(&minted, &claims, "the honest payload under the raw key");

        let replaced = |name: &str, value: Value| {
            let mut members: Value = serde_json::from_str(&honest).unwrap();
            members[name] = value;
            members.to_string().into_bytes()
        };
        let with_member = |member: &str| honest.replacen('{', &format!("{{{member},"), 1).into_bytes();
        let other_format = match loaded.card().family {
            Family::Jwt | Family::Jwe => json!("2100-01-01T00:00:00Z"),
            _ => json!(4_102_444_800_u64),
        };
        for payload in [
            replaced("exp", other_format),
            replaced("exp", json!(true)),
            replaced("exp", json!("soon")),
            replaced("exp", json!(1e300)),
            replaced("exp", json!([4_102_444_800_u64])),
            replaced("exp", Value::Null),
            replaced("nbf", json!("")),
            replaced("iss", json!(["https://issuer.example"])),
            replaced("aud", json!({"api.example": true})),
            with_member(r#""sub":"admin""#),
            with_member(r#""role":1,"role":2"#),
            b"[]".to_vec(),
            b"null".to_vec(),
            b"\"text\"".to_vec(),
            b"1".to_vec(),
            b"not json".to_vec(),
            format!("{honest}{honest}").into_bytes(),
            honest.as_bytes()[..honest.len() - 1].to_vec(),
            [br#"{"sub":""#.as_slice(), &[0xff], br#""}"#].concat(),
        ] {
            let what = format!("authentic {}", String::from_utf8_lossy(&payload));
            let token = mint(loaded.card(), &RING, &payload);
            loaded.assert_refuses(&token, &[RejectReason::InvalidClaims], &what);
        }
    }
}
