#!/usr/bin/env bash
# Asks peers that install from a registry the same work as ours, on the same core, one after the other.
#   scripts/bench-peers.sh [--peers oidc-provider,simplesamlphp,glewlwyd] [--seconds N]
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo >/dev/null 2>&1 || { [ -r "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"; }

cargo build --workspace --locked --bins --features bench/load --release
into=docs/performance
[ $# = 0 ] || into=var/bench
exec taskset -c "$(($(nproc --all) > 1 ? 1 : 0))" "${CARGO_TARGET_DIR:-target}/release/bench" peers --into "$into" "$@"
