//! PASETO through the codecs: footers and implicit assertions, and keys of the
//! wrong kind, length or curve.

use tokenlab_harness::paseto::{Purpose, Scheme};
use tokenlab_harness::{Bound, Codec, Contender, Key, RejectReason, contenders};

use crate::RING;

const PAYLOAD: &[u8] = br#"{"sub":"alice"}"#;

/// Every contender with its scheme, and a codec under the ring's key.
fn for_each(mut check: impl FnMut(&dyn Contender, Scheme, &dyn Codec)) {
    let mut checked = 0;
    for contender in contenders::all() {
        if let Some(scheme) = Scheme::from_wire(&contender.card().scheme) {
            let codec = contender.codec(&key(scheme)).unwrap();
            check(contender.as_ref(), scheme, codec.as_ref());
            checked += 1;
        }
    }
    assert!(checked > 0, "no contender is of PASETO");
}

fn key(scheme: Scheme) -> Key {
    RING.key(&format!("paseto.{scheme}")).unwrap()
}

fn bound(footer: Option<&[u8]>, assertion: &[u8]) -> Bound {
    Bound {
        footer: footer.map(<[u8]>::to_vec),
        implicit_assertion: assertion.to_vec(),
        authorizer: None,
    }
}

fn assert_refused(codec: &dyn Codec, token: &str, bound: &Bound, reason: RejectReason, what: &str) {
    match codec.open(token, bound) {
        Ok(opened) => panic!("{what}: accepted {opened:?}"),
        Err(rejection) => assert_eq!(rejection.reason, reason, "{what}: {rejection}"),
    }
}

#[test]
fn a_token_is_bound_to_its_footer() {
    for_each(|contender, _, codec| {
        let id = contender.id();
        for footer in [&b""[..], b"a footer", "ключ".as_bytes()] {
            let token = codec.seal(PAYLOAD, &bound(Some(footer), b"")).unwrap();
            for asked in [None, Some(footer)] {
                let opened = codec.open(&token, &bound(asked, b"")).unwrap();
                assert_eq!(opened.payload, PAYLOAD, "{id}");
                assert_eq!(opened.footer, footer, "{id}");
            }
            let other = bound(Some(b"another"), b"");
            let what = format!("{id}: footer {footer:?}");
            assert_refused(codec, &token, &other, RejectReason::BadSignature, &what);
            if !footer.is_empty() {
                let none = bound(Some(b""), b"");
                assert_refused(codec, &token, &none, RejectReason::BadSignature, &what);
            }
        }
    });
}

#[test]
fn a_token_is_bound_to_its_implicit_assertion_where_there_is_one() {
    let asserted = bound(None, b"tenant 7");
    for_each(|contender, scheme, codec| {
        let id = contender.id();
        if !scheme.version.has_implicit_assertion() {
            let none =
                format!("an implicit assertion of 8 bytes was given, and {scheme} has none: v3 and v4 do");
            let error = codec.seal(PAYLOAD, &asserted).unwrap_err();
            assert_eq!(error.0, none, "{id}");
            let token = codec.seal(PAYLOAD, &Bound::default()).unwrap();
            let rejection = codec.open(&token, &asserted).unwrap_err();
            assert_eq!(rejection.reason, RejectReason::WrongScheme, "{id}");
            assert_eq!(rejection.detail, none, "{id}");
            return;
        }
        let token = codec.seal(PAYLOAD, &asserted).unwrap();
        assert_eq!(codec.open(&token, &asserted).unwrap().payload, PAYLOAD, "{id}");
        for other in [Bound::default(), bound(None, b"tenant 8")] {
            let what = format!("{id}: {other:?}");
            assert_refused(codec, &token, &other, RejectReason::BadSignature, &what);
        }
    });
}

/// rusty_paseto takes text where the specification has bytes.
#[test]
fn a_footer_of_any_bytes_is_honoured_except_by_rusty_paseto() {
    const BYTES: &[u8] = &[0xff, 0x00, 0x2e];
    for_each(|contender, scheme, codec| {
        let id = contender.id();
        let sealed = codec.seal(PAYLOAD, &bound(Some(BYTES), b""));
        if contender.card().library != "rusty_paseto" {
            let opened = codec.open(&sealed.unwrap(), &Bound::default()).unwrap();
            assert_eq!(opened.footer, BYTES, "{id}");
            return;
        }
        let error = sealed.unwrap_err().0;
        assert!(
            error.starts_with("rusty_paseto takes a footer of UTF-8 only"),
            "{id}: {error}"
        );
        let by_another = contenders::named("paseto-rs/v4.local").unwrap();
        let token = by_another
            .codec(&key(Scheme::from_header("v4", "local").unwrap()))
            .unwrap()
            .seal(PAYLOAD, &bound(Some(BYTES), b""))
            .unwrap();
        if scheme.to_string() == "v4.local" {
            assert_refused(codec, &token, &Bound::default(), RejectReason::Encoding, "bytes");
        }
    });
}

#[test]
fn a_public_key_opens_and_does_not_seal() {
    for_each(|contender, scheme, sealing| {
        if scheme.purpose == Purpose::Local {
            return;
        }
        let id = contender.id();
        let public = Key::Public(key(scheme).public().unwrap());
        let opening = contender.codec(&public).unwrap();
        let token = sealing.seal(PAYLOAD, &Bound::default()).unwrap();
        let opened = opening.open(&token, &Bound::default()).unwrap();
        assert_eq!(opened.payload, PAYLOAD, "{id}");
        let error = opening.seal(PAYLOAD, &Bound::default()).unwrap_err();
        assert_eq!(
            error.0, "a public key was given, signing takes the private key",
            "{id}"
        );
    });
}

#[test]
fn a_key_of_another_kind_length_or_curve_is_refused_by_name() {
    let strangers = [
        Key::Secret(vec![7; 31]),
        Key::Secret(vec![7; 33]),
        Key::Secret(Vec::new()),
        RING.key("jwt.ES256").unwrap(),
        RING.key("jwt.ES512").unwrap(),
    ];
    for_each(|contender, scheme, _| {
        let others = contenders::all()
            .iter()
            .filter_map(|other| Scheme::from_wire(&other.card().scheme))
            .filter(|other| other.wanted_key() != scheme.wanted_key())
            .map(key);
        for given in others.chain(strangers.iter().cloned()) {
            let Err(error) = contender.codec(&given) else {
                panic!("{} takes {}", contender.id(), given.describe());
            };
            assert_eq!(&error.contender, contender.id());
            assert_eq!(
                error.problem,
                format!(
                    "{} was given, {scheme} wants {}",
                    given.describe(),
                    scheme.wanted_key()
                )
            );
        }
    });
}

#[test]
fn bytes_that_are_no_point_of_ed25519_are_no_key() {
    use tokenlab_harness::exchange::PublicKey;
    // y = 2 has no x on the curve.
    let mut bytes = [0; 32];
    bytes[0] = 2;
    let stray = Key::Public(PublicKey::Ed25519(bytes));
    for_each(|contender, scheme, _| {
        if scheme.wanted_key() != "an Ed25519 key" {
            return;
        }
        let Err(error) = contender.codec(&stray) else {
            panic!("{} takes it", contender.id());
        };
        assert_eq!(
            error.problem,
            "an Ed25519 public key that is no point of the curve was given"
        );
    });
}
