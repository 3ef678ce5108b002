//! JWE compact tokens by `josekit` on OpenSSL (RFC 7516, RFC 7518 §4 and §5).
//!
//! Algorithm and content encryption come from the scheme: a header that names
//! others is refused before any key is used, and so are the encrypted key, the
//! initialization vector and the tag if one is not as long as the scheme has it
//! (RFC 7518 §4 and §5). Compression is turned off, so that no token unfolds
//! into more than it shows.
//!
//! One caveat: a password is stretched by 1,000 rounds of PBKDF2, the library's
//! default and the least that RFC 7518 §4.8.1.2 recommends. It reads tokens of
//! up to 1,000,000 rounds, each of which costs the verifier.

use std::cell::Cell;

use ::josekit::JoseError;
use ::josekit::jwe::alg::ecdh_es::EcdhEsJweAlgorithm;
use ::josekit::jwe::alg::rsaes::RsaesJweAlgorithm;
use ::josekit::jwe::{
    A256GCMKW, A256KW, Dir, ECDH_ES, ECDH_ES_A256KW, JweContext, JweDecrypter, JweEncrypter, JweHeader,
    PBES2_HS512_A256KW, RSA_OAEP, RSA_OAEP_256,
};
use rsa::traits::PublicKeyParts;
use tokenlab_record::catalogue::{Class, ContenderCard, Family};

use super::{JWE_DOTS, Material, Progress, Service, card, rejection, with_material};
use crate::contender::{Bound, Codec, Contender, IssueError, Opened, SetupError, TokenService};
use crate::contenders::jws::{can_bind, is_bound};
use crate::exchange::{Key, PublicKey};
use crate::keys::KeyRing;
use crate::policy::Policy;
use crate::rejection::{RejectReason, Rejection};

/// Each algorithm with a content encryption that goes with it, and what the
/// two compute.
const ALGORITHMS: &[(Management, Content, &str)] = &[
    (Management::Direct, Content::Gcm, "AES-256-GCM"),
    (Management::Direct, Content::CbcHmac, "AES-256-CBC, HMAC-SHA512"),
    (Management::AesKw, Content::Gcm, "A256KW, AES-256-GCM"),
    (
        Management::AesKw,
        Content::CbcHmac,
        "A256KW, AES-256-CBC, HMAC-SHA512",
    ),
    (Management::AesGcmKw, Content::Gcm, "A256GCMKW, AES-256-GCM"),
    (
        Management::Password,
        Content::Gcm,
        "PBKDF2-SHA512, A256KW, AES-256-GCM",
    ),
    (Management::EcdhEs, Content::Gcm, "ECDH P-256, AES-256-GCM"),
    (
        Management::EcdhEsAesKw,
        Content::Gcm,
        "ECDH P-256, A256KW, AES-256-GCM",
    ),
    (Management::RsaOaep, Content::Gcm, "RSA-2048 OAEP, AES-256-GCM"),
    (
        Management::RsaOaep256,
        Content::Gcm,
        "RSA-2048 OAEP SHA-256, AES-256-GCM",
    ),
];

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    ALGORITHMS
        .iter()
        .map(|(management, content, primitive)| {
            let algorithm = format!("{}+{}", management.name(), content.name());
            let mut card = card(Family::Jwe, management.class(), algorithm, primitive);
            card.footnote = management.footnote().map(str::to_owned);
            Box::new(JosekitJwe {
                management: *management,
                content: *content,
                card,
            }) as Box<dyn Contender>
        })
        .collect()
}

/// How the content encryption key comes about, RFC 7518 §4.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Management {
    Direct,
    AesKw,
    AesGcmKw,
    Password,
    EcdhEs,
    EcdhEsAesKw,
    RsaOaep,
    RsaOaep256,
}

/// What encrypts the claims, RFC 7518 §5.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Gcm,
    CbcHmac,
}

impl Content {
    const fn name(self) -> &'static str {
        match self {
            Self::Gcm => "A256GCM",
            Self::CbcHmac => "A256CBC-HS512",
        }
    }

    const fn key_bytes(self) -> usize {
        match self {
            Self::Gcm => 32,
            Self::CbcHmac => 64,
        }
    }

    const fn iv_bytes(self) -> usize {
        match self {
            Self::Gcm => 12,
            Self::CbcHmac => 16,
        }
    }

    const fn tag_bytes(self) -> usize {
        match self {
            Self::Gcm => 16,
            Self::CbcHmac => 32,
        }
    }
}

/// What encrypts, what decrypts if there is a private key, and how long an
/// encrypted key is.
struct Parsed {
    encrypter: Box<dyn JweEncrypter>,
    decrypter: Option<Box<dyn JweDecrypter>>,
    encrypted_key_bytes: usize,
}

impl Management {
    const fn name(self) -> &'static str {
        match self {
            Self::Direct => "dir",
            Self::AesKw => "A256KW",
            Self::AesGcmKw => "A256GCMKW",
            Self::Password => "PBES2-HS512+A256KW",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsAesKw => "ECDH-ES+A256KW",
            Self::RsaOaep => "RSA-OAEP",
            Self::RsaOaep256 => "RSA-OAEP-256",
        }
    }

    const fn class(self) -> Class {
        match self {
            Self::Direct | Self::AesKw | Self::AesGcmKw | Self::Password => Class::Aead,
            Self::EcdhEs | Self::EcdhEsAesKw | Self::RsaOaep | Self::RsaOaep256 => Class::PublicKeyEncryption,
        }
    }

    const fn footnote(self) -> Option<&'static str> {
        match self {
            Self::Direct | Self::AesKw | Self::AesGcmKw => None,
            Self::Password => Some(
                "1,000 rounds of PBKDF2, the library's default; OWASP asks 210,000 for passwords of people",
            ),
            Self::EcdhEs | Self::EcdhEsAesKw | Self::RsaOaep | Self::RsaOaep256 => {
                Some("whoever has the public key can make such a token, so it says nothing of its issuer")
            }
        }
    }

    /// The key that is wanted, for messages.
    fn wanted(self, content: Content) -> String {
        match self {
            Self::Direct => format!("a secret of {} bytes", content.key_bytes()),
            Self::AesKw | Self::AesGcmKw => "a secret of 32 bytes".into(),
            Self::Password => "a password".into(),
            Self::EcdhEs | Self::EcdhEsAesKw => "a P-256 key".into(),
            Self::RsaOaep | Self::RsaOaep256 => "an RSA key of 2048 bits or more".into(),
        }
    }

    /// Whether `key` is of the kind, length or curve that is wanted.
    fn fits(self, content: Content, key: &Key) -> bool {
        match (self, key, key.public()) {
            (Self::Direct, Key::Secret(bytes), _) => bytes.len() == content.key_bytes(),
            (Self::AesKw | Self::AesGcmKw, Key::Secret(bytes), _) => bytes.len() == 32,
            (Self::Password, Key::Secret(bytes), _) => !bytes.is_empty(),
            (Self::EcdhEs | Self::EcdhEsAesKw, _, Some(PublicKey::P256(_))) => true,
            (Self::RsaOaep | Self::RsaOaep256, _, Some(PublicKey::Rsa(key))) => key.n().bits() >= 2048,
            _ => false,
        }
    }

    fn parse(self, content: Content, material: Material<'_>) -> Result<Parsed, JoseError> {
        match (self, material) {
            (Self::Direct, Material::Secret(secret)) => Ok(Parsed {
                encrypter: Box::new(Dir.encrypter_from_bytes(secret)?),
                decrypter: Some(Box::new(Dir.decrypter_from_bytes(secret)?)),
                encrypted_key_bytes: 0,
            }),
            (Self::AesKw, Material::Secret(secret)) => Ok(Parsed {
                encrypter: Box::new(A256KW.encrypter_from_bytes(secret)?),
                decrypter: Some(Box::new(A256KW.decrypter_from_bytes(secret)?)),
                encrypted_key_bytes: wrapped(content),
            }),
            (Self::AesGcmKw, Material::Secret(secret)) => Ok(Parsed {
                encrypter: Box::new(A256GCMKW.encrypter_from_bytes(secret)?),
                decrypter: Some(Box::new(A256GCMKW.decrypter_from_bytes(secret)?)),
                encrypted_key_bytes: content.key_bytes(),
            }),
            (Self::Password, Material::Secret(secret)) => Ok(Parsed {
                encrypter: Box::new(PBES2_HS512_A256KW.encrypter_from_bytes(secret)?),
                decrypter: Some(Box::new(PBES2_HS512_A256KW.decrypter_from_bytes(secret)?)),
                encrypted_key_bytes: wrapped(content),
            }),
            (Self::EcdhEs, material) => agreement(ECDH_ES, material, 0),
            (Self::EcdhEsAesKw, material) => agreement(ECDH_ES_A256KW, material, wrapped(content)),
            (Self::RsaOaep, material) => transport(RSA_OAEP, material),
            (Self::RsaOaep256, material) => transport(RSA_OAEP_256, material),
            (Self::Direct | Self::AesKw | Self::AesGcmKw | Self::Password, Material::Pair { .. }) => {
                Err(another_kind())
            }
        }
    }

    /// From the forms that users store: raw bytes and PEM.
    fn parse_stored(self, content: Content, ring: &KeyRing, scheme: &str) -> Result<Parsed, JoseError> {
        let pair = match self {
            Self::EcdhEs | Self::EcdhEsAesKw => ring.p256(),
            Self::RsaOaep | Self::RsaOaep256 => &ring.rsa().pem,
            Self::Direct | Self::AesKw | Self::AesGcmKw | Self::Password => {
                let key = ring.key(scheme);
                let secret = key.as_ref().and_then(Key::secret).ok_or_else(another_kind)?;
                return self.parse(content, Material::Secret(secret));
            }
        };
        let (private, public) = (Some(pair.secret_pem.as_str()), pair.public_pem.as_str());
        self.parse(content, Material::Pair { private, public })
    }
}

/// Length of a content encryption key after AES key wrap, RFC 3394 §2.2.1.
const fn wrapped(content: Content) -> usize {
    content.key_bytes() + 8
}

fn agreement(
    algorithm: EcdhEsJweAlgorithm,
    material: Material<'_>,
    encrypted_key_bytes: usize,
) -> Result<Parsed, JoseError> {
    let Material::Pair { private, public } = material else {
        return Err(another_kind());
    };
    let decrypter = private.map(|pem| algorithm.decrypter_from_pem(pem)).transpose()?;
    Ok(Parsed {
        encrypter: Box::new(algorithm.encrypter_from_pem(public)?),
        decrypter: decrypter.map(|decrypter| Box::new(decrypter) as Box<dyn JweDecrypter>),
        encrypted_key_bytes,
    })
}

fn transport(algorithm: RsaesJweAlgorithm, material: Material<'_>) -> Result<Parsed, JoseError> {
    use rsa::pkcs8::DecodePublicKey;
    let Material::Pair { private, public } = material else {
        return Err(another_kind());
    };
    let decrypter = private.map(|pem| algorithm.decrypter_from_pem(pem)).transpose()?;
    let modulus = rsa::RsaPublicKey::from_public_key_pem(public);
    let modulus = modulus.map_err(|error| JoseError::InvalidKeyFormat(error.into()))?;
    Ok(Parsed {
        encrypter: Box::new(algorithm.encrypter_from_pem(public)?),
        decrypter: decrypter.map(|decrypter| Box::new(decrypter) as Box<dyn JweDecrypter>),
        encrypted_key_bytes: modulus.size(),
    })
}

fn another_kind() -> JoseError {
    JoseError::InvalidKeyFormat(std::io::Error::other("a key of another kind").into())
}

struct JosekitJwe {
    management: Management,
    content: Content,
    card: ContenderCard,
}

impl JosekitJwe {
    fn tokens(&self, parsed: Parsed) -> Tokens {
        let mut context = JweContext::new();
        context.remove_compression("DEF");
        let mut header = JweHeader::new();
        header.set_token_type("JWT");
        header.set_content_encryption(self.content.name());
        Tokens {
            context,
            header,
            management: self.management,
            content: self.content,
            parsed,
        }
    }
}

impl Contender for JosekitJwe {
    fn card(&self) -> &ContenderCard {
        &self.card
    }

    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError> {
        let parsed = self
            .management
            .parse_stored(self.content, keys, &self.card.scheme)
            .map_err(|error| SetupError::new(&self.card, error))?;
        Ok(Box::new(Service {
            codec: self.tokens(parsed),
            policy: policy.clone(),
        }))
    }

    fn codec(&self, key: &Key) -> Result<Box<dyn Codec>, SetupError> {
        if !self.management.fits(self.content, key) {
            let (given, wanted) = (key.describe(), self.management.wanted(self.content));
            let problem = format!("{given} was given, {} wants {wanted}", self.card.algorithm);
            return Err(SetupError::new(&self.card, problem));
        }
        let parsed = with_material(&self.card, key, |material| {
            self.management.parse(self.content, material)
        })?;
        Ok(Box::new(self.tokens(parsed)))
    }
}

/// Tokens of one scheme under one key.
struct Tokens {
    context: JweContext,
    header: JweHeader,
    management: Management,
    content: Content,
    parsed: Parsed,
}

impl Tokens {
    /// How far `token` under `header` may come: to the key only if the header
    /// names the scheme alone and every part is as long as the scheme has it.
    fn admit(&self, token: &str, header: &JweHeader) -> Progress {
        let scheme = (Some(self.management.name()), Some(self.content.name()));
        if (header.algorithm(), header.content_encryption()) != scheme {
            return Progress::OtherScheme;
        }
        if header.claim("crit").is_some() {
            return Progress::Extension;
        }
        let lengths: Vec<usize> = token.split('.').map(str::len).collect();
        let wanted = [
            self.parsed.encrypted_key_bytes,
            self.content.iv_bytes(),
            self.content.tag_bytes(),
        ];
        let [_, key, iv, _, tag] = lengths.as_slice() else {
            return Progress::Parts;
        };
        let [wanted_key, wanted_iv, wanted_tag] = wanted.map(encoded);
        let wrapping_tag = header.claim("tag").and_then(|tag| tag.as_str()).map(str::len);
        if *key != wanted_key {
            Progress::Length(RejectReason::Malformed, "the encrypted key has another length")
        } else if *iv != wanted_iv {
            Progress::Length(
                RejectReason::Malformed,
                "the initialization vector has another length",
            )
        } else if *tag != wanted_tag {
            Progress::Length(RejectReason::BadSignature, "the tag has another length")
        } else if self.management == Management::AesGcmKw && wrapping_tag != Some(encoded(16)) {
            Progress::Length(
                RejectReason::BadSignature,
                "the tag of the key has another length",
            )
        } else {
            Progress::Key
        }
    }
}

/// Length of so many bytes as base64url without padding.
const fn encoded(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

impl Codec for Tokens {
    fn seal(&self, payload: &[u8], bound: &Bound) -> Result<String, IssueError> {
        can_bind(bound)?;
        self.context
            .serialize_compact(payload, &self.header, self.parsed.encrypter.as_ref())
            .map_err(IssueError::new)
    }

    fn open(&self, token: &str, bound: &Bound) -> Result<Opened, Rejection> {
        is_bound(bound)?;
        let Some(decrypter) = self.parsed.decrypter.as_deref() else {
            return Err(Rejection::new(
                RejectReason::Internal,
                "a public key only seals: opening wants the private key",
            ));
        };
        let progress = Cell::new(Progress::Parts);
        let decrypted = self.context.deserialize_compact_with_selector(token, |header| {
            progress.set(self.admit(token, header));
            Ok((progress.get() == Progress::Key).then_some(decrypter))
        });
        match decrypted {
            Ok((payload, _)) => Ok(Opened {
                payload,
                footer: Vec::new(),
            }),
            Err(error) => Err(rejection(&error, progress.get(), token, JWE_DOTS)),
        }
    }
}
