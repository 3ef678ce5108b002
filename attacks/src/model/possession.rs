//! A signed token with a proof beside it that the sender holds a key:
//! `token~proof`, and the check that compares the two.
//!
//! The token names the holder's public key (`cnf`, RFC 7800 §3.2). The proof is a
//! JWS by that key over the token and over the connection that it is sent on, as
//! both ends of it know it (RFC 9266); it is encoded once more, so that its dots
//! are none of the token's. DPoP (RFC 9449) puts a request and a nonce of the
//! server's in the place of the connection. A lab has no wire: everything that is
//! submitted comes over the attacker's connection.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokenlab_harness::claims::CustomClaims;
use tokenlab_harness::exchange::PublicKey;
use tokenlab_harness::{Bound, ClaimSet, Key, RejectReason, Rejection, contenders};
use tokenlab_record::transcript::Stage;

use super::check::{Check, Parsed, refuse};
use super::jws::Jws;
use crate::attacker::ATTACKER;
use crate::mint::{self, MintError, Signature};
use crate::scheme::JwsAlgorithm;

/// A token, and what came beside it.
pub struct Presented {
    token: String,
    jws: Jws,
    proof: Option<String>,
}

impl Presented {
    /// The token by itself.
    ///
    /// # Errors
    /// Never: there is always some text.
    pub const fn token(&mut self) -> Result<&mut Jws, Rejection> {
        Ok(&mut self.jws)
    }

    /// The holder's key, as the token names it.
    fn holder(&self) -> Option<[u8; 32]> {
        let members: Value = serde_json::from_slice(self.jws.payload_bytes()).ok()?;
        let x = members.get(CNF)?.get("jwk")?.get("x")?.as_str()?;
        URL_SAFE_NO_PAD.decode(x).ok()?.try_into().ok()
    }

    /// What the holder has signed.
    fn proven(&self) -> Option<Value> {
        let key = Key::Public(PublicKey::Ed25519(self.holder()?));
        let verifier = contenders::available().find(|contender| contender.card().scheme == "jwt.EdDSA")?;
        let codec = verifier.codec(&key).ok()?;
        let opened = codec.open(self.proof.as_deref()?, &Bound::default()).ok()?;
        serde_json::from_slice(&opened.payload).ok()
    }
}

impl Parsed for Presented {
    fn parse(token: &str) -> Self {
        let (token, proof) = token
            .split_once(SEPARATOR)
            .map_or((token, None), |(token, proof)| (token, Some(proof)));
        let proof = proof.and_then(|proof| URL_SAFE_NO_PAD.decode(proof).ok());
        Self {
            token: token.to_owned(),
            jws: Jws::parse(token),
            proof: proof.and_then(|proof| String::from_utf8(proof).ok()),
        }
    }

    /// What the token says, without `cnf`, which is for the verifier.
    fn claims(&self) -> Result<ClaimSet, Rejection> {
        let mut claims = self.jws.claims()?;
        let mut custom = CustomClaims::default();
        for (name, value) in claims.custom.as_map() {
            if name != CNF {
                custom.insert(name.as_str(), value.clone());
            }
        }
        claims.custom = custom;
        Ok(claims)
    }
}

/// RFC 7800 §3: the sender holds the key that the token names.
#[must_use]
pub fn proof_of_possession() -> Check<Presented> {
    Check::new(
        "proof-of-possession",
        Stage::Application,
        "whoever sends the token has signed it and this connection with the key that it names",
        |presented: &mut Presented| {
            if presented.proven() == Some(statement(&presented.token, ATTACKER)) {
                return Ok(());
            }
            refuse(
                RejectReason::Unauthorized,
                "the sender has not shown the holder's key on this connection",
            )
        },
    )
}

/// What a holder states of a token and of a connection, which goes by the name of
/// whoever has it.
fn statement(token: &str, connection: &str) -> Value {
    json!({ "ath": mint::part(Sha256::digest(token)), "connection": connection })
}

/// A token's payload with the holder's key in it, whatever else is there; the
/// rest stays as it is, byte for byte.
pub(crate) fn confirmed(payload: &[u8], holder: &PublicKey) -> Vec<u8> {
    let (PublicKey::Ed25519(raw), Some(open)) = (holder, payload.strip_suffix(b"}")) else {
        return payload.to_vec();
    };
    let cnf = json!({ "jwk": { "kty": "OKP", "crv": "Ed25519", "x": mint::part(raw) } });
    [open, format!(",\"{CNF}\":{cnf}}}").as_bytes()].concat()
}

/// A token with the proof of its holder, who sends it over `connection`.
pub(crate) fn presented(token: &str, holder: &Key, connection: &str) -> Result<String, MintError> {
    let header = json!({ "alg": "EdDSA", "typ": "possession+jwt" }).to_string();
    let statement = statement(token, connection).to_string();
    let signature = Signature::By(JwsAlgorithm::EdDsa, holder.clone());
    let proof = mint::jws_of(&header, statement.as_bytes(), &signature)?;
    Ok(format!("{token}{SEPARATOR}{}", mint::part(proof)))
}

const CNF: &str = "cnf";
const SEPARATOR: char = '~';
