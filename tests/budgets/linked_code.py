#!/usr/bin/env python3
"""The budget of code: what a program grows by that links tacho, defines a metric and serves it, text and HTTP.

usage: linked_code.py SOURCE_DIR BUILD_DIR

Compares examples/hello.c with a program that does nothing: machine code, constants and tables for unwinding. How much
it is depends on compiler and flags, so only twice the budget is a failure; builds that are not optimised are not
looked at.
"""
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bench"))
from rows import cached

BUDGET = 100 << 10
ASSERTED = 2 * BUDGET


def linked(compiler, where, name, source, *libraries):
    """Bytes of a program that are loaded and never written to."""
    program = os.path.join(where, name)
    subprocess.run([*compiler, source, *libraries, "-pthread", "-o", program], check=True)
    told = subprocess.run(["size", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    return int(told.splitlines()[1].split()[0])


def main():
    source, build = sys.argv[1:3]
    kind = cached(build, "CMAKE_BUILD_TYPE")
    compiler = [cached(build, "CMAKE_C_COMPILER"), *shlex.split(cached(build, "CMAKE_C_FLAGS"))]
    if kind not in ("Release", "RelWithDebInfo", "MinSizeRel") or not shutil.which("size"):
        print(f"skipped: size is missing (Debian: binutils), or nothing is optimised: '{kind}'")
        return 77
    with tempfile.TemporaryDirectory() as where:
        empty = os.path.join(where, "empty.c")
        with open(empty, "w", encoding="utf-8") as program:
            program.write("int main(void) { return 0; }\n")
        compiler += ["-I", os.path.join(source, "include")]
        code = linked(compiler, where, "hello", os.path.join(source, "examples", "hello.c"),
                      os.path.join(build, "libtacho.a")) - linked(compiler, where, "empty", empty)
    symbols = subprocess.run(["nm", "-S", "--defined-only", os.path.join(build, "libtacho.a")], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True, check=True).stdout
    page = sum(int(line.split()[1], 16) for line in symbols.splitlines() if line.endswith(" tacho__page_bytes"))
    code -= page  # a document, and an option
    print(f"and the page {page / 1024:.1f} KiB")
    print(f"linked code {code / 1024:.1f} KiB  budget {BUDGET >> 10} KiB  {'' if code <= BUDGET else 'over'}".rstrip())
    if code <= ASSERTED:
        return 0
    print(f"FAILED: that is more than {ASSERTED >> 10} KiB")
    return 1


if __name__ == "__main__":
    sys.exit(main())
