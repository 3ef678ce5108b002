//! What floors of every kind share: a row of the registry, and the two kinds
//! of work that signatures and MACs come down to.

use std::hint::black_box;

use tokenlab_record::catalogue::ContenderId;
use tokenlab_record::measurement::{FloorPart, Model};

use super::token::Sealed;
use super::{Floor, FloorWork};
use crate::claims::ClaimSet;
use crate::contender::SetupError;
use crate::keys::KeyRing;

/// What a floor is prepared from.
pub(super) struct Material<'a> {
    pub(super) scheme: &'a str,
    pub(super) keys: &'a KeyRing,
    pub(super) tokens: &'a [String],
    pub(super) claims: &'a [ClaimSet],
}

impl Material<'_> {
    /// The tokens, taken apart.
    pub(super) fn sealed(&self) -> Result<Vec<Sealed>, String> {
        let p384 = match self.scheme {
            "paseto.v3.public" => &self.keys.p384().public_compressed[..],
            _ => &[],
        };
        self.tokens
            .iter()
            .map(|token| Sealed::new(token, p384).ok_or_else(|| format!("{token:.40?} can't be taken apart")))
            .collect()
    }
}

pub(super) type Loaded = Result<Box<dyn FloorWork>, String>;

/// One row of the registry.
struct Entry<L> {
    scheme: String,
    part: FloorPart,
    model: Model,
    implementation: String,
    load: L,
}

/// A row of the registry.
pub(super) fn floor(
    scheme: &str,
    part: FloorPart,
    model: Model,
    implementation: &str,
    load: impl Fn(&Material<'_>) -> Loaded + Send + Sync + 'static,
) -> Box<dyn Floor> {
    Box::new(Entry {
        scheme: scheme.to_owned(),
        part,
        model,
        implementation: implementation.to_owned(),
        load,
    })
}

impl<L: Fn(&Material<'_>) -> Loaded + Send + Sync> Floor for Entry<L> {
    fn scheme(&self) -> &str {
        &self.scheme
    }

    fn part(&self) -> FloorPart {
        self.part
    }

    fn serves(&self, model: Model) -> bool {
        self.model == model
    }

    fn implementation(&self) -> &str {
        &self.implementation
    }

    fn load(
        &self,
        keys: &KeyRing,
        tokens: &[String],
        claims: &[ClaimSet],
    ) -> Result<Box<dyn FloorWork>, SetupError> {
        let material = Material {
            scheme: &self.scheme,
            keys,
            tokens,
            claims,
        };
        (self.load)(&material).map_err(|problem| SetupError {
            contender: ContenderId::new(format!("floor/{}+{}", self.scheme, self.implementation)),
            problem,
        })
    }
}

/// Makes one side of a signature or MAC ready: parses its key.
pub(super) type Ready<T> = fn(&Material<'_>) -> Result<T, String>;

/// The two cryptographic floors of a scheme whose tokens are readable, by one
/// implementation: checking a signature or tag, and making one.
pub(super) fn authenticity<V, S, T>(
    scheme: &'static str,
    implementation: &str,
    verifier: Ready<V>,
    signer: Ready<S>,
) -> [Box<dyn Floor>; 2]
where
    V: Fn(&[u8], &[u8]) -> bool + Send + 'static,
    S: Fn(&[u8]) -> Option<T> + Send + 'static,
    T: AsRef<[u8]> + 'static,
{
    let crypto = FloorPart::Crypto;
    [
        floor(scheme, crypto, Model::Verify, implementation, move |material| {
            Ok(Box::new(Checking {
                tokens: material.sealed()?,
                verify: verifier(material)?,
            }))
        }),
        floor(scheme, crypto, Model::Issue, implementation, move |material| {
            let work = Making {
                tokens: material.sealed()?,
                sign: signer(material)?,
                verify: verifier(material)?,
            };
            // A wrong key or wrong bytes would be signed just as fast.
            let sound = work
                .tokens
                .first()
                .is_some_and(|token| is_sound(&work.verify, token));
            if sound {
                Ok(Box::new(work))
            } else {
                Err("the token was not issued with this key".to_owned())
            }
        }),
    ]
}

/// Checks signatures or tags.
struct Checking<V> {
    tokens: Vec<Sealed>,
    verify: V,
}

impl<V: Fn(&[u8], &[u8]) -> bool + Send> FloorWork for Checking<V> {
    fn operate(&mut self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| {
            let token = black_box(token);
            (self.verify)(&token.covered, &token.authentication)
        })
    }

    fn right(&mut self, index: usize) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| is_sound(&self.verify, token))
    }
}

/// Makes signatures or tags.
struct Making<S, V> {
    tokens: Vec<Sealed>,
    sign: S,
    verify: V,
}

impl<S, V, T> FloorWork for Making<S, V>
where
    S: Fn(&[u8]) -> Option<T> + Send,
    V: Fn(&[u8], &[u8]) -> bool + Send,
    T: AsRef<[u8]>,
{
    fn operate(&mut self, index: usize) -> bool {
        self.tokens
            .get(index)
            .and_then(|token| black_box((self.sign)(&black_box(token).covered)))
            .is_some()
    }

    fn right(&mut self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| {
            (self.sign)(&token.covered).is_some_and(|made| {
                made.as_ref().len() == token.authentication.len()
                    && is_authentic(&self.verify, &token.covered, made.as_ref())
            })
        })
    }
}

fn is_sound(verify: &impl Fn(&[u8], &[u8]) -> bool, token: &Sealed) -> bool {
    is_authentic(verify, &token.covered, &token.authentication)
}

/// Whether `verify` believes the signature and none that differs in a bit.
fn is_authentic(verify: &impl Fn(&[u8], &[u8]) -> bool, covered: &[u8], authentication: &[u8]) -> bool {
    let mut altered = authentication.to_vec();
    if let Some(middle) = altered.get_mut(authentication.len() / 2) {
        *middle ^= 1;
    }
    verify(covered, authentication) && !verify(covered, &altered)
}
