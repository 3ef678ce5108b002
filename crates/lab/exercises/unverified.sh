#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at unverified token)")"
header="$(printf '%s' "$token" | part 1)"
signature="$(printf '%s' "$token" | part 3)"
send unverified "$header.$(claims "$token").$signature"
