#!/usr/bin/env bash
# A real Prometheus scrapes the qbsync exporter: `up` is 1, a counter grows, and promtool parses the page.
# usage: prometheus.sh [SOURCE_DIR] BUILD_DIR; exit status 77: Prometheus is not installed.
set -euo pipefail
export LC_ALL=C

build=${!#}
exporter=$build/examples/qbsync_exporter
deadline=$((SECONDS + 120))
dir=$(mktemp -d)
exporter_pid='' prometheus_pid=''

clean_up() {
    local pid i
    for pid in $prometheus_pid $exporter_pid; do kill "$pid" 2>/dev/null || true; done
    for pid in $prometheus_pid $exporter_pid; do
        for ((i = 0; i < 50; i++)); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$dir"
}
trap clean_up EXIT

fail() {
    printf 'prometheus.sh: %s\n' "$*" >&2
    tail -n 5 "$dir"/*.log >&2 || true
    exit 1
}

for tool in prometheus promtool python3; do
    if ! command -v "$tool" >/dev/null; then
        echo "prometheus.sh: $tool is missing (Debian: apt-get install prometheus python3)"
        exit 77
    fi
done
[[ -x $exporter ]] || fail "$exporter is not built"

# Repeat a command until it succeeds, or the time is up.
await() { # WHAT COMMAND...
    local what=$1
    shift
    until "$@"; do
        ((SECONDS < deadline)) || fail "no $what in time"
        sleep 0.2
    done
}

fetch() { # URL
    python3 -c 'import sys, urllib.request
sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1], timeout=10).read())' "$1"
}

# The value of a query that has one result; fails as long as it has none.
query() { # PROMQL
    python3 -c 'import json, sys, urllib.parse, urllib.request
url = "http://%s/api/v1/query?%s" % (sys.argv[1], urllib.parse.urlencode({"query": sys.argv[2]}))
result = json.load(urllib.request.urlopen(url, timeout=10))["data"]["result"]
sys.exit(1) if len(result) != 1 else print(result[0]["value"][1])' "$prometheus" "$1" 2>"$dir/query.log"
}

"$exporter" --listen 127.0.0.1:0 --demo 2>"$dir/exporter.log" &
exporter_pid=$!
has_url() {
    kill -0 "$exporter_pid" 2>/dev/null || fail "the exporter ended"
    url=$(grep -o 'http://[^ ,]*' "$dir/exporter.log")
}
await "URL of the exporter" has_url
target=${url#http://}

cat >"$dir/prometheus.yml" <<END
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: qbsync
    metrics_path: /${target#*/}
    static_configs: [{ targets: ['${target%%/*}'] }]
END
prometheus --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/data" \
    --web.listen-address=127.0.0.1:0 >"$dir/prometheus.log" 2>&1 &
prometheus_pid=$!
has_prometheus() {
    kill -0 "$prometheus_pid" 2>/dev/null || fail "Prometheus ended"
    prometheus=$(grep -o 'msg="Listening on" address=[^ ]*' "$dir/prometheus.log" | head -n 1 | sed 's/.*address=//')
    [[ $prometheus ]]
}
await "port of Prometheus" has_prometheus

is_up() { [[ $(query 'up{job="qbsync"}') == 1 ]]; }
await "up == 1" is_up
has_sent() { sent=$(query 'sum(qbsync_pieces_sent_total)'); }
await "sample of qbsync_pieces_sent_total" has_sent
has_grown() { now=$(query 'sum(qbsync_pieces_sent_total)') && ((${now%.*} > ${sent%.*})); }
await "growth of qbsync_pieces_sent_total" has_grown
echo "up is 1; qbsync_pieces_sent_total went from $sent to $now"

has_quantile() { [[ $(query 'histogram_quantile(0.9, sum(rate(qbsync_piece_rtt_seconds_bucket[1m])) by (le))') != NaN ]]; }
await "quantile of a histogram" has_quantile
torrents=$(query 'count(qbsync_torrent_pieces_streamed / qbsync_torrent_pieces <= 1)')
echo "$torrents torrents with progress"

fetch "$url" >"$dir/page.txt"
status=0
promtool check metrics <"$dir/page.txt" >"$dir/promtool.log" 2>&1 || status=$?
[[ $status == 0 || $status == 3 ]] || fail "promtool cannot parse the page (exit status $status)"
echo "promtool parses the page ($(wc -l <"$dir/page.txt") lines, exit status $status)"

kill -TERM "$exporter_pid"
status=0
wait "$exporter_pid" || status=$?
exporter_pid=''
[[ $status == 0 ]] || fail "the exporter ended with status $status after SIGTERM"
