"""PyJWT before the attacks of tokenlab: a line in, a line out.

    pip install 'pyjwt[crypto]'
    tokenlab attack run --all --strict --against 'python3 attacks/examples/verifier.py'
"""

import json
import sys

import jwt

ALGORITHMS = ["HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "ES384", "EdDSA"]


def answer(line):
    family, _, algorithm = line["scheme"].partition(".")
    if family != "jwt" or algorithm not in ALGORITHMS:
        return {"ok": None, "error": "unsupported scheme"}
    try:
        claims = jwt.decode(
            line["token"],
            jwt.PyJWK(line["key"], algorithm).key,  # the lab's, never the token's
            algorithms=[algorithm],  # likewise
            issuer="https://issuer.example",
            audience="api.example",
            options={"require": ["exp", "iss", "aud"]},
        )
        return {"ok": True, "claims": claims}
    except Exception as error:
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}


for text in sys.stdin:
    line = json.loads(text)
    print(json.dumps({"id": line["id"], **answer(line)}), flush=True)
