"""What bench/report, bench/compare and the tests of the budgets share: rows, budgets, tables, build and machine."""

import os
import pathlib
import platform
import re
import subprocess
import typing

ATOMIC = ("limit_atomic_add", 1, "ns/op")
CONTENDED = ("limit_atomic_add_contended", 2, "ns/op")


class Bound(typing.NamedTuple):
    """The most that a row may be: in its unit, or so many times another row of the same run."""
    most: float
    base: tuple = None  # name, threads, unit

    def value(self, rows, key):
        """What a row is, in the terms of this bound."""
        return rows[key] / rows[self.base] if self.base else rows[key]

    def words(self, unit):
        return f"{self.most:g} x {self.base[0]}/{self.base[1]}" if self.base else f"{self.most:g} {unit}"


class Budget(typing.NamedTuple):
    name: str
    threads: int
    unit: str
    bound: Bound
    asserted: Bound = None   # what a test fails on: too far away for noise, or another machine, to excuse it
    sequences: bool = False  # it fails only where counting is done in restartable sequences

    @property
    def key(self):
        return self.name, self.threads, self.unit


CURSOR = Bound(64 << 10)
BUDGETS = [
    Budget("counter_inc", 1, "ns/op", Bound(0.2, ATOMIC), Bound(1.0, ATOMIC), sequences=True),
    Budget("counter_inc", 2, "ns/op", Bound(0.10, CONTENDED), Bound(0.8, CONTENDED), sequences=True),
    Budget("counter_inc_shared", 1, "ns/op", Bound(1.1, ATOMIC)),
    Budget("gauge_set", 1, "ns/op", Bound(0.3, ATOMIC)),
    Budget("gauge_add", 1, "ns/op", Bound(1.0, ATOMIC)),
    Budget("gauge_add", 2, "ns/op", Bound(1.0, CONTENDED)),
    Budget("histogram_observe", 1, "ns/op", Bound(1.0, ATOMIC)),
    Budget("histogram_observe", 2, "ns/op", Bound(1.0, CONTENDED)),
    Budget("histogram_observe_shared", 1, "ns/op", Bound(3.0, ATOMIC)),
    Budget("lookup_enum", 1, "ns/op", Bound(0.5, ATOMIC)),
    Budget("lookup_100", 1, "ns/op", Bound(2.7, ATOMIC), Bound(50, ATOMIC)),
    Budget("lookup_100", 2, "ns/op", Bound(1.5, ("lookup_100", 1, "ns/op"))),
    Budget("lookup_10000", 1, "ns/op", Bound(4.5, ATOMIC), Bound(80, ATOMIC)),
    Budget("lookup_10000", 2, "ns/op", Bound(1.5, ("lookup_10000", 1, "ns/op"))),
    Budget("series_create_1000000", 1, "ns/op", Bound(500)),
    Budget("series_create_1000000", 1, "ns/op", Bound(2, ("series_create_100000", 1, "ns/op")),
           Bound(5, ("series_create_100000", 1, "ns/op"))),
    Budget("series_create_1000000", 1, "B/series", Bound(48), Bound(48)),
    Budget("series_create_unique_1000000", 1, "ns/op", Bound(500)),
    Budget("series_create_unique_1000000", 1, "B/series", Bound(80), Bound(80)),
    Budget("scrape_counters_int_100000", 1, "ns/line", Bound(15), Bound(25, ATOMIC)),
    Budget("scrape_counters_int_1000000", 1, "ns/line", Bound(15), Bound(25, ATOMIC)),
    Budget("scrape_counters_double_100000", 1, "ns/line", Bound(40), Bound(65, ATOMIC)),
    Budget("scrape_counters_double_1000000", 1, "ns/line", Bound(40), Bound(65, ATOMIC)),
    Budget("scrape_histograms_1000", 1, "ns/line", Bound(15), Bound(22, ATOMIC)),
    Budget("scrape_counters_int_100000", 1, "B extra", CURSOR, CURSOR),
    Budget("scrape_counters_int_1000000", 1, "B extra", CURSOR, CURSOR),
    Budget("scrape_counters_double_100000", 1, "B extra", CURSOR, CURSOR),
    Budget("scrape_counters_double_1000000", 1, "B extra", CURSOR, CURSOR),
    Budget("scrape_histograms_1000", 1, "B extra", CURSOR, CURSOR),
    Budget("inc_during_scrape", 1, "p99 ratio", Bound(2)),
]


def parse_row(line):
    """((name, threads, unit), value) of a line of tacho_bench or a peer's driver; ValueError if it is none."""
    name, threads, value, unit = line.split("\t")
    return (name, int(threads), unit), float(value)


def parse(text):
    return dict(parse_row(line) for line in text.splitlines())


def print_markdown(rows, words=(0,)):
    """A table whose first row is the head; `words`: the columns that hold no numbers."""
    rule = ["---" if at in words else "---:" for at in range(len(rows[0]))]
    for row in (rows[0], rule, *rows[1:]):
        print(f"| {' | '.join(row)} |")


def first_line(*command):
    """What a command says first, or None if it is missing or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip().split("\n")[0] or None


def cached(build, key):
    """A variable of a build directory, or ""."""
    try:
        cache = (pathlib.Path(build) / "CMakeCache.txt").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(rf"^{key}:\w+=(.*)$", cache, re.MULTILINE)
    return found[1] if found else ""


def is_on(value):
    """Whether such a variable counts as true."""
    value = value.upper()
    return value not in ("", "0", "OFF", "NO", "FALSE", "N", "IGNORE") and not value.endswith("NOTFOUND")


def cpu_count():
    """How many CPUs this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine():
    """One line about this machine."""
    try:
        about = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        about = ""
    model = re.search(r"^model name\s*:\s*(.*)$", about, re.MULTILINE)
    kernel = f"{platform.system()} {platform.release().split('-')[0]}"
    return f"machine: {model[1] if model else platform.machine()}, {cpu_count()} CPUs, {kernel}"


def compiler(build):
    """The one that built a build directory."""
    return first_line(cached(build, "CMAKE_C_COMPILER"), "--version") or "an unknown compiler"
