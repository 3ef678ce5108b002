// Node's token libraries behind the token exchange format.
//
//     libraries.mjs about
//     libraries.mjs verify LIBRARY < lines    an answer a line
//     libraries.mjs mint LIBRARY CLAIMS       a line a scheme, under fresh keys
//
// The same as ../python/libraries.py; what is said there holds here.

// Runs beside its node_modules, where ../run puts a copy of it. Each library is
// loaded when it is asked for.

import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";

globalThis.crypto ??= webcrypto; // a global from Node 19 on

const TIMES = ["exp", "nbf", "iat"];
const bytes = (text) => new TextEncoder().encode(text ?? "");
const pasetoClaims = (claims) =>
  Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      TIMES.includes(name) ? new Date(value * 1000).toISOString().replace(".000Z", "Z") : value,
    ]),
  );

const ENCRYPTIONS = { A128GCM: 16, A192GCM: 24, A256GCM: 32, "A128CBC-HS256": 32, "A192CBC-HS384": 48, "A256CBC-HS512": 64 };
const MANAGEMENTS = [
  "dir", "A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW",
  "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW",
  "PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW", "RSA-OAEP", "RSA-OAEP-256",
];
const SIGNATURES = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
// The library leaves these to WebCrypto, which has them from Node 24 on.
const POST_QUANTUM = Number(process.versions.node.split(".")[0]) >= 24 ? ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"] : [];

const jose = {
  schemes: [
    ...[...SIGNATURES, ...POST_QUANTUM].map((name) => `jwt.${name}`),
    ...MANAGEMENTS.flatMap((name) => Object.keys(ENCRYPTIONS).map((enc) => `jwe.${name}+${enc}`)),
  ],

  parts(scheme) {
    const [family, name] = [scheme.slice(0, 3), scheme.slice(4)];
    const at = name.lastIndexOf("+");
    return family === "jwt" ? { alg: name } : { alg: name.slice(0, at), enc: name.slice(at + 1) };
  },

  async verify({ scheme, token, key }) {
    const { importJWK, jwtVerify, jwtDecrypt } = await import("jose");
    const { alg, enc } = this.parts(scheme);
    const imported = await importJWK(key, alg);
    if (enc === undefined) return (await jwtVerify(token, imported, { algorithms: [alg] })).payload;
    const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc], maxPBES2Count: 1_000_000 };
    return (await jwtDecrypt(token, imported, options)).payload;
  },

  async mint(scheme, claims) {
    const { CompactEncrypt, SignJWT, exportJWK, generateKeyPair } = await import("jose");
    const { alg, enc } = this.parts(scheme);
    const secretBytes = { HS256: 32, HS384: 48, HS512: 64, dir: ENCRYPTIONS[enc] }[alg] ?? (/^A\d+(GCM)?KW$/.test(alg) ? Number(alg.slice(1, 4)) / 8 : alg.startsWith("PBES2") ? 24 : 0);
    const secret = secretBytes > 0 ? crypto.getRandomValues(new Uint8Array(secretBytes)) : undefined;
    const pair = secret ? undefined : await generateKeyPair(alg, { extractable: true });
    const sealing = secret ?? (enc ? pair.publicKey : pair.privateKey);
    const opening = secret ? { kty: "oct", k: Buffer.from(secret).toString("base64url") } : await exportJWK(enc ? pair.privateKey : pair.publicKey);
    const token = enc
      ? await new CompactEncrypt(bytes(JSON.stringify(claims))).setProtectedHeader({ alg, enc }).encrypt(sealing)
      : await new SignJWT(claims).setProtectedHeader({ alg }).sign(sealing);
    return { token, key: opening };
  },
};

const paseto = {
  // v2.local and v4.local need primitives that WebCrypto lacks: there the library has an extension API alone.
  schemes: ["paseto.v1.local", "paseto.v1.public", "paseto.v2.public", "paseto.v3.local", "paseto.v3.public", "paseto.v4.public"],

  async protocol(scheme) {
    const { LocalProtocol, PublicProtocol } = await import("paseto");
    const [, version, purpose] = scheme.split(".");
    const parts = await import(`paseto/${version}/${purpose}`);
    return purpose === "local"
      ? new LocalProtocol(parts.GenerateKeyFactory, parts.ImportKeyFactory, parts.ExportKeyFactory, parts.EncryptFactory, parts.DecryptFactory)
      : new PublicProtocol(parts.GenerateKeyPairFactory, parts.ImportPublicKeyFactory, parts.ExportPublicKeyFactory, parts.SignFactory, parts.VerifyFactory);
  },

  async verify({ scheme, token, key, footer, implicit_assertion }) {
    const protocol = await this.protocol(scheme);
    const options = { footer: bytes(footer) };
    if (/v[34]/.test(scheme)) options.implicitAssertion = bytes(implicit_assertion);
    const found = scheme.endsWith(".local")
      ? await protocol.Decrypt(await protocol.ImportKey(key), token, options)
      : await protocol.Verify(await protocol.ImportPublicKey(key), token, options);
    return found.claims;
  },

  async mint(scheme, claims) {
    const protocol = await this.protocol(scheme);
    const footer = '{"kid":"interop"}';
    const implicit_assertion = /v[34]/.test(scheme) ? "tenant-7" : "";
    const options = { footer: bytes(footer), addIssuedAt: false };
    if (implicit_assertion) options.implicitAssertion = bytes(implicit_assertion);
    if (scheme.endsWith(".local")) {
      const key = await protocol.GenerateKey({ extractable: true });
      return { token: await protocol.Encrypt(key, pasetoClaims(claims), options), key: await protocol.ExportKey(key), footer, implicit_assertion };
    }
    const { publicKey, secretKey } = await protocol.GenerateKeyPair();
    return { token: await protocol.Sign(secretKey, pasetoClaims(claims), options), key: await protocol.ExportPublicKey(publicKey), footer, implicit_assertion };
  },
};

const pasetoTs = {
  schemes: ["paseto.v4.local", "paseto.v4.public"],

  async verify({ scheme, token, key, footer, implicit_assertion }) {
    const { decrypt, verify } = await import("paseto-ts/v4");
    const open = scheme.endsWith(".local") ? decrypt : verify;
    const found = open(key, token, { assertion: bytes(implicit_assertion) });
    const read = typeof found.footer === "string" ? found.footer : JSON.stringify(found.footer);
    if (read !== (footer ?? "")) throw new Error(`footer is ${read}`);
    return found.payload;
  },

  async mint(scheme, claims) {
    const { encrypt, generateKeys, sign } = await import("paseto-ts/v4");
    const [footer, implicit_assertion] = ['{"kid":"interop"}', "tenant-7"];
    const options = { footer, assertion: implicit_assertion, addExp: false, addIat: false };
    const isLocal = scheme.endsWith(".local");
    const keys = generateKeys(isLocal ? "local" : "public");
    const seal = isLocal ? encrypt : sign;
    const token = seal(isLocal ? keys : keys.secretKey, pasetoClaims(claims), options);
    return { token, key: isLocal ? keys : keys.publicKey, footer, implicit_assertion };
  },
};

const LIBRARIES = { jose, paseto, "paseto-ts": pasetoTs };

async function answer(library, line) {
  if (!library.schemes.includes(line.scheme)) return { id: line.id, supported: false };
  try {
    return { id: line.id, supported: true, ok: true, claims: await library.verify(line) };
  } catch (error) {
    return { id: line.id, supported: true, ok: false, error: `${error.name}: ${error.message}` };
  }
}

const print = (value) => console.log(JSON.stringify(value));
const [verb, name, file] = process.argv.slice(2);
const library = LIBRARIES[name];
if (verb === "about") {
  const lock = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url), "utf8"));
  for (const [library, { schemes }] of Object.entries(LIBRARIES)) {
    print({ library, version: lock.packages[`node_modules/${library}`].version, schemes });
  }
} else if (verb === "verify") {
  for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) print(await answer(library, JSON.parse(line)));
} else {
  const claims = JSON.parse(readFileSync(file, "utf8"));
  for (const scheme of library.schemes) {
    const expected_claims = scheme.startsWith("paseto.") ? pasetoClaims(claims) : claims;
    print({ id: `${name}/${scheme}`, scheme, ...(await library.mint(scheme, claims)), expected_claims });
  }
}
