#!/usr/bin/env bash
# Measures the release server under load on this machine: the server on core 0, the driver (and PostgreSQL) on core 1.
#   scripts/bench.sh                    everything; figures, table and picture go to docs/performance/
#   BENCH=short scripts/bench.sh        each scenario for a moment, on the debug build that the tests use: to see that they run
#   scripts/bench.sh --only sso,saml …  what follows goes to `bench run` (bench run --help); the figures stay in var/bench/
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo >/dev/null 2>&1 || { [ -r "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"; }

mkdir -p var/bench
if [ "${BENCH:-}" = short ]; then
    cargo build --workspace --locked --bins --features bench/load --quiet
    exec taskset -c "$(($(nproc --all) > 1 ? 1 : 0))" "${CARGO_TARGET_DIR:-target}/debug/bench" run --short "$@"
fi

cargo build --workspace --locked --bins --features bench/load --release
bench=${CARGO_TARGET_DIR:-target}/release/bench
taskset -c "$(($(nproc --all) > 1 ? 1 : 0))" "$bench" run "$@"
[ $# = 0 ] || exit 0

results=docs/performance
if [ -r "$results/results.json" ]; then cp "$results/results.json" var/bench/before.json; fi
cp var/bench/run.json "$results/results.json"
before=()
if [ -r var/bench/before.json ]; then before=(--before var/bench/before.json); fi
"$bench" report "$results/results.json" "${before[@]}" --into "$results"
