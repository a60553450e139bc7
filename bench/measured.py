"""What tacho_bench printed, and how it stands against the budgets: for bench/report and for the test that runs it."""

import os
import pathlib
import platform
import re

# row, threads, unit, budget, the row it is a multiple of (None: absolute)
BUDGETS = [
    ("counter_inc", 1, "ns/op", 0.2, ("limit_atomic_add", 1)),
    ("counter_inc", 2, "ns/op", 0.10, ("limit_atomic_add_contended", 2)),
    ("counter_inc_shared", 1, "ns/op", 1.1, ("limit_atomic_add", 1)),
    ("gauge_set", 1, "ns/op", 0.3, ("limit_atomic_add", 1)),
    ("gauge_add", 1, "ns/op", 1.0, ("limit_atomic_add", 1)),
    ("gauge_add", 2, "ns/op", 1.0, ("limit_atomic_add_contended", 2)),
    ("histogram_observe", 1, "ns/op", 1.0, ("limit_atomic_add", 1)),
    ("histogram_observe", 2, "ns/op", 1.0, ("limit_atomic_add_contended", 2)),
    ("histogram_observe_shared", 1, "ns/op", 3.0, ("limit_atomic_add", 1)),
    ("lookup_enum", 1, "ns/op", 0.5, ("limit_atomic_add", 1)),
    ("lookup_100", 1, "ns/op", 2.7, ("limit_atomic_add", 1)),
    ("lookup_100", 2, "ns/op", 1.5, ("lookup_100", 1)),
    ("lookup_10000", 1, "ns/op", 4.5, ("limit_atomic_add", 1)),
    ("lookup_10000", 2, "ns/op", 1.5, ("lookup_10000", 1)),
    ("series_create_1000000", 1, "ns/op", 500, None),
    ("series_create_1000000", 1, "B/series", 48, None),
    ("series_create_unique_1000000", 1, "B/series", 80, None),
    ("scrape_counters_int_100000", 1, "ns/line", 15, None),
    ("scrape_counters_int_1000000", 1, "ns/line", 15, None),
    ("scrape_counters_double_100000", 1, "ns/line", 40, None),
    ("scrape_counters_double_1000000", 1, "ns/line", 40, None),
    ("scrape_histograms_1000", 1, "ns/line", 15, None),
    ("scrape_counters_int_1000000", 1, "B extra", 64 << 10, None),
    ("scrape_histograms_1000", 1, "B extra", 64 << 10, None),
    ("inc_during_scrape", 1, "p99 ratio", 2, None),
]


def machine():
    """One line about this machine."""
    model = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    cpus = len(os.sched_getaffinity(0))
    kernel = f"{platform.system()} {platform.release().split('-')[0]}"
    return f"machine: {model[1] if model else platform.machine()}, {cpus} CPUs, {kernel}"


def parse(text):
    rows = {}
    for line in text.splitlines():
        name, threads, value, unit = line.split("\t")
        rows[name, int(threads), unit] = float(value)
    return rows


def stand(rows, budget):
    """What a row is, in the terms of its budget."""
    name, threads, unit, _, base = budget
    value = rows[name, threads, unit]
    return value / rows[base + (unit,)] if base else value


def describe(budget):
    name, threads, unit, limit, base = budget
    of = f" x {base[0]}/{base[1]}" if base else f" {unit}"
    return f"{name}/{threads}", f"{limit}{of}"
