#!/usr/bin/env python3
"""The budgets of the benchmark: prints how each row stands, and fails on those that no noise can excuse.

usage: budgets.py SOURCE_DIR BUILD_DIR [RUN_OUTPUT]

Runs tacho_bench --quick (or reads what it printed from RUN_OUTPUT) and compares rows of that one run with each other.
A time is asserted only as a multiple of another row's: two and a half times what was measured, or more. Only increments
have to be cheaper than atomic additions, whatever was measured, also where two threads share the time of one CPU.
Memory is asserted as it is. A machine may pause one of two rows: what fails is measured once more, and has to fail
again.
"""
import ctypes
import os
import platform
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bench"))
from rows import BUDGETS, cached, cpu_count, is_on, parse

RUN_SECONDS = 100  # cmake/tests.cmake allows two runs


def measure(build):
    """The rows of one run: (name, threads, unit) -> value."""
    bench = os.path.join(build, "bench", "tacho_bench")
    try:
        done = subprocess.run([bench, "--quick"], stdout=subprocess.PIPE, text=True, timeout=RUN_SECONDS)
    except subprocess.TimeoutExpired:
        sys.exit(f"budgets: tacho_bench --quick took longer than {RUN_SECONDS} s")
    if done.returncode != 0:
        sys.exit(f"budgets: tacho_bench --quick failed with status {done.returncode}")
    return parse(done.stdout)


def has_sequences(build):
    """Whether this build, here, counts in restartable sequences; elsewhere an increment is an atomic addition by
    design. The C library says 0 where system or tunables keep it from registering them."""
    if not is_on(cached(build, "TACHO_RSEQ")) or cached(build, "TACHO_SANITIZE"):
        return False
    try:
        registered = ctypes.c_uint.in_dll(ctypes.CDLL(None), "__rseq_size").value
    except (OSError, ValueError):
        return False
    return registered > 0 and platform.machine() == "x86_64"


def why_not_asserted(budget, sequences, cpus):
    if budget.sequences and not sequences:
        return "there are no restartable sequences"
    if budget.threads > cpus:
        return "there are not enough CPUs"
    return None


def report(rows):
    for name, threads, unit, bound, *_ in BUDGETS:
        value = bound.value(rows, (name, threads, unit))
        over = "" if value <= bound.most else "over"
        print(f"{name + '/' + str(threads):36} {value:10.2f}  budget {bound.words(unit):36} {over}".rstrip())


def broken(rows, budgets):
    return [budget for budget in budgets if budget.asserted.value(rows, budget.key) > budget.asserted.most]


def choose_asserted(build):
    """The budgets that are asserted here. Why others are not is said."""
    sequences, cpus, chosen = has_sequences(build), cpu_count(), []
    for budget in BUDGETS:
        why = why_not_asserted(budget, sequences, cpus)
        if budget.asserted and why:
            print(f"{budget.name}/{budget.threads} {budget.unit} is not asserted: {why}")
        elif budget.asserted:
            chosen.append(budget)
    return chosen


def main():
    build, suspects = sys.argv[2], choose_asserted(sys.argv[2])
    if len(sys.argv) > 3:
        with open(sys.argv[3], encoding="utf-8") as run:
            rows = parse(run.read())
        suspects = broken(rows, suspects)
    else:
        for _ in range(2):
            if suspects:
                rows = measure(build)
                suspects = broken(rows, suspects)
    report(rows)
    for budget in suspects:
        value, words = budget.asserted.value(rows, budget.key), budget.asserted.words(budget.unit)
        print(f"FAILED: {budget.name}/{budget.threads} is {value:.2f}, more than {words}")
    return 1 if suspects else 0


if __name__ == "__main__":
    sys.exit(main())
