#!/usr/bin/env bash
# The packages that cpack makes: what they say of themselves and hold, and programs built from them, unpacked below an empty
# root. Arguments: the source and the build directory.
# shellcheck source-path=SCRIPTDIR source=_tools.sh
. "$(dirname "$0")/_tools.sh"

for tool in cpack dpkg dpkg-deb pkg-config python3; do
    have "$tool" || skip "$tool is missing (Debian: apt-get install cmake dpkg pkg-config python3)"
done
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:[A-Z]*=//p' "$build/CMakeCache.txt")
arch=$(dpkg --print-architecture)
root=$work/root

field() { dpkg-deb --field "$@"; }
is() { [[ $2 == "$3" ]] || fail "$1 is '$2' and not '$3'"; }

says() { # PACKAGE-FILE NAME SECTION DEPENDS
    local described synopsis
    is Package "$(field "$1" Package)" "$2"
    is Version "$(field "$1" Version)" "$version"
    is Architecture "$(field "$1" Architecture)" "$arch"
    is Section "$(field "$1" Section)" "$3"
    is Maintainer "$(field "$1" Maintainer)" "The tacho authors"
    [[ $(field "$1" Depends) == *$4* ]] || fail "$2 does not depend on $4"
    described=$(field "$1" Description)
    synopsis=${described%%$'\n'*}
    [[ ${#synopsis} -gt 0 && ${#synopsis} -lt 80 ]] || fail "the synopsis of $2 is not below 80 characters: $synopsis"
    [[ $described != "$synopsis" ]] || fail "$2 has a synopsis and no description"
    ok "fields of $2"
}

holds() { # PACKAGE-FILE PATH...: those, and all owned by root and writable by nobody else
    local list path
    list=$(dpkg-deb --contents "$1")
    for path in "${@:2}"; do
        grep -qE " \./$path( ->.*)?\$" <<<"$list" || fail "$(basename "$1") has no $path, but: $list"
    done
    ! grep -v '^.\{10\} root/root ' <<<"$list" || fail "$(basename "$1") has files that root does not own"
    ! grep -E '^[d-](.{4}|.{7})w' <<<"$list" || fail "$(basename "$1") has files that others may write"
    ok "contents of $(basename "$1")"
}

from_root() { # MODULE [--static]
    local flags
    flags=$(PKG_CONFIG_LIBDIR=$lib/pkgconfig pkg-config --cflags --libs "${@:2}" "$1")
    # shellcheck disable=SC2086 # the flags are words
    quietly "$CC" "$source/examples/hello.c" $flags -o "$work/hello"
    LD_LIBRARY_PATH=$lib scraped "a program from the package by pkg-config $*" "$work/hello"
}

quietly cmake -S "$source" -B "$work/build" -DTACHO_SHARED=ON -DTACHO_TESTS=OFF -DCMAKE_INSTALL_PREFIX=/usr \
    -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O1
quietly cmake --build "$work/build"
cd "$work/build"
quietly cpack
deb=libtacho-dev_${version}_$arch.deb
exporters=tacho-exporters_${version}_$arch.deb

says "$deb" libtacho-dev libdevel libc6-dev
says "$exporters" tacho-exporters net ""
lib=$(dpkg-deb --contents "$deb" | sed -n 's,.* \./\(usr/lib/.*\)/libtacho\.a$,\1,p')
soname=libtacho.so.${version%.*}
holds "$deb" "$lib/libtacho\.a" "$lib/libtacho\.so" "$lib/$soname" "$lib/libtacho\.so\.$version" "$lib/pkgconfig/tacho\.pc" \
    "$lib/pkgconfig/tacho-shared\.pc" "$lib/cmake/tacho/tachoConfig\.cmake" "$lib/cmake/tacho/tachoConfigVersion\.cmake" \
    usr/include/tacho/tacho\.h usr/include/tacho/tacho_test\.h usr/bin/tacho_schema\.py \
    usr/share/doc/libtacho-dev/copyright usr/share/doc/libtacho-dev/README\.md
holds "$exporters" usr/bin/{trackarr,qbsync,playarr,dragonfly,tracearr}_exporter usr/share/doc/tacho-exporters/copyright \
    usr/share/doc/tacho-exporters/qbsync/{dashboard\.json,rules\.yml} usr/lib/systemd/system/qbsync-exporter\.{service,socket}

dpkg-deb -x "$deb" "$root"
dpkg-deb -x "$exporters" "$root"
lib=$root/$lib
cmp -s "$root/usr/share/doc/libtacho-dev/copyright" "$source/LICENSE" || fail "the copyright is not LICENSE"
[[ $(readelf -d "$lib/libtacho.so" | grep SONAME) == *"[$soname]" ]] || fail "the shared library is not called $soname"
diff <(find "$source/include/tacho" -name '*.h' -printf '%f\n' | sort) <(find "$root/usr/include" -name '*.h' -printf '%f\n' | sort) ||
    fail "other headers than those of the tree"
from_root tacho --static
from_root tacho-shared

ran=$(sed -n 's,^ExecStart=\([^ ]*\) .*,\1,p' "$root/usr/lib/systemd/system/qbsync-exporter.service")
"$root$ran" --demo --once >page.txt || fail "the exporter that the unit runs does not run"
grep -q '^# TYPE ' page.txt || fail "the exporter that the unit runs shows nothing"
"$root$ran" --describe >described.json
"$root/usr/bin/tacho_schema.py" reference described.json >METRICS.md || fail "tacho_schema.py makes no page"
grep -q '^# ' METRICS.md || fail "tacho_schema.py makes an empty page"
ok "the exporter of the unit, and tacho_schema.py"

# The archive serves wherever it is unpacked.
mkdir "$work/archive"
tar -xzf "tacho-$version-Linux-$(uname -m).tar.gz" -C "$work/archive" --strip-components 1
[[ -e $work/archive/share/doc/tacho/LICENSE ]] || fail "the archive has no licence"
lib=$(dirname "$(find "$work/archive" -name libtacho.a)")
from_root tacho --static
