//! The envelope of a Biscuit, read without the library: which bytes of the
//! text are block, key, signature and proof (Biscuit specification, Format).
//!
//! The library hides them, and the lab needs them: the decoder shows them,
//! tampering aims at one of them, the floors work on them, and two texts are
//! the same token when all of them are equal. What is in a block is Datalog
//! and none of this module's business.
//!
//! The envelope is protobuf, read as its decoders do: unknown fields are
//! skipped, of a field that occurs twice the later counts, what is missing is
//! zero or empty. Nothing is verified here.

use std::ops::Range;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// base64url, with or without its padding: Biscuit issuers write it, and a
/// verifier may do without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A Biscuit as its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// The decoded text; everything else points into it.
    pub(crate) bytes: Vec<u8>,
    /// The authority block, then the others.
    pub(crate) blocks: Vec<SignedBlock>,
    /// What proves that the sender holds the last key, or that nothing may
    /// be appended.
    pub(crate) proof: Proof,
}

/// One block and what signs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SignedBlock {
    /// The Datalog, as protobuf of its own.
    pub(crate) block: Range<usize>,
    /// The key that must sign the next block.
    pub(crate) next_key: PublicKey,
    /// Signature by the key before: the root's or the previous block's.
    pub(crate) signature: Range<usize>,
    /// Key and signature of a third party.
    pub(crate) external: Option<External>,
    /// How the signed bytes are put together; 0 if it is not said.
    pub(crate) version: u64,
}

/// A public key in the envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PublicKey {
    /// 0 is Ed25519, 1 is secp256r1.
    pub(crate) algorithm: u64,
    /// The key itself.
    pub(crate) key: Range<usize>,
}

/// Who else signed a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct External {
    pub(crate) signature: Range<usize>,
    pub(crate) key: PublicKey,
}

/// The end of a Biscuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The private key that belongs to the last block's next key.
    NextSecret(Range<usize>),
    /// A signature by it over everything, in a sealed token.
    FinalSignature(Range<usize>),
}

impl Envelope {
    /// Reads the text of a token. `None` if it is no base64url or no envelope.
    pub(crate) fn read(token: &str) -> Option<Self> {
        let bytes = BASE64.decode(token).ok()?;
        let mut blocks = Vec::new();
        let mut authority: Option<SignedBlock> = None;
        let mut proof = None;
        for field in Fields::new(&bytes, 0..bytes.len()) {
            match field? {
                (1, Value::Varint(_)) => {} // root key id: a hint that nothing signs
                (2, Value::Bytes(at)) => read_block(&bytes, at, authority.get_or_insert_default())?,
                (3, Value::Bytes(at)) => {
                    let mut block = SignedBlock::default();
                    read_block(&bytes, at, &mut block)?;
                    blocks.push(block);
                }
                (4, Value::Bytes(at)) => read_proof(&bytes, at, &mut proof)?,
                (1..=4, _) => return None,
                _ => {}
            }
        }
        blocks.insert(0, authority?);
        Some(Self {
            blocks,
            proof: proof?,
            bytes,
        })
    }

    /// The bytes of a range of this envelope.
    pub(crate) fn at(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    /// Whether two texts hold the same blocks, keys, signatures and proof,
    /// however the protobuf around them is written.
    pub(crate) fn says_the_same_as(&self, other: &Self) -> bool {
        let key = |envelope: &Self, key: &PublicKey| (key.algorithm, envelope.at(&key.key).to_vec());
        let blocks = |envelope: &Self| {
            let parts = envelope.blocks.iter().map(|block| {
                let external = block.external.as_ref();
                (
                    envelope.at(&block.block).to_vec(),
                    key(envelope, &block.next_key),
                    envelope.at(&block.signature).to_vec(),
                    external.map(|by| (envelope.at(&by.signature).to_vec(), key(envelope, &by.key))),
                    block.version,
                )
            });
            parts.collect::<Vec<_>>()
        };
        let proof = |envelope: &Self| match &envelope.proof {
            Proof::NextSecret(at) => (false, envelope.at(at).to_vec()),
            Proof::FinalSignature(at) => (true, envelope.at(at).to_vec()),
        };
        blocks(self) == blocks(other) && proof(self) == proof(other)
    }

    /// What the root key signs: the authority block and the key of the next
    /// one (Biscuit specification, Signature payload).
    pub(crate) fn covered_by_root(&self) -> Option<Vec<u8>> {
        let authority = self.blocks.first()?;
        let algorithm = u32::try_from(authority.next_key.algorithm).ok()?.to_le_bytes();
        let block = self.at(&authority.block);
        let key = self.at(&authority.next_key.key);
        match authority.version {
            0 => Some([block, &algorithm, key].concat()),
            1 => Some(
                [
                    b"\0BLOCK\0\0VERSION\0",
                    &1_u32.to_le_bytes()[..],
                    b"\0PAYLOAD\0",
                    block,
                    b"\0ALGORITHM\0",
                    &algorithm,
                    b"\0NEXTKEY\0",
                    key,
                ]
                .concat(),
            ),
            _ => None,
        }
    }
}

/// The text of an envelope's bytes, as Biscuit issuers write it.
pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Numbers of the fields of a block that hold facts, rules and checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    /// Facts.
    pub(crate) facts: usize,
    /// Rules, by which facts follow from others.
    pub(crate) rules: usize,
    /// Checks, which must hold for the token to be accepted.
    pub(crate) checks: usize,
}

impl Contents {
    /// Counts what is in a block.
    pub(crate) fn of(block: &[u8]) -> Option<Self> {
        let mut contents = Self::default();
        for field in Fields::new(block, 0..block.len()) {
            match field?.0 {
                4 => contents.facts += 1,
                5 => contents.rules += 1,
                6 => contents.checks += 1,
                _ => {}
            }
        }
        Some(contents)
    }
}

fn read_block(bytes: &[u8], at: Range<usize>, block: &mut SignedBlock) -> Option<()> {
    for field in Fields::new(bytes, at) {
        match field? {
            (1, Value::Bytes(at)) => block.block = at,
            (2, Value::Bytes(at)) => read_key(bytes, at, &mut block.next_key)?,
            (3, Value::Bytes(at)) => block.signature = at,
            (4, Value::Bytes(at)) => read_external(bytes, at, block.external.get_or_insert_default())?,
            (5, Value::Varint(version)) => block.version = version & u64::from(u32::MAX),
            (1..=5, _) => return None,
            _ => {}
        }
    }
    Some(())
}

fn read_external(bytes: &[u8], at: Range<usize>, external: &mut External) -> Option<()> {
    for field in Fields::new(bytes, at) {
        match field? {
            (1, Value::Bytes(at)) => external.signature = at,
            (2, Value::Bytes(at)) => read_key(bytes, at, &mut external.key)?,
            (1..=2, _) => return None,
            _ => {}
        }
    }
    Some(())
}

fn read_key(bytes: &[u8], at: Range<usize>, key: &mut PublicKey) -> Option<()> {
    for field in Fields::new(bytes, at) {
        match field? {
            (1, Value::Varint(algorithm)) => key.algorithm = algorithm & u64::from(u32::MAX),
            (2, Value::Bytes(at)) => key.key = at,
            (1..=2, _) => return None,
            _ => {}
        }
    }
    Some(())
}

fn read_proof(bytes: &[u8], at: Range<usize>, proof: &mut Option<Proof>) -> Option<()> {
    for field in Fields::new(bytes, at) {
        match field? {
            (1, Value::Bytes(at)) => *proof = Some(Proof::NextSecret(at)),
            (2, Value::Bytes(at)) => *proof = Some(Proof::FinalSignature(at)),
            (1..=2, _) => return None,
            _ => {}
        }
    }
    Some(())
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A number of up to 64 bits.
    Varint(u64),
    /// Bytes, text or a message.
    Bytes(Range<usize>),
    /// 32 or 64 bits, which no field of a Biscuit is.
    Fixed,
}

/// The fields of a protobuf message in order, each with its number; `None` in
/// place of one that can't be read, and nothing after it.
pub(crate) struct Fields<'a> {
    bytes: &'a [u8],
    rest: Range<usize>,
}

impl<'a> Fields<'a> {
    /// The fields of the message that stands at `at` in `bytes`.
    pub(crate) const fn new(bytes: &'a [u8], at: Range<usize>) -> Self {
        Self { bytes, rest: at }
    }

    fn field(&mut self) -> Option<(u64, Value)> {
        let tag = self.varint()?;
        let number = tag >> 3;
        if number == 0 || tag > u64::from(u32::MAX) {
            return None;
        }
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => self.skip(8).map(|_| Value::Fixed)?,
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.skip(length)?)
            }
            5 => self.skip(4).map(|_| Value::Fixed)?,
            _ => return None,
        };
        Some((number, value))
    }

    /// A number, seven bits a byte, the lowest first; at most ten bytes, of
    /// which the last holds a single bit.
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..=63).step_by(7) {
            let at = self.skip(1)?;
            let byte = *self.bytes.get(at.start)?;
            if shift == 63 && byte > 1 {
                return None;
            }
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn skip(&mut self, length: usize) -> Option<Range<usize>> {
        let end = self.rest.start.checked_add(length)?;
        let skipped = self.rest.start..end;
        (end <= self.rest.end).then(|| self.rest.start = end)?;
        Some(skipped)
    }
}

impl Iterator for Fields<'_> {
    type Item = Option<(u64, Value)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.rest.start = self.rest.end;
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An envelope of one block with no more than it must have.
    fn least() -> Vec<u8> {
        let block = [0x0a, 1, 0xaa];
        let next_key = [0x12, 3, 0x12, 1, 0xbb];
        let signature = [0x1a, 1, 0xcc];
        let proof = [0x22, 3, 0x0a, 1, 0xdd];
        let authority = [&[0x12, 11][..], &block, &next_key, &signature].concat();
        [&authority[..], &proof].concat()
    }

    #[test]
    fn every_part_is_found() {
        let envelope = Envelope::read(&encode(&least())).unwrap();
        let [block] = envelope.blocks.as_slice() else {
            panic!("{envelope:?}");
        };
        assert_eq!(envelope.at(&block.block), [0xaa]);
        assert_eq!(envelope.at(&block.next_key.key), [0xbb]);
        assert_eq!(envelope.at(&block.signature), [0xcc]);
        assert_eq!(block.version, 0);
        assert_eq!(block.external, None);
        let Proof::NextSecret(secret) = &envelope.proof else {
            panic!("{envelope:?}");
        };
        assert_eq!(envelope.at(secret), [0xdd]);
        assert_eq!(
            envelope.covered_by_root().unwrap(),
            [0xaa, 0, 0, 0, 0, 0xbb],
            "block, algorithm, next key"
        );
    }

    #[test]
    fn another_writing_says_the_same_and_another_byte_does_not() {
        let bytes = least();
        let envelope = Envelope::read(&encode(&bytes)).unwrap();
        let unknown_field = [&bytes[..], &[0x78, 0]].concat();
        let root_key_id = [&[0x08, 5][..], &bytes].concat();
        for same in [&unknown_field, &root_key_id] {
            let same = Envelope::read(&encode(same)).unwrap();
            assert!(envelope.says_the_same_as(&same), "{same:?}");
        }
        for at in [4, 9, 12, 17] {
            let mut other = bytes.clone();
            other[at] ^= 1;
            let other = Envelope::read(&encode(&other)).unwrap();
            assert!(!envelope.says_the_same_as(&other), "byte {at}: {other:?}");
        }
    }

    #[test]
    fn what_is_cut_short_or_no_protobuf_is_no_envelope() {
        let bytes = least();
        for length in 0..bytes.len() {
            assert_eq!(Envelope::read(&encode(&bytes[..length])), None, "{length} bytes");
        }
        for text in ["", "AAAA", "aa.bb.cc", "ключ", "_____w", "gICAgICAgICAgICA"] {
            assert_eq!(Envelope::read(text), None, "{text}");
        }
    }
}
