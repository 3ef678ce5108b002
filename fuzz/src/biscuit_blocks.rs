//! The Biscuit verifier before tokens whose blocks were rearranged: input that knows what a
//! biscuit is made of.
//!
//! A biscuit is a protobuf message of signed blocks, and whoever holds one may append blocks
//! to it. So there are more tokens that a verifier accepts than were issued, and the property
//! is another: what is accepted begins with an issuer's block as it was issued, and claims
//! what that block claims. Edits are what a holder can do: append a block that says what the
//! issuer's says or something else, take fields from other tokens, also of another issuer,
//! leave fields out, repeat them, let them change places, change bytes.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use tokenlab_attacks::biscuit::{
    APPENDED, AUTHORITY, BLOCK, FACT, Message, NEXT_KEY, PROOF, ROOT_KEY_ID, SIGNATURE, SYMBOLS, Value,
};
use tokenlab_harness::{ClaimSet, Contender, KeyRing, Policy};
use tokenlab_record::catalogue::Family;

use crate::issued;
use crate::seeds::Seed;
use crate::verifier::{Verifier, load_all};
use crate::{Finding, Reach, Target};

/// This target.
pub const TARGET: Target = Target {
    name: "biscuit_blocks",
    summary: "biscuit-auth, the input as edits of the blocks of honest tokens",
    crash_means: "biscuit-auth accepts an issuer's block that was not issued, or lets a holder change claims",
    dictionary: None,
    body,
    token,
    seeds,
};

/// Whoever signs tokens under another root key.
static SOMEBODY_ELSES: KeyRing = KeyRing::from_seed(0x6d61_6c6c_6f72);

/// Longer tokens take long and show nothing new.
const LONGEST: usize = 1 << 14;

/// Blocks that are appended at most: each is a signature to be made and verified.
const MOST_BLOCKS: usize = 6;

/// A token of a pool, and what its holder does to it.
#[derive(Clone, Debug, Arbitrary)]
struct Edited {
    token: u8,
    edits: Vec<Edit>,
}

#[derive(Clone, Debug, Arbitrary)]
enum Edit {
    /// Appends a block, signed with the key that the token brings along.
    Append { block: Appended, next: [u8; 4] },
    /// Takes a field of another token for one's own.
    Paste { field: Field, token: u8 },
    /// Takes a part of another token's signed block for the same part of the issuer's.
    PasteWithin { part: Part, token: u8 },
    /// Leaves a field out.
    Without { field: u8 },
    /// Writes a field twice.
    Repeat { field: u8 },
    /// Two fields change places.
    Swap(u8, u8),
    /// Bits of a field.
    Flip { field: u8, at: u16, bits: u8 },
    /// Another number for a field, or a field that nobody knows.
    Renumber { field: u8, number: u8 },
    /// A hint of the root key.
    RootKey(u32),
}

#[derive(Clone, Copy, Debug, Arbitrary)]
enum Appended {
    /// The issuer's block of that token as it is, whose symbols the token has already.
    Whole(u8),
    /// What the issuer's block of that token says, in the symbols that the token has.
    LikeIssuer(u8),
    /// No fact at all.
    Empty,
    /// The facts of that token's issuer's block, from the so many-th on.
    SomeFacts(u8, u8),
}

#[derive(Clone, Copy, Debug, Arbitrary)]
enum Field {
    Authority,
    Appended,
    Proof,
}

impl Field {
    const fn number(self) -> u64 {
        match self {
            Self::Authority => AUTHORITY,
            Self::Appended => APPENDED,
            Self::Proof => PROOF,
        }
    }
}

#[derive(Clone, Copy, Debug, Arbitrary)]
enum Part {
    Block,
    NextKey,
    Signature,
}

impl Part {
    const fn number(self) -> u64 {
        match self {
            Self::Block => BLOCK,
            Self::NextKey => NEXT_KEY,
            Self::Signature => SIGNATURE,
        }
    }
}

fn driven(contender: &dyn Contender) -> bool {
    contender.card().family == Family::Biscuit
}

/// An issuer's block as it stands in a token, with the claims that it was issued for.
struct Issued {
    authority: Vec<u8>,
    claims: ClaimSet,
}

static ISSUED: LazyLock<Vec<Issued>> = LazyLock::new(|| {
    let of_biscuits = issued::all()
        .iter()
        .filter(|token| token.issuer().is_some_and(driven));
    of_biscuits
        .filter_map(|token| {
            Some(Issued {
                authority: Message::of_token(&token.token)?.bytes(AUTHORITY)?.to_vec(),
                claims: token.claims()?,
            })
        })
        .collect()
});

/// The tokens that edits begin with and paste from: those that were issued, and one for each
/// corpus that somebody else issued.
static POOL: LazyLock<Vec<Message>> = LazyLock::new(|| {
    let honest = issued::all()
        .iter()
        .filter(|token| token.issuer().is_some_and(driven));
    let honest = honest.filter_map(|token| Message::of_token(&token.token));
    let foreign = issued::fuzzed()
        .filter(|contender| driven(*contender))
        .flat_map(|contender| {
            issued::CORPORA.iter().filter_map(move |corpus| {
                let service = contender.load(&SOMEBODY_ELSES, &Policy::lab()).ok()?;
                Message::of_token(&service.issue(&issued::claims(corpus)?).ok()?)
            })
        });
    honest.chain(foreign).collect()
});

fn body(data: &[u8]) -> Result<Reach, Finding> {
    static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| load_all(driven));
    let mut reach = Reach::Refused;
    if let Some(token) = token(data) {
        for verifier in VERIFIERS.iter() {
            reach = reach.max(verifier.examine_by(&token, begun_with)?);
        }
    }
    Ok(reach)
}

/// The claims of the issued token whose issuer's block a token begins with: of several, which
/// protobuf allows, the last one counts.
fn begun_with(token: &str) -> Option<&'static ClaimSet> {
    let token = Message::of_token(token)?;
    let mut fields = token.0.iter().rev();
    let authority = fields.find_map(|(number, value)| match value {
        Value::Bytes(bytes) if *number == AUTHORITY => Some(bytes),
        _ => None,
    })?;
    let issued = ISSUED.iter().find(|issued| issued.authority == *authority);
    issued.map(|issued| &issued.claims)
}

fn token(data: &[u8]) -> Option<String> {
    let edited = Edited::arbitrary_take_rest(Unstructured::new(data)).ok()?;
    let mut token = pooled(edited.token)?.clone();
    let mut appended = 0;
    for edit in edited.edits {
        appended += usize::from(matches!(edit, Edit::Append { .. }));
        if appended > MOST_BLOCKS {
            return None;
        }
        token = edit.made(token);
    }
    let text = token.to_token();
    (text.len() <= LONGEST).then_some(text)
}

fn pooled(number: u8) -> Option<&'static Message> {
    POOL.get(usize::from(number).checked_rem(POOL.len())?)
}

impl Edit {
    /// The token with this edit; as it was where the edit has no place in it.
    fn made(&self, mut token: Message) -> Message {
        let count = token.0.len().max(1);
        let place = |number: u8| usize::from(number) % count;
        match self {
            Self::Append { block, next } => {
                let before = token.clone();
                let mut seed = [0; 32];
                seed[..4].copy_from_slice(next);
                let longer = block.message().and_then(|block| token.appended(&block, seed));
                return longer.unwrap_or(before);
            }
            Self::Paste { field, token: donor } => {
                let donated = pooled(*donor).and_then(|donor| donor.bytes(field.number()));
                if let Some(bytes) = donated {
                    return token.with(field.number(), Value::Bytes(bytes.to_vec()));
                }
            }
            Self::PasteWithin { part, token: donor } => {
                let donor = pooled(*donor).and_then(|donor| Message::read(donor.bytes(AUTHORITY)?));
                let donated = donor.and_then(|signed| Some(signed.bytes(part.number())?.to_vec()));
                if let Some(bytes) = donated {
                    let before = token.clone();
                    let change = |signed: Message| signed.with(part.number(), Value::Bytes(bytes));
                    return token.changed_within(AUTHORITY, change).unwrap_or(before);
                }
            }
            Self::Without { field } => {
                if !token.0.is_empty() {
                    token.0.remove(place(*field));
                }
            }
            Self::Repeat { field } => {
                if let Some(field) = token.0.get(place(*field)).cloned() {
                    token.0.push(field);
                }
            }
            Self::Swap(one, other) => {
                if !token.0.is_empty() {
                    token.0.swap(place(*one), place(*other));
                }
            }
            Self::Flip { field, at, bits } => {
                if let Some((_, Value::Bytes(bytes))) = token.0.get_mut(place(*field)) {
                    let at = usize::from(*at).checked_rem(bytes.len());
                    if let Some(byte) = at.and_then(|at| bytes.get_mut(at)) {
                        *byte ^= bits;
                    }
                }
            }
            Self::Renumber { field, number } => {
                if let Some((old, _)) = token.0.get_mut(place(*field)) {
                    *old = u64::from(*number % 16);
                }
            }
            Self::RootKey(hint) => return token.with(ROOT_KEY_ID, Value::Number(u64::from(*hint))),
        }
        token
    }
}

impl Appended {
    fn message(self) -> Option<Message> {
        let issuers = |token: u8| {
            let signed = Message::read(pooled(token)?.bytes(AUTHORITY)?)?;
            Message::read(signed.bytes(BLOCK)?)
        };
        match self {
            Self::Whole(token) => issuers(token),
            Self::LikeIssuer(token) => Some(issuers(token)?.without(SYMBOLS)),
            Self::Empty => Some(issuers(0)?.without(SYMBOLS).without(FACT)),
            Self::SomeFacts(token, from) => {
                let mut block = issuers(token)?.without(SYMBOLS);
                let mut facts = 0;
                block.0.retain(|(number, _)| {
                    facts += u8::from(*number == FACT);
                    *number != FACT || facts > from
                });
                Some(block)
            }
        }
    }
}

/// Honest tokens, one with a block more, and one with edits that nobody is let in with.
fn seeds() -> Vec<Seed> {
    vec![
        Seed::new("seed-first-token", "", Reach::Accepted),
        Seed::new("seed-second-token", "\u{1}", Reach::Accepted),
        Seed::new(
            "seed-block-appended",
            "\0\u{1}\0\0\0\0\0\0\0@\0next",
            Reach::Accepted,
        ),
        Seed::new(
            "seed-many-edits",
            "Edit, and edit again, and again; then look.",
            Reach::Refused,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the verifier makes of the first honest token with these edits.
    fn edited(edits: &[Edit]) -> Result<Reach, Finding> {
        let token = edits.iter().fold(POOL[0].clone(), |token, edit| edit.made(token));
        let verifiers = load_all(driven);
        verifiers[0].examine_by(&token.to_token(), begun_with)
    }

    #[test]
    fn the_seed_with_a_block_more_has_one() {
        let seeds = seeds();
        let seed = seeds
            .iter()
            .find(|seed| seed.name == "seed-block-appended")
            .unwrap();
        let token = Message::of_token(&token(seed.text.as_bytes()).unwrap()).unwrap();
        assert!(token.bytes(APPENDED).is_some());
    }

    #[test]
    fn a_holder_may_append_blocks_which_change_no_claim() {
        let append = |block| Edit::Append { block, next: [7; 4] };
        for block in [
            Appended::LikeIssuer(0),
            Appended::SomeFacts(0, 2),
            Appended::Empty,
        ] {
            let edits = [append(block), append(block)];
            assert_eq!(edited(&edits), Ok(Reach::Accepted), "{block:?}");
        }
        assert_eq!(edited(&[append(Appended::Whole(0))]), Ok(Reach::Refused));
    }

    #[test]
    fn what_was_not_issued_is_refused_and_is_a_finding_where_it_is_not() {
        let foreign = u8::try_from(POOL.len() - 1).unwrap();
        for edits in [
            vec![Edit::Paste {
                field: Field::Authority,
                token: 1,
            }],
            vec![Edit::Paste {
                field: Field::Authority,
                token: foreign,
            }],
            vec![Edit::PasteWithin {
                part: Part::Block,
                token: 1,
            }],
            vec![Edit::PasteWithin {
                part: Part::NextKey,
                token: foreign,
            }],
            vec![Edit::PasteWithin {
                part: Part::Signature,
                token: foreign,
            }],
            vec![Edit::Without { field: 0 }],
            vec![
                Edit::Swap(0, 1),
                Edit::Flip {
                    field: 0,
                    at: 9,
                    bits: 1,
                },
            ],
        ] {
            assert_eq!(edited(&edits), Ok(Reach::Refused), "{edits:?}");
        }
        // A verifier that believes another issuer: no block that it accepts was issued.
        let token = pooled(foreign).unwrap().to_token();
        assert_eq!(begun_with(&token), None);
        assert_eq!(begun_with(&POOL[1].to_token()), Some(&ISSUED[1].claims));
    }
}
