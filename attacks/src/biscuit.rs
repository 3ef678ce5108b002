//! Biscuits taken apart on the wire, without a key and without asking anybody.
//!
//! A biscuit is base64url over a protobuf message (Biscuit specification,
//! `schema.proto`): a hint of the root key, which nothing signs, a signed
//! authority block, appended blocks, and a proof. The library parses and
//! verifies in one step, so what an attacker rewrites is rewritten here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use tokenlab_harness::Key;
use tokenlab_harness::exchange::{PrivateKey, PublicKey};

use crate::scheme::JwsAlgorithm;
use crate::sign;

/// A protobuf message as its fields, in order, each with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message(pub Vec<(u64, Value)>);

/// The two kinds of field that a biscuit has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Wire type 0.
    Number(u64),
    /// Wire type 2: bytes, text, or a message.
    Bytes(Vec<u8>),
}

impl Message {
    /// Reads a message; `None` if it is none, or has fields of other kinds.
    pub fn read(mut bytes: &[u8]) -> Option<Self> {
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let key = read_varint(&mut bytes)?;
            let value = match key & 7 {
                0 => Value::Number(read_varint(&mut bytes)?),
                2 => {
                    let length = usize::try_from(read_varint(&mut bytes)?).ok()?;
                    let (value, rest) = bytes.split_at_checked(length)?;
                    bytes = rest;
                    Value::Bytes(value.to_vec())
                }
                _ => return None,
            };
            fields.push((key >> 3, value));
        }
        Some(Self(fields))
    }

    /// Reads the text of a biscuit.
    pub fn of_token(token: &str) -> Option<Self> {
        Self::read(&FORGIVING.decode(token).ok()?)
    }

    /// Writes the text of a biscuit.
    pub fn to_token(&self) -> String {
        URL_SAFE.encode(self.write())
    }

    /// The message on the wire.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (number, value) in &self.0 {
            match value {
                Value::Number(value) => {
                    write_varint(&mut bytes, number << 3);
                    write_varint(&mut bytes, *value);
                }
                Value::Bytes(value) => {
                    write_varint(&mut bytes, number << 3 | 2);
                    write_varint(&mut bytes, value.len() as u64);
                    bytes.extend(value);
                }
            }
        }
        bytes
    }

    /// The first field of that number, if it holds bytes.
    pub fn bytes(&self, number: u64) -> Option<&[u8]> {
        self.0.iter().find_map(|(found, value)| match value {
            Value::Bytes(bytes) if *found == number => Some(bytes.as_slice()),
            _ => None,
        })
    }

    /// The same without the fields of that number.
    pub fn without(mut self, number: u64) -> Self {
        self.0.retain(|(found, _)| *found != number);
        self
    }

    /// The same with one field of that number in place of those it had.
    pub fn with(mut self, number: u64, value: Value) -> Self {
        let place = self.0.iter().position(|(found, _)| *found >= number);
        let place = place.unwrap_or(self.0.len());
        self.0.retain(|(found, _)| *found != number);
        self.0.insert(place.min(self.0.len()), (number, value));
        self
    }

    /// The same with another block at its end, signed with the key that the token
    /// brings along for this, and the private key `next` after it; `None` if it brings
    /// none, being sealed or broken.
    #[must_use]
    pub fn appended(self, block: &Self, next: [u8; 32]) -> Option<Self> {
        let secret = self
            .bytes(PROOF)
            .and_then(Self::read)
            .and_then(|proof| proof.bytes(NEXT_SECRET)?.try_into().ok())?;
        let PublicKey::Ed25519(next_public) = PrivateKey::Ed25519(next).public() else {
            return None;
        };
        let block = block.write();
        // Signed is the block, the next key's algorithm (Ed25519 is zero, in
        // four bytes) and the next key.
        let covered = [&block, &[0; 4][..], &next_public].concat();
        let signature = sign::sign(
            JwsAlgorithm::EdDsa,
            &Key::Private(PrivateKey::Ed25519(secret)),
            &covered,
        )
        .ok()?;
        let key = Self(vec![
            (ALGORITHM, Value::Number(0)),
            (KEY_BYTES, Value::Bytes(next_public.to_vec())),
        ]);
        let signature = FORGIVING.decode(signature).ok()?;
        let signed = Self(vec![
            (BLOCK, Value::Bytes(block)),
            (NEXT_KEY, Value::Bytes(key.write())),
            (SIGNATURE, Value::Bytes(signature)),
        ]);
        let proof = Self(vec![(NEXT_SECRET, Value::Bytes(next.to_vec()))]);
        let mut fields = self.without(PROOF).0;
        fields.push((APPENDED, Value::Bytes(signed.write())));
        fields.push((PROOF, Value::Bytes(proof.write())));
        Some(Self(fields))
    }

    /// The same with the issuer's block rewritten, and its signature as it was.
    pub fn with_authority(self, change: impl FnOnce(Self) -> Self) -> Option<Self> {
        let mut written = false;
        let changed = self.changed_within(AUTHORITY, |signed| {
            let changed = signed.clone().changed_within(BLOCK, change);
            written = changed.is_some();
            changed.unwrap_or(signed)
        });
        changed.filter(|_| written)
    }

    /// The same with a field that is itself a message changed by `change`.
    pub fn changed_within(self, number: u64, change: impl FnOnce(Self) -> Self) -> Option<Self> {
        let inner = change(Self::read(self.bytes(number)?)?);
        Some(self.with(number, Value::Bytes(inner.write())))
    }
}

/// In the outermost message: a hint of the root key.
pub const ROOT_KEY_ID: u64 = 1;
/// In it: the block of the issuer.
pub const AUTHORITY: u64 = 2;
/// In it: a block that a holder appended.
pub const APPENDED: u64 = 3;
/// In it: what shows that the holder may append, or that nobody may.
pub const PROOF: u64 = 4;
/// Within the proof: the key that the next block is signed with.
const NEXT_SECRET: u64 = 1;
/// Within a signed block: the block.
pub const BLOCK: u64 = 1;
/// Within a signed block: the key that the next block is signed with.
pub const NEXT_KEY: u64 = 2;
/// Within a signed block: its signature.
pub const SIGNATURE: u64 = 3;
/// Within a public key: its algorithm.
pub const ALGORITHM: u64 = 1;
/// Within a public key: its bytes.
pub const KEY_BYTES: u64 = 2;
/// Within a block: the texts that it speaks of by number, none of which an earlier block has.
pub const SYMBOLS: u64 = 1;
/// Within a block: the version of Datalog that it is written in.
pub const VERSION: u64 = 3;
/// Within a block: a fact.
pub const FACT: u64 = 4;
/// Within a fact: what it says, and of what.
pub const PREDICATE: u64 = 1;
/// Within a predicate: one of the things that it speaks of.
pub const TERM: u64 = 2;
/// Within a term: a number.
pub const INTEGER: u64 = 2;
/// Within a term: a point in time.
pub const DATE: u64 = 4;

/// Tokens are padded by some writers and not by others.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn write_varint(bytes: &mut Vec<u8>, mut value: u64) {
    loop {
        #[allow(clippy::cast_possible_truncation)] // seven bits of it
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_reads_back_what_it_writes() {
        let message = Message(vec![
            (1, Value::Number(300)),
            (2, Value::Bytes(vec![7; 200])),
            (3, Value::Bytes(Vec::new())),
            (4, Value::Number(u64::MAX)),
        ]);
        assert_eq!(Message::read(&message.write()), Some(message.clone()));
        assert_eq!(Message::of_token(&message.to_token()), Some(message));
        for broken in [&[0x0a, 5, 1][..], &[0x80], &[0x0d, 0, 0, 0, 0]] {
            assert_eq!(Message::read(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn fields_are_replaced_where_they_stood_or_where_they_belong() {
        let message = Message(vec![
            (2, Value::Number(2)),
            (3, Value::Number(3)),
            (4, Value::Number(4)),
        ]);
        let numbers = |message: Message| {
            message
                .0
                .into_iter()
                .map(|(number, _)| number)
                .collect::<Vec<_>>()
        };
        assert_eq!(numbers(message.clone().with(1, Value::Number(0))), [1, 2, 3, 4]);
        assert_eq!(numbers(message.clone().with(3, Value::Number(0))), [2, 3, 4]);
        assert_eq!(numbers(message.clone().with(9, Value::Number(0))), [2, 3, 4, 9]);
        assert_eq!(numbers(message.without(3)), [2, 4]);
    }
}
