"""A verifier of RS256 tokens, with one mistake for you to mend.

It reads one question per line (JSON: scheme, token, key) and answers each with a
line. Run `tokenlab learn check mend-confusion` to have it attacked.
"""

import base64
import hashlib
import hmac
import json
import sys
import time

# DigestInfo of SHA-256 (RFC 8017, section 9.2).
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def der(tag, *parts):
    """One DER value: a tag, a length, and what is inside."""
    content = b"".join(parts)
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def as_pem(jwk):
    """The key as its issuer publishes it, in a file that ends with a line feed."""
    numbers = [der(2, b"\0" * (raw[0] >> 7) + raw) for raw in (decoded(jwk["n"]), decoded(jwk["e"]))]
    rsa = der(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    info = der(0x30, rsa, der(3, b"\0", der(0x30, *numbers)))
    text = base64.b64encode(info).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])


def is_signed_with_rsa(jwk, signed, signature):
    """PKCS #1 v1.5: the expected encoding is built, and compared as a whole."""
    modulus, exponent = (int.from_bytes(decoded(jwk[name]), "big") for name in "ne")
    size = (modulus.bit_length() + 7) // 8
    tail = b"\0" + SHA256_PREFIX + hashlib.sha256(signed).digest()
    expected = b"\0\1" + b"\xff" * (size - len(tail) - 2) + tail
    number = int.from_bytes(signature, "big")
    if len(signature) != size or number >= modulus:
        return False
    return pow(number, exponent, modulus).to_bytes(size, "big") == expected


def verified(token, jwk):
    """The claims of a token; ValueError if it is not to be believed."""
    header, payload, signature = token.split(".")
    signed = f"{header}.{payload}".encode()
    algorithm = json.loads(decoded(header))["alg"]
    if algorithm == "RS256":
        is_signed = is_signed_with_rsa(jwk, signed, decoded(signature))
    elif algorithm == "HS256":
        tag = hmac.digest(as_pem(jwk).encode(), signed, hashlib.sha256)
        is_signed = hmac.compare_digest(tag, decoded(signature))
    else:
        raise ValueError(f"unknown algorithm {algorithm}")
    if not is_signed:
        raise ValueError("the signature does not match")
    claims = json.loads(decoded(payload))
    if claims["exp"] <= time.time():
        raise ValueError("the token has expired")
    if claims.get("nbf", 0) > time.time():
        raise ValueError("the token is not valid yet")
    return claims


def answer(question):
    try:
        return {"ok": True, "claims": verified(question["token"], question["key"])}
    except Exception as problem:
        return {"ok": False, "error": f"{type(problem).__name__}: {problem}"}


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps({"id": question["id"]} | answer(question)), flush=True)
