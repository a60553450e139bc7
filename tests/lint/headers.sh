#!/bin/sh
# Each public header stands alone and may be included twice, as C11 and as C++17, without a warning and without what C++ lacks;
# what it defines for everybody begins with TACHO_.
#   headers.sh SOURCE_DIR [BUILD_DIR [HEADER]]      HEADER: one of them, without .h
set -eu
source=${1:-.}
only=${3:-*}
status=0

compile_each() { # COMPILER LANGUAGE STANDARD
    if ! command -v "$1" >/dev/null; then
        echo "$1 is missing: not tried"
        return
    fi
    for header in "$source"/include/tacho/$only.h; do
        printf '#include <tacho/%s>\n' "${header##*/}" "${header##*/}" tacho.h "${header##*/}" |
            "$1" -x "$2" "-std=$3" -O1 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
                -I "$source/include" -c -o /dev/null - || {
            echo "$header:1: does not compile alone with $1 as $3; include what it needs, guard it, mend what it warns of"
            status=1
        }
    done
}

compile_each gcc c c11
compile_each clang c c11
compile_each g++ c++ c++17
compile_each clang++ c++ c++17

if grep -nE '# *include *<(stdatomic|pthread|threads)\.h>|\b_Atomic\b' "$source"/include/tacho/*.h; then
    echo "a public header must do without these: C++ lacks them, or they are the library's own business"
    status=1
fi
if grep -nE '^# *define +' "$source"/include/tacho/*.h | grep -vE 'define +TACHO_[A-Z0-9_]+'; then
    echo "macros of a public header begin with TACHO_, or they are somebody else's"
    status=1
fi
exit $status
