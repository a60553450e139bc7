#!/usr/bin/env python3
"""The budgets of the benchmark: prints how each row stands, and fails on those that no noise can excuse.

usage: budgets.py SOURCE_DIR BUILD_DIR [RUN_OUTPUT]

Runs tacho_bench --quick (or reads what it printed from RUN_OUTPUT) and compares rows of that one run with each other. A time
is asserted only as a ratio that is several times away from failing; memory is asserted as it is.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bench"))
from measured import BUDGETS, describe, parse, stand

# What fails the test: row, threads, unit, most it may be, of which row.
ASSERTED = [
    ("series_create_1000000", 1, "B/series", 48, None),
    ("series_create_unique_1000000", 1, "B/series", 80, None),
    ("scrape_counters_int_1000000", 1, "B extra", 64 << 10, None),
    ("scrape_counters_double_1000000", 1, "B extra", 64 << 10, None),
    ("scrape_histograms_1000", 1, "B extra", 64 << 10, None),
]
ASSERTED_WITH_SEQUENCES = [
    ("counter_inc", 1, "ns/op", 1.0, ("limit_atomic_add", 1)),
    ("counter_inc", 2, "ns/op", 0.5, ("limit_atomic_add_contended", 2)),
]


def measure(build):
    """The rows of one run: (name, threads, unit) -> value."""
    bench = os.path.join(build, "bench", "tacho_bench")
    done = subprocess.run([bench, "--quick"], stdout=subprocess.PIPE, text=True, timeout=100, check=True)
    return parse(done.stdout)


def report(rows):
    for budget in BUDGETS:
        value = stand(rows, budget)
        name, limit = describe(budget)
        print(f"{name:36} {value:10.2f}  budget {limit:36} {'' if value <= budget[3] else 'over'}".rstrip())


def broken(rows, asserted):
    return [budget for budget in asserted if stand(rows, budget) > budget[3]]


def has_sequences(build):
    """Whether this build counts in restartable sequences; elsewhere an increment is an atomic addition by design."""
    with open(os.path.join(build, "CMakeCache.txt"), encoding="utf-8") as cache:
        off = "TACHO_RSEQ:BOOL=OFF" in cache.read()
    return not off and os.uname().machine == "x86_64" and os.uname().sysname == "Linux"


def main():
    build = sys.argv[2]
    asserted = ASSERTED + (ASSERTED_WITH_SEQUENCES if has_sequences(build) else [])
    if len(sys.argv) > 3:
        with open(sys.argv[3], encoding="utf-8") as run:
            runs = [parse(run.read())]
    else:
        runs = [measure(build)]
        if broken(runs[0], asserted):  # a machine that pauses one of two rows: once more
            runs.append(measure(build))
    report(runs[-1])
    failed = broken(runs[-1], asserted)
    for budget in failed:
        name, limit = describe(budget)
        print(f"FAILED: {name} is {stand(runs[-1], budget):.2f}, more than {limit}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
