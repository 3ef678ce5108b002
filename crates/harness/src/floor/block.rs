//! The claims of a Biscuit: read from its authority block into the one
//! [`ClaimSet`], or written to it.
//!
//! A Biscuit holds no JSON document, so this stands where JSON stands for all
//! others: the block is protobuf, its names and strings are numbers of a
//! symbol table, and a claim of the application's own is JSON text in a string
//! (`contenders/biscuit_auth/facts.rs` says how). That is read and written
//! here directly. Running Datalog is left out: a policy on claims is part of
//! no floor.

use std::collections::HashMap;
use std::hint::black_box;
use std::ops::Range;

use biscuit_auth::datalog::SymbolTable;
use serde_json::Value;
use tokenlab_record::measurement::{FloorPart, Model};

use super::work::{Material, floor};
use super::{Floor, FloorWork};
use crate::biscuit_wire::{Envelope, Fields, Value as Wire};
use crate::claims::ClaimSet;

const IMPLEMENTATION: &str = "own protobuf, serde_json";

/// Symbols of a token are numbered from here; below it are the default ones.
const OFFSET: u64 = 1024;

/// What the library says of every block of facts alone, those with an array
/// included, although arrays came with version 6.
const VERSION: u64 = 3;

pub(super) fn floors(scheme: &str) -> [Box<dyn Floor>; 2] {
    let json = FloorPart::Json;
    [
        floor(scheme, json, Model::Verify, IMPLEMENTATION, |material| {
            Ok(Box::new(Reading {
                blocks: blocks(material)?,
                claims: material.claims.to_vec(),
                symbols: Symbols::default(),
            }))
        }),
        floor(scheme, json, Model::Issue, IMPLEMENTATION, |material| {
            Ok(Box::new(Writing {
                blocks: blocks(material)?,
                claims: material.claims.to_vec(),
                symbols: Symbols::default(),
                out: Vec::new(),
            }))
        }),
    ]
}

/// The authority blocks of the tokens.
fn blocks(material: &Material<'_>) -> Result<Vec<Vec<u8>>, String> {
    let blocks = material.tokens.iter().map(|token| {
        let envelope = Envelope::read(token);
        let block = envelope.as_ref().and_then(|envelope| {
            let authority = envelope.blocks.first()?;
            Some(envelope.at(&authority.block).to_vec())
        });
        block.ok_or_else(|| format!("{token:.40?} is no Biscuit"))
    });
    blocks.collect()
}

/// The symbols that every Biscuit has without saying so.
struct Symbols {
    defaults: Vec<String>,
    numbers: HashMap<String, u64>,
}

impl Default for Symbols {
    fn default() -> Self {
        let table = SymbolTable::new();
        let defaults: Vec<String> = (0..OFFSET)
            .map_while(|number| table.get_symbol(number).map(str::to_owned))
            .collect();
        Self {
            numbers: (0..)
                .zip(&defaults)
                .map(|(number, symbol)| (symbol.clone(), number))
                .collect(),
            defaults,
        }
    }
}

struct Reading {
    blocks: Vec<Vec<u8>>,
    claims: Vec<ClaimSet>,
    symbols: Symbols,
}

impl FloorWork for Reading {
    fn operate(&mut self, index: usize) -> bool {
        self.blocks
            .get(index)
            .is_some_and(|block| black_box(read(black_box(block), &self.symbols)).is_some())
    }

    fn right(&mut self, index: usize) -> bool {
        let read = self
            .blocks
            .get(index)
            .and_then(|block| read(block, &self.symbols));
        read.is_some() && read.as_ref() == self.claims.get(index)
    }
}

/// The claims in a block.
fn read(block: &[u8], symbols: &Symbols) -> Option<ClaimSet> {
    let mut own: Vec<&str> = Vec::new();
    let mut facts: Vec<Range<usize>> = Vec::new();
    for field in Fields::new(block, 0..block.len()) {
        match field? {
            (1, Wire::Bytes(at)) => own.push(std::str::from_utf8(block.get(at)?).ok()?),
            (4, Wire::Bytes(at)) => facts.push(at),
            _ => {}
        }
    }
    let symbol = |number: u64| match number.checked_sub(OFFSET) {
        Some(own_number) => own.get(usize::try_from(own_number).ok()?).copied(),
        None => symbols
            .defaults
            .get(usize::try_from(number).ok()?)
            .map(String::as_str),
    };
    let mut claims = ClaimSet::default();
    for fact in facts {
        let predicate = only(block, fact, 1)?;
        let mut name = 0;
        let mut terms = [const { None }; 2];
        let mut count = 0;
        for field in Fields::new(block, predicate) {
            match field? {
                (1, Wire::Varint(number)) => name = number,
                (2, Wire::Bytes(at)) => {
                    *terms.get_mut(count)? = Fields::new(block, at).next()?;
                    count += 1;
                }
                _ => {}
            }
        }
        let string = |term: &Option<(u64, Wire)>| match term {
            Some((3, Wire::Varint(number))) => symbol(*number),
            _ => None,
        };
        let integer = |term: &Option<(u64, Wire)>| match term {
            Some((2, Wire::Varint(number))) => Some(number.cast_signed()),
            _ => None,
        };
        let [first, second] = &terms;
        match symbol(name)? {
            "issuer" => claims.iss = Some(string(first)?.to_owned()),
            "subject" => claims.sub = Some(string(first)?.to_owned()),
            "token_id" => claims.jti = Some(string(first)?.to_owned()),
            "expires" => claims.exp = Some(integer(first)?),
            "not_before" => claims.nbf = Some(integer(first)?),
            "issued_at" => claims.iat = Some(integer(first)?),
            "audience" => {
                let Some((9, Wire::Bytes(array))) = first else {
                    return None;
                };
                for field in Fields::new(block, array.clone()) {
                    let (1, Wire::Bytes(term)) = field? else {
                        return None;
                    };
                    let term = Fields::new(block, term).next()?;
                    claims.aud.push(string(&term)?.to_owned());
                }
            }
            "claim" => {
                let value: Value = serde_json::from_str(string(second)?).ok()?;
                claims.custom.insert(string(first)?, value).then_some(())?;
            }
            _ => return None,
        }
    }
    Some(claims)
}

/// The message in the field of that number.
fn only(bytes: &[u8], at: Range<usize>, wanted: u64) -> Option<Range<usize>> {
    match Fields::new(bytes, at).next()?? {
        (number, Wire::Bytes(at)) if number == wanted => Some(at),
        _ => None,
    }
}

struct Writing {
    blocks: Vec<Vec<u8>>,
    claims: Vec<ClaimSet>,
    symbols: Symbols,
    out: Vec<u8>,
}

impl FloorWork for Writing {
    fn operate(&mut self, index: usize) -> bool {
        let written = self.claims.get(index).is_some_and(|claims| {
            self.out.clear();
            write(black_box(claims), &self.symbols, &mut self.out).is_some()
        });
        black_box(&self.out);
        written
    }

    /// The very bytes that the library signed.
    fn right(&mut self, index: usize) -> bool {
        self.operate(index) && self.blocks.get(index) == Some(&self.out)
    }
}

/// Writes the block that says `claims`.
fn write(claims: &ClaimSet, symbols: &Symbols, out: &mut Vec<u8>) -> Option<()> {
    let mut own = Own {
        defaults: symbols,
        numbers: HashMap::new(),
        table: Vec::new(),
    };
    let mut facts = Vec::new();
    let mut text = |own: &mut Own<'_>, name: &'static str, value: &Option<String>| {
        if let Some(value) = value {
            let name = own.number(name);
            let value = own.number(value);
            fact(&mut facts, name, &[string(value)]);
        }
    };
    text(&mut own, "issuer", &claims.iss);
    text(&mut own, "subject", &claims.sub);
    if !claims.aud.is_empty() {
        let name = own.number("audience");
        let mut array = Vec::new();
        for one in &claims.aud {
            message(&mut array, 1, &string(own.number(one)));
        }
        let mut term = Vec::new();
        message(&mut term, 9, &array);
        fact(&mut facts, name, &[term]);
    }
    for (name, seconds) in [
        ("expires", claims.exp),
        ("not_before", claims.nbf),
        ("issued_at", claims.iat),
    ] {
        if let Some(seconds) = seconds {
            let name = own.number(name);
            fact(&mut facts, name, &[number(2, seconds.cast_unsigned())]);
        }
    }
    if let Some(jti) = &claims.jti {
        let name = own.number("token_id");
        let value = own.number(jti);
        fact(&mut facts, name, &[string(value)]);
    }
    for (name, value) in claims.custom.as_map() {
        let predicate = own.number("claim");
        let name = own.number(name);
        let value = own.number(&serde_json::to_string(value).ok()?);
        fact(&mut facts, predicate, &[string(name), string(value)]);
    }
    for symbol in &own.table {
        message(out, 1, symbol.as_bytes());
    }
    out.extend(number(3, VERSION));
    out.extend_from_slice(&facts);
    Some(())
}

/// The symbols of a block that is being written.
struct Own<'a> {
    defaults: &'a Symbols,
    numbers: HashMap<String, u64>,
    table: Vec<String>,
}

impl Own<'_> {
    fn number(&mut self, symbol: &str) -> u64 {
        let known = self
            .defaults
            .numbers
            .get(symbol)
            .or_else(|| self.numbers.get(symbol));
        if let Some(number) = known {
            return *number;
        }
        let number = OFFSET + self.table.len() as u64;
        self.numbers.insert(symbol.to_owned(), number);
        self.table.push(symbol.to_owned());
        number
    }
}

/// Appends a fact, which is a message around a predicate.
fn fact(out: &mut Vec<u8>, name: u64, terms: &[Vec<u8>]) {
    let mut predicate = number(1, name);
    for term in terms {
        message(&mut predicate, 2, term);
    }
    let mut fact = Vec::with_capacity(predicate.len() + 4);
    message(&mut fact, 1, &predicate);
    message(out, 4, &fact);
}

/// A term that is a string, by the number of its symbol.
fn string(symbol: u64) -> Vec<u8> {
    number(3, symbol)
}

/// A field that is a number.
fn number(field: u8, value: u64) -> Vec<u8> {
    let mut out = vec![field << 3];
    varint(&mut out, value);
    out
}

/// Appends a field that is bytes, text or a message.
fn message(out: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    out.push(field << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends a number, seven bits a byte, the lowest first.
fn varint(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            return out.push(low & 0x7f);
        }
        out.push(low | 0x80);
    }
}
