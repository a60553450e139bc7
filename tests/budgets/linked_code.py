#!/usr/bin/env python3
"""The budget of code: what a program grows by that links tacho.

usage: linked_code.py SOURCE_DIR BUILD_DIR

Compares programs that define a metric and show it with one that does nothing: machine code, constants and tables for
unwinding; beside it what is written to once, when addresses are put into tables. The budget is for text and HTTP, in a
library that was built without the other parts; the rest is there to be seen. How much it is depends on compiler and
flags, so only twice the budget is a failure; builds that are not optimised are not looked at.
"""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bench"))
from rows import cached

BUDGET = 100 << 10
ASSERTED = 2 * BUDGET
OTHER_PARTS = ("OPENMETRICS", "PROTOBUF", "JSON", "PUSH", "PROCESS", "LINT")

NOTHING = "int main(void) { return 0; }\n"
TEXT = """#include <tacho/tacho.h>
static tacho_counter *ticks;
static const tacho_desc metrics[] = { { .counter = &ticks, .name = "ticks_total", .help = "Times round the loop." } };
int main(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_fd_sink out;
    tacho_fd_sink_init(&out, 1);
    if (TACHO_DEFINE(reg, metrics)) return 1;
    tacho_counter_inc(ticks);
    return (int)tacho_expose(reg, TACHO_TEXT, &out.sink);
}
"""


def library(source, build, where, parts):
    """The library, compiled as in `build`, without these parts."""
    same = [f"-D{key}={cached(build, key)}" for key in ("CMAKE_C_COMPILER", "CMAKE_C_FLAGS", "CMAKE_BUILD_TYPE")]
    left_out = [f"-DTACHO_{part}=OFF" for part in parts]
    for command in (["cmake", "-S", source, "-B", where, "-DTACHO_TESTS=OFF", *same, *left_out],
                    ["cmake", "--build", where, "--parallel", "2", "--target", "tacho"]):
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return os.path.join(where, "libtacho.a")


def sizes(compiler, where, program, *libraries):
    """Bytes of a program that are loaded and never written to, and those that are data."""
    made = os.path.join(where, "program")
    subprocess.run([*compiler, "-x", "c", "-", "-x", "none", *libraries, "-pthread", "-o", made], input=program, text=True,
                   check=True)
    told = subprocess.run(["size", made], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [int(word) for word in told.splitlines()[1].split()[:2]]


def page_bytes(archive):
    """The page is a document."""
    symbols = subprocess.run(["nm", "-S", "--defined-only", archive], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True, check=True).stdout
    return sum(int(line.split()[1], 16) for line in symbols.splitlines() if line.endswith(" tacho__page_bytes"))


def main():
    source, build = sys.argv[1:3]
    kind = cached(build, "CMAKE_BUILD_TYPE")
    compiler = [cached(build, "CMAKE_C_COMPILER"), *shlex.split(cached(build, "CMAKE_C_FLAGS")), "-I",
                os.path.join(source, "include")]
    if kind not in ("Release", "RelWithDebInfo", "MinSizeRel") or not shutil.which("size"):
        print(f"skipped: size is missing (Debian: binutils), or nothing is optimised: '{kind}'")
        return 77
    hello = pathlib.Path(source, "examples", "hello.c").read_text(encoding="utf-8")
    whole = os.path.join(build, "libtacho.a")
    with tempfile.TemporaryDirectory() as where:
        base = sizes(compiler, where, NOTHING)
        archives = {
            "text": (TEXT, library(source, build, os.path.join(where, "text"), ("HTTP", *OTHER_PARTS))),
            "text and HTTP": (hello, library(source, build, os.path.join(where, "http"), OTHER_PARTS)),
            "as built, text": (TEXT, whole),
            "as built, text and HTTP": (hello, whole),
        }
        rows = {}
        for name, (program, archive) in archives.items():
            code, data = (a - b for a, b in zip(sizes(compiler, where, program, archive), base))
            trimmed = sizes([*compiler, "-Wl,--gc-sections"], where, program, archive)[0] - base[0]
            page = page_bytes(archive) if program is hello else 0
            rows[name] = code - page
            print(f"{name:24} code {(code - page) / 1024:6.1f} KiB, with --gc-sections {(trimmed - page) / 1024:6.1f} KiB, "
                  f"data {data / 1024:5.1f} KiB" + (f", the page {page / 1024:.1f} KiB more" if page else ""))
    code = rows["text and HTTP"]
    over = "" if code <= BUDGET else "  over"
    print(f"linked code, text and HTTP: {code / 1024:.1f} KiB  budget {BUDGET >> 10} KiB{over}")
    if code <= ASSERTED:
        return 0
    print(f"FAILED: that is more than {ASSERTED >> 10} KiB")
    return 1


if __name__ == "__main__":
    sys.exit(main())
