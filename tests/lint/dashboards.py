"""The dashboards and rules of the examples name only what their sets of metrics have, in panels that fit on the page; each
query of tests/metric-sets/queries.md is among them; and each alert has a test in which it fires and one in which it does not,
which promtool runs.

    dashboards.py SOURCE_DIR BUILD_DIR
"""
import csv
import json
import re

import _lint
import _promql

SETS = {"trackarr": [("trackarr.tsv", "")], "qbsync": [("qbsync.tsv", "")], "playarr": [("playarr.tsv", "")],
        "dragonfly": [("dragonfly-client.tsv", "dragonfly_client_"), ("dragonfly-manager.tsv", ""),
                      ("dragonfly-scheduler.tsv", ""), ("grpc-server.tsv", "")],
        "tracearr": [("tracearr.tsv", "")]}
SUFFIXES = {"histogram": ["_bucket", "_sum", "_count"], "summary": ["", "_sum", "_count"]}


def table(system, name):
    """A table lies with the other sets, or with the example where the set is its own."""
    for path in (_lint.root / "tests" / "metric-sets" / name, _lint.root / "examples" / system / name):
        if path.exists():
            with open(path, encoding="utf-8", newline="") as rows:
                return list(csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))
    return None


def own_samples():
    """tacho's own families, from the table that defines them."""
    text = (_lint.root / "src" / "self.c").read_text(encoding="utf-8")
    found = {}
    for row in re.finditer(r"\.name = \"(tacho_\w+)\"(.*?)(?=\.name = |\n};)", text, re.DOTALL):
        labels = re.search(r"\.labels = \{([^}]*)\}", row[2])
        found[row[1]] = dict.fromkeys(re.findall(r"\"(\w+)\"", labels[1]) if labels else [])
    return found


def samples(system):
    """{sample name: {label: values or None}} of a system; None: a table is not there."""
    found = own_samples()
    for name, prefix in SETS[system]:
        rows = table(system, name)
        if rows is None:
            return None
        for row in rows:
            listed = dict(part.split("=", 1) for part in row["label_values"].split(";") if part)
            labels = {label: listed[label].split("|") if label in listed else None for label in row["labels"].split(",") if label}
            for suffix in SUFFIXES.get(row["type"], [""]):
                found[prefix + row["name"] + suffix] = labels
    return found


def check_matcher(path, metric, labels, matcher):
    label, operator, value = matcher
    if label in _promql.ADDED:
        return
    if label not in labels:
        _lint.report(path, 1, f"{metric} has no label '{label}'")
    elif labels[label] and operator in ("=", "=~") and not set(value.split("|")) <= set(labels[label]):
        _lint.report(path, 1, f"label '{label}' of {metric} is never '{value}'")


def check_names(path, exprs, known, recorded):
    for expr in exprs:
        found, grouped = _promql.selectors(expr)
        there = set(_promql.ADDED)
        for metric, matchers in found:
            if metric is None and not any(label == "__name__" for label, _, _ in matchers):
                _lint.report(path, 1, f"a selector without a name in: {expr}")
            if metric is None or metric in recorded:
                continue
            if metric not in known:
                _lint.report(path, 1, f"no metric is called {metric}: {expr}")
                continue
            there.update(known[metric])
            for matcher in matchers:
                check_matcher(path, metric, known[metric], matcher)
        for label in grouped:
            if label not in there:
                _lint.report(path, 1, f"groups by '{label}', which no metric has in: {expr}")


def check_dashboard(path):
    try:
        dashboard = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        _lint.report(path, 1, f"is no JSON: {error}")
        return []
    for fault in _promql.faults_of_layout(dashboard):
        _lint.report(path, 1, fault)
    if not 36 <= dashboard["schemaVersion"] <= 39:
        _lint.report(path, 1, "its schemaVersion is none of Grafana 9 or 10")
    exprs = _promql.expressions(dashboard)
    names = {variable["name"] for variable in dashboard["templating"]["list"]}
    for word in {word for expr in exprs for word in re.findall(r"\$\{?(\w+)", expr)} - names - {"__rate_interval"}:
        _lint.report(path, 1, f"no variable is called {word}")
    return exprs


def check_tests(directory, rules):
    path = directory / "rules_test.yml"
    text = path.read_text(encoding="utf-8")
    for alert in re.findall(r"^ *- alert: (\S+)$", rules, re.MULTILINE):
        for name in (f"{alert} fires", f"{alert} stays quiet"):
            if f"  - name: {name}\n" not in text:
                _lint.report(path, 1, f"has no test '{name}'")


def plain(expr):
    """An expression without blanks and without what a dashboard adds to every selector."""
    expr = re.sub(r'job=~"\$job",instance=~"\$instance",?', "", expr)
    return re.sub(r"\s+|\{\}", "", expr)


def check_queries(system, exprs):
    path = _lint.root / "tests" / "metric-sets" / "queries.md"
    text = path.read_text(encoding="utf-8")
    section = re.search(rf"^## {system}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    there = [plain(expr) for expr in exprs]
    for query in re.findall(r"`([^`]+)`", section[1] if section else ""):
        query = query.replace("\\|", "|")
        if f"{system}_" in query and not query.startswith("/") and not any(plain(query) in expr for expr in there):
            _lint.report(path, 1, f"no panel and no alert of {system} has: {query}")


def check_system(system):
    directory, known = _lint.root / "examples" / system, samples(system)
    rules = (directory / "rules.yml").read_text(encoding="utf-8")
    alerts, exprs = _promql.rule_expressions(rules), check_dashboard(directory / "dashboard.json")
    check_tests(directory, rules)
    check_queries(system, exprs + alerts)
    if known is None:
        print(f"{system}: skipped: names are not looked at, since there is no table of them")
    else:
        check_names(directory / "dashboard.json", exprs, known, set())
        check_names(directory / "rules.yml", alerts, known, _promql.recorded(rules))
    if not _promql.promtool():
        return
    for fault in _promql.faults_of_syntax(exprs):
        _lint.report(directory / "dashboard.json", 1, fault)
    for command in (["check", "rules", "rules.yml"], ["test", "rules", "rules_test.yml"]):
        if fault := _promql.run(["promtool"] + command, directory):
            _lint.report(directory / "rules.yml", 1, fault)


if not _promql.promtool():
    print("dashboards: promtool skipped: it is missing (Debian: apt-get install prometheus)")
for each in SETS:
    check_system(each)
_lint.finish()
