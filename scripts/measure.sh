#!/usr/bin/env bash
# Builds the programs and the tool that measures them, then runs it: overload | timing | bulk. PROFILE=release measures the real ones.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo >/dev/null 2>&1 || { [ -r "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"; }

profile=${PROFILE:-dev}
folder=$([ "$profile" = dev ] && echo debug || echo "$profile")
# All targets, as everywhere: cargo then takes no dependency a second time with other features.
cargo build --workspace --locked --profile "$profile" --all-targets
exec "target/$folder/measure" "$@"
