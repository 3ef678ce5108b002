//! Capabilities: authentic blocks that hold no claims set, and what a holder
//! can and can't do to a token.
//!
//! The blocks are written with the library itself, under the ring's own root
//! key or with no key at all, as issuers and holders would.

use biscuit_auth::builder::Algorithm;
use biscuit_auth::{Biscuit, BiscuitBuilder, BlockBuilder, KeyPair, PrivateKey, UnverifiedBiscuit};
use tokenlab_harness::policy::now;
use tokenlab_harness::{Attenuation, ClaimSet, RegisteredClaim, RejectReason};
use tokenlab_record::catalogue::Class;

use crate::{LAB, Loaded, RING, typical};

/// Every capability of the registry with its holder's side.
fn capabilities() -> Vec<(&'static Loaded, &'static dyn Attenuation)> {
    let capabilities: Vec<_> = LAB
        .iter()
        .filter_map(|loaded| Some((loaded, loaded.service.attenuation()?)))
        .collect();
    assert!(!capabilities.is_empty(), "no capability in the registry");
    capabilities
}

fn root() -> KeyPair {
    KeyPair::from(&PrivateKey::from_bytes(&RING.ed25519().seed, Algorithm::Ed25519).unwrap())
}

/// An authentic token of one block.
fn authority(code: &str) -> String {
    let builder = BiscuitBuilder::new().code(code).unwrap();
    builder.build(&root()).unwrap().to_base64().unwrap()
}

/// `token` with a block of the holder's.
fn appended(token: &str, code: &str) -> String {
    UnverifiedBiscuit::from_base64(token)
        .unwrap()
        .append(BlockBuilder::new().code(code).unwrap())
        .unwrap()
        .to_base64()
        .unwrap()
}

/// Facts that the lab's policy accepts.
const HONEST: &str =
    r#"issuer("https://issuer.example"); audience(["api.example"]); expires(4102444800); subject("alice");"#;

#[test]
fn capabilities_and_no_others_can_be_attenuated() {
    for loaded in LAB.iter() {
        let is_capability = loaded.card().class == Class::Capability;
        assert_eq!(
            loaded.service.attenuation().is_some(),
            is_capability,
            "{}",
            loaded.card().id
        );
    }
}

#[test]
fn an_authentic_block_that_is_no_claims_set_is_invalid_claims() {
    for (loaded, _) in capabilities() {
        let claims = ClaimSet {
            iss: Some("https://issuer.example".into()),
            sub: Some("alice".into()),
            aud: vec!["api.example".into()],
            exp: Some(4_102_444_800),
            ..ClaimSet::default()
        };
        loaded.assert_accepts(&authority(HONEST), &claims, "the honest facts");
        let without_exp = HONEST.replace("expires(4102444800);", "");
        for expires in [
            "expires(2100-01-01T00:00:00Z);",
            r#"expires("4102444800");"#,
            "expires(true);",
            "expires(null);",
            "expires([4102444800]);",
            "expires(4102444800); expires(4102444801);",
        ] {
            let what = format!("authentic {expires}");
            let token = authority(&format!("{without_exp} {expires}"));
            loaded.assert_refuses(&token, &[RejectReason::InvalidClaims], &what);
        }
        for spoilt in [
            r#"subject("admin");"#,
            "not_before(1970-01-01T00:00:00Z);",
            "token_id(1);",
            r#"audience("api.example");"#,
            r#"audience(["api.example", 1]);"#,
            r#"claim("role", "1"); claim("role", "2");"#,
            r#"claim("role", "not json");"#,
            r#"claim("role", "");"#,
            r#"claim("role", "1 2");"#,
            r#"claim("role", 1);"#,
            r#"claim(1, "1");"#,
            r#"claim("exp", "4102444800");"#,
            // A fact that follows from others is as good as one that is written.
            "subject($issuer) <- issuer($issuer);",
        ] {
            let what = format!("authentic {spoilt}");
            let token = authority(&format!("{HONEST} {spoilt}"));
            loaded.assert_refuses(&token, &[RejectReason::InvalidClaims], &what);
        }
    }
}

#[test]
fn a_fact_of_another_length_or_name_is_no_claim() {
    for (loaded, _) in capabilities() {
        let token = authority(&HONEST.replace("expires(4102444800)", "expires(4102444800, 1)"));
        let missing = RejectReason::MissingClaim(RegisteredClaim::Exp);
        loaded.assert_refuses(&token, &[missing], "expires of two terms");
        let token = authority(&HONEST.replace("issuer(", "Issuer("));
        let missing = RejectReason::MissingClaim(RegisteredClaim::Iss);
        loaded.assert_refuses(&token, &[missing], "a capital letter");
        let token = authority(&HONEST.replace(r#"["api.example"]"#, "[]"));
        let missing = RejectReason::MissingClaim(RegisteredClaim::Aud);
        loaded.assert_refuses(&token, &[missing], "no audience in the array");
    }
}

#[test]
fn an_attenuated_token_says_the_same_and_can_be_attenuated_again() {
    for (loaded, holder) in capabilities() {
        let claims = typical();
        let mut token = loaded.issue(&claims);
        for blocks in 2..=10 {
            let longer = if blocks % 3 == 0 {
                holder.attenuate_by_third_party(&token)
            } else {
                holder.attenuate(&token)
            };
            token = longer.unwrap();
            loaded.assert_accepts(&token, &claims, &format!("{blocks} blocks"));
            let biscuit = UnverifiedBiscuit::from_base64(&token).unwrap();
            assert_eq!(biscuit.block_count(), blocks, "{}", loaded.card().id);
        }
    }
}

#[test]
fn a_check_that_does_not_hold_refuses_the_token_wherever_it_stands() {
    let hour = 3600;
    let date = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap().to_string();
    let in_an_hour = date(now() + hour);
    let an_hour_ago = date(now() - hour);
    for (loaded, _) in capabilities() {
        let claims = typical();
        let token = loaded.issue(&claims);
        for (code, holds) in [
            (r#"check if operation("read");"#.to_owned(), true),
            (r#"check if operation("write");"#.to_owned(), false),
            (
                r#"check if operation("write") or operation("read");"#.to_owned(),
                true,
            ),
            (r#"reject if operation("read");"#.to_owned(), false),
            (format!("check if time($now), $now <= {in_an_hour};"), true),
            (format!("check if time($now), $now <= {an_hour_ago};"), false),
            (r#"check if subject("nobody");"#.to_owned(), false),
            // Not a false check but one that fails to say anything.
            ("check if 1 / 0 == 1;".to_owned(), false),
        ] {
            let narrowed = appended(&token, &code);
            let narrowed_again = appended(&narrowed, r#"check if operation("read");"#);
            for (token, what) in [(narrowed, "the last block"), (narrowed_again, "a block before")] {
                let what = format!("{code} in {what}");
                if holds {
                    loaded.assert_accepts(&token, &claims, &what);
                } else {
                    loaded.assert_refuses(&token, &[RejectReason::Unauthorized], &what);
                }
            }
        }
        let token = authority(&format!(r#"{HONEST} check if operation("write");"#));
        loaded.assert_refuses(&token, &[RejectReason::Unauthorized], "the issuer's own check");
    }
}

#[test]
fn nothing_that_a_holder_appends_widens_a_token() {
    for (loaded, holder) in capabilities() {
        let claims = typical();
        let honest = loaded.issue(&claims);
        for code in [
            r#"subject("admin");"#,
            r#"claim("roles", "[\"admin\"]");"#,
            r#"audience(["elsewhere"]); issuer("https://evil.example");"#,
            r#"subject("admin") <- subject($whoever);"#,
            r#"claim("roles", "1") <- issuer($issuer);"#,
        ] {
            loaded.assert_accepts(&appended(&honest, code), &claims, code);
        }

        let refused = |claims: &ClaimSet, code: &str, reason| {
            let token = appended(&loaded.issue(claims), code);
            loaded.assert_refuses(&token, &[reason], code);
        };
        let mut expired = claims.clone();
        expired.exp = Some(now() - 3600);
        for code in [
            "expires(4102444800);",
            "expires(4102444800) <- expires($exp);",
            "past(0);",
            "time(2001-01-01T00:00:00Z);",
        ] {
            refused(&expired, code, RejectReason::Expired);
        }
        let mut without = claims.clone();
        without.aud.clear();
        let missing = RejectReason::MissingClaim(RegisteredClaim::Aud);
        refused(&without, r#"audience(["api.example"]);"#, missing);
        let mut elsewhere = claims.clone();
        elsewhere.aud = vec!["elsewhere".into()];
        refused(
            &elsewhere,
            r#"audience(["api.example"]);"#,
            RejectReason::WrongAudience,
        );

        let narrow = appended(&honest, r#"check if operation("write");"#);
        for code in [r#"operation("write");"#, "operation($what) <- time($what);"] {
            let token = appended(&narrow, code);
            loaded.assert_refuses(&token, &[RejectReason::Unauthorized], code);
            let token = holder.attenuate_by_third_party(&token).unwrap();
            loaded.assert_refuses(&token, &[RejectReason::Unauthorized], code);
        }
    }
}

#[test]
fn a_sealed_token_is_accepted_and_takes_no_block() {
    for (loaded, holder) in capabilities() {
        let id = &loaded.card().id;
        let claims = typical();
        let token = loaded.issue(&claims);
        for open in [token.clone(), holder.attenuate(&token).unwrap()] {
            let sealed = holder.seal(&open).unwrap();
            loaded.assert_accepts(&sealed, &claims, "sealed");
            for again in [
                holder.attenuate(&sealed),
                holder.attenuate_by_third_party(&sealed),
                holder.seal(&sealed),
            ] {
                let error = again.unwrap_err().to_string();
                assert!(error.contains("the token is sealed"), "{id}: {error}");
            }
        }
        let sealed = holder.seal(&token).unwrap();
        let changed = tokenlab_harness::tamper::signature(&sealed).unwrap();
        loaded.assert_refuses(&changed, &[RejectReason::BadSignature], "a changed sealed token");
    }
}

#[test]
fn a_holder_refuses_what_is_no_token() {
    for (loaded, holder) in capabilities() {
        for text in ["", "AAAA", "a.b.c"] {
            for made in [
                holder.attenuate(text),
                holder.attenuate_by_third_party(text),
                holder.seal(text),
            ] {
                assert!(made.is_err(), "{}: {text:?} became {made:?}", loaded.card().id);
            }
        }
    }
}

/// A block that someone else signed counts as theirs, and theirs alone: the
/// issuer can ask for it, and its facts are still no claims.
#[test]
fn a_third_party_speaks_for_itself() {
    for (loaded, _) in capabilities() {
        let (third_party, stranger) = (KeyPair::new(), KeyPair::new());
        let key = third_party.public();
        let token = authority(&format!(
            r#"{HONEST} check if group("staff") trusting ed25519/{};"#,
            key.to_bytes_hex()
        ));
        let claims = ClaimSet {
            iss: Some("https://issuer.example".into()),
            sub: Some("alice".into()),
            aud: vec!["api.example".into()],
            exp: Some(4_102_444_800),
            ..ClaimSet::default()
        };
        loaded.assert_refuses(
            &token,
            &[RejectReason::Unauthorized],
            "no word of the third party",
        );
        let first_party = appended(&token, r#"group("staff");"#);
        loaded.assert_refuses(
            &first_party,
            &[RejectReason::Unauthorized],
            "the holder's own word",
        );

        let vouched = |by: &KeyPair, for_token: &str, code: &str| {
            let token = UnverifiedBiscuit::from_base64(for_token).unwrap();
            let block = BlockBuilder::new().code(code).unwrap();
            let request = token.third_party_request().unwrap();
            request
                .create_block(&by.private(), block)
                .unwrap()
                .serialize()
                .unwrap()
        };
        let with = |block: &[u8]| {
            let token = UnverifiedBiscuit::from_base64(&token).unwrap();
            token.append_third_party(block).unwrap().to_base64().unwrap()
        };
        let word = vouched(&third_party, &token, r#"group("staff"); subject("admin");"#);
        loaded.assert_accepts(&with(&word), &claims, "the third party's word");
        let word = vouched(&stranger, &token, r#"group("staff");"#);
        loaded.assert_refuses(&with(&word), &[RejectReason::Unauthorized], "a stranger's word");
        let another = authority(HONEST);
        let word = vouched(&third_party, &another, r#"group("staff");"#);
        loaded.assert_refuses(
            &with(&word),
            &[RejectReason::BadSignature],
            "its word on another token",
        );
    }
}

/// Each block is signed by the key that the block before it names, so that
/// the middle of a token can't be taken out, and the end can't be taken off.
#[test]
fn blocks_that_are_reordered_removed_or_taken_from_another_token_are_refused() {
    for (loaded, _) in capabilities() {
        let token = loaded.issue(&typical());
        let blocks = [
            r#"check if operation("read");"#,
            r#"check if operation("read"), true;"#,
        ];
        let longer = appended(&appended(&token, blocks[0]), blocks[1]);
        let other = appended(&appended(&loaded.issue(&typical()), blocks[0]), blocks[1]);
        let container = |token: &str| {
            let biscuit = Biscuit::from_base64(token, root().public()).unwrap();
            biscuit.container().clone()
        };
        let text = |container: &biscuit_auth::format::SerializedBiscuit| {
            // The library writes base64url with padding, and so does this.
            use base64::Engine;
            base64::engine::general_purpose::URL_SAFE.encode(container.to_vec().unwrap())
        };
        let whole = container(&longer);
        loaded.assert_accepts(&text(&whole), &typical_again(loaded, &longer), "as it was");

        let mut reordered = whole.clone();
        reordered.blocks.reverse();
        let mut without_middle = whole.clone();
        without_middle.blocks.remove(0);
        let mut without_end = whole.clone();
        without_end.blocks.pop();
        let mut twice = whole.clone();
        twice.blocks.push(whole.blocks[1].clone());
        let mut of_another = whole.clone();
        of_another.blocks = container(&other).blocks;
        let mut other_authority = whole.clone();
        other_authority.authority = container(&other).authority;
        let mut other_proof = whole.clone();
        other_proof.proof = container(&other).proof;
        for (changed, what) in [
            (reordered, "blocks in another order"),
            (without_middle, "a block taken out"),
            (without_end, "the last block taken off"),
            (twice, "a block twice"),
            (of_another, "blocks of another token"),
            (other_authority, "the authority of another token"),
            (other_proof, "the proof of another token"),
        ] {
            loaded.assert_refuses(&text(&changed), &[RejectReason::BadSignature], what);
        }
    }
}

/// The claims of an honest token, whatever second it was issued in.
fn typical_again(loaded: &Loaded, token: &str) -> ClaimSet {
    loaded.service.verify(token).unwrap()
}

/// Rules are the holder's to append, so their cost is bounded.
#[test]
fn a_token_that_asks_for_too_much_datalog_is_oversized() {
    for (loaded, _) in capabilities() {
        let token = loaded.issue(&typical());
        let many_facts = "n(0); n(1); pair($a, $b, $c, $d, $e, $f, $g, $h, $i, $j) <- \
                          n($a), n($b), n($c), n($d), n($e), n($f), n($g), n($h), n($i), n($j);";
        let links: String = (0..150).map(|n| format!("next({n}, {}); ", n + 1)).collect();
        let many_rounds = format!("{links} reached(0); reached($b) <- reached($a), next($a, $b);");
        for (code, what) in [
            (many_facts, "a thousand facts of two"),
            (many_rounds.as_str(), "a chain of 150 links"),
        ] {
            loaded.assert_refuses(&appended(&token, code), &[RejectReason::Oversized], what);
        }
    }
}
