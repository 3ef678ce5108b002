"""Python's token libraries behind the token exchange format.

    libraries.py about
    libraries.py verify LIBRARY < lines    an answer a line
    libraries.py mint LIBRARY CLAIMS       a line a scheme, under fresh keys

Claims are handed over in JWT style (times as numbers) and written in the style
of the scheme. Each library is used as its manual says; what it enforces beside
the signature (exp, nbf) stays on, as the claims are valid.
"""

import base64
import json
import sys
import warnings
from datetime import datetime, timezone
from importlib.metadata import version
from itertools import product

TIMES = ("exp", "nbf", "iat")


def paseto_claims(claims):
    """The same claims with times as PASETO writes them."""
    return {
        name: datetime.fromtimestamp(value, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") if name in TIMES else value
        for name, value in claims.items()
    }


class PyJwt:
    package = "PyJWT"
    schemes = [f"jwt.{alg}" for alg in (
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
        "ES256", "ES384", "ES512", "ES256K", "EdDSA")]

    def verify(self, line):
        import jwt
        algorithm = line["scheme"].removeprefix("jwt.")
        key = jwt.PyJWK(line["key"], algorithm=algorithm)
        return jwt.decode(line["token"], key, algorithms=[algorithm], options={"verify_aud": False})

    def mint(self, scheme, claims):
        import jwt
        from cryptography.hazmat.primitives import serialization as form
        algorithm = scheme.removeprefix("jwt.")
        private = fresh_key(algorithm)
        token = jwt.encode(claims, private, algorithm=algorithm)
        if isinstance(private, bytes):
            return {"token": token, "key": "hex:" + private.hex()}
        pem = private.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
        return {"token": token, "key": pem.decode()}


def fresh_key(algorithm):
    """A key for a JWS algorithm, as the `cryptography` package has it."""
    import secrets
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    curves = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1(), "ES256K": ec.SECP256K1()}
    if algorithm.startswith("HS"):
        return secrets.token_bytes(int(algorithm[2:]) // 8)
    if algorithm in curves:
        return ec.generate_private_key(curves[algorithm])
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, 2048)


class JoseRfc:
    package = "joserfc"
    encryptions = ["A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"]
    managements = [
        "dir", "A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW",
        "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW",
        "PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW", "RSA-OAEP", "RSA-OAEP-256"]
    schemes = PyJwt.schemes + [f"jwe.{alg}+{enc}" for alg, enc in product(managements, encryptions)]
    secrets = {
        "A128GCM": 128, "A192GCM": 192, "A256GCM": 256,
        "A128CBC-HS256": 256, "A192CBC-HS384": 384, "A256CBC-HS512": 512}

    def verify(self, line):
        from joserfc import jwk, jwt
        key = jwk.import_key(line["key"])
        algorithms, registry = self.allowed(line["scheme"])
        return jwt.decode(line["token"], key, algorithms=algorithms, registry=registry).claims

    def mint(self, scheme, claims):
        from joserfc import jwt
        algorithms, registry = self.allowed(scheme)
        header = {"alg": algorithms[0]} | ({"enc": algorithms[1]} if registry else {})
        key = self.fresh_key(*algorithms)
        token = jwt.encode(header, claims, key, algorithms=algorithms, registry=registry)
        private = registry is not None or header["alg"].startswith("HS")
        return {"token": token, "key": key.as_dict(private=private)}

    @staticmethod
    def allowed(scheme):
        from joserfc.jwe import JWERegistry
        family, name = scheme.split(".", 1)
        if family == "jwt":
            return [name], None
        algorithms = name.rsplit("+", 1)
        return algorithms, JWERegistry(algorithms=algorithms)

    def fresh_key(self, algorithm, encryption=None):
        from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
        curves = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "ES256K": "secp256k1"}
        if algorithm == "EdDSA":
            return OKPKey.generate_key("Ed25519")
        if algorithm in curves:
            return ECKey.generate_key(curves[algorithm])
        if algorithm.startswith("ECDH-ES"):
            return ECKey.generate_key("P-256")
        if algorithm.startswith(("RS", "PS")):
            return RSAKey.generate_key(2048)
        if algorithm == "dir":
            return OctKey.generate_key(self.secrets[encryption])
        bits = {"A1": 128, "A2": 256, "HS": 512, "PB": 256}[algorithm[:2]]
        return OctKey.generate_key(192 if algorithm.startswith("A192") else bits)


class PySeto:
    package = "pyseto"
    schemes = [f"paseto.v{n}.{purpose}" for n in (1, 2, 3, 4) for purpose in ("local", "public")]

    def verify(self, line):
        import pyseto
        key = pyseto.Key.from_paserk(line["key"])
        found = pyseto.decode(key, line["token"], implicit_assertion=line.get("implicit_assertion") or "")
        if (found.footer or b"") != (line.get("footer") or "").encode():
            raise ValueError(f"footer is {found.footer!r}")
        return json.loads(found.payload)

    def mint(self, scheme, claims):
        import secrets
        import pyseto
        from cryptography.hazmat.primitives import serialization as form
        _, version_name, purpose = scheme.split(".")
        number = int(version_name[1:])
        if purpose == "local":
            key = pyseto.Key.new(number, "local", secrets.token_bytes(32))
            verifying = key
        else:
            algorithm = {1: "PS384", 2: "EdDSA", 3: "ES384", 4: "EdDSA"}[number]
            private = fresh_key(algorithm)
            pem = private.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
            public = private.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
            key = pyseto.Key.new(number, "public", pem)
            verifying = pyseto.Key.new(number, "public", public)
        footer = '{"kid":"interop"}'
        assertion = "tenant-7" if number >= 3 else ""
        # As text: its serializer escapes what is not ASCII, which is sound JSON too.
        payload = json.dumps(paseto_claims(claims)).encode()
        token = pyseto.encode(key, payload, footer=footer.encode(), implicit_assertion=assertion.encode())
        return {
            "token": token.decode(), "key": verifying.to_paserk(), "footer": footer, "implicit_assertion": assertion}


class BiscuitPython:
    """Claims are the facts that tokenlab writes: issuer, subject, audience, ..., claim(name, JSON)."""

    package = "biscuit-python"
    schemes = ["biscuit.v3"]
    facts = {
        "iss": "issuer", "sub": "subject", "jti": "token_id", "aud": "audience",
        "exp": "expires", "nbf": "not_before", "iat": "issued_at"}

    def verify(self, line):
        import biscuit_auth as biscuit
        public = biscuit.PublicKey.from_bytes(
            bytes.fromhex(line["key"].removeprefix("ed25519/")), biscuit.Algorithm.Ed25519)
        token = biscuit.Biscuit.from_base64(line["token"], public)
        authorizer = biscuit.AuthorizerBuilder("allow if true").build(token)
        authorizer.authorize()
        claims = {}
        for name, predicate in self.facts.items():
            for fact in authorizer.query(biscuit.Rule(f"found($value) <- {predicate}($value)")):
                # An array can't be handed to Python (the binding panics), so it is read as it is printed.
                value = json.loads(str(fact).removeprefix("found(").removesuffix(")")) if name == "aud" else fact.terms[0]
                claims[name] = value[0] if name == "aud" and len(value) == 1 else value
        for fact in authorizer.query(biscuit.Rule("found($name, $value) <- claim($name, $value)")):
            claims[fact.terms[0]] = json.loads(fact.terms[1])
        return claims

    def mint(self, scheme, claims):
        import biscuit_auth as biscuit
        pair = biscuit.KeyPair()
        builder = biscuit.BiscuitBuilder()
        for name, value in claims.items():
            if name in self.facts:
                value = [value] if name == "aud" else value
                builder.add_fact(biscuit.Fact(self.facts[name] + "({value})", {"value": value}))
            else:
                terms = {"name": name, "value": json.dumps(value)}
                builder.add_fact(biscuit.Fact("claim({name}, {value})", terms))
        token = builder.build(pair.private_key).to_base64()
        return {"token": token, "key": "ed25519/" + bytes(pair.public_key.to_bytes()).hex()}


LIBRARIES = {library.package: library for library in (PyJwt, JoseRfc, PySeto, BiscuitPython)}


def answer(library, line):
    if line["scheme"] not in library.schemes:
        return {"id": line["id"], "supported": False}
    try:
        return {"id": line["id"], "supported": True, "ok": True, "claims": library.verify(line)}
    except Exception as error:  # whatever a library throws is its refusal
        return {"id": line["id"], "supported": True, "ok": False, "error": f"{type(error).__name__}: {error}"}


def main():
    warnings.simplefilter("ignore")  # joserfc warns of every use of EdDSA
    verb = sys.argv[1]
    if verb == "about":
        for name, library in LIBRARIES.items():
            print(json.dumps({"library": name, "version": version(name), "schemes": library.schemes}))
        return
    library = LIBRARIES[sys.argv[2]]()
    if verb == "verify":
        for line in sys.stdin:
            print(json.dumps(answer(library, json.loads(line))))
        return
    with open(sys.argv[3], encoding="utf-8") as file:
        claims = json.load(file)
    for scheme in library.schemes:
        expected = paseto_claims(claims) if scheme.startswith("paseto.") else claims
        line = {"id": f"{library.package}/{scheme}", "scheme": scheme, **library.mint(scheme, claims)}
        print(json.dumps({**line, "expected_claims": expected}))


if __name__ == "__main__":
    main()
