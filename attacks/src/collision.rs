//! One v2.local token that is authentic under several keys.
//!
//! The tag of XChaCha20-Poly1305 is a polynomial in the blocks of the
//! ciphertext, modulo 2^130 - 5, plus a number; the point where it is evaluated
//! and the number follow from key and nonce. So "this tag under this key" is
//! one linear equation in the blocks, and k keys are k equations. A block is
//! less than 2^128, a fourth of the modulus, so one solution in 4^k will do;
//! one more block, counted up, gives the next solution until one does. The
//! method is that of Len, Grubbs and Ristenpart (Partitioning Oracle Attacks,
//! USENIX Security 2021); PASETO's Rationale-V3-V4 names it as a reason for v4.

use chacha20::XChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use rsa::BigUint;

use crate::mint;

/// A key of v2.local.
pub(crate) type LocalKey = [u8; 32];

/// A token that is authentic under each of `keys`; what it decrypts to is
/// chance. `None` if two keys are the same, or by a chance that does not come.
pub(crate) fn v2_local(keys: &[LocalKey]) -> Option<String> {
    let tag: u128 = 0;
    let blocks = ciphertext(keys, tag)?;
    let mut body = NONCE.to_vec();
    body.extend(blocks.iter().flat_map(|block| block.to_le_bytes()));
    body.extend(tag.to_le_bytes());
    Some(format!("{HEADER}{}", mint::part(body)))
}

/// As many blocks as there are keys, and the one that is counted up.
fn ciphertext(keys: &[LocalKey], tag: u128) -> Option<Vec<u128>> {
    let p = modulus();
    let blocks = keys.len() + 1;
    let rows = keys.iter().map(|key| equation(key, tag, blocks, &p));
    let (mut at_zero, mut steps) = (Vec::new(), Vec::new());
    for mut row in solved(rows.collect(), &p)? {
        let constant = row.pop()?;
        // c + w·f = constant, so c grows by p - w with every step of f.
        steps.push((&p - row.pop()?) % &p);
        at_zero.push(constant);
    }
    let (first, first_step) = (at_zero.first()?, steps.first()?);
    let mut leading = first.clone();
    for counter in 0..MOST_TRIES {
        if block(&leading).is_some() {
            let values = at_zero.iter().zip(&steps);
            let solution: Option<Vec<u128>> = values
                .map(|(constant, step)| block(&((constant + step * counter) % &p)))
                .collect();
            if let Some(mut solution) = solution {
                solution.push(u128::from(counter));
                return Some(solution);
            }
        }
        leading += first_step;
        if leading >= p {
            leading -= &p;
        }
    }
    None
}

/// What one key demands: a coefficient for each block of the ciphertext, and
/// what they have to add up to.
fn equation(key: &LocalKey, tag: u128, blocks: usize, p: &BigUint) -> Vec<BigUint> {
    let mut keystream = [0; 32];
    XChaCha20::new(key.into(), &NONCE.into()).apply_keystream(&mut keystream);
    let half = |bytes: &[u8]| BigUint::from_bytes_le(bytes);
    let (point, number) = keystream.split_at(16);
    let point = u128::from_le_bytes(point.try_into().unwrap_or_default()) & CLAMP;
    let point = BigUint::from(point);
    let high_bit = BigUint::from(1u8) << 128;
    // The sum, before the number is added, modulo 2^128.
    let wanted = (BigUint::from(tag) + &high_bit - half(number)) % &high_bit;
    // Additional data, ciphertext with nothing but its high bits, lengths.
    let (data, lengths) = (additional_data(), lengths(blocks));
    let known = data.chunks(16).map(half);
    let known = known.chain(std::iter::repeat_n(BigUint::default(), blocks));
    let known = known.chain([half(&lengths)]);
    let sum = known.fold(BigUint::default(), |sum, block| {
        (sum + block + &high_bit) * &point % p
    });
    let mut row: Vec<BigUint> = (0..blocks)
        .map(|index| point.modpow(&BigUint::from(blocks - index + 1), p))
        .collect();
    row.push((wanted + p - sum) % p);
    row
}

/// Gauss and Jordan over a prime field: each row ends with the coefficient of
/// the last block and the constant, the rest becomes one unknown a row.
fn solved(mut rows: Vec<Vec<BigUint>>, p: &BigUint) -> Option<Vec<Vec<BigUint>>> {
    let zero = BigUint::default();
    let minus_two = p - BigUint::from(2u8);
    let mut done: Vec<Vec<BigUint>> = Vec::new();
    for column in 0..rows.len() {
        let leads = |row: &Vec<BigUint>| row.get(column).is_some_and(|entry| *entry != zero);
        let mut pivot = rows.remove(rows.iter().position(leads)?);
        let inverse = pivot.get(column)?.modpow(&minus_two, p);
        for entry in &mut pivot {
            *entry = &*entry * &inverse % p;
        }
        for row in done.iter_mut().chain(&mut rows) {
            let factor = p - row.get(column)?;
            for (entry, by) in row.iter_mut().zip(&pivot) {
                *entry = (&*entry + &factor * by) % p;
            }
        }
        done.push(pivot);
    }
    let unknowns = done.len();
    Some(
        done.into_iter()
            .map(|row| row.into_iter().skip(unknowns).collect())
            .collect(),
    )
}

/// Header, nonce and footer, by PASETO's pre-authentication encoding, and zeros
/// up to a whole block.
fn additional_data() -> Vec<u8> {
    let mut data = 3u64.to_le_bytes().to_vec();
    for piece in [HEADER.as_bytes(), &NONCE, &[]] {
        data.extend((piece.len() as u64).to_le_bytes());
        data.extend(piece);
    }
    data.resize(data.len().next_multiple_of(16), 0);
    data
}

/// The last block: how long data and ciphertext are.
fn lengths(blocks: usize) -> Vec<u8> {
    let data = 4 * 8 + HEADER.len() + NONCE.len();
    let ciphertext = 16 * blocks;
    [(data as u64).to_le_bytes(), (ciphertext as u64).to_le_bytes()].concat()
}

/// A number as a block, if it fits.
fn block(number: &BigUint) -> Option<u128> {
    let bytes = number.to_bytes_le();
    if bytes.len() > 16 {
        return None;
    }
    let mut block = [0; 16];
    block.iter_mut().zip(&bytes).for_each(|(to, from)| *to = *from);
    Some(u128::from_le_bytes(block))
}

/// 2^130 - 5.
fn modulus() -> BigUint {
    (BigUint::from(1u8) << 130) - BigUint::from(5u8)
}

const HEADER: &str = "v2.local.";

/// Any nonce: what decrypts does not ask where it is from.
const NONCE: [u8; 24] = *b"mallory's nonce, 24 byte";

/// Bits of the point that are used, RFC 8439 §2.5.
const CLAMP: u128 = 0x0fff_fffc_0fff_fffc_0fff_fffc_0fff_ffff;

/// Enough for eight keys, of which each needs four times as many.
const MOST_TRIES: u64 = 1 << 21;

#[cfg(test)]
mod tests {
    use pasetors::Local;
    use pasetors::errors::Error;
    use pasetors::keys::SymmetricKey;
    use pasetors::token::UntrustedToken;
    use pasetors::version2::{LocalToken, V2};

    use super::*;

    #[test]
    fn the_token_is_authentic_under_each_key_and_under_no_other() {
        let keys: Vec<LocalKey> = (0..8).map(|number| [number; 32]).collect();
        for count in [1, 2, 4, 8] {
            let token = v2_local(&keys[..count]).unwrap();
            let token = UntrustedToken::<Local, V2>::try_from(token.as_str()).unwrap();
            for (index, key) in keys.iter().enumerate() {
                let key = SymmetricKey::<V2>::from(key).unwrap();
                let error = LocalToken::decrypt(&key, &token, None).unwrap_err();
                let authentic = matches!(error, Error::PayloadInvalidUtf8);
                assert_eq!(authentic, index < count, "{count} {index}: {error}");
            }
        }
    }

    #[test]
    fn one_key_twice_has_no_solution() {
        assert_eq!(v2_local(&[[1; 32], [1; 32]]), None);
    }
}
