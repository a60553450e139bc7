# servers.sh - functions that fill a PostgreSQL and a Redis with the site of seed.sql and seed_redis.py, to source after
# ../common/servers.sh, which starts them.
#
#   trackarr_need_python     skips when it is missing
#   trackarr_load USERS      into the servers that postgres_start and redis_start have started
#   trackarr_export          the variables by which the exporter finds them
#
# shellcheck shell=bash disable=SC2154

trackarr_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

trackarr_need_python() {
    command -v python3 >/dev/null || backends_skip "python3 is missing (Debian: apt-get install python3)"
}

trackarr_load() { # USERS
    PGPASSWORD=$postgres_password timeout 300 psql -X -w -q -v ON_ERROR_STOP=1 -v users="$1" -h "$postgres_dir" \
        -p "$postgres_port" -U "$postgres_user" -d postgres -f "$trackarr_here/schema.sql" \
        -f "$trackarr_here/seed.sql" >"$backends_dir/seed.log" 2>&1 || backends_fail "the seed of PostgreSQL failed"
    "$trackarr_here/seed_redis.py" >"$backends_dir/seed.redis" || backends_fail "seed_redis.py failed"
    redis_do --pipe <"$backends_dir/seed.redis" >"$backends_dir/redis-seed.log" 2>&1 ||
        backends_fail "the seed of Redis failed"
}

trackarr_export() {
    export DATABASE_URL=$postgres_url REDIS_URL=$redis_url
}
