#!/usr/bin/env bash
# Runs the fuzz targets one after the other, each for FUZZ_SECONDS (60), or those that are named. Needs no tool beside the
# stable toolchain and a C++ compiler: the flags are cargo-fuzz's without a sanitizer (our code holds no `unsafe`).
# What is new goes to fuzz/found/TARGET (not committed); `FUZZ_MERGE=1` adds what brings coverage to fuzz/corpus, smallest
# first. A crash is left in fuzz/artifacts/TARGET and ends the run with an error.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"
command -v cargo >/dev/null 2>&1 || { [ -r "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"; }

seconds=${FUZZ_SECONDS:-60}
host=$(rustc -vV | sed -n 's/^host: //p')
out=${CARGO_TARGET_DIR:-target}/$host/release
coverage=(-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares)
# With --target, so that build scripts and macros are compiled without counters.
RUSTFLAGS="${coverage[*]}" cargo build --release --locked --bins --target "$host"
[ "${1:-}" = --build ] && exit 0

targets=("$@")
[ ${#targets[@]} = 0 ] && mapfile -t targets < <(sed -n 's/^name = "\(.*\)"/\1/p' Cargo.toml | tail -n +2)
for target in "${targets[@]}"; do
    mkdir -p "corpus/$target" "found/$target" "artifacts/$target"
    options=(-artifact_prefix="artifacts/$target/" -timeout=5 -rss_limit_mb=1024 -max_len=16384 -print_final_stats=1)
    [ -r "dict/$target" ] && options+=(-dict="dict/$target")
    echo "== $target, $seconds s"
    "$out/$target" "${options[@]}" -max_total_time="$seconds" "found/$target" "corpus/$target" >"artifacts/$target/log" 2>&1 || {
        tail -n 30 "artifacts/$target/log"
        echo "FAILED: $target (fuzz/artifacts/$target)"
        exit 1
    }
    grep -E '^(Done|stat::(number_of_executed_units|average_exec_per_sec|new_units_added|peak_rss_mb))' "artifacts/$target/log"
    if [ "${FUZZ_MERGE:-}" = 1 ]; then
        "$out/$target" -merge=1 -max_len=4096 "corpus/$target" "found/$target" >>"artifacts/$target/log" 2>&1
    fi
done
