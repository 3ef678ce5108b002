//! Every key of a run, derived from one seed.
//!
//! The same seed gives the same keys on every machine, so a run can be
//! repeated and a fuzz corpus stays valid; nothing secret is ever committed.
//! Keys are made when first asked for, because RSA takes a second.
//!
//! JWT contenders receive PEM text, PASETO contenders raw bytes: what a user
//! of that library has stored. Keys of one kind are shared between contenders
//! on purpose (Ed25519 by EdDSA and v4.public, RSA by RS256 and PS256), so that
//! a token of the wrong scheme is refused for its scheme and not by the luck
//! of another key. Symmetric keys differ by scheme.

use std::sync::OnceLock;

use crate::exchange::{Key, MlDsa, PrivateKey};

use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::EncodePublicKey;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::LineEnding;
use sha2::{Digest, Sha256};

/// Secret and public keys of every kind that a contender can ask for.
pub struct KeyRing {
    seed: u64,
    ed25519: OnceLock<Ed25519Pair>,
    p256: OnceLock<PemPair>,
    p384: OnceLock<P384Pair>,
    p521: OnceLock<PemPair>,
    secp256k1: OnceLock<PemPair>,
    rsa: OnceLock<RsaPair>,
    ml_dsa: [OnceLock<Vec<u8>>; 3],
}

/// An asymmetric pair as PEM text: PKCS#8 and SubjectPublicKeyInfo.
#[derive(Clone)]
pub struct PemPair {
    /// `BEGIN PRIVATE KEY`.
    pub secret_pem: String,
    /// `BEGIN PUBLIC KEY`.
    pub public_pem: String,
}

/// An Ed25519 pair.
#[derive(Clone)]
pub struct Ed25519Pair {
    /// Seed, 32 bytes.
    pub seed: [u8; 32],
    /// Public key, 32 bytes.
    pub public: [u8; 32],
    /// As PEM.
    pub pem: PemPair,
}

impl Ed25519Pair {
    /// Seed then public key, 64 bytes: how PASETO stores a v2 or v4 secret key.
    #[must_use]
    pub fn secret_then_public(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        let (secret, public) = bytes.split_at_mut(32);
        secret.copy_from_slice(&self.seed);
        public.copy_from_slice(&self.public);
        bytes
    }
}

/// A P-384 pair.
#[derive(Clone)]
pub struct P384Pair {
    /// Secret scalar, 48 bytes, big-endian.
    pub secret: [u8; 48],
    /// Compressed point, 49 bytes: how PASETO stores a v3 public key.
    pub public_compressed: [u8; 49],
    /// As PEM.
    pub pem: PemPair,
}

/// An RSA pair of 2048 bits.
#[derive(Clone)]
pub struct RsaPair {
    /// As PEM.
    pub pem: PemPair,
    /// The public key in the older form, `BEGIN RSA PUBLIC KEY` (PKCS#1).
    pub public_pkcs1_pem: String,
}

/// The public half of a ring: everything that an outsider may know, and no way
/// back to the rest.
#[derive(Clone)]
pub struct PublicKeys {
    /// Ed25519 public key, 32 bytes.
    pub ed25519: [u8; 32],
    /// Ed25519 public key, `BEGIN PUBLIC KEY`.
    pub ed25519_pem: String,
    /// P-256 public key, `BEGIN PUBLIC KEY`.
    pub p256_pem: String,
    /// P-384 public key, compressed point, 49 bytes.
    pub p384_compressed: [u8; 49],
    /// P-384 public key, `BEGIN PUBLIC KEY`.
    pub p384_pem: String,
    /// RSA public key, `BEGIN PUBLIC KEY`.
    pub rsa_pem: String,
    /// RSA public key, `BEGIN RSA PUBLIC KEY`.
    pub rsa_pkcs1_pem: String,
}

impl KeyRing {
    /// A ring whose every key follows from `seed`.
    #[must_use]
    pub const fn from_seed(seed: u64) -> Self {
        Self {
            seed,
            ed25519: OnceLock::new(),
            p256: OnceLock::new(),
            p384: OnceLock::new(),
            p521: OnceLock::new(),
            secp256k1: OnceLock::new(),
            rsa: OnceLock::new(),
            ml_dsa: [const { OnceLock::new() }; 3],
        }
    }

    /// A symmetric key of `N` bytes for `scheme`, another for every scheme.
    #[must_use]
    pub fn symmetric<const N: usize>(&self, scheme: &str) -> [u8; N] {
        let mut key = [0; N];
        self.rng(scheme).fill_bytes(&mut key);
        key
    }

    /// The Ed25519 pair of EdDSA, v2.public and v4.public.
    pub fn ed25519(&self) -> &Ed25519Pair {
        self.ed25519.get_or_init(|| {
            let seed = self.symmetric("ed25519");
            let secret = ed25519_dalek::SigningKey::from_bytes(&seed);
            let public = secret.verifying_key();
            Ed25519Pair {
                seed,
                public: public.to_bytes(),
                pem: pem_pair(&secret, &public),
            }
        })
    }

    /// The P-256 pair of ES256.
    pub fn p256(&self) -> &PemPair {
        self.p256.get_or_init(|| {
            let secret = p256::SecretKey::random(&mut self.rng("p256"));
            pem_pair(&secret, &secret.public_key())
        })
    }

    /// The P-384 pair of ES384 and v3.public.
    pub fn p384(&self) -> &P384Pair {
        use p384::elliptic_curve::sec1::ToEncodedPoint;
        self.p384.get_or_init(|| {
            let secret = p384::SecretKey::random(&mut self.rng("p384"));
            let public = secret.public_key();
            let mut public_compressed = [0; 49];
            public_compressed.copy_from_slice(public.to_encoded_point(true).as_bytes());
            P384Pair {
                secret: secret.to_bytes().into(),
                public_compressed,
                pem: pem_pair(&secret, &public),
            }
        })
    }

    /// The P-521 pair of ES512.
    pub fn p521(&self) -> &PemPair {
        self.p521.get_or_init(|| {
            let secret = p521::SecretKey::random(&mut self.rng("p521"));
            pem_pair(&secret, &secret.public_key())
        })
    }

    /// The secp256k1 pair of ES256K.
    pub fn secp256k1(&self) -> &PemPair {
        self.secp256k1.get_or_init(|| {
            let secret = k256::SecretKey::random(&mut self.rng("secp256k1"));
            pem_pair(&secret, &secret.public_key())
        })
    }

    /// The seed of an ML-DSA pair (FIPS 204 §5.1), another for every parameter set.
    #[must_use]
    pub fn ml_dsa_seed(&self, set: MlDsa) -> [u8; 32] {
        self.symmetric(set.name())
    }

    /// The public key of that pair, encoded as in FIPS 204 §7.2.
    pub fn ml_dsa_public(&self, set: MlDsa) -> &[u8] {
        let [of_44, of_65, of_87] = &self.ml_dsa;
        let slot = match set {
            MlDsa::MlDsa44 => of_44,
            MlDsa::MlDsa65 => of_65,
            MlDsa::MlDsa87 => of_87,
        };
        slot.get_or_init(|| set.public_key(self.ml_dsa_seed(set)))
    }

    /// The RSA pair of RS256 to PS512, RSA-OAEP and v1.public. The first call takes about a second.
    ///
    /// # Panics
    /// If no RSA key can be made, which would be a bug of the `rsa` crate.
    pub fn rsa(&self) -> &RsaPair {
        self.rsa.get_or_init(|| {
            #[allow(clippy::expect_used)] // 2048 is a size the crate offers
            let secret =
                rsa::RsaPrivateKey::new(&mut self.rng("rsa"), 2048).expect("an RSA key of 2048 bits");
            let public = secret.to_public_key();
            #[allow(clippy::expect_used)] // a fresh key has an encoding
            let public_pkcs1_pem = public
                .to_pkcs1_pem(LineEnding::LF)
                .expect("PKCS#1 of a fresh key");
            RsaPair {
                pem: pem_pair(&secret, &public),
                public_pkcs1_pem,
            }
        })
    }

    /// The private or shared key of a wire scheme: it makes tokens and opens
    /// them. `None` of a scheme that has no key here.
    #[must_use]
    pub fn key(&self, scheme: &str) -> Option<Key> {
        use p256::pkcs8::DecodePrivateKey;
        let secret = |length: usize| {
            let mut bytes = vec![0; length];
            self.rng(scheme).fill_bytes(&mut bytes);
            Some(Key::Secret(bytes))
        };
        let private = |key| Some(Key::Private(key));
        let rsa = || {
            let key = rsa::RsaPrivateKey::from_pkcs8_pem(&self.rsa().pem.secret_pem).ok()?;
            private(PrivateKey::Rsa(Box::new(key)))
        };
        let p256 = || {
            let key = p256::SecretKey::from_pkcs8_pem(&self.p256().secret_pem).ok()?;
            private(PrivateKey::P256(key))
        };
        let (family, name) = scheme.split_once('.')?;
        match (family, name) {
            ("jwt", "HS256" | "BLAKE2B") | ("paseto", "v1.local" | "v2.local" | "v3.local" | "v4.local") => {
                secret(32)
            }
            ("jwt", "HS384") => secret(48),
            ("jwt", "HS512") => secret(64),
            ("jwt", "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512") | ("paseto", "v1.public") => {
                rsa()
            }
            ("jwt", "ES256") => p256(),
            ("jwt", "ES384") | ("paseto", "v3.public") => private(PrivateKey::P384(
                p384::SecretKey::from_pkcs8_pem(&self.p384().pem.secret_pem).ok()?,
            )),
            ("jwt", "ES512") => private(PrivateKey::P521(
                p521::SecretKey::from_pkcs8_pem(&self.p521().secret_pem).ok()?,
            )),
            ("jwt", "ES256K") => private(PrivateKey::Secp256k1(
                k256::SecretKey::from_pkcs8_pem(&self.secp256k1().secret_pem).ok()?,
            )),
            ("jwt", "EdDSA") | ("paseto", "v2.public" | "v4.public") | ("biscuit", _) => {
                private(PrivateKey::Ed25519(self.ed25519().seed))
            }
            // The last plus sign: `ECDH-ES+A256KW` has one of its own.
            ("jwe", name) => match name.rsplit_once('+')? {
                ("dir", encryption) => secret(content_key_bytes(encryption)?),
                ("A128KW" | "A128GCMKW", _) => secret(16),
                ("A192KW" | "A192GCMKW", _) => secret(24),
                ("A256KW" | "A256GCMKW", _) => secret(32),
                (password, _) if password.starts_with("PBES2-") => {
                    Some(Key::Secret(self.password(scheme).into_bytes()))
                }
                (agreement, _) if agreement.starts_with("ECDH-ES") => p256(),
                ("RSA-OAEP" | "RSA-OAEP-256", _) => rsa(),
                _ => None,
            },
            ("jwt", name) => {
                let set = MlDsa::named(name)?;
                let public = self.ml_dsa_public(set).to_vec();
                private(PrivateKey::MlDsa(set, self.ml_dsa_seed(set), public))
            }
            _ => None,
        }
    }

    /// A password for `scheme`: 20 letters and digits, about 119 bits.
    fn password(&self, scheme: &str) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut rng = self.rng(scheme);
        let letters = std::iter::repeat_with(|| rng.next_u32() as usize % LETTERS.len());
        letters
            .filter_map(|index| LETTERS.get(index))
            .map(|letter| char::from(*letter))
            .take(20)
            .collect()
    }

    /// Everything of this ring that is public.
    pub fn public(&self) -> PublicKeys {
        PublicKeys {
            ed25519: self.ed25519().public,
            ed25519_pem: self.ed25519().pem.public_pem.clone(),
            p256_pem: self.p256().public_pem.clone(),
            p384_compressed: self.p384().public_compressed,
            p384_pem: self.p384().pem.public_pem.clone(),
            rsa_pem: self.rsa().pem.public_pem.clone(),
            rsa_pkcs1_pem: self.rsa().public_pkcs1_pem.clone(),
        }
    }

    /// A generator of its own for every label, so that asking for one key
    /// never changes another.
    fn rng(&self, label: &str) -> ChaCha20Rng {
        let mut digest = Sha256::new();
        digest.update(b"tokenlab key ring");
        digest.update(self.seed.to_be_bytes());
        digest.update(label);
        ChaCha20Rng::from_seed(digest.finalize().into())
    }
}

/// Length of the content encryption key of a JWE's `enc`, RFC 7518 §5.1.
fn content_key_bytes(encryption: &str) -> Option<usize> {
    match encryption {
        "A128GCM" => Some(16),
        "A192GCM" => Some(24),
        "A256GCM" | "A128CBC-HS256" => Some(32),
        "A192CBC-HS384" => Some(48),
        "A256CBC-HS512" => Some(64),
        _ => None,
    }
}

fn pem_pair(secret: &impl EncodePrivateKey, public: &impl EncodePublicKey) -> PemPair {
    #[allow(clippy::expect_used)] // a key that was just made has an encoding
    let secret_pem = secret
        .to_pkcs8_pem(LineEnding::LF)
        .expect("PKCS#8 of a fresh key");
    #[allow(clippy::expect_used)] // likewise
    let public_pem = public
        .to_public_key_pem(LineEnding::LF)
        .expect("SPKI of a fresh key");
    PemPair {
        secret_pem: secret_pem.to_string(),
        public_pem,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_keys_and_another_seed_others() {
        let (a, again, b) = (
            KeyRing::from_seed(1),
            KeyRing::from_seed(1),
            KeyRing::from_seed(2),
        );
        // Asked for in another order on purpose.
        assert_eq!(again.p384().pem.secret_pem, a.p384().pem.secret_pem);
        assert_eq!(again.p256().secret_pem, a.p256().secret_pem);
        assert_eq!(again.ed25519().seed, a.ed25519().seed);
        assert_eq!(again.rsa().pem.secret_pem, a.rsa().pem.secret_pem);
        assert_ne!(b.ed25519().seed, a.ed25519().seed);
        assert_ne!(b.rsa().pem.secret_pem, a.rsa().pem.secret_pem);
    }

    #[test]
    fn a_jwe_scheme_gets_the_key_that_its_algorithm_takes() {
        let ring = KeyRing::from_seed(1);
        for (scheme, kind) in [
            ("jwe.dir+A256GCM", "a secret of 32 bytes"),
            ("jwe.dir+A256CBC-HS512", "a secret of 64 bytes"),
            ("jwe.A256KW+A256CBC-HS512", "a secret of 32 bytes"),
            ("jwe.A128KW+A128GCM", "a secret of 16 bytes"),
            ("jwe.A256GCMKW+A256GCM", "a secret of 32 bytes"),
            ("jwe.PBES2-HS512+A256KW+A256GCM", "a secret of 20 bytes"),
            ("jwe.ECDH-ES+A256GCM", "a P-256 private key"),
            ("jwe.ECDH-ES+A256KW+A256GCM", "a P-256 private key"),
            ("jwe.RSA-OAEP-256+A256GCM", "an RSA (2048 bits) private key"),
        ] {
            assert_eq!(ring.key(scheme).unwrap().describe(), kind, "{scheme}");
        }
        for scheme in ["jwe.dir+none", "jwe.RSA1_5+A256GCM", "jwe.A256KW"] {
            assert!(ring.key(scheme).is_none(), "{scheme}");
        }
    }

    #[test]
    fn an_ml_dsa_key_comes_with_its_public_half_and_differs_by_parameter_set() {
        let ring = KeyRing::from_seed(1);
        let mut seeds = BTreeSet::new();
        for set in MlDsa::ALL {
            let key = ring.key(&format!("jwt.{}", set.name()));
            let Some(Key::Private(PrivateKey::MlDsa(found, seed, public))) = key else {
                panic!("{}: {key:?}", set.name());
            };
            assert_eq!(
                (found, public.len()),
                (set, set.public_key_bytes()),
                "{}",
                set.name()
            );
            assert!(seeds.insert(seed), "{}", set.name());
        }
        assert!(ring.key("jwt.ML-DSA-43").is_none());
    }

    #[test]
    fn symmetric_keys_differ_by_scheme() {
        let ring = KeyRing::from_seed(1);
        assert_ne!(
            ring.symmetric::<32>("paseto.v4.local"),
            ring.symmetric::<32>("paseto.v2.local")
        );
    }
}
