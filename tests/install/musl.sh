#!/usr/bin/env bash
# With musl for a libc the library builds without a warning, and the README's first program runs and is scraped, linked to a
# shared libc and to none. Arguments: the source and the build directory.
# shellcheck source-path=SCRIPTDIR source=_tools.sh
. "$(dirname "$0")/_tools.sh"

for tool in musl-gcc pkg-config python3; do
    have "$tool" || skip "$tool is missing (Debian: apt-get install musl-tools pkg-config python3)"
done
quietly cmake -S "$source" -B "$work/build" -DCMAKE_C_COMPILER=musl-gcc -DTACHO_TESTS=OFF -DTACHO_WERROR=ON \
    -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O1
quietly cmake --build "$work/build" --target tacho
install_to "$work/prefix" "$work/build"

flags=$(flags_for "$work/prefix" tacho --static)
enter
cp "$source/examples/hello.c" .
# shellcheck disable=SC2086 # the flags are words
{
    quietly musl-gcc -Wall -Wextra -Werror hello.c $flags -o hello
    quietly musl-gcc -Wall -Wextra -Werror -static hello.c $flags -o alone
}
! grep -q ld-musl alone || fail "-static leaves a program that has to be loaded"
scraped "musl" ./hello
scraped "musl, -static" ./alone
