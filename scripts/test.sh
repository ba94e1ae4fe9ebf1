#!/usr/bin/env bash
# Runs the named stages in order, stops at the first that fails, and prints how long each took.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo >/dev/null 2>&1 || { [ -r "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"; }

# One resolution of features for everything that is built here, so that no dependency is compiled twice.
# The one foreign client that is compiled needs what `scripts/setup.sh check` installs; `bench/load` is the driver of the benchmarks.
whole=(--workspace --locked --features acceptance/samael,bench/load)
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
# The machines that run this are small: incremental files cost more to write than they save in a clean clone.
[ "${CI:-}" = true ] && export CARGO_INCREMENTAL=0

stage_setup() { scripts/setup.sh test; }
stage_fmt() {
    cargo fmt --all --check
    # The fuzz targets are a workspace of their own: its lock follows when a dependency comes or goes.
    cargo tree --locked --manifest-path fuzz/Cargo.toml >/dev/null
}
stage_build() {
    cargo build "${whole[@]}" --all-targets
    # So that `make demo` takes these instead of compiling its own.
    echo "${whole[@]}" >"${CARGO_TARGET_DIR:-target}/debug/.built-with"
}
stage_clippy() { cargo clippy "${whole[@]}" --all-targets -- -D warnings; }
# All tests but the stories, by name: to leave their package out would resolve other features and compile our crates twice.
stage_unit() {
    local name tests=()
    for name in $(cargo metadata --no-deps --locked --format-version=1 |
        grep -o '"kind":\["test"\],"crate_types":\["bin"\],"name":"[^"]*' | sed 's/.*"//'); do
        [ "$name" = stories ] || tests+=(--test "$name")
    done
    [ ${#tests[@]} -gt 0 ] || { echo "no test of its own found" >&2; return 1; }
    cargo test "${whole[@]}" --lib --bins "${tests[@]}"
}
stage_stories() { cargo test "${whole[@]}" --test stories -- --test-threads "${STORIES_THREADS:-3}"; }
# Each scenario of the benchmarks for a moment, with the programs that are built already: to see that they run, not how fast.
stage_bench() {
    mkdir -p var/bench
    taskset -c "$(($(nproc --all) > 1 ? 1 : 0))" "${CARGO_TARGET_DIR:-target}/debug/bench" run --short
}
stage_pictures() { cargo test "${whole[@]}" --test stories -- --exact pictures::of_the_log_in_and_the_demo; }
# The long forms say what they measured.
stage_faults() { cargo test "${whole[@]}" --test stories -- faults:: --test-threads 2 --nocapture; }
stage_soak() { cargo test "${whole[@]}" --test stories -- faults::memory --nocapture; }
stage_compose() {
    if command -v docker-compose >/dev/null 2>&1; then docker-compose --file docker-compose.yml config -q
    else docker compose --file docker-compose.yml config -q
    fi
}

times=()
report() {
    local code=$?
    printf '\n%-10s %8s\n' stage seconds
    printf '%s\n' "${times[@]}"
    [ "$code" = 0 ] && echo "all stages passed" || echo "FAILED in stage '$stage'"
}
stage=none
trap report EXIT
begun=$SECONDS
for stage in "$@"; do
    printf '\n== %s\n' "$stage"
    from=$SECONDS
    "stage_$stage"
    times+=("$(printf '%-10s %8d' "$stage" $((SECONDS - from)))")
done
times+=("$(printf '%-10s %8d' total $((SECONDS - begun)))")
