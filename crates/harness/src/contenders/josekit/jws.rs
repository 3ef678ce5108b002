//! JWS compact tokens by `josekit` on OpenSSL (RFC 7515, RFC 7518 §3, RFC 8037,
//! RFC 8812).
//!
//! Keys are parsed once, at load. RSA-PSS wants its key in DER here, since the
//! library reads a PEM of that name only with the algorithm identifier of PSS.
//! One caveat: OpenSSL signs ES256K with either of two values of `s`, and the
//! `k256` crate, on which the other libraries stand, refuses the higher one; so
//! it is replaced by the lower one here.

use std::cell::Cell;

use ::josekit::JoseError;
use ::josekit::jws::alg::ecdsa::EcdsaJwsAlgorithm;
use ::josekit::jws::alg::hmac::HmacJwsAlgorithm;
use ::josekit::jws::alg::rsassa::RsassaJwsAlgorithm;
use ::josekit::jws::alg::rsassa_pss::RsassaPssJwsAlgorithm;
use ::josekit::jws::{
    ES256, ES256K, ES384, ES512, EdDSA, HS256, HS384, HS512, JwsContext, JwsHeader, JwsSigner, JwsVerifier,
    PS256, PS384, PS512, RS256, RS384, RS512,
};
use rsa::pkcs8::{Document, SecretDocument};
use tokenlab_record::catalogue::{Class, ContenderCard, Family};

use super::{JWS_DOTS, Material, Progress, Service, card, ed25519_pem, rejection, with_material};
use crate::contender::{Bound, Codec, Contender, IssueError, Opened, SetupError, TokenService};
use crate::contenders::jws::{can_bind, is_bound};
use crate::exchange::{Key, PublicKey};
use crate::keys::{KeyRing, PemPair};
use crate::malleability::rewrite_authenticated_part;
use crate::policy::Policy;
use crate::rejection::Rejection;

/// Each algorithm with its name, its class and what it computes.
const ALGORITHMS: &[(Algorithm, &str, Class, &str)] = &[
    (Algorithm::Hmac(HS256), "HS256", Class::Mac, "HMAC-SHA256"),
    (Algorithm::Hmac(HS384), "HS384", Class::Mac, "HMAC-SHA384"),
    (Algorithm::Hmac(HS512), "HS512", Class::Mac, "HMAC-SHA512"),
    (
        Algorithm::Pkcs1(RS256),
        "RS256",
        Class::Signature112,
        "RSA-2048 PKCS#1 v1.5",
    ),
    (
        Algorithm::Pkcs1(RS384),
        "RS384",
        Class::Signature112,
        "RSA-2048 PKCS#1 v1.5",
    ),
    (
        Algorithm::Pkcs1(RS512),
        "RS512",
        Class::Signature112,
        "RSA-2048 PKCS#1 v1.5",
    ),
    (
        Algorithm::Pss(PS256),
        "PS256",
        Class::Signature112,
        "RSA-2048 PSS",
    ),
    (
        Algorithm::Pss(PS384),
        "PS384",
        Class::Signature112,
        "RSA-2048 PSS",
    ),
    (
        Algorithm::Pss(PS512),
        "PS512",
        Class::Signature112,
        "RSA-2048 PSS",
    ),
    (
        Algorithm::Ecdsa(ES256),
        "ES256",
        Class::Signature128,
        "ECDSA P-256",
    ),
    (
        Algorithm::Ecdsa(ES384),
        "ES384",
        Class::Signature192,
        "ECDSA P-384",
    ),
    (
        Algorithm::Ecdsa(ES512),
        "ES512",
        Class::Signature256,
        "ECDSA P-521",
    ),
    (
        Algorithm::Ecdsa(ES256K),
        "ES256K",
        Class::Signature128,
        "ECDSA secp256k1",
    ),
    (Algorithm::EdDsa, "EdDSA", Class::Signature128, "Ed25519"),
];

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    ALGORITHMS
        .iter()
        .map(|(algorithm, name, class, primitive)| {
            let mut card = card(Family::Jwt, *class, (*name).to_owned(), primitive);
            if *algorithm == Algorithm::Ecdsa(ES256K) {
                card.footnote = Some("signatures are brought to the lower s, which others demand".into());
            }
            Box::new(JosekitJws {
                algorithm: *algorithm,
                card,
            }) as Box<dyn Contender>
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Hmac(HmacJwsAlgorithm),
    Pkcs1(RsassaJwsAlgorithm),
    Pss(RsassaPssJwsAlgorithm),
    Ecdsa(EcdsaJwsAlgorithm),
    EdDsa,
}

/// What signs, if there is a private key, and what verifies.
type Parsed = (Option<Box<dyn JwsSigner>>, Box<dyn JwsVerifier>);

impl Algorithm {
    /// The key that is wanted, for messages.
    const fn wanted(self) -> &'static str {
        match self {
            Self::Hmac(HmacJwsAlgorithm::Hs256) => "a secret of 32 bytes or more",
            Self::Hmac(HmacJwsAlgorithm::Hs384) => "a secret of 48 bytes or more",
            Self::Hmac(HmacJwsAlgorithm::Hs512) => "a secret of 64 bytes or more",
            Self::Pkcs1(_) | Self::Pss(_) => "an RSA key of 2048 bits or more",
            Self::Ecdsa(EcdsaJwsAlgorithm::Es256) => "a P-256 key",
            Self::Ecdsa(EcdsaJwsAlgorithm::Es384) => "a P-384 key",
            Self::Ecdsa(EcdsaJwsAlgorithm::Es512) => "a P-521 key",
            Self::Ecdsa(EcdsaJwsAlgorithm::Es256k) => "a secp256k1 key",
            Self::EdDsa => "an Ed25519 key",
        }
    }

    /// Whether `key` is of the kind, length or curve that is wanted.
    fn fits(self, key: &Key) -> bool {
        match (self, key, key.public()) {
            (Self::Hmac(HmacJwsAlgorithm::Hs256), Key::Secret(bytes), _) => bytes.len() >= 32,
            (Self::Hmac(HmacJwsAlgorithm::Hs384), Key::Secret(bytes), _) => bytes.len() >= 48,
            (Self::Hmac(HmacJwsAlgorithm::Hs512), Key::Secret(bytes), _) => bytes.len() >= 64,
            (Self::Pkcs1(_) | Self::Pss(_), _, Some(PublicKey::Rsa(key))) => {
                use rsa::traits::PublicKeyParts;
                key.n().bits() >= 2048
            }
            (Self::Ecdsa(EcdsaJwsAlgorithm::Es256), _, Some(PublicKey::P256(_)))
            | (Self::Ecdsa(EcdsaJwsAlgorithm::Es384), _, Some(PublicKey::P384(_)))
            | (Self::Ecdsa(EcdsaJwsAlgorithm::Es512), _, Some(PublicKey::P521(_)))
            | (Self::Ecdsa(EcdsaJwsAlgorithm::Es256k), _, Some(PublicKey::Secp256k1(_)))
            | (Self::EdDsa, _, Some(PublicKey::Ed25519(_))) => true,
            _ => false,
        }
    }

    fn parse(self, material: Material<'_>) -> Result<Parsed, JoseError> {
        match (self, material) {
            (Self::Hmac(algorithm), Material::Secret(secret)) => Ok((
                Some(Box::new(algorithm.signer_from_bytes(secret)?)),
                Box::new(algorithm.verifier_from_bytes(secret)?),
            )),
            (Self::Pkcs1(algorithm), Material::Pair { private, public }) => Ok((
                boxed(private.map(|pem| algorithm.signer_from_pem(pem)))?,
                Box::new(algorithm.verifier_from_pem(public)?),
            )),
            (Self::Pss(algorithm), Material::Pair { private, public }) => {
                let private = private.map(SecretDocument::from_pem).transpose();
                let private = private.map_err(|error| JoseError::InvalidKeyFormat(error.into()))?;
                let public = Document::from_pem(public);
                let (_, public) = public.map_err(|error| JoseError::InvalidKeyFormat(error.into()))?;
                Ok((
                    boxed(private.map(|(_, der)| algorithm.signer_from_der(der.as_bytes())))?,
                    Box::new(algorithm.verifier_from_der(public.as_bytes())?),
                ))
            }
            (Self::Ecdsa(algorithm), Material::Pair { private, public }) => Ok((
                boxed(private.map(|pem| algorithm.signer_from_pem(pem)))?,
                Box::new(algorithm.verifier_from_pem(public)?),
            )),
            (Self::EdDsa, Material::Pair { private, public }) => Ok((
                boxed(private.map(|pem| EdDSA.signer_from_pem(pem)))?,
                Box::new(EdDSA.verifier_from_pem(public)?),
            )),
            (Self::Hmac(_), Material::Pair { .. }) | (_, Material::Secret(_)) => Err(
                JoseError::InvalidKeyFormat(std::io::Error::other("a key of another kind").into()),
            ),
        }
    }

    /// From the forms that users store: raw bytes and PEM.
    fn parse_stored(self, ring: &KeyRing, scheme: &str) -> Result<Parsed, JoseError> {
        let pair = |pair: &PemPair| {
            self.parse(Material::Pair {
                private: Some(&pair.secret_pem),
                public: &pair.public_pem,
            })
        };
        match self {
            Self::Hmac(HmacJwsAlgorithm::Hs256) => {
                self.parse(Material::Secret(&ring.symmetric::<32>(scheme)))
            }
            Self::Hmac(HmacJwsAlgorithm::Hs384) => {
                self.parse(Material::Secret(&ring.symmetric::<48>(scheme)))
            }
            Self::Hmac(HmacJwsAlgorithm::Hs512) => {
                self.parse(Material::Secret(&ring.symmetric::<64>(scheme)))
            }
            Self::Pkcs1(_) | Self::Pss(_) => pair(&ring.rsa().pem),
            Self::Ecdsa(EcdsaJwsAlgorithm::Es256) => pair(ring.p256()),
            Self::Ecdsa(EcdsaJwsAlgorithm::Es384) => pair(&ring.p384().pem),
            Self::Ecdsa(EcdsaJwsAlgorithm::Es512) => pair(ring.p521()),
            Self::Ecdsa(EcdsaJwsAlgorithm::Es256k) => pair(ring.secp256k1()),
            Self::EdDsa => {
                let private = ed25519_pem(&ring.ed25519().seed);
                self.parse(Material::Pair {
                    private: private.as_deref(),
                    public: &ring.ed25519().pem.public_pem,
                })
            }
        }
    }
}

fn boxed<S: JwsSigner + 'static>(
    signer: Option<Result<S, JoseError>>,
) -> Result<Option<Box<dyn JwsSigner>>, JoseError> {
    Ok(match signer {
        Some(signer) => Some(Box::new(signer?)),
        None => None,
    })
}

struct JosekitJws {
    algorithm: Algorithm,
    card: ContenderCard,
}

impl JosekitJws {
    fn tokens(&self, (signer, verifier): Parsed) -> Tokens {
        let mut header = JwsHeader::new();
        header.set_token_type("JWT");
        Tokens {
            context: JwsContext::new(),
            header,
            signer,
            verifier,
            lower_s: self.algorithm == Algorithm::Ecdsa(ES256K),
        }
    }
}

impl Contender for JosekitJws {
    fn card(&self) -> &ContenderCard {
        &self.card
    }

    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError> {
        let parsed = self
            .algorithm
            .parse_stored(keys, &self.card.scheme)
            .map_err(|error| SetupError::new(&self.card, error))?;
        Ok(Box::new(Service {
            codec: self.tokens(parsed),
            policy: policy.clone(),
        }))
    }

    fn codec(&self, key: &Key) -> Result<Box<dyn Codec>, SetupError> {
        if !self.algorithm.fits(key) {
            let (given, wanted) = (key.describe(), self.algorithm.wanted());
            let problem = format!("{given} was given, {} wants {wanted}", self.card.algorithm);
            return Err(SetupError::new(&self.card, problem));
        }
        let parsed = with_material(&self.card, key, |material| self.algorithm.parse(material))?;
        Ok(Box::new(self.tokens(parsed)))
    }
}

/// Tokens of one algorithm under one key.
struct Tokens {
    context: JwsContext,
    header: JwsHeader,
    signer: Option<Box<dyn JwsSigner>>,
    verifier: Box<dyn JwsVerifier>,
    lower_s: bool,
}

impl Codec for Tokens {
    fn seal(&self, payload: &[u8], bound: &Bound) -> Result<String, IssueError> {
        can_bind(bound)?;
        let signer = self
            .signer
            .as_deref()
            .ok_or_else(|| IssueError::new("a public key only opens: sealing wants the private key"))?;
        let token = self
            .context
            .serialize_compact(payload, &self.header, signer)
            .map_err(IssueError::new)?;
        if self.lower_s {
            rewrite_authenticated_part(&token, |signature| {
                let given = k256::ecdsa::Signature::from_slice(signature).ok()?;
                if let Some(lower) = given.normalize_s() {
                    signature.copy_from_slice(&lower.to_bytes());
                }
                Some(())
            })
            .ok_or_else(|| IssueError::new("the signature is none of secp256k1"))
        } else {
            Ok(token)
        }
    }

    fn open(&self, token: &str, bound: &Bound) -> Result<Opened, Rejection> {
        is_bound(bound)?;
        let progress = Cell::new(Progress::Parts);
        let verified = self.context.deserialize_compact_with_selector(token, |header| {
            progress.set(if header.algorithm() != Some(self.verifier.algorithm().name()) {
                Progress::OtherScheme
            } else if header.claim("crit").is_some() {
                Progress::Extension
            } else {
                Progress::Key
            });
            Ok((progress.get() == Progress::Key).then_some(self.verifier.as_ref()))
        });
        match verified {
            Ok((payload, _)) => Ok(Opened {
                payload,
                footer: Vec::new(),
            }),
            Err(error) => Err(rejection(&error, progress.get(), token, JWS_DOTS)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::contender::Bound;
    use crate::contenders;
    use crate::keys::KeyRing;
    use crate::malleability::{Malleability, rewrite_authenticated_part};

    /// OpenSSL writes the larger scalar half of the time, so sixteen tokens
    /// without one are no luck; both are verified.
    #[test]
    fn es256k_is_signed_with_the_lower_s_and_verified_with_either() {
        let contender = contenders::named("josekit/ES256K").unwrap();
        let key = KeyRing::from_seed(1).key("jwt.ES256K").unwrap();
        let codec = contender.codec(&key).unwrap();
        let bound = Bound::default();
        for _ in 0..16 {
            let token = codec.seal(b"{}", &bound).unwrap();
            let seen = rewrite_authenticated_part(&token, |signature| {
                let signature = k256::ecdsa::Signature::from_slice(signature).unwrap();
                assert_eq!(signature.normalize_s(), None, "{token}");
                Some(())
            });
            assert_eq!(seen.as_ref(), Some(&token));
            let twin = Malleability::NegatedScalar
                .twin(contender.card(), &token)
                .unwrap();
            for text in [token, twin] {
                assert_eq!(codec.open(&text, &bound).unwrap().payload, b"{}", "{text}");
            }
        }
    }
}
