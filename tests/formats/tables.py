#!/usr/bin/env python3
"""The documented metric sets through the adapter and back, in every format.

    tables.py ADAPTER TABLE.tsv...

Each table (tests/metric-sets) becomes a script that defines all of its families and gives each some series, with the label
values the table lists and hostile ones elsewhere, and with numbers that formats like to spoil. What comes out is parsed strictly
and compared with what is expected. Exit status: 0 all is well, 1 a difference, 2 wrong usage.
"""

import csv
import os
import random
import sys

import check
import expected
from roundtrip import FORMATS

TYPES = {"untyped": "unknown"}
HOSTILE = [b'a "quoted" value', b"back\\slash", b"line\nfeed", b"", "\u00e9\U0001f600".encode(), b"\xff\xfe", b"{}=,#", b"tab\there"]
NUMBERS = {"counter": ["0", "1", "0.1", "9007199254740993", "1e15"],
           "gauge": ["-0", "NaN", "+Inf", "-Inf", "5e-324", "0.30000000000000004", "-12"],
           "histogram": ["0", "0.005", "1", "1e9", "0.1"], "summary": ["0.25", "3"], "unknown": ["7", "NaN"]}
VERBS = {"counter": "inc", "gauge": "set", "histogram": "observe", "summary": "observe", "unknown": "set"}
SERIES = 5


def escape(value):
    named = {ord("\t"): b"\\t", ord("\n"): b"\\n", ord("\\"): b"\\\\"}
    return b"".join(named.get(byte, bytes([byte]) if 32 <= byte < 127 else b"\\x%02x" % byte) for byte in value)


def values_of(row):
    """For each label: the values that the table lists, or hostile ones."""
    listed = dict(part.split("=", 1) for part in row["label_values"].split(";") if part)
    labels = [label for label in row["labels"].split(",") if label]
    return [[value.encode() for value in listed[label].split("|")] if label in listed else HOSTILE for label in labels]


def family(row, rng):
    """The lines of one family."""
    kind = TYPES.get(row["type"], row["type"])
    new = [b"new", kind.encode(), row["name"].encode(), escape(row["help"].encode()), b"", row["labels"].encode()]
    if kind == "histogram" and row["buckets"]:
        new.append(b"buckets=" + row["buckets"].encode())
    if kind == "counter" and not row["name"].endswith("_total"):
        new.append(b"keep=1")
    yield b"\t".join(new)
    values = values_of(row)
    for _ in range(SERIES if values else 1):
        chosen = [escape(rng.choice(choices)) for choices in values]
        number = rng.choice(NUMBERS[kind]).encode()
        yield b"\t".join([b"op", row["name"].encode(), VERBS[kind].encode(), number, *chosen])


def script_of(path):
    rng = random.Random(os.path.basename(path))
    with open(path, newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    return len(rows), b"".join(line + b"\n" for row in rows for line in family(row, rng))


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    adapter, families = os.path.abspath(sys.argv[1]), 0
    for path in sys.argv[2:]:
        count, script = script_of(path)
        result = expected.run(script)
        for form in FORMATS:
            failure = check.check(adapter, script, form, "underscores", result, promtool=True)
            if failure:
                print(f"{path}\n{failure}")
                return 1
        families += count
    print(f"{len(sys.argv) - 2} tables with {families} families agree in {len(FORMATS)} formats")
    return 0


if __name__ == "__main__":
    sys.exit(main())
