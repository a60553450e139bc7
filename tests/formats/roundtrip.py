#!/usr/bin/env python3
"""Random registries through the adapter and back.

    roundtrip.py ADAPTER [--count N] [--seed S] [--format F] [--escaping E] [--without PART] [--jobs J]

Generates scripts (generate.py), runs the adapter on each in every format, parses strictly, compares with what is
expected (expected.py), and asks reference parsers where they are installed. Stops at the first difference, with the
script, what was expected, the output, and a script with as few lines as still fail. Exit status: 0 all is well, 1 a
difference, 2 wrong usage.
"""

import argparse
import multiprocessing
import os
import sys
import time

import check
import references
from generate import PARTS, generate
from model import ESCAPINGS

FORMATS = ("text", "text1", "om", "proto", "json", "csv")
PROMTOOL_EACH = 25
DEFAULT_COUNT = 300


def escaping_of(seed, form):
    """Every combination of format and escaping comes up; names are quoted in half of them."""
    turn = seed * 5 + FORMATS.index(form) if form in FORMATS else seed
    return (ESCAPINGS + ("allow-utf-8", "allow-utf-8"))[turn % 6]


def one(job):
    """The failure of one seed, or None."""
    adapter, seed, forms, escaping, without = job
    script, result = generate(seed, without)
    for form in forms:
        failure = check.check(adapter, script, form, escaping or escaping_of(seed, form), result,
                              promtool=seed % PROMTOOL_EACH == 0)
        if failure:
            failure.seed = seed
            return failure
    return None


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("adapter", metavar="ADAPTER")
    parser.add_argument("--count", type=int, default=DEFAULT_COUNT, help=f"registries; {DEFAULT_COUNT}")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; 1")
    parser.add_argument("--format", choices=FORMATS, help="only this format")
    parser.add_argument("--escaping", choices=ESCAPINGS, help="only this escaping")
    parser.add_argument("--without", choices=PARTS, action="append", default=[], help="leave this out of the scripts")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="processes; 2")
    args = parser.parse_args()
    args.adapter = os.path.abspath(args.adapter)
    if not os.access(args.adapter, os.X_OK):
        parser.error(f"{args.adapter} cannot be run")
    return args


def main():
    args = arguments()
    for what in references.missing():
        print(f"roundtrip: {what}", file=sys.stderr)
    forms = (args.format,) if args.format else FORMATS
    jobs = ((args.adapter, seed, forms, args.escaping, args.without) for seed in range(args.seed, args.seed + args.count))
    start = time.monotonic()
    with multiprocessing.Pool(args.jobs) as pool:
        for failure in pool.imap(one, jobs, chunksize=4):
            if failure:
                pool.terminate()
                break
        else:
            seconds = time.monotonic() - start
            print(f"{args.count} registries in {len(forms)} formats agree, {seconds:.1f} s")
            return 0
    print(failure)
    small = check.shrink(args.adapter, failure)
    count = len(small.script.splitlines())
    print(f"\n==== the same with {count} lines\n\n{small}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
