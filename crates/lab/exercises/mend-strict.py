"""A verifier of HS256 tokens, with three mistakes for you to mend.

It reads one question per line (JSON: scheme, token, key) and answers each with a
line. Run `tokenlab learn check mend-strict` to have it attacked.
"""

import base64
import hashlib
import hmac
import json
import sys
import time


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(token, secret):
    """The claims of a token; ValueError if it is not to be believed."""
    header, payload, signature = token.split(".")
    algorithm = json.loads(decoded(header))["alg"]
    if algorithm != "HS256":
        raise ValueError(f"the algorithm is {algorithm}")
    tag = hmac.digest(secret, f"{header}.{payload}".encode(), hashlib.sha256)
    if not hmac.compare_digest(tag, decoded(signature)):
        raise ValueError("the signature does not match")
    claims = json.loads(decoded(payload))
    if claims["exp"] <= time.time():
        raise ValueError("the token has expired")
    if claims.get("nbf", 0) > time.time():
        raise ValueError("the token is not valid yet")
    return claims


def answer(question):
    try:
        claims = verified(question["token"], decoded(question["key"]["k"]))
        return {"ok": True, "claims": claims}
    except Exception as problem:
        return {"ok": False, "error": f"{type(problem).__name__}: {problem}"}


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps({"id": question["id"]} | answer(question)), flush=True)
