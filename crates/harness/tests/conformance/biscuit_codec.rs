//! Biscuits under a key from outside: which keys fit, what is given back of
//! tokens in the lab's shape and of others, and what an authorizer can do.

use biscuit_auth::builder::Algorithm;
use biscuit_auth::{BiscuitBuilder, BlockBuilder, KeyPair, PrivateKey, UnverifiedBiscuit};
use serde_json::{Value, json};
use tokenlab_harness::claims::{ClaimSet, NumericDate};
use tokenlab_harness::exchange;
use tokenlab_harness::policy::now;
use tokenlab_harness::{Bound, Codec, Contender, Key, RejectReason, contenders};

use crate::{RING, typical};

fn biscuit() -> &'static dyn Contender {
    contenders::named("biscuit-auth/v3").unwrap()
}

fn private() -> Key {
    RING.key("biscuit.v3").unwrap()
}

fn codec(key: &Key) -> Box<dyn Codec> {
    biscuit().codec(key).unwrap()
}

/// A token of one block by the ring's key, as another issuer would write it.
fn foreign(code: &str) -> String {
    let root = KeyPair::from(&PrivateKey::from_bytes(&RING.ed25519().seed, Algorithm::Ed25519).unwrap());
    let builder = BiscuitBuilder::new().code(code).unwrap();
    builder.build(&root).unwrap().to_base64().unwrap()
}

fn authorized_by(code: &str) -> Bound {
    Bound {
        authorizer: Some(code.to_owned()),
        ..Bound::default()
    }
}

fn opened(token: &str, bound: &Bound) -> Value {
    let opened = codec(&private()).open(token, bound).unwrap();
    assert_eq!(opened.footer, b"");
    serde_json::from_slice(&opened.payload).unwrap()
}

fn refused(token: &str, bound: &Bound) -> RejectReason {
    codec(&private()).open(token, bound).unwrap_err().reason
}

#[test]
fn a_key_of_another_kind_is_refused_by_name() {
    for (key, given) in [
        (Key::Secret(vec![0; 32]), "a secret of 32 bytes was given"),
        (RING.key("jwt.ES256").unwrap(), "a P-256 private key was given"),
        (
            Key::Public(exchange::PublicKey::X25519([9; 32])),
            "an X25519 public key was given",
        ),
        (
            Key::Private(exchange::PrivateKey::X25519([9; 32])),
            "an X25519 private key was given",
        ),
    ] {
        let error = biscuit().codec(&key).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(given), "{error}");
        assert!(error.contains("an Ed25519 key is wanted"), "{error}");
    }
    // 32 bytes that are no point of the curve.
    let no_point = Key::Public(exchange::PublicKey::Ed25519([2; 32]));
    let error = biscuit().codec(&no_point).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("invalid key"), "{error}");
}

#[test]
fn a_private_key_seals_and_either_opens() {
    let mut claims = typical();
    claims.exp = Some(now() - 86_400); // times are not looked at
    let payload = claims.to_json::<NumericDate>().unwrap();
    let token = codec(&private())
        .seal(payload.as_bytes(), &Bound::default())
        .unwrap();
    let public = Key::Public(private().public().unwrap());
    for key in [private(), public.clone()] {
        let opened = codec(&key).open(&token, &Bound::default()).unwrap();
        let read = ClaimSet::from_json::<NumericDate>(&opened.payload).unwrap();
        assert_eq!(read, claims, "{key:?}");
    }
    let error = codec(&public).seal(payload.as_bytes(), &Bound::default());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("an Ed25519 private key is wanted"), "{error}");
}

#[test]
fn what_has_no_place_in_a_biscuit_is_refused() {
    let codec = codec(&private());
    let token = codec.seal(b"{}", &Bound::default()).unwrap();
    let footer = Bound {
        footer: Some(b"f".to_vec()),
        ..Bound::default()
    };
    let assertion = Bound {
        implicit_assertion: b"a".to_vec(),
        ..Bound::default()
    };
    for (bound, what) in [(footer, "footer"), (assertion, "implicit assertion")] {
        let error = codec.seal(b"{}", &bound).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
        let rejection = codec.open(&token, &bound).unwrap_err();
        assert_eq!(rejection.reason, RejectReason::WrongScheme, "{rejection}");
    }
    for payload in ["[]", "1", "", r#"{"exp":"soon"}"#, r#"{"a":1,"a":2}"#] {
        let sealed = codec.seal(payload.as_bytes(), &Bound::default());
        assert!(sealed.is_err(), "{payload} became {sealed:?}");
    }
}

#[test]
fn claims_come_back_as_json_and_anything_else_as_datalog() {
    let lab = foreign(r#"claim("scope", "[1.5, null]"); issuer("me"); expires(-1);"#);
    assert_eq!(
        opened(&lab, &Bound::default()),
        json!({"iss": "me", "exp": -1, "scope": [1.5, null]}),
        "in whatever order"
    );
    assert_eq!(opened(&foreign(""), &Bound::default()), json!({}));
    for code in [
        "right(\"file1\", \"read\");\n",
        "issuer(\"me\");\nright(\"file1\", \"read\");\n",
        "issuer(1);\n",
        "issuer(\"me\");\nissuer(\"you\");\n",
        "issuer(\"me\");\nsubject($me) <- issuer($me);\n",
    ] {
        let payload = opened(&foreign(code), &Bound::default());
        assert_eq!(payload, json!({ "authority": code }), "{code}");
    }
}

#[test]
fn neither_a_holder_nor_an_authorizer_adds_a_claim() {
    let token = UnverifiedBiscuit::from_base64(foreign(r#"issuer("me");"#)).unwrap();
    let block = BlockBuilder::new().code(r#"subject("admin");"#).unwrap();
    let token = token.append(block).unwrap().to_base64().unwrap();
    for bound in [
        Bound::default(),
        authorized_by(r#"subject("admin"); claim("role", "1"); allow if true;"#),
    ] {
        assert_eq!(opened(&token, &bound), json!({"iss": "me"}), "{bound:?}");
    }
}

#[test]
fn the_authorizer_that_came_along_decides() {
    let token = foreign(r#"right("file1", "read"); check if resource("file1");"#);
    assert_eq!(
        refused(&token, &Bound::default()),
        RejectReason::Unauthorized,
        "the lab's authorizer names no resource"
    );
    for (code, allowed) in [
        (r#"resource("file1"); allow if right("file1", "read");"#, true),
        (r#"resource("file2"); allow if right("file1", "read");"#, false),
        (r#"resource("file1"); allow if right("file1", "write");"#, false),
        (r#"resource("file1"); deny if true; allow if true;"#, false),
        (r#"resource("file1");"#, false),
        ("", false),
    ] {
        let opened = codec(&private()).open(&token, &authorized_by(code));
        match opened {
            Ok(_) => assert!(allowed, "{code} allows"),
            Err(rejection) => {
                assert!(!allowed, "{code}: {rejection}");
                assert_eq!(rejection.reason, RejectReason::Unauthorized, "{rejection}");
            }
        }
    }
}

#[test]
fn an_authorizer_that_can_not_be_used_is_named_and_breaks_nothing() {
    let token = foreign("");
    for (code, why) in [
        ("allow if".to_owned(), "can't be used"),
        ("no datalog".to_owned(), "can't be used"),
        ("allow if {unset};".to_owned(), "can't be used"),
        (
            format!("allow if {}true{};", "(".repeat(5_000), ")".repeat(5_000)),
            "5000 brackets",
        ),
        // A negation nests without any bracket, and a bracket that is closed in
        // a string is not closed.
        (format!("allow if {}true;", "!".repeat(10_000)), "10000 brackets"),
        (
            format!("allow if {}true{};", r#"(")" == "#.repeat(129), ")".repeat(129)),
            "129 brackets",
        ),
        (format!("// {}\nallow if true;", "x".repeat(20_000)), "bytes long"),
    ] {
        let rejection = codec(&private()).open(&token, &authorized_by(&code)).unwrap_err();
        assert_eq!(rejection.reason, RejectReason::Internal, "{rejection:.100}");
        assert!(rejection.detail.contains(why), "{rejection:.200}");
    }
    for nested in [
        format!("allow if {}true{};", "(".repeat(128), ")".repeat(128)),
        format!("allow if {}true;", "!".repeat(128)),
    ] {
        assert_eq!(opened(&token, &authorized_by(&nested)), json!({}), "{nested}");
    }
}
