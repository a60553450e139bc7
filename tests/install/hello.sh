#!/usr/bin/env bash
# The first program of the README, in an empty directory with nothing but an install prefix, or the two files made of the
# library: compiled by one line, by CMake and as two files, as C and as C++, started and scraped. Arguments: the source and the
# build directory.
# shellcheck source-path=SCRIPTDIR source=_tools.sh
. "$(dirname "$0")/_tools.sh"

has_part HTTP || skip "the library is built without HTTP"
have python3 || skip "python3 is missing"
hello=$source/examples/hello.c
prefix=$work/prefix
install_to "$prefix" "$build"

by_one_line() { # FILE COMPILER [FLAGS...]
    local flags
    flags=$(flags_for "$prefix" tacho --static)
    enter
    cp "$hello" "$1"
    # shellcheck disable=SC2086 # the flags are words
    quietly "$2" "$1" "${@:3}" $flags -o hello
    scraped "pkg-config: $(basename "$2") ${*:3} $1" ./hello
}

by_cmake() {
    enter
    cp "$hello" hello.c
    cp "$hello" hello.cc
    cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.21)
project(hello LANGUAGES C CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(tacho 0.1 REQUIRED)
add_executable(in_c hello.c)
add_executable(in_cxx hello.cc)
target_link_libraries(in_c tacho::tacho)
target_link_libraries(in_cxx tacho::tacho)
END
    have g++ || sed -i -e 's/ CXX//' -e '/in_cxx/d' CMakeLists.txt
    quietly cmake -S . -B build "-DCMAKE_PREFIX_PATH=$prefix"
    quietly cmake --build build
    scraped "find_package: C" build/in_c
    [[ ! -e build/in_cxx ]] || scraped "find_package: C++" build/in_cxx
}

# The program includes <tacho/tacho.h>: beside the two files, "tacho.h"; from outside their directory `tacho`, as ever.
by_two_files() {
    local compiler files
    enter
    files=$PWD
    quietly cmake -DOUT=. -P "$source/cmake/amalgamate.cmake"
    sed 's,<tacho/tacho.h>,"tacho.h",' "$hello" >app.c
    quietly "$CC" app.c tacho.c -pthread
    scraped "two files: $(basename "$CC") app.c tacho.c -pthread" ./a.out
    quietly "$CC" -O1 -c tacho.c
    cp app.c app.cc
    for compiler in g++ clang++; do
        have "$compiler" || continue
        quietly "$compiler" -std=c++17 -Wall -Werror app.cc tacho.o -pthread
        scraped "two files: $compiler -std=c++17 app.cc tacho.o -pthread" ./a.out
    done
    enter
    mv "$files" tacho
    cp "$hello" .
    quietly "$CC" hello.c tacho/tacho.o -I. -pthread
    scraped "two files in a directory: the program as it is" ./a.out
}

if have pkg-config; then
    by_one_line hello.c "$CC" -Wall -Wextra -Werror
    ! have clang || by_one_line hello.c clang -Wall -Wextra -Werror
    ! have g++ || by_one_line hello.cc g++ -std=c++17 -Wall -Werror
    ! have g++ || by_one_line hello.cc g++ -std=c++20 -Wall -Wpedantic -Werror
    ! have clang++ || by_one_line hello.cc clang++ -std=c++17 -Wall -Werror
else
    echo "skipped pkg-config: it is missing"
fi
by_cmake
by_two_files
