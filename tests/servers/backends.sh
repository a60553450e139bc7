#!/usr/bin/env bash
# The clients in examples/common against a real PostgreSQL and a real Redis, through backends_check.
# usage: backends.sh [SOURCE_DIR] BUILD_DIR; exit status 77: a package is missing.
# shellcheck disable=SC2154 # coproc and servers.sh set what is not set here
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${!#}
check=$build/tests/backends_check
tab=$'\t'
# shellcheck source=examples/common/servers.sh
source "$here/../../examples/common/servers.sh"
check_pid='' to_check='' from_check='' answer='' took=0 promises=0

clean_up() {
    [[ -z $check_pid ]] || backends_end TERM "$check_pid"
    backends_stop
}
trap clean_up EXIT

[[ -x $check ]] || { echo "backends.sh: $check is not built" >&2; exit 1; }
backends_begin backends.sh

check_start() { # POSTGRES_URL REDIS_URL
    # The variables are wrong on purpose: the URL alone says where to go.
    coproc check_pipe {
        export PGHOST=/nonexistent PGUSER=nobody PGPASSWORD=wrong PGDATABASE=nowhere PGOPTIONS=-cnonsense=1
        exec "$check" "$1" "$2"
    }
    check_pid=$check_pipe_PID
    to_check=${check_pipe[1]} from_check=${check_pipe[0]} # no copies: servers started later must not get them
}

check_stop() {
    local pid=$check_pid
    exec {to_check}>&- {from_check}<&-
    ended() { ! kill -0 "$pid" 2>/dev/null; }
    backends_await "end" ended || backends_fail "backends_check does not end with its input"
    check_pid=''
    wait "$pid" || backends_fail "backends_check ended with status $?"
}

# Send a line, read the answer: $answer, and $took in milliseconds.
ask() { # WORD...
    local IFS=$tab line
    printf '%s\n' "$*" >&"$to_check"
    answer=''
    while read -r -t 60 -u "$from_check" line || backends_fail "backends_check does not answer: $*"; do
        if [[ $line == 'took '* ]]; then
            took=${line#took }
            return
        fi
        answer+=${answer:+$'\n'}$line
    done
}

broken() { backends_fail "$1: asked: $2"$'\n'"wanted: $3"$'\n'"got: $answer (in $took ms)"; }

# The answer is this, as a whole.
is() { # PROMISE WANT WORD...
    local promise=$1 want=$2
    shift 2
    ask "$@"
    [[ $answer == "$want" ]] || broken "$promise" "$*" "$want"
    promises=$((promises + 1))
}

# The answer matches this pattern.
like() { # PROMISE PATTERN WORD...
    local promise=$1 want=$2
    shift 2
    ask "$@"
    # shellcheck disable=SC2053
    [[ $answer == $want ]] || broken "$promise" "$*" "$want"
    promises=$((promises + 1))
}

within() { # PROMISE MIN_MS MAX_MS
    ((took >= $2 && took <= $3)) || broken "$1" "the time" "from $2 to $3 ms"
}

# Those that live: one that has died is reaped when its place is used again.
psql_children() {
    ps -A -o pid=,ppid=,stat=,args= | awk -v parent="$check_pid" '$2 == parent && $3 !~ /Z/ && /psql/ { print $1 }'
}

# ---- Values ----------------------------------------------------------------------------------------------------------

test_values() {
    is "NULL and empty text differ" "ok 1: a=NULL b=\"\" c=0" each 9000 "SELECT NULL AS a, '' AS b, 0 AS c"
    is "no row is no error" "ok 0:" each 9000 "SELECT 1 WHERE false"
    is "rows come in order" 'ok 3: n=1;n=2;n=3' each 9000 "SELECT n FROM generate_series(1, 3) AS n"
    is "text may hold anything" 'ok 2: a="\t\n\\\"'"'"'\x01\x7f|," b="";a="" b="x"' each 9000 \
        "SELECT chr(9)||chr(10)||chr(92)||'\"'||chr(39)||chr(1)||chr(127)||'|,' AS a, '' AS b UNION ALL SELECT '', 'x'"
    is "int8 is exact" "ok 1: a=9007199254740993 b=-9223372036854775808" each 9000 \
        "SELECT 9007199254740993::int8 AS a, (-9223372036854775808)::int8 AS b"
    is "numeric is as written" 'ok 1: a="123456789012345678901234567890.123" b="NaN"' each 9000 \
        "SELECT 123456789012345678901234567890.123 AS a, 'NaN'::numeric AS b"
    is "sessions speak UTC and ISO" 'ok 1: z="UTC" d="ISO, YMD" t="1970-01-01 00:00:00+00"' each 9000 \
        "SELECT current_setting('TimeZone') AS z, current_setting('DateStyle') AS d, to_timestamp(0) AS t"
    is "sessions speak UTF-8" 'ok 1: e="UTF8" u="ü"' each 9000 \
        "SELECT current_setting('client_encoding') AS e, 'ü' AS u"
    like "one MiB of text comes whole" "ok 1: t=?1048576 bytes,*" each 9000 \
        "SELECT repeat('0123456789abcdef', 65536) AS t"
    is "a value cannot look like the end of a record" 'ok 2: a="x" b="a";a="b" b=""' each 9000 \
        "SELECT 'x' AS a, 'a' AS b UNION ALL SELECT 'b', ''"
    is "names of columns are as given" 'ok 1: a b=1 ä=2' each 9000 "SELECT 1 AS \"a b\", 2 AS \"ä\""
    is "zero columns are no rows" 'ok 0:' each 9000 "SELECT FROM pg_class LIMIT 2"
}

# ---- Errors and groups -----------------------------------------------------------------------------------------------

test_errors() {
    like "an error leaves the others of a snapshot" \
        $'ok 1: a=1\nerror 42703: column "no_such" does not exist\nerror 22012: division by zero\nok 1: b=2' \
        snapshot 9000 "SELECT 1 AS a" "SELECT no_such" "SELECT 1/0" "SELECT 2 AS b"
    like "an error leaves the others of each" \
        $'error 42P01: relation "no_such" does not exist\nok 1: b=2' each 9000 "TABLE no_such" "SELECT 2 AS b"
    like "syntax errors have words" $'error 42601: syntax error at or near "SELEC"*\nok 1: a=1' \
        snapshot 9000 "SELEC 1" "SELECT 1 AS a"
    like "an open parenthesis takes nothing along" $'error -: psql has not sent*\nok 1: a=1' \
        snapshot 9000 "SELECT (1" "SELECT 1 AS a"
    like "nothing is written" $'error 25006: cannot execute CREATE TABLE in a read-only transaction' \
        each 9000 "CREATE TABLE written (n int)"
    like "a message is one line of printable text" 'error 22P02: invalid input syntax for type integer: "a ???b"' \
        each 9000 "SELECT ('a'||chr(10)||chr(1)||chr(252)||'b')::int"
    postgres_do "CREATE TABLE seen (n int); INSERT INTO seen VALUES (1)"
    postgres_do "SELECT pg_sleep(0.5); INSERT INTO seen VALUES (2)" >/dev/null &
    local writer=$!
    is "a snapshot sees one moment, behind an error too" \
        $'ok 1: n=1\nerror 22012: division by zero\nok 1: s="x"\nok 1: n=1' snapshot 9000 \
        "SELECT count(*) AS n FROM seen" "SELECT 1/0" "SELECT 'x' AS s FROM pg_sleep(1.2) AS t" \
        "SELECT count(*) AS n FROM seen"
    wait "$writer"
    is "the next one sees the next moment" $'ok 1: n=2' snapshot 9000 "SELECT count(*) AS n FROM seen"
}

# ---- Time ------------------------------------------------------------------------------------------------------------

test_deadlines() {
    local holder children
    like "a statement that sleeps is ended by the server" \
        $'error 57014: canceling statement due to statement timeout\n*' \
        snapshot 1000 "SELECT pg_sleep(60)" "SELECT 1 AS a"
    within "a statement that sleeps ends in time" 700 1100
    children=$(psql_children)
    like "a statement leaves the next one what is left" $'ok 1: a=1\nerror 57014:*' \
        each 1000 "SELECT 1 AS a FROM pg_sleep(0.6)" "SELECT pg_sleep(0.8)"
    within "statements share their time" 700 1100
    [[ $(psql_children) == "$children" ]] || backends_fail "the child does not survive a statement timeout"

    postgres_do "BEGIN; LOCK TABLE seen; SELECT pg_sleep(3)" >/dev/null &
    holder=$!
    lock_is_held() { [[ $(postgres_do "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'") != 0 ]]; }
    backends_await lock lock_is_held || backends_fail "no lock"
    like "who waits for a lock leaves the others served" \
        $'ok 1: a=1\nbeside *\nerror 57014:*' beside 1500 "SELECT count(*) AS n FROM seen" "SELECT 1 AS a"
    [[ $answer =~ beside\ ([0-9]+) ]] && ((BASH_REMATCH[1] < 1000)) || broken "others are served at once" lock "< 1000"
    within "who waits for a lock ends in time" 1200 1600
    wait "$holder"
    is "behind the lock all is well" $'ok 1: n=2' each 9000 "SELECT count(*) AS n FROM seen"
}

# ---- Deaths ----------------------------------------------------------------------------------------------------------

test_deaths() {
    local pid stopped
    for pid in $(psql_children); do kill -KILL "$pid"; done
    is "a child that was killed is replaced within the call" "ok 1: a=1" each 9000 "SELECT 1 AS a"
    stopped=$(psql_children)
    # shellcheck disable=SC2086
    kill -STOP $stopped
    like "a child that is silent is killed at the deadline" 'error -: no answer from PostgreSQL before the deadline*' \
        each 500 "SELECT 1 AS a"
    within "the deadline holds" 490 800
    for pid in $stopped; do kill -0 "$pid" 2>/dev/null && backends_fail "a silent child is not killed"; done
    is "another place serves meanwhile" "ok 1: a=1" each 9000 "SELECT 1 AS a"

    postgres_stop QUIT
    like "a dead server is an error in words" 'error -: psql has ended, exit status 2: *onnection*' \
        each 9000 "SELECT 1 AS a"
    for _ in 1 2 3 4 5; do ask each 9000 "SELECT 1 AS a"; done
    like "while all places wait, a call fails at once" 'error -: tried again in * ms, after: *' \
        each 9000 "SELECT 1 AS a"
    within "it fails at once" 0 100
    postgres_start
    is_back() { ask each 9000 "SELECT 1 AS a" && [[ $answer == "ok 1: a=1" ]]; }
    backends_await "answer" is_back || broken "a server that is back is found again" "SELECT 1" "ok"
    postgres_stop
    postgres_start
    is "a restart between two calls is not seen" "ok 1: a=1" each 9000 "SELECT 1 AS a"
    [[ $(psql_children) ]] || backends_fail "no psql child is seen: the tests of their deaths are void"
}

# ---- Redis -----------------------------------------------------------------------------------------------------------

test_redis() {
    redis_do SET text $'a\r\nb' >/dev/null
    redis_do RPUSH list a b c >/dev/null
    is "a status is one" '1 replies: "PONG"' redis 2000 PING
    is "a string may hold CR LF" '1 replies: "a\x0d\nb"' redis 2000 GET text
    is "nothing is nil" '1 replies: nil' redis 2000 GET no_such
    is "a number is one" '1 replies: 3' redis 2000 LLEN list
    is "an array is one" '1 replies: ["a" "b" "c"]' redis 2000 LRANGE list 0 -1
    is "arrays may be nested" '1 replies: ["0" ["list"]]' redis 2000 SCAN 0 MATCH l* COUNT 1000
    like "an error is a reply" '1 replies: error "WRONGTYPE*"' redis 2000 GET list
    like "2000 commands go together" '2000 replies: 3' repeat 5000 2000 LLEN list
    like "a command that blocks ends at the deadline" $'0 replies\nerror: no reply from Redis before the deadline' \
        redis 300 BLPOP empty 60
    within "the deadline holds" 290 500
    like "after a failure there is a pause" $'0 replies\nerror: tried again in *' redis 2000 PING
    sleep 0.3
    is "after the pause it goes on" '1 replies: "PONG"' redis 2000 PING
    redis_do CLIENT KILL TYPE normal SKIPME yes >/dev/null
    is "a connection that was closed is replaced within the call" '1 replies: "PONG"' redis 2000 PING
    redis_stop
    like "a dead server is an error in words" $'0 replies\nerror: no connection to Redis: *' redis 2000 PING
    redis_start
    sleep 0.6
    is "a server that is back is found again" '1 replies: "PONG"' redis 2000 PING
}

# ---- Ways to connect -------------------------------------------------------------------------------------------------

test_sockets() {
    local directory=${postgres_dir//\//%2F}
    local user=$postgres_user:$postgres_password_encoded
    check_start "postgres://$user@$directory:$postgres_port/postgres?application_name=my%20app" \
        "redis+unix://:$redis_password_encoded@$redis_socket?db=3"
    is "a Unix socket will do, and parameters arrive" 'ok 1: a="my app" local=NULL' each 9000 \
        "SELECT current_setting('application_name') AS a, inet_client_addr() AS local"
    is "Redis has one, too" '1 replies: "OK"' redis 2000 SET in_three 1
    [[ $(redis_do -n 3 GET in_three) == 1 ]] || backends_fail "the database of the URL is not selected"
    check_stop
    check_start "postgres://$postgres_user:wrong@127.0.0.1:$postgres_port/postgres" \
        "redis://:wrong@localhost:$redis_port"
    like "a wrong password is told, without itself" 'error -: *password authentication failed*' each 9000 "SELECT 1"
    [[ $answer != *wrong* ]] || broken "a password is not shown" "SELECT 1" "no password"
    like "a wrong password for Redis is told" $'0 replies\nerror: Redis refuses AUTH: WRONGPASS*' redis 2000 PING
    check_stop
}

postgres_start
redis_start
check_start "$postgres_url" "$redis_url"
test_values
test_errors
test_deadlines
test_deaths
test_redis
children=$(psql_children)
check_stop
for pid in $children; do kill -0 "$pid" 2>/dev/null && backends_fail "a psql child outlives its parent's end"; done
test_sockets
echo "$promises promises kept"
