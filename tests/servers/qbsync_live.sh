#!/usr/bin/env bash
# The qbsync demo runs for a minute and is scraped every 2 s: qbsync_live.py checks each page and what has moved.
# usage: qbsync_live.sh [SOURCE_DIR] BUILD_DIR; QBSYNC_LIVE_SECONDS: another length, for a quick look.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${!#}
exporter=$build/examples/qbsync_exporter
log=$(mktemp)
pid=''

clean_up() {
    if [[ $pid ]]; then
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    fi
    rm -f "$log"
}
trap clean_up EXIT

fail() {
    printf 'qbsync_live.sh: %s\n' "$*" >&2
    cat "$log" >&2
    exit 1
}

if ! command -v python3 >/dev/null; then
    echo "qbsync_live.sh: python3 is missing (Debian: apt-get install python3)"
    exit 77
fi
[[ -x $exporter ]] || fail "$exporter is not built"

"$exporter" --listen 127.0.0.1:0 --demo 2>"$log" &
pid=$!
for ((i = 0; i < 100; i++)); do
    url=$(grep -o 'http://[^ ,]*' "$log" || true)
    [[ -z $url ]] || break
    kill -0 "$pid" 2>/dev/null || fail "the exporter ended"
    sleep 0.1
done
[[ $url ]] || fail "no URL in time"

timeout 180 python3 "$here/qbsync_live.py" "$url" "$here/../metric-sets" "${QBSYNC_LIVE_SECONDS:-60}" || fail "see above"

kill -TERM "$pid"
status=0
wait "$pid" || status=$?
pid=''
[[ $status == 0 ]] || fail "the exporter ended with status $status after SIGTERM"
