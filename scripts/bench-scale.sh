#!/usr/bin/env bash
# What a log-in costs, and how large the database is, by number of people: see tests/src/scale. By default 10 thousand, 1 million and
# 6 million people: about 30 GB of free space, and the better part of an hour on two quiet cores. Stopped, or out of time
# (SCALE_MINUTES), it goes on where it stood when it is run again; var/scale may be removed afterwards.
#   SCALE_PEOPLE="10000 200000" SCALE_LOGINS=50 SCALE_OUT=var/scale scripts/bench-scale.sh      a short form
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo >/dev/null 2>&1 || { [ -r "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"; }

folder=${SCALE_DIR:-var/scale}
mkdir -p "$folder"
for size in ${SCALE_PEOPLE:-10000 1000000 6000000}; do
    [ -r "$folder/$size/crowd.json" ] || [ "$size" -lt 5000000 ] || {
        free=$(df --output=avail -BG "$folder" | tail -n 1 | tr -dc 0-9)
        [ "$free" -ge 30 ] || { echo "$size people want 30 GB of free space in $folder, there are $free" >&2; exit 1; }
    }
done
# The whole workspace, as everywhere: cargo then takes no dependency a second time with other features.
cargo build --workspace --locked --release --bins --quiet
exec "${CARGO_TARGET_DIR:-target}/release/scale"
