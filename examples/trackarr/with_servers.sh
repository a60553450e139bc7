#!/usr/bin/env bash
# The exporter on a PostgreSQL and a Redis of its own, for a person to look at; `examples/run trackarr --with-servers`.
#
#   with_servers.sh EXPORTER [ARGUMENT...]
#
# The servers lie in a temporary directory and run as an unprivileged user; they are filled with schema.sql, seed.sql
# and seed_redis.py, and stopped when the exporter ends. TRACKARR_USERS: how many accounts, default 3000.
# shellcheck disable=SC2154 # what servers.sh sets
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../common/servers.sh"
source "$here/servers.sh"
exporter=$1 exporter_pid=''
shift

backends_skip() { # WORDS...: without a package there is nothing to see
    printf '%s: %s\n' "$backends_name" "$*" >&2
    exit 1
}

end_exporter() { [[ -z $exporter_pid ]] || kill -TERM "$exporter_pid" 2>/dev/null || true; }

stop() {
    end_exporter
    backends_stop
}
trap stop EXIT
trap end_exporter INT TERM HUP

backends_begin with_servers.sh
trackarr_need_python
postgres_start
redis_start
trackarr_load "${TRACKARR_USERS:-3000}"
trackarr_export
printf 'PostgreSQL: psql "%s"\nRedis:      redis-cli -s %s -a "%s"\n' "$DATABASE_URL" "$redis_socket" \
    "$redis_password" >&2

address=(--listen 127.0.0.1:9464)
for argument in "$@"; do
    case $argument in --listen | --listen=* | --once) address=() ;; esac
done
"$exporter" "${address[@]}" "$@" &
exporter_pid=$!
status=0
wait "$exporter_pid" || status=$?
while kill -0 "$exporter_pid" 2>/dev/null; do # the wait ends at a signal, the exporter a moment later
    status=0
    wait "$exporter_pid" || status=$?
done
exporter_pid=''
exit "$status"
