# servers.sh - functions that start and stop a PostgreSQL cluster and a redis-server of their own, to source.
#
#   source "$here/servers.sh"
#   trap backends_stop EXIT
#   backends_begin NAME            makes $backends_dir; backends_skip (a test: exit status 77) when a package is missing
#   postgres_start                 sets postgres_url, postgres_dir (of the socket), postgres_port, postgres_pid
#   postgres_do "SQL" [DATABASE]   as the superuser; prints what psql -At prints
#   postgres_stop [SIGNAL]         INT: fast, the default; QUIT: as after a crash. postgres_start starts it again
#   redis_start [OPTION...]        sets redis_url, redis_socket, redis_port, redis_pid; options of redis-server
#   redis_do COMMAND...            prints what redis-cli prints
#   redis_stop
#
# Everything lies in one temporary directory. Servers listen on 127.0.0.1 and a Unix socket there, ask for a password,
# and run as somebody who may do nothing: for root, the user `postgres` or `nobody`. They are stopped by their process
# ids, which are those of children of the shell, and every wait has an end.
# shellcheck shell=bash disable=SC2034

backends_name=backends backends_dir='' backends_as=()
postgres_bin='' postgres_dir='' postgres_port='' postgres_pid='' postgres_url=''
postgres_user=tacho postgres_password='p@ss w/rd:%?#'\''"\' # what needs quoting somewhere
postgres_password_encoded='p%40ss%20w%2Frd%3A%25%3F%23%27%22%5C'
redis_socket='' redis_port='' redis_pid='' redis_url='' redis_password='r@dis:/?#%25'
redis_password_encoded='r%40dis%3A%2F%3F%23%2525'

backends_fail() { # WORDS...
    printf '%s: %s\n' "$backends_name" "$*" >&2
    tail -n 5 "$backends_dir"/*.log >&2 2>/dev/null || true
    exit 1
}

backends_skip() { # WORDS...
    echo "$backends_name: $*"
    exit 77
}

# Repeat a command until it succeeds, for 30 s at most.
backends_await() { # WHAT COMMAND...
    local what=$1 end=$((SECONDS + 30))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}

# Debian has the programs of the server apart from those of the client.
backends_find_postgres() {
    local bin
    if command -v initdb >/dev/null && command -v postgres >/dev/null; then
        postgres_bin=$(dirname "$(command -v postgres)")
        return
    fi
    for bin in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
        [[ -x $bin/initdb && -x $bin/postgres ]] || continue
        postgres_bin=$bin
        return
    done
    return 1
}

backends_begin() { # NAME
    local user secret
    backends_name=$1
    backends_find_postgres || backends_skip "the PostgreSQL server is missing (Debian: apt-get install postgresql)"
    command -v psql >/dev/null || backends_skip "psql is missing (Debian: apt-get install postgresql-client)"
    command -v redis-server >/dev/null || backends_skip "redis-server is missing (Debian: apt-get install redis-server)"
    command -v redis-cli >/dev/null || backends_skip "redis-cli is missing (Debian: apt-get install redis-tools)"
    if [[ $(id -u) == 0 ]]; then
        command -v setpriv >/dev/null || backends_skip "setpriv is missing (Debian: apt-get install util-linux)"
        user=nobody
        ! id postgres >/dev/null 2>&1 || user=postgres
        backends_as=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups --)
    fi
    backends_dir=$(mktemp -d)
    [[ -z ${user:-} ]] || chown "$user" "$backends_dir"
    chmod 755 "$backends_dir"
    secret=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n') # other users of this machine can connect, too
    postgres_password+=$secret postgres_password_encoded+=$secret
    redis_password+=$secret redis_password_encoded+=$secret
}

# Become a server; with '&' behind it, so that $! is the server itself and no shell that waits for it.
backends_become() { # COMMAND...
    cd "$backends_dir" || exit
    HOME=$backends_dir LC_ALL=C exec "${backends_as[@]}" "$@"
}

# End a child of this shell, by force after 20 s.
backends_end() { # SIGNAL PID
    local i
    kill -"$1" "$2" 2>/dev/null || true
    for ((i = 0; i < 200; i++)); do
        kill -0 "$2" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$2" 2>/dev/null || true
    wait "$2" 2>/dev/null || true
}

backends_stop() {
    redis_stop
    postgres_stop
    [[ -z $backends_dir ]] || rm -rf "$backends_dir"
    backends_dir=''
}

# A port that is free for the moment; who takes it tries again with another when it is not.
backends_port() {
    echo $((20000 + (RANDOM << 15 | RANDOM) % 12000))
}

# ---- PostgreSQL ------------------------------------------------------------------------------------------------------

postgres_init() {
    local log=$backends_dir/initdb.log
    (umask 077 && printf '%s\n' "$postgres_password" >"$backends_dir/password")
    chown --reference="$backends_dir" "$backends_dir/password"
    timeout 120 env - PATH="$PATH" HOME="$backends_dir" LC_ALL=C "${backends_as[@]}" "$postgres_bin/initdb" \
        -D "$backends_dir/data" -U "$postgres_user" --pwfile="$backends_dir/password" -A scram-sha-256 \
        -E UTF8 --locale=C.UTF-8 --no-sync >"$log" 2>&1 || backends_fail "initdb failed"
}

postgres_ready() {
    kill -0 "$postgres_pid" 2>/dev/null || return 0 # to be seen by who asked
    PGPASSWORD=$postgres_password timeout 5 psql -X -w -At -h "$postgres_dir" -p "$postgres_port" -U "$postgres_user" \
        -d postgres -c 'SELECT 1'
}

postgres_start() {
    local try keep=$postgres_port
    [[ -d $backends_dir/data ]] || postgres_init
    postgres_dir=$backends_dir
    for ((try = 0; try < 10; try++)); do
        postgres_port=${keep:-$(backends_port)}
        backends_become "$postgres_bin/postgres" -D data -k "$postgres_dir" -p "$postgres_port" -c fsync=off \
            -c listen_addresses=127.0.0.1 -c unix_socket_permissions=0777 -c max_connections=40 \
            >>"$backends_dir/postgres.log" 2>&1 &
        postgres_pid=$!
        backends_await "PostgreSQL" postgres_ready || backends_fail "PostgreSQL does not answer in time"
        if kill -0 "$postgres_pid" 2>/dev/null; then
            postgres_url="postgresql://$postgres_user:$postgres_password_encoded@127.0.0.1:$postgres_port/postgres"
            return
        fi
        wait "$postgres_pid" 2>/dev/null || true
        postgres_pid=''
        sleep 0.2
    done
    backends_fail "PostgreSQL does not start"
}

postgres_do() { # SQL [DATABASE]
    PGPASSWORD=$postgres_password timeout 60 psql -X -w -q -At -v ON_ERROR_STOP=1 -h "$postgres_dir" \
        -p "$postgres_port" -U "$postgres_user" -d "${2:-postgres}" -c "$1"
}

# shellcheck disable=SC2120
postgres_stop() { # [SIGNAL]
    [[ -z $postgres_pid ]] || backends_end "${1:-INT}" "$postgres_pid"
    postgres_pid=''
}

# ---- Redis -----------------------------------------------------------------------------------------------------------

redis_do() { # COMMAND...
    REDISCLI_AUTH=$redis_password timeout 60 redis-cli -s "$redis_socket" "$@"
}

redis_ready() {
    kill -0 "$redis_pid" 2>/dev/null || return 0
    [[ $(redis_do PING) == PONG ]]
}

redis_start() { # OPTION...
    local try keep=$redis_port
    redis_socket=$backends_dir/redis.sock
    for ((try = 0; try < 10; try++)); do
        redis_port=${keep:-$(backends_port)}
        backends_become redis-server --port "$redis_port" --bind 127.0.0.1 --unixsocket "$redis_socket" \
            --unixsocketperm 777 --save '' --appendonly no --daemonize no --requirepass "$redis_password" "$@" \
            >>"$backends_dir/redis.log" 2>&1 &
        redis_pid=$!
        backends_await "redis-server" redis_ready || backends_fail "redis-server does not answer in time"
        if kill -0 "$redis_pid" 2>/dev/null; then
            redis_url="redis://:$redis_password_encoded@127.0.0.1:$redis_port/0"
            return
        fi
        wait "$redis_pid" 2>/dev/null || true
        redis_pid=''
        sleep 0.2
    done
    backends_fail "redis-server does not start"
}

redis_stop() {
    [[ -z $redis_pid ]] || backends_end TERM "$redis_pid"
    redis_pid=''
}
