#!/bin/bash -eu
# Builds every fuzz target into $OUT, with its seeds and its dictionary beside it, as
# OSS-Fuzz and ClusterFuzzLite expect: TARGET, TARGET_seed_corpus.zip, TARGET.dict,
# TARGET.options. Wants $SRC/tokenlab, $OUT and $SANITIZER, and nothing else.
cd "$SRC/tokenlab"

fuzz/run build -O --debug-assertions --sanitizer "$SANITIZER"
built="${CARGO_TARGET_DIR:-target}/$(rustc -vV | sed -n 's/^host: //p')/release"

for shim in fuzz/fuzz_targets/*.rs; do
    target="$(basename "$shim" .rs)"
    [ "$target" != empty ] || continue # only there to be measured against
    cp "$built/$target" "$OUT/"
    (cd "fuzz/corpus/$target" && find . -type f -name '*-*' -print0 | sort -z |
        xargs -0 zip -q "$OUT/${target}_seed_corpus.zip")
    dictionary="$(fuzz/run dictionary "$target")"
    printf '[libfuzzer]\nmax_len = 4096\ntimeout = 25\n' >"$OUT/$target.options"
    if [ -n "$dictionary" ]; then
        cp "$dictionary" "$OUT/$target.dict"
        printf 'dict = %s.dict\n' "$target" >>"$OUT/$target.options"
    fi
done
