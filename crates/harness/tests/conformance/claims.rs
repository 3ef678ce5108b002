//! The policy, claim by claim. Times are held against a leeway of a minute at
//! ten seconds from its edge, so that a slow machine changes no answer.

use tokenlab_harness::policy::now;
use tokenlab_harness::{ClaimSet, Corpus, Policy, RegisteredClaim, RejectReason};
use tokenlab_record::catalogue::{ContenderCard, Family};

use crate::{LAB, RING, load_all, typical};

#[test]
fn leeway_is_honoured_on_both_sides_of_both_times() {
    let policy = Policy {
        leeway_s: 60,
        ..Policy::lab()
    };
    for loaded in load_all(&RING, &policy) {
        let with = |change: fn(&mut ClaimSet, i64)| {
            let now = now();
            let mut claims = Corpus::named("typical").unwrap().claims(1, now);
            change(&mut claims, now);
            (loaded.issue(&claims), claims)
        };
        let (token, claims) = with(|claims, now| claims.exp = Some(now - 50));
        loaded.assert_accepts(&token, &claims, "exp 10 s inside the leeway");
        let (token, _) = with(|claims, now| claims.exp = Some(now - 70));
        loaded.assert_refuses(&token, &[RejectReason::Expired], "exp 10 s outside the leeway");
        let (token, claims) = with(|claims, now| claims.nbf = Some(now + 50));
        loaded.assert_accepts(&token, &claims, "nbf 10 s inside the leeway");
        let (token, _) = with(|claims, now| claims.nbf = Some(now + 70));
        loaded.assert_refuses(
            &token,
            &[RejectReason::NotYetValid],
            "nbf 10 s outside the leeway",
        );
    }
}

#[test]
fn without_leeway_no_default_of_a_library_forgives_anything() {
    let policy = Policy {
        leeway_s: 0,
        ..Policy::lab()
    };
    for loaded in load_all(&RING, &policy) {
        let mut claims = typical();
        claims.exp = Some(now() - 20);
        loaded.assert_refuses(
            &loaded.issue(&claims),
            &[RejectReason::Expired],
            "exp 20 s ago without leeway",
        );
        let mut claims = typical();
        claims.nbf = Some(now() + 50);
        loaded.assert_refuses(
            &loaded.issue(&claims),
            &[RejectReason::NotYetValid],
            "nbf in 50 s without leeway",
        );
    }
}

/// RFC 7519 §2 lets a NumericDate be negative, and two libraries read it as
/// unsigned. jsonwebtoken finds no expiry in such an `exp` and no sense in such
/// an `nbf`; it does not look at `iat`. jwt-simple finds no sense in any of the
/// three. PASETO's dates have no such edge. A session that ended then is not
/// remembered.
#[test]
fn times_before_1970_are_past_except_where_a_library_reads_them_as_unsigned() {
    const DAY_BEFORE: i64 = -86_400;
    for loaded in LAB.iter() {
        let (exp, nbf, iat) = match loaded.card().library.as_str() {
            "jsonwebtoken" => (
                RejectReason::MissingClaim(RegisteredClaim::Exp),
                Some(RejectReason::InvalidClaims),
                None,
            ),
            "jwt-simple" => (
                RejectReason::InvalidClaims,
                Some(RejectReason::InvalidClaims),
                Some(RejectReason::InvalidClaims),
            ),
            _ if loaded.is_opaque() => (RejectReason::UnknownKey, None, None),
            _ => (RejectReason::Expired, None, None),
        };
        let mut claims = typical();
        claims.exp = Some(DAY_BEFORE);
        loaded.assert_refuses(&loaded.issue(&claims), &[exp], "exp in 1969");
        let mut claims = typical();
        claims.nbf = Some(DAY_BEFORE);
        match nbf {
            Some(reason) => loaded.assert_refuses(&loaded.issue(&claims), &[reason], "nbf in 1969"),
            None => loaded.assert_accepts(&loaded.issue(&claims), &claims, "nbf in 1969"),
        }
        let mut claims = typical();
        claims.iat = Some(DAY_BEFORE);
        match iat {
            Some(reason) => loaded.assert_refuses(&loaded.issue(&claims), &[reason], "iat in 1969"),
            None => loaded.assert_accepts(&loaded.issue(&claims), &claims, "iat in 1969"),
        }
    }
}

/// jwt-simple counts seconds in 32 bits, which end in 2106. What it can't
/// count it takes for the last second that it can. Of a JWS the claims come
/// back as they were, since they are read from the payload again; of a JWE
/// nobody else can read them, and they are refused and not changed.
#[test]
fn times_after_2106_are_still_to_come() {
    const YEAR_2200: i64 = 7_258_118_400;
    for loaded in LAB.iter() {
        let mut claims = typical();
        claims.exp = Some(YEAR_2200);
        claims.iat = Some(YEAR_2200);
        if reads_claims_by_library(loaded.card()) {
            let token = loaded.issue(&claims);
            loaded.assert_refuses(&token, &[RejectReason::InvalidClaims], "exp and iat in 2200");
            continue;
        }
        loaded.assert_accepts(&loaded.issue(&claims), &claims, "exp and iat in 2200");
        claims.nbf = Some(YEAR_2200);
        loaded.assert_refuses(
            &loaded.issue(&claims),
            &[RejectReason::NotYetValid],
            "nbf in 2200",
        );
    }
}

#[test]
fn issuer_and_audience_are_compared_byte_for_byte() {
    let Policy { issuer, audience, .. } = Policy::lab();
    for loaded in LAB.iter() {
        let mut claims = typical();
        claims.aud = vec!["elsewhere".into(), audience.clone()];
        if reads_claims_by_library(loaded.card()) {
            claims.aud.sort();
        }
        loaded.assert_accepts(
            &loaded.issue(&claims),
            &claims,
            "several audiences with ours among them",
        );

        for aud in [
            vec![format!("{audience}.evil.example")],
            vec![audience.to_uppercase()],
            vec![String::new()],
            vec!["elsewhere".into(), "nowhere".into()],
        ] {
            claims.aud = aud;
            let what = format!("aud {:?}", claims.aud);
            loaded.assert_refuses(&loaded.issue(&claims), &[RejectReason::WrongAudience], &what);
        }
        let mut claims = typical();
        for iss in [
            format!("{issuer}/"),
            issuer.to_uppercase(),
            String::new(),
            audience.clone(),
        ] {
            let what = format!("iss {iss:?}");
            claims.iss = Some(iss);
            loaded.assert_refuses(&loaded.issue(&claims), &[RejectReason::WrongIssuer], &what);
        }
    }
}

fn without(claims: &ClaimSet, claim: RegisteredClaim) -> ClaimSet {
    let mut rest = claims.clone();
    match claim {
        RegisteredClaim::Iss => rest.iss = None,
        RegisteredClaim::Sub => rest.sub = None,
        RegisteredClaim::Aud => rest.aud.clear(),
        RegisteredClaim::Exp => rest.exp = None,
        RegisteredClaim::Nbf => rest.nbf = None,
        RegisteredClaim::Iat => rest.iat = None,
        RegisteredClaim::Jti => rest.jti = None,
    }
    assert!(!rest.has(claim) && claims.has(claim), "{}", claim.name());
    rest
}

#[test]
fn a_required_claim_that_is_missing_is_named() {
    for claim in Policy::lab().required {
        for loaded in LAB.iter() {
            let what = format!("a token without {}", claim.name());
            let token = loaded.issue(&without(&typical(), claim));
            loaded.assert_refuses(&token, &[RejectReason::MissingClaim(claim)], &what);
        }
    }
}

#[test]
fn every_registered_claim_can_be_required_or_left_open() {
    let full = typical();
    for claim in RegisteredClaim::ALL {
        let rest = without(&full, claim);
        for (required, closed) in [(vec![claim], true), (vec![], false)] {
            let policy = Policy {
                required,
                ..Policy::lab()
            };
            for loaded in load_all(&RING, &policy) {
                let what = format!("a token without {}, required: {closed}", claim.name());
                loaded.assert_accepts(&loaded.issue(&full), &full, "a token with every claim");
                let token = loaded.issue(&rest);
                if closed {
                    loaded.assert_refuses(&token, &[RejectReason::MissingClaim(claim)], &what);
                } else {
                    loaded.assert_accepts(&token, &rest, &what);
                }
            }
        }
    }
}

/// Whether the claims come back as the library's own type had them: times in
/// 32 bits, and audiences as a set, sorted here.
fn reads_claims_by_library(card: &ContenderCard) -> bool {
    card.library == "jwt-simple" && card.family == Family::Jwe
}
