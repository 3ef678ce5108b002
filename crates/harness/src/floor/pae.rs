//! Pre-Authentication Encoding (PASETO, Common.md): many pieces as one text
//! that no other pieces give.

/// Appends the encoding of `pieces` to `out`: their number, then the length
/// and the bytes of each; numbers are 64 bits, little-endian, the highest
/// bit clear.
pub(super) fn append(out: &mut Vec<u8>, pieces: &[&[u8]]) {
    out.extend(le64(pieces.len()));
    for piece in pieces {
        out.extend(le64(piece.len()));
        out.extend_from_slice(piece);
    }
}

/// The encoding of `pieces`.
pub(super) fn encode(pieces: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    append(&mut out, pieces);
    out
}

const fn le64(number: usize) -> [u8; 8] {
    (number as u64 & (u64::MAX >> 1)).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::encode;

    /// The examples of the specification. That real tokens verify over this
    /// encoding is shown by every PASETO floor.
    #[test]
    fn the_encoding_is_the_specified_one() {
        assert_eq!(encode(&[]), [0; 8]);
        assert_eq!(encode(&[b""]), [[1, 0, 0, 0, 0, 0, 0, 0], [0; 8]].concat());
        assert_eq!(encode(&[b"test"]), *b"\x01\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0test");
    }

    #[test]
    fn moving_a_byte_from_one_piece_to_the_next_changes_it() {
        assert_ne!(encode(&[b"ab", b"c"]), encode(&[b"a", b"bc"]));
    }
}
