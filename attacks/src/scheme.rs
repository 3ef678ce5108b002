//! Wire schemes as types: what a verifier was configured to accept.
//!
//! Cards and files spell a scheme `jwt.RS256`, `jwe.dir+A256GCM` or
//! `paseto.v4.public`; attacks and models match on [`Scheme`]. The names are
//! those of RFC 7518 §3.1, §4.1 and §5.1, RFC 8037, RFC 8812 and the draft of
//! ML-DSA for JOSE, with one that is jwt-simple's own (`BLAKE2B`).

use std::fmt;

use tokenlab_harness::paseto;
pub use tokenlab_harness::paseto::{Purpose, Version};
use tokenlab_record::catalogue::Family;

/// A format together with whatever is chosen within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// JWS compact serialization with one algorithm.
    Jwt(JwsAlgorithm),
    /// JWE compact serialization with one way to come by the content key and
    /// one content encryption.
    Jwe(KeyManagement, ContentEncryption),
    /// PASETO of one version and purpose.
    Paseto(Version, Purpose),
    /// Biscuit, whose blocks are always signed the same way.
    Biscuit,
    /// An opaque id, looked up in a store.
    Session(Store),
}

/// Defines an enum of wire names with its list and its spelling.
macro_rules! wire_names {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// Each of them, in the order of the specification.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// As on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The one of that name, letter for letter.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.name() == name)
            }
        }
    };
}

wire_names! {
    /// Algorithms of JWS.
    JwsAlgorithm {
        /// HMAC with SHA-256.
        Hs256 = "HS256",
        /// HMAC with SHA-384.
        Hs384 = "HS384",
        /// HMAC with SHA-512.
        Hs512 = "HS512",
        /// Keyed BLAKE2b, a private name of jwt-simple.
        Blake2b = "BLAKE2B",
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        Rs256 = "RS256",
        /// RSASSA-PKCS1-v1_5 with SHA-384.
        Rs384 = "RS384",
        /// RSASSA-PKCS1-v1_5 with SHA-512.
        Rs512 = "RS512",
        /// RSASSA-PSS with SHA-256.
        Ps256 = "PS256",
        /// RSASSA-PSS with SHA-384.
        Ps384 = "PS384",
        /// RSASSA-PSS with SHA-512.
        Ps512 = "PS512",
        /// ECDSA over P-256.
        Es256 = "ES256",
        /// ECDSA over P-384.
        Es384 = "ES384",
        /// ECDSA over P-521.
        Es512 = "ES512",
        /// ECDSA over secp256k1.
        Es256K = "ES256K",
        /// Ed25519.
        EdDsa = "EdDSA",
        /// ML-DSA of NIST category 2.
        MlDsa44 = "ML-DSA-44",
        /// ML-DSA of NIST category 3.
        MlDsa65 = "ML-DSA-65",
        /// ML-DSA of NIST category 5.
        MlDsa87 = "ML-DSA-87",
    }
}

wire_names! {
    /// How a JWE comes by its content key (`alg`).
    KeyManagement {
        /// RSAES-PKCS1-v1_5.
        Rsa15 = "RSA1_5",
        /// RSAES-OAEP with SHA-1.
        RsaOaep = "RSA-OAEP",
        /// RSAES-OAEP with SHA-256.
        RsaOaep256 = "RSA-OAEP-256",
        /// RSAES-OAEP with SHA-384.
        RsaOaep384 = "RSA-OAEP-384",
        /// RSAES-OAEP with SHA-512.
        RsaOaep512 = "RSA-OAEP-512",
        /// AES key wrap, 128 bits.
        A128Kw = "A128KW",
        /// AES key wrap, 192 bits.
        A192Kw = "A192KW",
        /// AES key wrap, 256 bits.
        A256Kw = "A256KW",
        /// The shared key itself.
        Dir = "dir",
        /// Ephemeral-static Diffie-Hellman, its result the content key.
        EcdhEs = "ECDH-ES",
        /// Likewise, its result wraps the content key.
        EcdhEsA128Kw = "ECDH-ES+A128KW",
        /// Likewise, 192 bits.
        EcdhEsA192Kw = "ECDH-ES+A192KW",
        /// Likewise, 256 bits.
        EcdhEsA256Kw = "ECDH-ES+A256KW",
        /// AES-GCM key wrap, 128 bits.
        A128GcmKw = "A128GCMKW",
        /// AES-GCM key wrap, 192 bits.
        A192GcmKw = "A192GCMKW",
        /// AES-GCM key wrap, 256 bits.
        A256GcmKw = "A256GCMKW",
        /// A password, by PBKDF2 with SHA-256.
        Pbes2Hs256 = "PBES2-HS256+A128KW",
        /// A password, by PBKDF2 with SHA-384.
        Pbes2Hs384 = "PBES2-HS384+A192KW",
        /// A password, by PBKDF2 with SHA-512.
        Pbes2Hs512 = "PBES2-HS512+A256KW",
    }
}

wire_names! {
    /// How a JWE encrypts its content (`enc`).
    ContentEncryption {
        /// AES-128-CBC with HMAC-SHA256.
        A128CbcHs256 = "A128CBC-HS256",
        /// AES-192-CBC with HMAC-SHA384.
        A192CbcHs384 = "A192CBC-HS384",
        /// AES-256-CBC with HMAC-SHA512.
        A256CbcHs512 = "A256CBC-HS512",
        /// AES-128-GCM.
        A128Gcm = "A128GCM",
        /// AES-192-GCM.
        A192Gcm = "A192GCM",
        /// AES-256-GCM.
        A256Gcm = "A256GCM",
    }
}

wire_names! {
    /// Where sessions are kept.
    Store {
        /// In the memory of this process.
        Memory = "memory",
        /// In an embedded database on disk.
        Redb = "redb",
        /// In a server on this machine.
        Redis = "redis",
        /// In a table of an SQL database, of which this lab has models only.
        Sql = "sql",
    }
}

impl JwsAlgorithm {
    /// Whether issuer and verifier share one secret.
    #[must_use]
    pub const fn is_shared(self) -> bool {
        matches!(self, Self::Hs256 | Self::Hs384 | Self::Hs512 | Self::Blake2b)
    }
}

impl KeyManagement {
    /// Whether everybody with the verifier's public key can make such a token.
    #[must_use]
    pub const fn is_public(self) -> bool {
        matches!(
            self,
            Self::Rsa15
                | Self::RsaOaep
                | Self::RsaOaep256
                | Self::RsaOaep384
                | Self::RsaOaep512
                | Self::EcdhEs
                | Self::EcdhEsA128Kw
                | Self::EcdhEsA192Kw
                | Self::EcdhEsA256Kw
        )
    }
}

/// The purpose that this is not.
#[must_use]
pub const fn other_purpose(purpose: Purpose) -> Purpose {
    match purpose {
        Purpose::Local => Purpose::Public,
        Purpose::Public => Purpose::Local,
    }
}

impl Scheme {
    /// Reads the spelling of cards and files; `None` for a scheme that no
    /// attack knows.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        let (family, name) = text.split_once('.')?;
        match family {
            "jwt" => JwsAlgorithm::named(name).map(Self::Jwt),
            "jwe" => {
                let (alg, enc) = name.rsplit_once('+')?;
                Some(Self::Jwe(
                    KeyManagement::named(alg)?,
                    ContentEncryption::named(enc)?,
                ))
            }
            "paseto" => {
                let paseto = paseto::Scheme::from_wire(text)?;
                Some(Self::Paseto(paseto.version, paseto.purpose))
            }
            "biscuit" => (name == BISCUIT).then_some(Self::Biscuit),
            "session" => Store::named(name).map(Self::Session),
            _ => None,
        }
    }

    /// The kind of credential.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::Jwt(_) => Family::Jwt,
            Self::Jwe(..) => Family::Jwe,
            Self::Paseto(..) => Family::Paseto,
            Self::Biscuit => Family::Biscuit,
            Self::Session(_) => Family::Session,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jwt(algorithm) => write!(f, "jwt.{}", algorithm.name()),
            Self::Jwe(alg, enc) => write!(f, "jwe.{}+{}", alg.name(), enc.name()),
            Self::Paseto(version, purpose) => write!(f, "paseto.{}.{}", version.name(), purpose.name()),
            Self::Biscuit => write!(f, "biscuit.{BISCUIT}"),
            Self::Session(store) => write!(f, "session.{}", store.name()),
        }
    }
}

/// The version of Biscuit that this lab speaks.
const BISCUIT: &str = "v3";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_reads_back_what_it_writes_and_nothing_else() {
        for text in [
            "jwt.HS256",
            "jwt.EdDSA",
            "jwt.ML-DSA-65",
            "jwe.dir+A256GCM",
            "jwe.ECDH-ES+A256KW+A256GCM",
            "jwe.PBES2-HS512+A256KW+A256CBC-HS512",
            "paseto.v1.local",
            "paseto.v4.public",
            "biscuit.v3",
            "session.redb",
        ] {
            assert_eq!(
                Scheme::from_wire(text)
                    .map(|scheme| scheme.to_string())
                    .as_deref(),
                Some(text)
            );
        }
        for text in [
            "",
            "jwt",
            "jwt.none",
            "jwt.hs256",
            "paseto.v5.local",
            "paseto.v4",
            "jwe.dir",
            "jwe.none+A256GCM",
            "biscuit.v2",
            "session.",
        ] {
            assert_eq!(Scheme::from_wire(text), None, "{text}");
        }
    }

    #[test]
    fn every_scheme_of_a_contender_is_known() {
        for contender in tokenlab_harness::contenders::all() {
            let text = &contender.card().scheme;
            let scheme = Scheme::from_wire(text).unwrap_or_else(|| panic!("{text} is unknown"));
            assert_eq!(&scheme.to_string(), text);
            assert_eq!(scheme.family(), contender.card().family, "{text}");
        }
    }
}
