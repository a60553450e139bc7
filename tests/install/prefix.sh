#!/usr/bin/env bash
# The installed library, moved to another prefix, serves pkg-config and find_package, static and shared; the
# source tree serves add_subdirectory. Arguments: the source and the build directory.
# shellcheck source-path=SCRIPTDIR source=_tools.sh
. "$(dirname "$0")/_tools.sh"

with_pkg_config() { # PREFIX MODULE [--static]
    local program=$work/program lib flags path=
    have pkg-config || { printf 'skipped pkg-config %s: pkg-config is missing\n' "$2"; return; }
    lib=$(dirname "$(find "$1" -name libtacho.a)")
    flags=$(flags_for "$@")
    # shellcheck disable=SC2086 # the flags are words
    quietly "$CC" "$here/consumer.c" $flags -o "$program"
    if [[ $2 == tacho-shared ]]; then
        ! "$program" 2>/dev/null || fail "tacho-shared linked the static library"
        path=$lib
    fi
    LD_LIBRARY_PATH=$path "$program" || fail "the program built with pkg-config $2 failed"
    ok "pkg-config ${*:2}"
}

with_cmake() { # TITLE CMAKE-ARGUMENTS...
    local dir=$work/$1
    quietly cmake -S "$here" -B "$dir" "${@:2}"
    quietly cmake --build "$dir"
    "$dir/consumer" || fail "the program built with $1 failed"
    ok "$1"
}

with_cxx() { # PREFIX FLAGS...: two files that share the inlines
    local lib
    has_part PROCESS || { printf 'skipped C++ %s: built without TACHO_PROCESS\n' "${*:2}"; return; }
    have g++ || { printf 'skipped C++ %s: g++ is missing\n' "${*:2}"; return; }
    lib=$(find "$1" -name libtacho.a)
    quietly g++ -std=c++17 "${@:2}" -Wall -Wextra -Wpedantic -Werror -I"$1/include" -c "$here/two_files.cc" -o "$work/one.o"
    quietly g++ -std=c++17 "${@:2}" -DOTHER_FILE -I"$1/include" -c "$here/two_files.cc" -o "$work/two.o"
    quietly g++ "$work/one.o" "$work/two.o" "$lib" -pthread -o "$work/two_files"
    "$work/two_files" || fail "the C++ program of two files (${*:2}) does not count"
    ok "C++, two files, ${*:2}"
}

install_to "$work/static" "$build"
with_cxx "$work/static" -O0
with_cxx "$work/static" -O2 -fno-inline
with_pkg_config "$work/static" tacho --static
with_cmake find_package "-DCMAKE_PREFIX_PATH=$work/static"

quietly cmake -S "$source" -B "$work/build" -DTACHO_SHARED=ON -DTACHO_TESTS=OFF -DCMAKE_BUILD_TYPE=None \
    -DCMAKE_C_FLAGS=-O1
quietly cmake --build "$work/build" --target tacho tacho_shared
install_to "$work/both" "$work/build"
with_pkg_config "$work/both" tacho --static # must not take the shared library that lies beside it
with_pkg_config "$work/both" tacho-shared
with_cmake find_package_shared "-DCMAKE_PREFIX_PATH=$work/both" -DTACHO_TARGET=tacho::shared
foreign=$(nm -D --defined-only "$work/build/libtacho.so" | awk '$NF !~ /^tacho_/ { print $NF }')
[[ -z $foreign ]] || fail "libtacho.so exports" $foreign
ok "symbols of the shared library"

with_cmake add_subdirectory "-DTACHO_SOURCE=$source"
extra=$(find "$work/add_subdirectory/tacho" -name '*_exporter' -o -name 'test_*' -o -name tacho_bench)
[[ -z $extra ]] || fail "a subproject builds more than the library:" $extra
ok "nothing but the library in a subproject"
