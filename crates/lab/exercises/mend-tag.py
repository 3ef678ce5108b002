"""A verifier of v4.local tokens, with one mistake for you to mend.

It reads one question per line (JSON: scheme, token, key) and answers each with a
line. Run `tokenlab learn check mend-tag` to have it attacked.
"""

import base64
import hashlib
import hmac
import json
import struct
import sys
from datetime import datetime, timezone

HEADER = "v4.local."


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pre_authentication_encoding(*pieces):
    """Every piece with its length, so that none can take a byte of the next."""
    encoded = struct.pack("<Q", len(pieces))
    for piece in pieces:
        encoded += struct.pack("<Q", len(piece)) + piece
    return encoded


def turned(word, by):
    return (word << by | word >> (32 - by)) & 0xFFFFFFFF


def chacha_rounds(state):
    """The twenty rounds of ChaCha (RFC 8439, section 2.3), without the addition after them."""
    state = list(state)

    def quarter(a, b, c, d):
        for first, second, third, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[first] = (state[first] + state[second]) & 0xFFFFFFFF
            state[third] = turned(state[third] ^ state[first], by)

    for _ in range(10):
        for column in range(4):
            quarter(column, column + 4, column + 8, column + 12)
        for start in range(4):
            quarter(start, 4 + (start + 1) % 4, 8 + (start + 2) % 4, 12 + (start + 3) % 4)
    return state


def xchacha20(key, nonce, text):
    """XChaCha20 (draft-irtf-cfrg-xchacha): a key of its own for each nonce, then ChaCha20."""
    constants = struct.unpack("<4I", b"expand 32-byte k")
    words = chacha_rounds(constants + struct.unpack("<8I", key) + struct.unpack("<4I", nonce[:16]))
    subkey = tuple(words[:4] + words[12:])
    result = b""
    for number in range(0, (len(text) + 63) // 64):
        state = constants + subkey + (number, 0) + struct.unpack("<2I", nonce[16:])
        mixed = ((a + b) & 0xFFFFFFFF for a, b in zip(state, chacha_rounds(state)))
        block = text[64 * number : 64 * number + 64]
        result += bytes(a ^ b for a, b in zip(block, struct.pack("<16I", *mixed)))
    return result


def derived(key, purpose, nonce, size):
    return hashlib.blake2b(purpose + nonce, key=key, digest_size=size).digest()


def verified(token, key):
    """The claims of a token; ValueError if it is not to be believed."""
    if not token.startswith(HEADER):
        raise ValueError("this is no v4.local token")
    body, _, footer = token.removeprefix(HEADER).partition(".")
    raw = decoded(body)
    nonce, text, tag = raw[:32], raw[32:-32], raw[-32:]
    encryption = derived(key, b"paseto-encryption-key", nonce, 56)
    claims = json.loads(xchacha20(encryption[:32], encryption[32:], text))
    now = datetime.now(timezone.utc)
    if datetime.fromisoformat(claims["exp"]) <= now:
        raise ValueError("the token has expired")
    if "nbf" in claims and datetime.fromisoformat(claims["nbf"]) > now:
        raise ValueError("the token is not valid yet")
    return claims


def answer(question):
    try:
        key = decoded(question["key"].removeprefix("k4.local."))
        return {"ok": True, "claims": verified(question["token"], key)}
    except Exception as problem:
        return {"ok": False, "error": f"{type(problem).__name__}: {problem}"}


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps({"id": question["id"]} | answer(question)), flush=True)
