#!/usr/bin/env bash
# The library as two files compiles without a warning under its standards and without any part that can be left out, needs
# nothing but libc then, and serves a program's tests with tacho_test.h. Arguments: the source and the build directory.
# shellcheck source-path=SCRIPTDIR source=_tools.sh
. "$(dirname "$0")/_tools.sh"

enter
quietly cmake -DOUT=. -P "$source/cmake/amalgamate.cmake"
parts=$(sed -n 's/^set(TACHO_PARTS \(.*\))/\1/p' "$source/cmake/parts.cmake")
[[ -n $parts ]] || fail "cmake/parts.cmake names no part"

# A library of its own, so that what is used and missing is an error too.
compile() { # COMPILER FLAGS...
    "$1" -O1 -fPIC -shared -Wl,-z,defs -Wall -Wextra -Werror "${@:2}" tacho.c -pthread -o "$(mktemp XXXX.so)" ||
        fail "not without complaint: $*"
    ok "two files: $*"
}
export -f compile fail ok

{
    everything=
    for part in $parts RSEQ; do
        echo "$CC -DTACHO_NO_$part"
        everything+=" -DTACHO_NO_$part"
    done
    echo "$CC$everything"
    echo "$CC -std=c11 -Wpedantic"
    echo "$CC -std=gnu17 -Wpedantic"
    for other in gcc clang; do
        if have "$other" && ! [[ $other -ef $CC || $(command -v "$other") -ef $CC ]]; then echo "$other -std=c11 -Wpedantic"; fi
    done
} | xargs -P 2 -d '\n' -I LINE bash -c 'compile LINE' || fail "the two files do not compile in every form"

sed -e '/<tacho\/tacho.h>/d' -e 's,<tacho/tacho_test.h>,"tacho_test.h",' "$source/examples/testing.c" >testing.c
quietly "$CC" -O1 -Wall -Wextra -Werror testing.c tacho.c -pthread -o testing
quietly ./testing
ok "two files and tacho_test.h: a program's own tests"
