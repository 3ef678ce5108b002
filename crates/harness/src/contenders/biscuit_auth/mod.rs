//! Biscuit by `biscuit-auth` 6, the reference implementation in Rust (Biscuit
//! specification, version 3 of the format; cryptography by ed25519-dalek 2).
//!
//! A Biscuit holds Datalog, not JSON, and its holder can append blocks. The
//! claims are facts of the authority block ([`facts`]); the policy is the
//! library's own authorizer ([`authorizer`]), whose checks see facts of the
//! authority block alone, so that nothing that a holder appends is ever a
//! claim. Checks in appended blocks are enforced by the same run.
//!
//! One caveat: verifying any Biscuit takes more than a signature. The private
//! key in the token must belong to the last public key that was signed, and
//! Datalog is run even where nothing was appended.

mod authorizer;
mod codec;
mod facts;

use biscuit_auth::builder::{Algorithm, BlockBuilder};
use biscuit_auth::{Biscuit, BiscuitBuilder, KeyPair, PrivateKey, PublicKey};
use biscuit_auth::{ThirdPartyRequest, UnverifiedBiscuit, error};
use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family, Primitive};

use self::authorizer::{LabAuthorizer, Stage, rejection, words};
use self::facts::Reader;
use crate::claims::ClaimSet;
use crate::contender::{Attenuation, Codec, Contender, IssueError, SetupError, TokenService};
use crate::exchange::Key;
use crate::keys::KeyRing;
use crate::policy::{self, Policy};
use crate::rejection::Rejection;

pub(super) fn contenders() -> Vec<Box<dyn Contender>> {
    vec![Box::new(BiscuitAuth {
        card: ContenderCard {
            id: ContenderId::new("biscuit-auth/v3"),
            family: Family::Biscuit,
            class: Class::Capability,
            scheme: "biscuit.v3".into(),
            algorithm: "v3".into(),
            library: "biscuit-auth".into(),
            package: "biscuit-auth".into(),
            library_version: "6.0.0".into(),
            backend: "ed25519-dalek (Ed25519, strict)".into(),
            primitive: Primitive::new("Ed25519", "ed25519-dalek 2"),
            footnote: Some(
                "claims are Datalog facts and the policy is an authorizer that runs for every token".into(),
            ),
        },
    })]
}

struct BiscuitAuth {
    card: ContenderCard,
}

impl Contender for BiscuitAuth {
    fn card(&self) -> &ContenderCard {
        &self.card
    }

    fn load(&self, keys: &KeyRing, policy: &Policy) -> Result<Box<dyn TokenService>, SetupError> {
        let service = Service::new(keys, policy);
        let service = service.map_err(|error| SetupError::new(&self.card, words(&error)))?;
        Ok(Box::new(service))
    }

    fn codec(&self, key: &Key) -> Result<Box<dyn Codec>, SetupError> {
        codec::codec(&self.card, key)
    }
}

/// A loaded Biscuit issuer and verifier, and a holder who has the keys of neither.
struct Service {
    root: KeyPair,
    public: PublicKey,
    authorizer: LabAuthorizer,
    reader: Reader,
    holder: Holder,
}

impl Service {
    fn new(keys: &KeyRing, policy: &Policy) -> Result<Self, error::Token> {
        let pair = keys.ed25519();
        Ok(Self {
            root: KeyPair::from(&PrivateKey::from_bytes(&pair.seed, Algorithm::Ed25519)?),
            public: PublicKey::from_bytes(&pair.public, Algorithm::Ed25519)?,
            authorizer: LabAuthorizer::new(policy)?,
            reader: Reader::new()?,
            holder: Holder::new(keys)?,
        })
    }
}

impl TokenService for Service {
    fn issue(&self, claims: &ClaimSet) -> Result<String, IssueError> {
        seal(claims, &self.root)
    }

    fn verify(&self, token: &str) -> Result<ClaimSet, Rejection> {
        let biscuit = open(token, &self.public)?;
        let fails = |error| rejection(&error, Stage::Authorizing(self.authorizer.reasons()));
        let mut authorizer = self
            .authorizer
            .at(policy::now())
            .and_then(|builder| builder.build(&biscuit))
            .map_err(fails)?;
        let claims = self.reader.read(&mut authorizer)?.claims;
        authorizer.authorize().map_err(fails)?;
        Ok(claims)
    }

    fn attenuation(&self) -> Option<&dyn Attenuation> {
        Some(&self.holder)
    }
}

/// Claims to the text of a token of one block.
fn seal(claims: &ClaimSet, root: &KeyPair) -> Result<String, IssueError> {
    let authority = facts::write(claims).map_err(IssueError::new)?;
    BiscuitBuilder::new()
        .merge(authority)
        .build(root)
        .and_then(|biscuit| biscuit.to_base64())
        .map_err(|error| IssueError::new(words(&error)))
}

/// The text of a token to its blocks, every signature and the proof verified.
fn open(token: &str, root: &PublicKey) -> Result<Biscuit, Rejection> {
    Biscuit::from_base64(token, root).map_err(|error| rejection(&error, Stage::Opening))
}

/// Whoever got the token. Nothing is verified here: the holder has what the
/// issuer sent, and the library offers a type for exactly that.
///
/// Both ways of appending add the same block, which allows what [`authorizer`]
/// says is being done and nothing else, so that they differ in their signatures alone.
struct Holder {
    narrowing: BlockBuilder,
    third_party: PrivateKey,
}

impl Holder {
    fn new(keys: &KeyRing) -> Result<Self, error::Token> {
        let seed = keys.symmetric::<32>("third party of biscuit.v3");
        Ok(Self {
            narrowing: BlockBuilder::new().check(r#"check if operation("read")"#)?,
            third_party: PrivateKey::from_bytes(&seed, Algorithm::Ed25519)?,
        })
    }

    /// A block by the third party, through the two messages of the protocol:
    /// the holder asks with the last signature of the token, and never shows the token.
    fn third_party_block(&self, token: &UnverifiedBiscuit) -> Result<Vec<u8>, error::Token> {
        let request = token.third_party_request()?.serialize()?;
        ThirdPartyRequest::deserialize(&request)?
            .create_block(&self.third_party, self.narrowing.clone())?
            .serialize()
    }
}

impl Attenuation for Holder {
    fn attenuate(&self, token: &str) -> Result<String, IssueError> {
        UnverifiedBiscuit::from_base64(token)
            .and_then(|token| token.append(self.narrowing.clone()))
            .and_then(|token| token.to_base64())
            .map_err(|error| IssueError::new(words(&error)))
    }

    fn attenuate_by_third_party(&self, token: &str) -> Result<String, IssueError> {
        UnverifiedBiscuit::from_base64(token)
            .and_then(|token| token.append_third_party(&self.third_party_block(&token)?))
            .and_then(|token| token.to_base64())
            .map_err(|error| IssueError::new(words(&error)))
    }

    fn seal(&self, token: &str) -> Result<String, IssueError> {
        UnverifiedBiscuit::from_base64(token)
            .and_then(|token| token.seal())
            .and_then(|token| token.to_base64())
            .map_err(|error| IssueError::new(words(&error)))
    }
}
