#!/usr/bin/env python3
"""tacho_registry_lint and `promtool check metrics` find the same in the same families, as far as promtool's rules go.

    promtool.py SOURCE_DIR BUILD_DIR

Each family goes through the adapter of the format tests twice: once into an exposition, which promtool reads, once
through the lint. The families are those of a table here, in which each rule is broken and nearly broken, and all of
tests/metric-sets.
"""
import csv
import os
import re
import shutil
import subprocess
import sys

# What a rule is called here, what promtool says of it, and what we say.
RULES = [
    ("help", r"no help text", r"its help text is blank"),
    ("base unit", r"use base unit", r"'(?!percent)[a-z]{4,}' is no base unit"),
    ("abbreviation", r"should not contain abbreviated units",
     r"'[A-Za-z]{1,3}' (is no base unit|is not how to write|may be minutes)"),
    ("counter", r"counter metrics should have", r"is a counter without _total"),
    ("total", r"non-counter metrics should not have", r"_total is for counters"),
    ("bucket", r'should not have "_bucket"', r"_bucket is what"),
    ("count", r'should not have "_count"', r"_count is what"),
    ("sum", r'should not have "_sum"', r"_sum is what"),
    ("le", r'should not have "le"', r"label 'le' is for"),
    ("quantile", r'should not have "quantile"', r"label 'quantile' is for"),
    ("type", r"should not include type", r"its type is no part of a name"),
    ("colon", r"should not contain ':'", r"':' is for"),
    ("camelCase", r"metric names should be written in", r": '[^']*' is camelCase"),
    ("camelCase label", r"label names should be written in", r"label '[^']*' is camelCase"),
]

UNITS = ["amperes", "bytes", "celsius", "grams", "joules", "kelvin", "meters", "metres", "seconds", "volts"]
OTHERS = ["minutes", "hours", "days", "weeks", "kelvins", "fahrenheit", "rankine", "inches", "yards", "miles", "bits",
          "calories", "pounds", "ounces"]
PREFIXES = ["pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega", "mibi", "giga",
            "gibi", "tera", "tebi", "peta", "pebi"]
SHORT = ["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"]
# Type, name, labels, the rules that both have to name, and the help text, unless that is "Help.".
TABLE = [
    ("gauge", "app_blank", "", ["help"], "  "),
    ("counter", "app_requests_total", "method", []),
    ("counter", "app_calls", "", ["counter"]),
    ("gauge", "app_users_total", "", ["total"]),
    ("histogram", "app_sizes_total", "", ["total"]),
    ("summary", "app_ages_total", "", ["total"]),
    ("gaugehistogram", "app_spread_total", "", ["total"]),
    ("stateset", "app_mode_total", "", ["total"]),
    ("unknown", "app_odd_total", "", []),
    ("gauge", "app_full_bucket", "", ["bucket"]),
    ("summary", "app_fill_bucket", "", ["bucket"]),
    ("histogram", "app_whole_bucket", "", []),
    ("gaugehistogram", "app_half_bucket", "", []),
    ("unknown", "app_odd_bucket", "", []),
    ("gauge", "app_users_count", "", ["count"]),
    ("gauge", "app_users_sum", "", ["sum"]),
    ("stateset", "app_states_count", "", ["count"]),
    ("counter", "app_count_total", "", []),
    ("histogram", "app_times_count", "", []),
    ("summary", "app_spans_sum", "", []),
    ("unknown", "app_odd_sum", "", []),
    ("gauge", "app_discount", "", []),
    ("gauge", "app_count_now", "", []),
    ("gauge", "app_kept", "le", ["le"]),
    ("summary", "app_held", "le", ["le"]),
    ("gauge", "app_ranked", "quantile", ["quantile"]),
    ("histogram", "app_sorted", "quantile", ["quantile"]),
    ("gauge", "app_both", "le,quantile", ["le", "quantile"]),
    ("unknown", "app_neither", "le,quantile", []),
    ("gauge", "app_users_gauge", "", ["type"]),
    ("counter", "app_counter_hits_total", "", ["type"]),
    ("gauge", "app_Histogram_on", "", ["type"]),
    ("gauge", "app_summary", "", ["type"]),
    ("gauge", "gauge_open", "", []),
    ("gauge", "app_gauges", "", []),
    ("gauge", "app:users", "", ["colon"]),
    ("gauge", "app_usersOnline", "", ["camelCase"]),
    ("gauge", "app_USERS", "", []),
    ("gauge", "app_labelled", "userGroup", ["camelCase label"]),
    ("gauge", "app_labelled_well", "user_group,GROUP", []),
    ("info", "app_info", "version,builtBy", ["camelCase label"]),
    ("gauge", "app_thermometers", "", []),
    ("gauge", "s_first", "", []),
    ("gauge", "app_x_MS", "", ["abbreviation"]),
    ("gauge", "app_x_Ms_total", "", ["abbreviation", "total"]),
    ("gauge", "app_packets_per_second", "", []),
    ("gauge", "hours", "", ["base unit"]),
    ("gauge", "minutes_left_over", "", ["base unit"]),
    ("gauge", "app:waitGauge_gauge_ms_total", "le,quantile,fooBar",
     ["colon", "camelCase", "type", "abbreviation", "total", "le", "quantile", "camelCase label"]),
]
TABLE += [("gauge", f"app_at_{unit}", "", []) for unit in UNITS]
TABLE += [("gauge", f"app_{unit}_first", "", ["base unit"]) for unit in OTHERS]
TABLE += [("counter", f"app_in_{prefix}{unit}_total", "", ["base unit"])
          for prefix in PREFIXES for unit in UNITS + ["bits", "days"]]
TABLE += [("gauge", f"app_end_{short}", "", ["abbreviation"]) for short in SHORT]
TABLE += [("gauge", f"app_{short}_within", "", ["abbreviation"]) for short in SHORT]
TABLE += [("gauge", f"{short}_before", "", []) for short in SHORT]


def field(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t")


def lines_of(kind, name, labels, help_text):
    """The script for one family, with a sample: promtool reads labels there, and passes over families without."""
    keys = ["buckets=1"] if kind in ("histogram", "gaugehistogram") else ["states=on"] if kind == "stateset" else []
    if kind == "counter" and not name.endswith("_total"):
        keys.append("keep=1")
    yield "\t".join(["new", kind, name, field(help_text), "", labels] + keys)
    yield "\t".join(["op", name, "init", ""] + ["x" for label in labels.split(",") if label])


def families(source):
    """Each set of families that may be in one registry, as (name of the set, {name: (lines, rules or None)})."""
    table = {row[1]: (list(lines_of(row[0], row[1], row[2], row[4] if len(row) > 4 else "Help.")), set(row[3]))
             for row in TABLE}
    assert len(table) == len(TABLE), "a name is there twice"
    yield "table", table
    sets = os.path.join(source, "tests", "metric-sets")
    for name in sorted(os.listdir(sets)):
        if not name.endswith(".tsv"):
            continue
        with open(os.path.join(sets, name), encoding="utf-8", newline="") as rows:
            read = csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
            yield name, {row["name"]: (list(lines_of(row["type"], row["name"], row["labels"], row["help"])), None)
                         for row in read}


def run(command, text):
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                          check=False)


def named(text, begin, end, column):
    """{family: rules} of findings, a line each."""
    found = {}
    for line in text.splitlines():
        match = re.match(begin + r"([^\s']+)" + end, line)
        if not match:
            continue
        rules = [rule[0] for rule in RULES if re.search(rule[column], line[match.end():])]
        found.setdefault(match[1], set()).update(rules)
    return found


def compare(adapter, name, members):
    script = "\n".join(line for lines, _ in members.values() for line in lines) + "\n"
    page, ours = run([adapter, "text", "underscores"], script), run([adapter, "lint"], script)
    theirs = run(["promtool", "check", "metrics"], page.stdout)
    if page.stderr:
        print(f"{name}: the adapter says: {page.stderr}")
        return 1
    if theirs.returncode not in (0, 3):
        print(f"{name}: promtool says: {theirs.stderr}")
        return 1
    by_us = named(ours.stdout, "family '", "'", 2)
    by_them = named(theirs.stdout + theirs.stderr, "", " ", 1)
    faults = 0
    for family, (_, want) in members.items():
        us, them = by_us.get(family, set()), by_them.get(family, set())
        if us == them and want in (None, us):
            continue
        faults += 1
        print(f"{name}: {family}: promtool finds {sorted(them)}, the lint {sorted(us)}"
              + (f", expected are {sorted(want)}" if want is not None else ""))
    return faults


def main():
    source, build = sys.argv[1:3]
    adapter = os.path.join(build, "tests", "adapter")
    if not shutil.which("promtool"):
        print("promtool: skipped: it is missing (Debian: apt-get install prometheus)")
        return 77
    if not os.path.exists(adapter):
        print("promtool: skipped: there is no adapter in", build)
        return 77
    return 1 if sum(compare(adapter, name, members) for name, members in families(source)) else 0


sys.exit(main())
