# Recipes are one line of cargo each: nothing hides here. `just` lists them.

export TOKENLAB_VECTORS := env("TOKENLAB_VECTORS", "")

tokenlab := "cargo run --quiet --release -p tokenlab --"

[private]
default:
    @just --list --unsorted

# Measure everything and draw the report: six minutes (profile: smoke, quick, default, full)
[group('measure')]
bench profile="default" *flags:
    {{tokenlab}} bench --profile {{profile}} {{flags}}

# A first look in one minute
[group('measure')]
bench-quick *flags: (bench "quick" flags)

# Every corpus, twice the launches: half an hour
[group('measure')]
bench-full *flags: (bench "full" flags)

# The familiar instrument alone, on every case (twenty minutes); `just criterion verify` for one model
[group('measure')]
criterion *targets:
    cargo bench -p tokenlab-benches {{ if targets == "" { "" } else { "--bench " + targets } }}

# What the seam itself costs: instructions through it against the library called directly (needs valgrind)
[group('measure')]
overhead:
    cargo run --quiet --release -p tokenlab-harness --example overhead

# Draw a run again without measuring; the latest if none is named
[group('measure')]
report *run:
    {{tokenlab}} report {{run}}

# The life of a token as studies: all of them, or one by name; `just study --short` is a first look
[group('measure')]
study *flags:
    {{tokenlab}} study run {{flags}}

# Every attack against every verifier
[group('break')]
attack *flags:
    {{tokenlab}} attack matrix {{flags}}

# How long the matrix takes, without the attacks that need a process of their own
[group('break')]
attack-speed:
    cargo run --quiet --release -p tokenlab-attacks --example matrix_speed

# One attack step by step
[group('break')]
replay id *flags:
    {{tokenlab}} attack replay {{id}} {{flags}}

# The web lab on 127.0.0.1:7878: exercises, replays, live verifiers
[group('teach')]
serve *flags:
    {{tokenlab}} serve {{flags}}

# A plan as slides, which print as a handout: one HTML file
[group('teach')]
slides plan="45" *flags:
    {{tokenlab}} class slides {{plan}} {{flags}}

# The lab in Debian's chromium: every page by mouse, by keyboard, without scripts, before axe
[group('check')]
browser *program:
    crates/lab/browser/run {{program}}

# Fuzz one target, on nightly or on stable with the nightly switch thrown
[group('break')]
fuzz target *flags:
    fuzz/run run {{target}} -- {{flags}}

# Fuzz every target for so many minutes in all, longest where coverage still grows
[group('break')]
fuzz-all minutes:
    {{tokenlab}} fuzz all --minutes {{minutes}}

# How fast each fuzz target is, against one that does nothing
[group('break')]
fuzz-rate *flags:
    {{tokenlab}} fuzz rate {{flags}}

# Whether fuzzing finds a bug that is planted in each of five layers, within a minute and from nothing
[group('break')]
fuzz-planted:
    {{tokenlab}} fuzz planted

# The tests, as the README and CI run them
[group('check')]
test:
    cargo test --workspace

# Tokens against independent libraries of Python and Node, both ways (installs them into target/interop)
[group('check')]
interop *program:
    crates/harness/interop/run {{program}}

# Break a package, the statistics by default, one operator at a time and list what its tests don't notice (cargo install --locked cargo-mutants)
[group('check')]
mutants package="tokenlab-record" *flags:
    PROPTEST_DISABLE_FAILURE_PERSISTENCE=1 cargo mutants --package {{package}} {{flags}}

# Formatting and lints; warnings are errors here and in CI
[group('check')]
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# What CI runs
[group('check')]
ci:
    .ci/run
