#!/usr/bin/env bash
# Builds and starts the identity provider and the demo services on SQLite under var/demo/, prints where they are and who
# can log in, and stops both on Ctrl-C. DEMO_DETACH=1 returns once both are ready and leaves their pid files.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo >/dev/null 2>&1 || { [ -r "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"; }

config=config/demo/idp.toml
home=var/demo
mkdir -p "$home"

# The two programs alone on a machine that is new; where the tests have built everything already, what they have built.
bin=${CARGO_TARGET_DIR:-target}/debug
read -ra what 2>/dev/null <"$bin/.built-with" || what=(--locked --package idp --package sp-demo)
cargo build --bins --quiet "${what[@]}"

# Lives, and is what its pid file says: a number may have gone to somebody else meanwhile.
running() { [ -r "$home/$1.pid" ] && [ "$(cat "/proc/$(cat "$home/$1.pid")/comm" 2>/dev/null)" = "$1" ]; }
for name in idp sp-demo; do
    if running "$name"; then
        echo "demo: $name runs already (pid $(cat "$home/$name.pid")); stop it with: kill $(cat "$home/$name.pid")" >&2
        exit 1
    fi
done

# The status line of a GET, without needing curl.
status() {
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
    local line
    IFS= read -r -t 5 line <&3 || line=
    exec 3>&-
    [[ $line == HTTP/1.?\ 200* ]]
} 2>/dev/null

# Waits up to 20 s for a page, as long as its process lives.
ready() {
    local name=$1 port=$2 path=$3 tries
    for ((tries = 0; tries < 400; tries++)); do
        status "$port" "$path" && return 0
        # In its first moments it is still on its way to being itself.
        running "$name" || ((tries < 20)) || break
        sleep 0.05
    done
    echo "demo: $name did not become ready; the end of $home/$name.log:" >&2
    tail -n 20 "$home/$name.log" >&2
    return 1
}

start() {
    local name=$1; shift
    # A session of its own, so that Ctrl-C reaches this script alone and both are stopped in order.
    setsid "$@" >"$home/$name.log" 2>&1 </dev/null &
    echo $! >"$home/$name.pid"
}

stop() {
    local name pid tries
    for name in sp-demo idp; do
        [ -r "$home/$name.pid" ] || continue
        pid=$(cat "$home/$name.pid")
        kill "$pid" 2>/dev/null || true
        for ((tries = 0; tries < 100; tries++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        rm -f "$home/$name.pid"
    done
}
trap stop EXIT

"$bin/idp" --config "$config" demo seed
start idp "$bin/idp" --config "$config" serve
start sp-demo "$bin/sp-demo" --config config/demo/sp-demo.toml
ready idp 8082 /health/ready
ready sp-demo 8081 /

cat <<EOT

  Nøgle demo                     everything here is invented and works on this machine only
  ----------
  demo services                  http://localhost:8081/
  identity provider              http://localhost:8080/
  discovery                      http://localhost:8080/.well-known/openid-configuration
  SAML metadata                  http://localhost:8080/saml/metadata
  health and metrics             http://127.0.0.1:8082/health/ready

EOT
"$bin/idp" --config "$config" demo people
cat <<EOT

  One-time codes stand on each person's key card under $home/; also: $bin/idp --config $config keycard print NUMBER --format text
  Logs: $home/idp.log, $home/sp-demo.log

EOT

if [ -n "${DEMO_DETACH:-}" ]; then
    trap - EXIT
    echo "  Both run on. Stop them with: kill \$(cat $home/idp.pid $home/sp-demo.pid)"
    exit 0
fi
echo "  Ctrl-C stops both."
trap 'exit 0' INT TERM
while running idp && running sp-demo; do sleep 0.5; done
echo "demo: one of the two has ended; see the logs" >&2
exit 1
