#!/usr/bin/env bash
# The demos of exporters run for a minute, all at a time, and are scraped every 2 s: exporter_live.py checks each page and
# what has moved.
# usage: exporters_live.sh [SOURCE_DIR] BUILD_DIR; in the environment LIVE_SECONDS: another length, for a quick look;
# LIVE_EXPORTERS: only these, such as "qbsync dragonfly-client" (an exporter, and its component).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${!#}
read -ra names <<<"${LIVE_EXPORTERS:-qbsync dragonfly-client dragonfly-manager dragonfly-scheduler playarr trackarr tracearr}"
logs=$(mktemp -d)
pids=()

clean_up() {
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$logs"
}
trap clean_up EXIT

fail() {
    printf 'exporters_live.sh: %s\n' "$*" >&2
    cat "$logs"/* >&2
    exit 1
}

# The URL of an exporter that has just been started, from what it says.
url_of() { # NAME PID
    local url
    for ((i = 0; i < 100; i++)); do
        url=$(grep -o 'http://[^ ,]*' "$logs/$1" || true)
        if [[ $url ]]; then
            printf '%s\n' "$url"
            return
        fi
        kill -0 "$2" 2>/dev/null || fail "the exporter $1 ended"
        sleep 0.1
    done
    fail "no URL of $1 in time"
}

if ! command -v python3 >/dev/null; then
    echo "exporters_live.sh: python3 is missing (Debian: apt-get install python3)"
    exit 77
fi

checks=()
for name in "${names[@]}"; do
    exporter=$build/examples/${name%%-*}_exporter
    [[ -x $exporter ]] || fail "$exporter is not built"
    component=()
    [[ $name != *-* ]] || component=(--component "${name#*-}")
    : >"$logs/$name"
    "$exporter" "${component[@]}" --listen 127.0.0.1:0 --demo 2>"$logs/$name" &
    pids+=($!)
    url=$(url_of "$name" $!)
    timeout 180 python3 "$here/exporter_live.py" "$name" "$url" "$here/../metric-sets" "${LIVE_SECONDS:-60}" &
    checks+=($!)
done

failed=''
for i in "${!checks[@]}"; do
    wait "${checks[i]}" || failed+=" ${names[i]}"
done
[[ ! $failed ]] || fail "see above:$failed"

for i in "${!pids[@]}"; do
    kill -TERM "${pids[i]}"
    status=0
    wait "${pids[i]}" || status=$?
    [[ $status == 0 ]] || fail "the exporter ${names[i]} ended with status $status after SIGTERM"
done
pids=()
