#!/usr/bin/env python3
"""Comparing a bearer token tells nothing by its time: the number of instructions is the same for every length of matching
prefix, for every token of a file that matches, and for none.

usage: token_time.py SOURCE_DIR BUILD_DIR

Asserted by counting instructions under callgrind; the times of a million comparisons each are only printed.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bench"))
from rows import cached

PROGRAM = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "token.h"

/* token_time FILE TIMES (TOKEN PREFIX)...: compare a guess of 64 bytes, of which the first PREFIX are those of a token. */
int main(int argc, char **argv)
{
    enum { GUESS = 64 };
    tacho__tokens tokens;
    tacho_registry *reg = tacho_registry_new(NULL);
    if (argc < 3 || tacho__tokens_init(&tokens, reg, NULL, argv[1])) return 2;
    long times = strtol(argv[2], NULL, 10);
    for (int arg = 3; arg + 1 < argc; arg += 2) {
        char guess[GUESS];
        long matches = 0;
        struct timespec before, after;
        memset(guess, '~', sizeof guess);
        memset(guess, 'a' + atoi(argv[arg]), strtoul(argv[arg + 1], NULL, 10));
        clock_gettime(CLOCK_MONOTONIC, &before);
        for (long i = 0; i < times; i++) matches += tacho__tokens_match(&tokens, guess, sizeof guess);
        clock_gettime(CLOCK_MONOTONIC, &after);
        double ns = (double)(after.tv_sec - before.tv_sec) * 1e9 + (double)(after.tv_nsec - before.tv_nsec);
        printf("%ld %.1f\n", matches, ns / (double)times);
    }
    return 0;
}
"""
LENGTHS = [64, 64, 64, 512, 1, 63, 65, 64]  # of the eight tokens: "aaa...", "bbb...", ...
GUESS = 64


def compare(command, times, cases):
    """Matches and nanoseconds for each of the cases."""
    args = [str(number) for case in cases for number in case]
    run = subprocess.run([*command, str(times), *args], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"FAILED: {run.stderr}")
    return [(int(matches), float(ns)) for matches, ns in map(str.split, run.stdout.splitlines())]


def instructions(program, tokens, where, cases):
    """Instructions inside one comparison for each of the cases, whose results are checked."""
    out = os.path.join(where, "callgrind")
    valgrind = ["valgrind", "--tool=callgrind", "--toggle-collect=tacho__tokens_match", "--dump-after=tacho__tokens_match",
                f"--callgrind-out-file={out}"]
    for (token, prefix), (matches, _) in zip(cases, compare([*valgrind, program, tokens], 1, cases), strict=True):
        if matches != (prefix == GUESS):
            sys.exit(f"FAILED: token {token}, {prefix} of {GUESS} bytes right: {matches} matches")
    counts = []
    for number in range(1, len(cases) + 1):
        with open(f"{out}.{number}", encoding="utf-8") as file:
            counts.append(int(re.search(r"^totals: (\d+)", file.read(), re.MULTILINE)[1]))
    return counts


def main():
    source, build = sys.argv[1:3]
    library = os.path.join(build, "libtacho.a")
    if not shutil.which("valgrind") or not os.path.exists(library):
        print("skipped: valgrind is missing (Debian: valgrind), or the library is not built")
        return 77
    compiler = [cached(build, "CMAKE_C_COMPILER"), *shlex.split(cached(build, "CMAKE_C_FLAGS"))]
    failed = False
    with tempfile.TemporaryDirectory() as where:
        code, program, tokens = (os.path.join(where, name) for name in ("token_time.c", "token_time", "tokens"))
        with open(code, "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        with open(tokens, "w", encoding="utf-8") as file:
            file.writelines(chr(ord("a") + i) * length + "\n" for i, length in enumerate(LENGTHS))
        subprocess.run([*compiler, "-D_GNU_SOURCE", "-std=c11", "-O1", "-I", os.path.join(source, "include"), "-I",
                        os.path.join(source, "src"), code, library, "-pthread", "-o", program], check=True)
        cases = [(token, prefix) for token in range(len(LENGTHS)) if LENGTHS[token] >= GUESS
                 for prefix in range(min(LENGTHS[token], GUESS) + (LENGTHS[token] == GUESS))]
        counts = instructions(program, tokens, where, cases)
        print(f"instructions of a comparison: {', '.join(map(str, sorted(set(counts))))} ({len(cases)} guesses)")
        if len(set(counts)) != 1 or counts[0] == 0:
            print("FAILED: they depend on what is right")
            failed = True
        times = [(0, 0), (0, 1), (0, 32), (0, 63), (0, 64)]
        for (_, prefix), (_, ns) in zip(times, compare([program, tokens], 1000000, times), strict=True):
            print(f"{prefix:2} bytes of {GUESS} right: {ns:.0f} ns")
    return failed


if __name__ == "__main__":
    sys.exit(main())
