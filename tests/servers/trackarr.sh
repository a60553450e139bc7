#!/usr/bin/env bash
# The trackarr exporter on a real PostgreSQL and Redis: what it shows, and what it does when they fail.
# usage: trackarr.sh SOURCE_DIR BUILD_DIR; exit status 77: a package is missing. TRACKARR_PHASES: only these, for a
# quick look ("values door ...").
# shellcheck disable=SC2154 # what servers.sh sets
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${!#}
exporter=$build/examples/trackarr_exporter
source "$here/../../examples/common/servers.sh"
source "$here/../../examples/trackarr/servers.sh"
exporter_pid='' url=''

stop() {
    [[ -z $exporter_pid ]] || backends_end TERM "$exporter_pid"
    [[ -z $redis_pid ]] || kill -CONT "$redis_pid" 2>/dev/null || true
    backends_stop
}
trap stop EXIT

# Start an exporter; its variables come first: start_exporter NAME=VALUE... -- ARGUMENT...
start_exporter() {
    local variables=() log=$backends_dir/exporter.log i
    while [[ $1 != -- ]]; do
        variables+=("$1")
        shift
    done
    shift
    : >"$log"
    env "${variables[@]}" "$exporter" "$@" 2>"$log" &
    exporter_pid=$!
    for ((i = 0; i < 100; i++)); do
        url=$(grep -o 'http://[^ ,]*' "$log" || true)
        [[ -z $url ]] || return 0
        kill -0 "$exporter_pid" 2>/dev/null || backends_fail "the exporter ended"
        sleep 0.1
    done
    backends_fail "the exporter has no URL in time"
}

# End it, and see that it ends well and leaves nothing behind.
end_exporter() {
    local status=0 children i
    children=$(pgrep -P "$exporter_pid" | tr '\n' ' ' || true)
    kill -TERM "$exporter_pid"
    wait "$exporter_pid" || status=$?
    exporter_pid=''
    [[ $status == 0 ]] || backends_fail "the exporter ended with status $status after SIGTERM"
    for ((i = 0; i < 50; i++)); do
        # shellcheck disable=SC2086
        [[ -n $children ]] && kill -0 $children 2>/dev/null || return 0
        sleep 0.1
    done
    backends_fail "psql children were left behind: $children"
}

wants() { [[ -z ${TRACKARR_PHASES:-} || " $TRACKARR_PHASES " == *" $1 "* ]]; }

live() { # PHASE [ARGUMENT]
    timeout 240 python3 -B "$here/trackarr_live.py" "$1" "$url" "${@:2}" || backends_fail "phase $1"
}

backends_begin trackarr.sh
trackarr_need_python
[[ -x $exporter ]] || backends_fail "$exporter is not built"
postgres_start
redis_start
trackarr_load 3000
trackarr_export
unset METRICS_ENABLED METRICS_HOST METRICS_PORT METRICS_PATH METRICS_AUTH_TOKEN REDIS_PASSWORD REDIS_KEY_PREFIX
export METRICS_PEER_CACHE_MS=0

if wants door; then
    start_exporter METRICS_ENABLED=on METRICS_HOST=127.0.0.1 METRICS_PORT=0 METRICS_PATH=/m METRICS_AUTH_TOKEN=s3cret --
    live door s3cret
    end_exporter
fi

if wants demo; then
    timeout 60 "$exporter" --demo --once >"$backends_dir/demo.txt" || backends_fail "--demo --once"
    python3 -B "$here/../metric-sets/check_exposition.py" "$here/../metric-sets/trackarr.tsv" <"$backends_dir/demo.txt" ||
        backends_fail "--demo --once"
fi

start_exporter -- --listen 127.0.0.1:0 --query-deadline 1500 --walk-deadline 3000
for phase in values fresh hostile; do
    if wants "$phase"; then live "$phase"; fi
done
if wants locked; then live locked 1.5,absent; fi
if wants asleep; then live asleep 1.5; fi
if wants redis; then
    peers=$(live show peers_total)
    kill -STOP "$redis_pid"
    live redis_stopped "$peers,3"
    kill -CONT "$redis_pid"
    live back
fi
if wants children; then live children_killed "$exporter_pid"; fi
if wants restart; then
    postgres_stop QUIT
    live database_down
    postgres_start
    live back
fi
end_exporter

if wants last; then
    start_exporter -- --listen 127.0.0.1:0 --query-deadline 1500 --on-failure last
    live locked 1.5,last
    end_exporter
fi
if wants together; then
    start_exporter -- --listen 127.0.0.1:0
    live together "$backends_dir/postgres.log"
    end_exporter
fi
