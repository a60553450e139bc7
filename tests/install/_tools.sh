# shellcheck shell=bash
# What the scripts of this directory share; sourced with the source and the build directory as arguments.
set -euo pipefail
source=$(cd "$1" && pwd)
build=$(cd "$2" && pwd)
here=$source/tests/install
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { printf 'tests/install: %s\n' "$*" >&2; exit 1; }
skip() { printf 'skipped: %s\n' "$*"; exit 77; }
ok() { printf 'ok %s\n' "$*"; }
have() { command -v "$1" >/dev/null; }

quietly() {
    local log
    log=$(mktemp "$work/log.XXXX")
    "$@" >"$log" 2>&1 || { cat "$log"; fail "failed: $*"; }
}

CC=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt")
export CC

# An empty directory outside the tree, as the current one.
enter() {
    cd "$(mktemp -d "$work/empty.XXXX")"
}

install_to() { # PREFIX BUILD-DIRECTORY: by a detour, since an installed tree can be moved
    quietly cmake --install "$2" --prefix "$work/detour"
    mkdir -p "$(dirname "$1")"
    mv "$work/detour" "$1"
}

flags_for() { # PREFIX MODULE [--static]
    local where
    where=$(dirname "$(find "$1" -name "$2.pc")")
    PKG_CONFIG_PATH=$where pkg-config --cflags --libs "${@:3}" "$2"
}

has_part() { # HTTP
    ! grep -q "TACHO_NO_$1" "$build/tacho.pc"
}

# Start a program on a port of the kernel's choice, scrape it, and judge what it says of the ticks that it counts.
scraped() { # TITLE PROGRAM
    python3 -B "$here/scrape.py" "$2" || fail "$1: the program is not scraped"
    ok "$1"
}
