#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at own-key token)")"
own_rsa_key
header="$(printf '{"alg":"RS256","jwk":%s}' "$JWK" | b64)"
input="$header.$(claims "$token")"
send own-key "$input.$(rs256 "$input")"
