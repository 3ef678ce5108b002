//! Ed25519 of a Biscuit of one block (Biscuit specification, Cryptography).
//!
//! Verifying takes the root's signature over the block and the next public
//! key, and deriving that key from the private one at the end of the token:
//! the proof that its sender may append. Issuing takes a fresh pair and one
//! signature. What the specification leaves to a verifier, a stricter equation
//! for instance, is none of the least work.

use std::hint::black_box;

use tokenlab_record::measurement::{FloorPart, Model};

use super::ed25519::{compact, dalek};
use super::work::{Material, Ready, floor};
use super::{Floor, FloorWork};
use crate::biscuit_wire::{Envelope, Proof};

const SCHEME: &str = "biscuit.v3";

/// A public key from a private one. `None` if the library refuses it.
type Derive = fn(&[u8; 32]) -> Option<[u8; 32]>;

pub(super) fn floors() -> Vec<Box<dyn Floor>> {
    let mut floors = Vec::new();
    floors.extend(both_ways(
        "ed25519-dalek",
        dalek::verifier,
        dalek::signer,
        |seed| {
            let pair = ed25519_dalek::SigningKey::from_bytes(seed);
            Some(pair.verifying_key().to_bytes())
        },
    ));
    floors.extend(both_ways(
        "ed25519-compact",
        compact::verifier,
        compact::signer,
        |seed| {
            let pair = ed25519_compact::KeyPair::try_from_seed(ed25519_compact::Seed::new(*seed));
            Some(*pair.ok()?.pk)
        },
    ));
    #[cfg(feature = "aws-lc")]
    floors.extend(both_ways(
        "aws-lc-rs Ed25519",
        super::ed25519::aws_lc::verifier,
        super::ed25519::aws_lc::signer,
        |seed| {
            use aws_lc_rs::signature::KeyPair;
            let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
            pair.public_key().as_ref().try_into().ok()
        },
    ));
    floors
}

/// One token of one block.
struct Chain {
    /// What the root signs; it ends in the next public key.
    covered: Vec<u8>,
    signature: Vec<u8>,
    next_secret: [u8; 32],
}

impl Chain {
    fn new(token: &str) -> Option<Self> {
        let envelope = Envelope::read(token)?;
        let ([authority], Proof::NextSecret(secret)) = (envelope.blocks.as_slice(), &envelope.proof) else {
            return None;
        };
        Some(Self {
            covered: envelope.covered_by_root()?,
            signature: envelope.at(&authority.signature).to_vec(),
            next_secret: envelope.at(secret).try_into().ok()?,
        })
    }

    fn is_sound(&self, verify: &impl Fn(&[u8], &[u8]) -> bool, derive: Derive) -> bool {
        let next = derive(black_box(&self.next_secret));
        verify(&self.covered, &self.signature) && next.is_some_and(|next| self.covered.ends_with(&next))
    }
}

fn chains(material: &Material<'_>) -> Result<Vec<Chain>, String> {
    let chains = material.tokens.iter().map(|token| {
        Chain::new(token)
            .ok_or_else(|| format!("{token:.40?} is no Biscuit of one block that can be appended to"))
    });
    chains.collect()
}

fn both_ways<V, S, T>(
    implementation: &str,
    verifier: Ready<V>,
    signer: Ready<S>,
    derive: Derive,
) -> [Box<dyn Floor>; 2]
where
    V: Fn(&[u8], &[u8]) -> bool + Send + 'static,
    S: Fn(&[u8]) -> Option<T> + Send + 'static,
    T: AsRef<[u8]> + 'static,
{
    let crypto = FloorPart::Crypto;
    [
        floor(SCHEME, crypto, Model::Verify, implementation, move |material| {
            Ok(Box::new(Checking {
                chains: chains(material)?,
                verify: verifier(material)?,
                derive,
            }))
        }),
        floor(SCHEME, crypto, Model::Issue, implementation, move |material| {
            let work = Making {
                chains: chains(material)?,
                made: Vec::new(),
                sign: signer(material)?,
                verify: verifier(material)?,
                derive,
            };
            // A wrong key would sign just as fast.
            let first = work.chains.first();
            if first.is_some_and(|chain| chain.is_sound(&work.verify, derive)) {
                Ok(Box::new(work))
            } else {
                Err("the token was not issued with this key".to_owned())
            }
        }),
    ]
}

struct Checking<V> {
    chains: Vec<Chain>,
    verify: V,
    derive: Derive,
}

impl<V: Fn(&[u8], &[u8]) -> bool + Send> FloorWork for Checking<V> {
    fn operate(&mut self, index: usize) -> bool {
        self.chains
            .get(index)
            .is_some_and(|chain| black_box(chain).is_sound(&self.verify, self.derive))
    }

    /// Besides the honest token, each half of the work must refuse one that is not.
    fn right(&mut self, index: usize) -> bool {
        let honest = self.operate(index);
        self.chains.get(index).is_some_and(|chain| {
            let mut signature = chain.signature.clone();
            let mut next_secret = chain.next_secret;
            if let (Some(byte), [first, ..]) = (signature.get_mut(32), &mut next_secret) {
                *byte ^= 1;
                *first ^= 1;
            }
            let forged = !(self.verify)(&chain.covered, &signature);
            let stranger = (self.derive)(&next_secret).is_some_and(|next| !chain.covered.ends_with(&next));
            honest && forged && stranger
        })
    }
}

struct Making<S, V> {
    chains: Vec<Chain>,
    /// The covered bytes with the latest next key at their end.
    made: Vec<u8>,
    sign: S,
    verify: V,
    derive: Derive,
}

impl<S: Fn(&[u8]) -> Option<T>, V, T> Making<S, V> {
    /// A fresh pair and the root's signature over its public half.
    fn make(&mut self, index: usize) -> Option<T> {
        let chain = black_box(self.chains.get(index)?);
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).ok()?;
        let next = (self.derive)(&secret)?;
        let (rest, _) = chain.covered.split_last_chunk::<32>()?;
        self.made.clear();
        self.made.extend_from_slice(rest);
        self.made.extend_from_slice(&next);
        (self.sign)(&self.made)
    }
}

impl<S, V, T> FloorWork for Making<S, V>
where
    S: Fn(&[u8]) -> Option<T> + Send,
    V: Fn(&[u8], &[u8]) -> bool + Send,
    T: AsRef<[u8]>,
{
    fn operate(&mut self, index: usize) -> bool {
        black_box(self.make(index)).is_some()
    }

    fn right(&mut self, index: usize) -> bool {
        let Some(made) = self.make(index) else {
            return false;
        };
        let [honest, before] = [
            &self.made,
            &self.chains.get(index).map_or(Vec::new(), |it| it.covered.clone()),
        ];
        honest.len() == before.len()
            && honest != before
            && (self.verify)(honest, made.as_ref())
            && !(self.verify)(before, made.as_ref())
    }
}
