//! Keys in every form, and the table of what is refused and in which words.

use proptest::collection::vec;
use proptest::prelude::*;
use rsa::pkcs8::LineEnding;
use serde_json::{Value, json};
use tokenlab_harness::exchange::{Key, PrivateKey, PublicKey, Wanted, paserk};
use tokenlab_harness::paseto::Version;
use tokenlab_harness::{KeyRing, contenders};
use tokenlab_record::catalogue::Family;

fn ring() -> KeyRing {
    KeyRing::from_seed(1)
}

/// The key of `scheme` as it travels.
fn travelling(scheme: &str) -> Value {
    ring()
        .key(scheme)
        .unwrap_or_else(|| panic!("no key for {scheme}"))
        .to_exchange(scheme)
        .unwrap()
}

fn refusal(scheme: &str, key: &Value) -> String {
    match Key::from_exchange(scheme, key) {
        Ok(key) => panic!("{scheme} took {key:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_key_of_the_lab_comes_back_as_it_went() {
    let mut schemes: Vec<&str> = contenders::all()
        .iter()
        .filter(|contender| contender.card().family != Family::Session)
        .map(|contender| contender.card().scheme.as_str())
        .collect();
    schemes.sort_unstable();
    schemes.dedup();
    assert!(schemes.len() > 10, "{schemes:?}");
    for scheme in schemes {
        let sent = travelling(scheme);
        let received = Key::from_exchange(scheme, &sent).unwrap_or_else(|error| panic!("{scheme}: {error}"));
        assert!(Wanted::of(scheme).unwrap().fits(&received), "{scheme}");
        assert_eq!(received.to_exchange(scheme).unwrap(), sent, "{scheme}");
        let is_private = matches!(received, Key::Private(_));
        assert!(
            !is_private || scheme.starts_with("jwe."),
            "{scheme} sends a private key"
        );
    }
}

#[test]
fn a_public_key_is_the_same_in_every_form() {
    let ring = ring();
    let p384 = ring.p384();
    let ed25519 = ring.ed25519();
    for (scheme, forms) in [
        (
            "jwt.EdDSA",
            vec![
                travelling("jwt.EdDSA"),
                json!(ed25519.pem.public_pem),
                json!(format!("hex:{}", hex(&ed25519.public))),
                json!(format!("ed25519/{}", hex(&ed25519.public).to_uppercase())),
            ],
        ),
        (
            "paseto.v3.public",
            vec![
                travelling("paseto.v3.public"),
                json!(p384.pem.public_pem.trim_end()),
                json!(format!("hex:{}", hex(&p384.public_compressed))),
            ],
        ),
        (
            "jwt.RS256",
            vec![
                travelling("jwt.RS256"),
                json!(ring.rsa().pem.public_pem),
                json!(ring.rsa().public_pkcs1_pem),
            ],
        ),
        (
            "paseto.v1.public",
            vec![travelling("paseto.v1.public"), json!(ring.rsa().pem.public_pem)],
        ),
        (
            "jwt.ES256",
            vec![travelling("jwt.ES256"), json!(ring.p256().public_pem)],
        ),
        (
            "jwt.ES512",
            vec![travelling("jwt.ES512"), json!(ring.p521().public_pem)],
        ),
        (
            "jwt.ES256K",
            vec![travelling("jwt.ES256K"), json!(ring.secp256k1().public_pem)],
        ),
    ] {
        let keys: Vec<PublicKey> = forms
            .iter()
            .map(|form| {
                let key = Key::from_exchange(scheme, form);
                key.unwrap_or_else(|error| panic!("{scheme} {form}: {error}"))
                    .public()
                    .unwrap()
            })
            .collect();
        assert!(keys.iter().all(|key| *key == keys[0]), "{scheme}: {keys:?}");
    }
}

#[test]
fn a_private_key_is_the_same_in_every_form() {
    use rsa::pkcs1::EncodeRsaPrivateKey;
    let scheme = "jwe.ECDH-ES+A256GCM";
    let secret = p256::SecretKey::from_slice(&[7; 32]).unwrap();
    let key = Key::Private(PrivateKey::P256(secret.clone()));
    // By OpenSSL: RustCrypto leaves the curve out, and is refused for it below.
    let sec1 = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHoAoGCCqGSM49\nAwEHoUQDQgAEHhhTL9R1TALzBB2cdc6zO4P/2BrHzk/ogsyxyYvFiW6kbDEcTi/0\nDdlqNlPm5FRF0y3+SG7O11x6kMahiIHAow==\n-----END EC PRIVATE KEY-----\n";
    let Key::Private(private) = &key else {
        unreachable!()
    };
    let pem = private.to_pem().unwrap();
    for form in [key.to_exchange(scheme).unwrap(), json!(sec1), json!(pem)] {
        match Key::from_exchange(scheme, &form) {
            Ok(Key::Private(PrivateKey::P256(found))) => assert_eq!(found, secret, "{form}"),
            other => panic!("{form}: {other:?}"),
        }
    }
    let Some(Key::Private(PrivateKey::Rsa(rsa))) = ring().key("jwt.RS256") else {
        panic!()
    };
    let scheme = "jwe.RSA-OAEP+A256GCM";
    let key = Key::Private(PrivateKey::Rsa(rsa.clone()));
    let pkcs1 = rsa.to_pkcs1_pem(LineEnding::LF).unwrap().to_string();
    for form in [
        key.to_exchange(scheme).unwrap(),
        json!(pkcs1),
        json!(ring().rsa().pem.secret_pem),
    ] {
        match Key::from_exchange(scheme, &form) {
            Ok(Key::Private(PrivateKey::Rsa(found))) => assert_eq!(found, rsa),
            other => panic!("{other:?}"),
        }
    }
}

/// Keys that others published, with what is in them.
#[test]
fn published_keys_are_read() {
    let ed25519 = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    for (scheme, key, found) in [
        (
            "jwt.EdDSA", // RFC 8037 appendix A.2
            json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
            json!(format!("ed25519/{ed25519}")),
        ),
        (
            "jwt.ES256", // RFC 7517 appendix A.1
            json!({"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM", "use": "sig", "kid": "1"}),
            json!("hex:0330a0424cd21c2944838a2d75c92b37e76ea20d9f00893a3b4eee8a3c0aafec3e"),
        ),
    ] {
        let first = Key::from_exchange(scheme, &key).unwrap().public();
        assert_eq!(
            first,
            Key::from_exchange(scheme, &found).unwrap().public(),
            "{scheme}"
        );
        assert!(first.is_some(), "{scheme}");
    }
    // RFC 8410 §10.1: the public key that belongs to the private one of §10.3.
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
    let key = Key::from_exchange("paseto.v4.public", &json!(pem)).unwrap();
    assert_eq!(
        key.to_exchange("paseto.v4.public").unwrap(),
        json!("k4.public.Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE")
    );
    // PASERK test vector k4.public-2.
    let paserk = json!("k4.public.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8");
    let bytes: Vec<u8> = (0x70..=0x8f).collect();
    match Key::from_exchange("paseto.v4.public", &paserk) {
        Ok(Key::Public(PublicKey::Ed25519(found))) => assert_eq!(found.as_slice(), bytes),
        other => panic!("{other:?}"),
    }
}

/// What is given, for which scheme, and the words that must be in the answer:
/// what was given and what is wanted.
#[test]
fn the_wrong_key_is_named_before_any_cryptography() {
    let ring = ring();
    let public_pem = json!(ring.rsa().pem.public_pem);
    let oct = |bytes: usize| json!({"kty": "oct", "k": "A".repeat(bytes * 4 / 3)});
    let with = |scheme: &str, name: &str, value: Value| {
        let mut jwk = travelling(scheme);
        jwk[name] = value;
        jwk
    };
    let table: Vec<(&str, Value, &[&str])> = vec![
        // another kind
        (
            "jwt.HS256",
            public_pem.clone(),
            &[
                "an RSA (2048 bits) public key was given",
                "wants a secret",
                "no secret",
            ],
        ),
        (
            "jwt.RS256",
            oct(30),
            &[
                "a secret of 30 bytes",
                "wants an RSA (2048 bits or more) public key",
            ],
        ),
        (
            "jwt.EdDSA",
            travelling("jwt.ES256"),
            &["alg \"ES256\"", "\"EdDSA\""],
        ),
        (
            "jwt.EdDSA",
            json!(ring.p256().public_pem),
            &["a P-256 public key", "wants an Ed25519 public key"],
        ),
        (
            "paseto.v4.local",
            json!(ring.ed25519().pem.public_pem),
            &["an Ed25519 public key", "a secret of 32 bytes"],
        ),
        (
            "jwt.RS256",
            json!("utf8:secret"),
            &["a secret as text", "an RSA (2048"],
        ),
        // another curve
        (
            "jwt.ES256",
            json!(ring.p384().pem.public_pem),
            &["a P-384 public key", "a P-256 public key"],
        ),
        (
            "jwt.ES256",
            json!(ring.secp256k1().public_pem),
            &["a secp256k1 public key", "a P-256 public key"],
        ),
        (
            "paseto.v3.public",
            json!(ring.p256().public_pem),
            &["a P-256 public key", "a P-384 public key"],
        ),
        // another length
        (
            "paseto.v4.local",
            json!(format!("hex:{}", "00".repeat(31))),
            &["a secret of 31 bytes", "a secret of 32 bytes"],
        ),
        (
            "jwe.dir+A256CBC-HS512",
            json!(format!("hex:{}", "00".repeat(32))),
            &["a secret of 32 bytes", "a secret of 64 bytes"],
        ),
        (
            "jwe.A128KW+A256GCM",
            json!(format!("hex:{}", "00".repeat(32))),
            &["a secret of 32 bytes", "a secret of 16 bytes"],
        ),
        (
            "jwe.PBES2-HS512+A256KW+A256GCM",
            json!("utf8:"),
            &["a secret of 0 bytes", "wants a secret"],
        ),
        (
            "jwt.HS512",
            json!("utf8:a-string-secret-at-least-256-bits-long"),
            &["a secret of 38 bytes", "a secret of at least 64 bytes"],
        ),
        (
            "jwt.RS256",
            rsa_of(&[0xc5; 128]),
            &["an RSA (1024 bits) public key", "2048 bits or more"],
        ),
        (
            "paseto.v4.public",
            json!(format!("hex:{}", "00".repeat(64))),
            &["64 bytes", "an Ed25519 public key (32 bytes)"],
        ),
        ("biscuit.v3", json!("ed25519/00ff"), &["2 bytes", "want 32 bytes"]),
        (
            "paseto.v1.public",
            rsa_of(&[0xc5; 128]),
            &["an RSA (1024 bits) public key", "an RSA (2048 bits) public key"],
        ),
        ("jwt.RS256", rsa_of(&[0xc5; 1025]), &["8200 bits"]),
        (
            "jwt.RS256",
            rsa_of(&[0xc5; 100_000]),
            &["100000 bytes", "8192 bits"],
        ),
        // the other half
        (
            "jwt.EdDSA",
            json!(ring.ed25519().pem.secret_pem),
            &["an Ed25519 private key", "no business in a line"],
        ),
        (
            "jwt.RS256",
            json!(ring.rsa().pem.secret_pem),
            &[
                "an RSA (2048 bits) private key",
                "an RSA (2048 bits or more) public key",
            ],
        ),
        (
            "jwe.RSA-OAEP+A256GCM",
            public_pem.clone(),
            &[
                "an RSA (2048 bits) public key",
                "an RSA (2048 bits or more) private key",
                "only encrypts",
            ],
        ),
        (
            "biscuit.v3",
            json!("ed25519-private/00"),
            &["a private key (ed25519-private/…)", "public key"],
        ),
        // another form
        (
            "jwt.HS256",
            json!(format!("utf8:{}", ring.rsa().pem.public_pem)),
            &["a PEM as the bytes of a secret", "wants a secret"],
        ),
        (
            "paseto.v4.public",
            json!(format!("hex:{}", hex(ring.ed25519().pem.public_pem.as_bytes()))),
            &["a PEM as bytes", "raw bytes or DER"],
        ),
        (
            "jwt.ES256",
            json!(travelling("jwt.ES256").to_string()),
            &["a JWK inside a string", "object itself"],
        ),
        ("jwt.HS256", json!("secret"), &["text of no known form", "utf8:…"]),
        (
            "jwt.RS256",
            json!("MIIBIjANBgkqhkiG9w0BAQ"),
            &["DER in base64", "public key as a JWK, a PEM"],
        ),
        ("jwt.HS256", json!(17), &["a number", "a JWK object"]),
        ("jwt.HS256", Value::Null, &["null", "a JWK object"]),
        ("jwt.HS256", json!("hex:0g"), &["another character"]),
        ("jwt.HS256", json!("hex:000"), &["3 hexadecimal digits"]),
        (
            "jwt.HS256",
            json!({"kty": "oct", "k": "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0"}),
            &["a PEM as the bytes of a secret"],
        ),
        // PASERK
        (
            "paseto.v4.public",
            travelling("paseto.v2.public"),
            &["k2.public was given", "wants k4.public"],
        ),
        (
            "paseto.v4.public",
            travelling("paseto.v4.local"),
            &["k4.local was given", "wants k4.public"],
        ),
        (
            "paseto.v4.local",
            json!("k4.lid.AAAA"),
            &["k4.lid was given", "id of a key"],
        ),
        (
            "paseto.v4.local",
            json!("k4.local.AAAA"),
            &["3 bytes in it", "want 32 bytes"],
        ),
        (
            "paseto.v4.public",
            json!(paserk::write(Version::V4, &ring.key("paseto.v4.public").unwrap()).unwrap()),
            &["an Ed25519 private key was given", "no business in a line"],
        ),
        (
            "jwt.EdDSA",
            travelling("paseto.v4.public"),
            &["a PASERK", "PASETO alone", "an Ed25519 public key"],
        ),
        // PEM
        (
            "jwt.RS256",
            json!("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
            &["a certificate", "openssl x509"],
        ),
        (
            "jwt.RS256",
            json!("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----"),
            &["encrypted"],
        ),
        (
            "jwt.RS256",
            json!("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
            &["the PEM is broken"],
        ),
        (
            "jwt.RS256",
            json!("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----"),
            &["SubjectPublicKeyInfo is broken"],
        ),
        (
            "jwe.ECDH-ES+A256GCM",
            json!(
                p256::SecretKey::from_slice(&[7; 32])
                    .unwrap()
                    .to_sec1_pem(LineEnding::LF)
                    .unwrap()
                    .to_string()
            ),
            &["names no curve", "PKCS#8"],
        ),
        // JWK that contradicts
        (
            "jwt.RS256",
            travelling("jwt.PS256"),
            &["alg \"PS256\"", "\"RS256\""],
        ),
        (
            "jwt.HS512",
            travelling("jwt.HS256"),
            &["alg \"HS256\"", "\"HS512\""],
        ),
        (
            "paseto.v4.public",
            travelling("jwt.EdDSA"),
            &["alg \"EdDSA\"", "without alg"],
        ),
        (
            "jwt.EdDSA",
            with("jwt.EdDSA", "use", json!("enc")),
            &["use \"enc\"", "\"sig\""],
        ),
        (
            "jwt.EdDSA",
            with("jwt.EdDSA", "key_ops", json!(["sign"])),
            &["key_ops [\"sign\"]", "verify"],
        ),
        (
            "jwt.EdDSA",
            with("jwt.EdDSA", "key_ops", json!("verify")),
            &["no array of strings"],
        ),
        (
            "jwt.EdDSA",
            with("jwt.EdDSA", "alg", json!(1)),
            &["\"alg\" of the JWK is a number"],
        ),
        // JWK that is broken
        ("jwt.EdDSA", json!({}), &["no \"kty\""]),
        ("jwt.EdDSA", json!({"kty": "okp"}), &["kty \"okp\"", "OKP"]),
        (
            "jwt.EdDSA",
            json!({"kty": "OKP", "crv": "Ed448", "x": ""}),
            &["curve \"Ed448\"", "Ed25519"],
        ),
        (
            "jwt.EdDSA",
            with("jwt.EdDSA", "x", json!("AAAA")),
            &["\"x\" of the JWK has 3 bytes, want 32"],
        ),
        (
            "jwt.EdDSA",
            with("jwt.EdDSA", "x", json!("AA==")),
            &["base64url without padding"],
        ),
        (
            "jwt.ES256",
            with("jwt.ES256", "y", json!("A".repeat(43))),
            &["no point on P-256"],
        ),
        (
            "jwt.EdDSA",
            with("jwt.EdDSA", "d", json!("A".repeat(43))),
            &["do not belong together"],
        ),
        (
            "jwt.ML-DSA-44",
            json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"}),
            &["3 bytes, want 1312"],
        ),
        // no scheme
        ("jwt.none", json!("utf8:x"), &["no scheme \"jwt.none\""]),
    ];
    for (scheme, key, words) in table {
        let error = refusal(scheme, &key);
        for word in words {
            assert!(error.contains(word), "{scheme}: {error:?} lacks {word:?}");
        }
        assert!(!error.contains("AAAAAAAA"), "{error} shows the key");
    }
}

#[test]
fn a_jwk_that_says_more_than_it_must_is_fine() {
    for (scheme, name, value) in [
        ("jwt.EdDSA", "alg", json!("Ed25519")),
        ("jwt.EdDSA", "use", json!("sig")),
        ("jwt.EdDSA", "key_ops", json!(["verify"])),
        ("jwt.HS256", "key_ops", json!(["sign", "verify"])),
        ("jwt.HS256", "x5t", json!(7)),
    ] {
        let mut jwk = travelling(scheme);
        jwk[name] = value;
        Key::from_exchange(scheme, &jwk).unwrap_or_else(|error| panic!("{jwk}: {error}"));
    }
    let direct = |algorithm: &str| json!({"kty": "oct", "k": "A".repeat(43), "alg": algorithm});
    for algorithm in ["dir", "A256GCM"] {
        Key::from_exchange("jwe.dir+A256GCM", &direct(algorithm)).unwrap();
    }
    assert!(refusal("jwe.dir+A256GCM", &direct("A128GCM")).contains("A128GCM"));
}

proptest! {
    #[test]
    fn secrets_come_back_as_they_went(secret in vec(any::<u8>(), 32..200)) {
        let key = Key::Secret(secret.clone());
        let sent = key.to_exchange("jwt.HS256").unwrap();
        for form in [sent, json!(format!("hex:{}", hex(&secret)))] {
            let received = Key::from_exchange("jwt.HS256", &form).unwrap();
            prop_assert_eq!(received.secret(), Some(secret.as_slice()));
        }
    }

}

proptest! {
    // A point on P-521 takes milliseconds.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn curve_keys_come_back_as_they_went(seed in any::<[u8; 32]>()) {
        let mut wide = [0; 66];
        wide[10..42].copy_from_slice(&seed);
        let keys = [
            p256::SecretKey::from_slice(&seed).ok().map(PrivateKey::P256),
            p384::SecretKey::from_slice(&wide[..48]).ok().map(PrivateKey::P384),
            p521::SecretKey::from_slice(&wide).ok().map(PrivateKey::P521),
            Some(PrivateKey::X25519(seed)),
        ];
        for key in keys.into_iter().flatten() {
            let sent = Key::Private(key.clone()).to_exchange("jwe.ECDH-ES+A256GCM").unwrap();
            let received = Key::from_exchange("jwe.ECDH-ES+A256GCM", &sent).unwrap();
            prop_assert_eq!(received.public(), Some(key.public()));
            prop_assert_eq!(received.to_exchange("jwe.ECDH-ES+A256GCM").unwrap(), sent);
        }
    }
}

proptest! {
    /// Whatever stands in a key field, reading it ends with a key or in words.
    #[test]
    fn no_text_panics(text in "(k[1-4]\\.[a-z]{1,6}\\.|hex:|utf8:|ed25519/|-----BEGIN [A-Z ]{1,12}-----\n)?\\PC{0,80}") {
        for scheme in ["jwt.HS256", "jwt.RS256", "jwt.ES256", "jwe.RSA-OAEP+A256GCM", "paseto.v3.public", "biscuit.v3"] {
            let _ = Key::from_exchange(scheme, &json!(text));
        }
    }
}

fn rsa_of(modulus: &[u8]) -> Value {
    use base64::Engine;
    let n = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(modulus);
    json!({"kty": "RSA", "n": n, "e": "AQAB"})
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
