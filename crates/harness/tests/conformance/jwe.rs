//! Encrypted JWTs: minted by bare primitives, and what is true of them alone.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use aes_keywrap::{Aes128KeyWrapAligned, Aes256KeyWrapAligned};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::elliptic_curve::point::AffineCoordinates;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use rsa::rand_core::{OsRng, RngCore};
use rsa::{Oaep, RsaPublicKey};
use sha2::{Digest, Sha256};
use tokenlab_harness::claims::NumericDate;
use tokenlab_harness::exchange::PublicKey;
use tokenlab_harness::{Bound, Key, KeyRing, RejectReason};
use tokenlab_record::catalogue::{Class, ContenderCard, Family};

use crate::{LAB, Loaded, RING, typical};

/// A token of `card`'s scheme over `payload`, by the keys of `ring`. Schemes
/// of josekit alone are minted by it, which takes payloads of any kind.
pub(crate) fn mint(card: &ContenderCard, ring: &KeyRing, payload: &[u8]) -> String {
    let key = ring.key(&card.scheme).unwrap();
    if card.library == "josekit" {
        let contender = tokenlab_harness::contenders::named(card.id.as_str()).unwrap();
        let codec = contender.codec(&key).unwrap();
        return codec.seal(payload, &Bound::default()).unwrap();
    }
    let (management, encryption) = card.algorithm.rsplit_once('+').unwrap();
    let header = format!(r#"{{"alg":"{management}","enc":"{encryption}""#);
    let content_key = random(if encryption == "A128GCM" { 16 } else { 32 });
    let (header, encrypted_key) = match (management, key.public(), &key) {
        ("A128KW" | "A256KW", None, Key::Secret(key)) => (format!("{header}}}"), wrapped(key, &content_key)),
        ("ECDH-ES+A256KW", Some(PublicKey::P256(peer)), _) => {
            let (point, key) = agreed(&peer, management);
            (format!("{header},{point}}}"), wrapped(&key, &content_key))
        }
        ("RSA-OAEP", Some(PublicKey::Rsa(key)), _) => {
            (format!("{header}}}"), transported(&key, &content_key))
        }
        _ => panic!("{}: no way to mint {management}", card.id),
    };
    sealed(&header, &content_key, &encrypted_key, payload)
}

fn sealed(header: &str, content_key: &[u8], encrypted_key: &[u8], payload: &[u8]) -> String {
    let header = URL_SAFE_NO_PAD.encode(header);
    let iv: [u8; 12] = random(12).try_into().unwrap();
    let mut bytes = payload.to_vec();
    let (covered, body) = (header.as_bytes(), bytes.as_mut_slice());
    let tag = if content_key.len() == 16 {
        let cipher = Aes128Gcm::new_from_slice(content_key).unwrap();
        cipher.encrypt_inout_detached(&iv.into(), covered, body.into())
    } else {
        let cipher = Aes256Gcm::new_from_slice(content_key).unwrap();
        cipher.encrypt_inout_detached(&iv.into(), covered, body.into())
    };
    let [key, iv, body, tag] =
        [encrypted_key, &iv, &bytes, &tag.unwrap()].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{key}.{iv}.{body}.{tag}")
}

fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

fn wrapped(key: &[u8], content_key: &[u8]) -> Vec<u8> {
    match key.len() {
        16 => Aes128KeyWrapAligned::new(key.try_into().unwrap()).encapsulate(content_key),
        _ => Aes256KeyWrapAligned::new(key.try_into().unwrap()).encapsulate(content_key),
    }
    .unwrap()
}

/// The ephemeral point as a member of the header, and the key that follows
/// from it: RFC 7518 §4.6 without information about the parties.
fn agreed(peer: &p256::PublicKey, algorithm: &str) -> (String, [u8; 32]) {
    let secret = p256::SecretKey::random(&mut OsRng);
    let shared = (peer.to_projective() * *secret.to_nonzero_scalar())
        .to_affine()
        .x();
    let point = secret.public_key().to_encoded_point(false);
    let [x, y] = [point.x(), point.y()].map(|coordinate| URL_SAFE_NO_PAD.encode(coordinate.unwrap()));
    let length = u32::try_from(algorithm.len()).unwrap();
    let mut digest = Sha256::new();
    digest.update(1_u32.to_be_bytes());
    digest.update(shared);
    digest.update(length.to_be_bytes());
    digest.update(algorithm);
    digest.update([0; 8]);
    digest.update(256_u32.to_be_bytes());
    (
        format!(r#""epk":{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#),
        digest.finalize().into(),
    )
}

fn transported(key: &RsaPublicKey, content_key: &[u8]) -> Vec<u8> {
    let padding = Oaep::new::<hmac_sha1_compact::WrappedHash>();
    key.encrypt(&mut OsRng, padding, content_key).unwrap()
}

fn encrypted() -> impl Iterator<Item = &'static Loaded> {
    LAB.iter().filter(|loaded| loaded.card().family == Family::Jwe)
}

/// What the footnote of the class says: encryption to a public key proves
/// nothing of who encrypted. A stranger, who has that key and no other, chooses
/// any claims at all, and the verifier believes them.
#[test]
fn a_stranger_with_the_public_key_can_mint_a_token_that_is_believed() {
    let mut minted = 0;
    for loaded in encrypted().filter(|loaded| loaded.card().class == Class::PublicKeyEncryption) {
        let private = RING.key(&loaded.card().scheme).unwrap();
        let public = Key::Public(private.public().unwrap());
        let mut claims = typical();
        claims.sub = Some("admin".into());
        let payload = claims.to_json::<NumericDate>().unwrap();
        let stranger = loaded.contender.codec(&public).unwrap();
        let token = stranger.seal(payload.as_bytes(), &Bound::default()).unwrap();
        loaded.assert_accepts(&token, &claims, "a stranger's token");
        assert!(
            stranger.open(&token, &Bound::default()).is_err(),
            "{}: a public key opens",
            loaded.card().id
        );
        let footnote = loaded.card().footnote.as_deref().unwrap_or_default();
        assert!(
            footnote.contains("public key can make such a token"),
            "{}: {footnote}",
            loaded.card().id
        );
        minted += 1;
    }
    assert!(minted > 0, "no contender encrypts to a public key");
}

#[test]
fn a_shared_key_is_needed_to_mint() {
    for loaded in encrypted().filter(|loaded| loaded.card().class == Class::Aead) {
        let key = RING.key(&loaded.card().scheme).unwrap();
        assert_eq!(key.public(), None, "{}", loaded.card().id);
    }
}

/// Every part but the ciphertext has one length (RFC 7518 §4 and §5), so a
/// shorter one is no writing of the same token.
#[test]
fn a_key_vector_or_tag_of_another_length_is_refused() {
    let reasons = [RejectReason::Malformed, RejectReason::BadSignature];
    for loaded in encrypted() {
        let token = loaded.issue(&typical());
        let parts: Vec<&str> = token.split('.').collect();
        for (index, name) in [(1, "encrypted key"), (2, "initialization vector"), (4, "tag")] {
            let whole = URL_SAFE_NO_PAD.decode(parts[index]).unwrap();
            let longer = [whole.as_slice(), &[0; 8]].concat();
            for length in (0..whole.len()).chain([longer.len()]) {
                let part = URL_SAFE_NO_PAD.encode(&longer[..length]);
                let mut changed = parts.clone();
                changed[index] = &part;
                let what = format!("{name} of {length} bytes instead of {}", whole.len());
                loaded.assert_refuses(&changed.join("."), &reasons, &what);
            }
        }
    }
}

/// Algorithm and content encryption come from the scheme, and extensions that
/// must be understood (RFC 7516 §4.1.13) are not.
#[test]
fn a_header_that_names_another_scheme_is_refused_before_the_key_is_used() {
    for loaded in encrypted() {
        let token = loaded.issue(&typical());
        let (header, rest) = token.split_once('.').unwrap();
        let header = URL_SAFE_NO_PAD.decode(header).unwrap();
        let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
        let (_, encryption) = loaded.card().algorithm.rsplit_once('+').unwrap();
        let other = if encryption == "A128GCM" {
            "A256GCM"
        } else {
            "A128GCM"
        };
        for (name, value) in [
            ("alg", "dir+".into()),
            ("alg", "RSA1_5".into()),
            ("alg", "none".into()),
            ("enc", other.into()),
            ("enc", "none".into()),
            ("crit", serde_json::json!(["x"])),
        ] {
            let mut changed = header.clone();
            changed[name] = value;
            let what = format!("a header of {changed}");
            let token = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(changed.to_string()));
            loaded.assert_refuses(&token, &[RejectReason::WrongScheme], &what);
        }
    }
}
