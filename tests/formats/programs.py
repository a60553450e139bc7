#!/usr/bin/env python3
"""What examples print: types is valid in each format and has every type twice; both say why when they cannot write.

    programs.py DIRECTORY_OF_EXAMPLES
"""

import os
import subprocess
import sys

import check
from model import FormatError

FORMATS = {"text": "text", "text1": "text1", "openmetrics": "om", "protobuf": "proto", "json": "json", "csv": "csv"}
TYPES = {"counter", "gauge", "histogram", "summary", "gaugehistogram", "info", "stateset", "unknown"}
problems = []


def expect(condition, words):
    if not condition:
        problems.append(words)


def shown(program, form):
    done = subprocess.run([program, form], capture_output=True, timeout=60, check=False)
    expect(done.returncode == 0 and not done.stderr, f"types {form}: status {done.returncode}, {done.stderr!r}")
    try:
        return check.parse(done.stdout, FORMATS[form], "allow-utf-8" if form in ("text1", "json", "csv") else "underscores")
    except FormatError as problem:
        problems.append(f"types {form}: {problem}")
        return []


def check_types(program):
    pages = {form: {family.name: family for family in shown(program, form)} for form in FORMATS}
    for form, families in pages.items():
        expect(len(families) == 20, f"types {form}: {len(families)} families")
        expect(all(family.points for family in families.values()), f"types {form}: a family without a series")
    for prefix in ("shop_", "disk_"):
        types = {family.type for name, family in pages["json"].items() if name.startswith(prefix)}
        expect(types == TYPES, f"types json: {prefix}: {sorted(TYPES - types)} missing")
    if problems:
        return
    request = pages["openmetrics"]["shop_request_seconds"].points[0]
    expect(request.created and request.buckets[2].exemplar and request.count == 1, f"types openmetrics: {request}")
    orders = pages["openmetrics"]["shop_orders"].points[0]
    expect(orders.exemplar and orders.created and orders.value == 1, f"types openmetrics: {orders}")
    for name, count in (("shop_request_seconds", 1), ("disk_seek_seconds", 32)):
        point = pages["protobuf"][name].points[0]
        expect(point.native and point.count == count, f"types protobuf: {point}")
    peak = pages["text"]["shop_queue_peak"].points[0]
    expect(peak.value == 7, f"types text: {peak}")
    expect(len(pages["text"]["shop_basket_bytes"].points[0].quantiles) == 2, "types text: quantiles are missing")


def check_words(program, want):
    if not os.path.exists("/dev/full"):
        return
    with open("/dev/full", "wb") as full:
        done = subprocess.run([program], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    words = done.stderr.decode()
    expect(done.returncode == 1 and want in words and "null" not in words, f"{program}: {done.returncode}, {words!r}")


def main():
    directory = sys.argv[1]
    programs = {name: os.path.join(directory, name) for name in ("types", "pool")}
    if not all(map(os.path.exists, programs.values())):
        print("programs: skipped: the examples are not built")
        return 77
    check_types(programs["types"])
    done = subprocess.run([programs["types"], "xml"], capture_output=True, timeout=60, check=False)
    expect(done.returncode == 2 and not done.stdout and b"usage" in done.stderr, "types xml: is not refused")
    for program in programs.values():
        check_words(program, "No space left")
    print("\n".join(problems) or "programs: ok")
    return 1 if problems else 0


sys.exit(main())
