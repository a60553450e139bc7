"""cmake/tacho_schema.py: what it makes of a schema looks like the golden files and passes promtool, what it tells of two
schemas is right for every kind of change, and what is no schema it refuses in words.

    schema.py SOURCE_DIR BUILD_DIR

The schema is tests/golden/schema.json, which test_describe compares with what a registry of every type writes; beside it those
of a script through the adapter and of the exporters, where they are built. TACHO_UPDATE_GOLDEN=1 writes the golden files anew.
"""
import contextlib
import copy
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import _lint
import _promql

SCRIPT = _lint.root / "cmake" / "tacho_schema.py"
sys.path.insert(0, str(SCRIPT.parent))
tacho_schema = __import__("tacho_schema")
GOLDEN = _lint.root / "tests" / "golden"
MADE = {"dashboard": "schema.dashboard.json", "rules": "schema.rules.yml", "reference": "schema.md"}
ADAPTER = "new\tcounter\tjobs_total\tJobs.\t\tqueue\nnew\thistogram\tjob_seconds\tTime.\tseconds\tqueue\tbuckets=0.1,1\n"


def call(arguments, given=""):
    """The script as a process, in a locale that is no help: its texts are UTF-8 all the same."""
    environment = dict(os.environ, LC_ALL="C", PYTHONIOENCODING="ascii")
    return subprocess.run([sys.executable, "-B", str(SCRIPT)] + [str(each) for each in arguments], input=given.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False, env=environment)


def call_here(arguments):
    """The same in this process, for what is tried many times: (exit status, standard output, standard error)."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="ascii"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = tacho_schema.main([str(each) for each in arguments])
        except SystemExit as leave:
            status = leave.code
        out.flush()
    return status, out.buffer.getvalue().decode(), err.getvalue()


def expect(condition, words):
    if not condition:
        _lint.report(SCRIPT, 1, words)
    return condition


# ---- What is made of a schema ---------------------------------------------------------------------------------------------

def check_made(name, text, more=()):
    """Run each command on a schema; returns what they wrote."""
    made = {}
    for command in MADE:
        done = call([command, "-"] + list(more if command != "reference" else ()), text)
        expect(done.returncode == 0 and not done.stderr, f"{command} of {name}: {done.returncode}, {done.stderr.decode()}")
        made[command] = done.stdout.decode()
    dashboard = json.loads(made["dashboard"])
    for fault in _promql.faults_of_layout(dashboard):
        expect(False, f"dashboard of {name}: {fault}")
    titles = " ".join(panel["title"] for panel in _promql.panels(dashboard))
    for family in json.loads(text)["families"]:
        expect(family["name"] in titles, f"dashboard of {name}: no panel shows {family['name']!r}")
    expect(len(re.findall("^## ", made["reference"], re.MULTILINE)) == len(json.loads(text)["families"]),
           f"reference of {name}: it has another number of families")
    if _promql.promtool() and "--utf8" not in more:
        check_with_promtool(name, made, dashboard)
    return made


def check_with_promtool(name, made, dashboard):
    for fault in _promql.faults_of_syntax(_promql.expressions(dashboard)):
        expect(False, f"dashboard of {name}: {fault}")
    with tempfile.TemporaryDirectory() as where:
        path = pathlib.Path(where) / "rules.yml"
        path.write_text(made["rules"], encoding="utf-8")
        fault = _promql.run(["promtool", "check", "rules", path])
    expect(not fault, f"rules of {name}: {fault}")


def check_golden():
    text = (GOLDEN / "schema.json").read_text(encoding="utf-8")
    made = check_made("the golden schema", text)
    for command, name in MADE.items():
        path = GOLDEN / name
        if os.environ.get("TACHO_UPDATE_GOLDEN") == "1":
            path.write_bytes(made[command].encode())
        want = path.read_text(encoding="utf-8") if path.exists() else ""
        if want == made[command]:
            continue
        lines = zip(want.splitlines() + [""], made[command].splitlines() + [""])
        line = next((number for number, (a, b) in enumerate(lines, 1) if a != b), 1)
        _lint.report(path, line, "is not what the script writes; TACHO_UPDATE_GOLDEN=1 writes it anew: review that like code")
    asis = check_made("the golden schema", text, ["--utf8"])
    exprs = _promql.expressions(json.loads(asis["dashboard"]))
    expect(any('{"http.requests_total",job' in expr for expr in exprs), "--utf8 does not query names as they are")


def check_programs():
    """Schemas as programs write them."""
    adapter = _lint.build / "tests" / "adapter"
    if adapter.exists():
        done = subprocess.run([str(adapter), "describe"], input=ADAPTER, stdout=subprocess.PIPE, text=True, timeout=60, check=False)
        expect(done.returncode == 0, "the adapter writes no schema")
        made = check_made("the adapter", done.stdout, [])
        expect("job:job_seconds:p99" in made["rules"], "the rules have no quantile of a histogram")
    for program in sorted((_lint.build / "examples").glob("*_exporter")):
        done = subprocess.run([str(program), "--describe"], stdout=subprocess.PIPE, text=True, timeout=60, check=False)
        if expect(done.returncode == 0, f"{program.name} --describe: exit status {done.returncode}"):
            made = check_made(program.name, done.stdout)
            expect("CollectorFailing" in made["rules"], f"{program.name}: no alert tells of failing collectors")


def check_titles():
    """What is made is called by the program's own families, however many of its process there are, or as one says."""
    families = [{"name": f"process_{i}", "collector": "process"} for i in range(9)] + [{"name": "tacho_series", "collector": "tacho"}]
    families = [{"type": "gauge", "help": "", "labels": [], **family} for family in families + [{"name": "mill_turns"}]]
    schema = json.dumps({"version": 1, "constants": {}, "families": families, "unannounced": []})
    made = check_made("a mill", schema)
    expect("MillAbsent" in made["rules"] and made["reference"].startswith("# Metrics of mill\n") and
           json.loads(made["dashboard"])["title"] == "mill", "what is made for a mill is called otherwise")
    families[-1]["labels"] = [{"name": "wing"}]
    open_labels = json.dumps({"version": 1, "constants": {}, "families": families, "unannounced": []})
    expect("Absent" not in check_made("a mill of open labels", open_labels)["rules"], "what other programs have is taken for a mill's")
    made = check_made("a mill with a title", schema, ["--title", "Wind mill"])
    expect("WindMillAbsent" in made["rules"] and json.loads(made["dashboard"])["title"] == "Wind mill", "--title counts for nothing")


def check_alerts():
    """The alerts that every program gets fire when they should."""
    if not _promql.promtool():
        return
    own = [("tacho_collector_success", "gauge", ["collector"]), ("tacho_series_rejected_total", "counter", ["family"]),
           ("tacho_memory_used_bytes", "gauge", []), ("tacho_memory_budget_bytes", "gauge", [])]
    families = [{"name": "app_up", "type": "gauge", "help": "Up.", "labels": [], "max_series": 1}]
    families += [{"name": name, "type": kind, "help": "Own.", "labels": [{"name": each} for each in labels], "collector": "tacho"}
                 for name, kind, labels in own]
    done = call(["rules", "-", "--job", "j"], json.dumps({"version": 1, "families": families}))
    with tempfile.TemporaryDirectory() as where:
        (pathlib.Path(where) / "rules.yml").write_bytes(done.stdout)
        (pathlib.Path(where) / "test.yml").write_text(ALERTS, encoding="utf-8")
        fault = _promql.run(["promtool", "test", "rules", "test.yml"], where)
    expect(not fault, f"the alerts do not fire as they should: {fault}")


ALERTS = """\
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - { series: 'up{job="j",instance="i"}', values: '0x40' }
      - { series: 'up{job="other",instance="i"}', values: '1x40' }
      - { series: 'tacho_collector_success{job="j",instance="i",collector="c"}', values: '0x40' }
      - { series: 'tacho_collector_success{job="other",instance="i",collector="c"}', values: '0x40' }
      - { series: 'tacho_series_rejected_total{job="j",instance="i",family="f"}', values: '_x20 1x20' }
      - { series: 'tacho_memory_used_bytes{job="j",instance="i"}', values: '95x40' }
      - { series: 'tacho_memory_budget_bytes{job="j",instance="i"}', values: '100x40' }
    promql_expr_test:
      - expr: 'count by (alertname) (ALERTS{alertstate="firing"})'
        eval_time: 30m
        exp_samples:
          - { labels: '{alertname="AppAbsent"}', value: 1 }
          - { labels: '{alertname="AppCollectorFailing"}', value: 1 }
          - { labels: '{alertname="AppSeriesRejected"}', value: 1 }
          - { labels: '{alertname="AppMemoryNearBudget"}', value: 1 }
  - interval: 1m
    input_series:
      - { series: 'up{job="j",instance="i"}', values: '1x40' }
      - { series: 'tacho_collector_success{job="j",instance="i",collector="c"}', values: '1x40' }
      - { series: 'tacho_series_rejected_total{job="j",instance="i",family="f"}', values: '1x40' }
      - { series: 'tacho_memory_used_bytes{job="j",instance="i"}', values: '50x40' }
      - { series: 'tacho_memory_budget_bytes{job="j",instance="i"}', values: '100x40' }
    promql_expr_test:
      - { expr: 'ALERTS', eval_time: 30m, exp_samples: [] }
"""

# ---- Differences ------------------------------------------------------------------------------------------------------------

FAMILIES = [
    {"name": "calls_total", "type": "counter", "help": "Calls.", "unit": "calls", "constants": {"side": "left"}, "max_series": 9,
     "labels": [{"name": "way", "values": ["in", "out"]}, {"name": "who"}]},
    {"name": "x_seconds", "type": "histogram", "help": "X.", "labels": [], "buckets": [0.1, 1, 10]},
    {"name": "n_seconds", "type": "histogram", "help": "N.", "labels": [], "buckets": [1], "native": {"factor": 1.1}},
    {"name": "q", "type": "summary", "help": "Q.", "labels": [], "quantiles": [0.5, 0.99]},
    {"name": "mode", "type": "stateset", "help": "M.", "labels": [], "states": ["idle", "busy"]},
]
OLD = {"version": 1, "constants": {"zone": "eu"}, "families": FAMILIES, "unannounced": []}

# What is done to the new schema (families by name), and the beginning of each line that is told.
CHANGES = [
    ("nothing", lambda s, f: None, []),
    ("another order", lambda s, f: s["families"].reverse(), []),
    ("a label at another place", lambda s, f: f["calls_total"]["labels"].reverse(), []),
    ("a family gone", lambda s, f: s["families"].pop(1), ["breaking: family 'x_seconds': it is gone"]),
    ("a family added", lambda s, f: s["families"].append(dict(FAMILIES[1], name="y")),
     ["harmless: family 'y': it is new"]),
    ("type", lambda s, f: f["q"].update(type="gauge"), ["breaking: family 'q': its type was summary and is gauge"]),
    ("help", lambda s, f: f["q"].update(help="Other."), ["harmless: family 'q': its help changed"]),
    ("unit", lambda s, f: f["calls_total"].update(unit="bytes"),
     ["breaking: family 'calls_total': its unit was calls and is bytes"]),
    ("unit gone", lambda s, f: f["calls_total"].pop("unit"),
     ["breaking: family 'calls_total': its unit was calls and is none"]),
    ("unit added", lambda s, f: f["q"].update(unit="s"), ["breaking: family 'q': its unit was none and is s"]),
    ("label gone", lambda s, f: f["calls_total"]["labels"].pop(1),
     ["breaking: family 'calls_total': label 'who' is gone"]),
    ("label added", lambda s, f: f["q"]["labels"].append({"name": "a"}), ["breaking: family 'q': label 'a' is new"]),
    ("label renamed", lambda s, f: f["calls_total"]["labels"][1].update(name="whom"),
     ["breaking: family 'calls_total': label 'who' is gone", "breaking: family 'calls_total': label 'whom' is new"]),
    ("value gone", lambda s, f: f["calls_total"]["labels"][0].update(values=["in"]),
     ["breaking: family 'calls_total': label 'way' cannot be 'out' any more"]),
    ("value added", lambda s, f: f["calls_total"]["labels"][0]["values"].append("up"),
     ["harmless: family 'calls_total': label 'way' can be 'up' as well"]),
    ("values opened", lambda s, f: f["calls_total"]["labels"][0].pop("values"),
     ["harmless: family 'calls_total': label 'way' takes any value now"]),
    ("values closed", lambda s, f: f["calls_total"]["labels"][1].update(values=["a"]),
     ["harmless: family 'calls_total': label 'who' lists its values now"]),
    ("values in another order", lambda s, f: f["calls_total"]["labels"][0]["values"].reverse(), []),
    ("own constant gone", lambda s, f: f["calls_total"].pop("constants"),
     ["breaking: family 'calls_total': label 'side' is gone"]),
    ("own constant added", lambda s, f: f["q"].update(constants={"a": "b"}),
     ["breaking: family 'q': label 'a' is new"]),
    ("own constant changed", lambda s, f: f["calls_total"].update(constants={"side": "right"}),
     ["harmless: family 'calls_total': its constants changed"]),
    ("own constant becomes a label",
     lambda s, f: (f["calls_total"].pop("constants"), f["calls_total"]["labels"].append({"name": "side"})), []),
    ("constant gone", lambda s, f: s.update(constants={}),
     ["breaking: the registry: label 'zone' is gone from all families"]),
    ("constant added", lambda s, f: s["constants"].update(tier="1"),
     ["breaking: the registry: label 'tier' is new in all families"]),
    ("constant becomes a label of one",
     lambda s, f: (s.update(constants={}), f["q"]["labels"].append({"name": "zone"})),
     [f"breaking: family '{name}': label 'zone' is gone" for name in ("calls_total", "x_seconds", "n_seconds", "mode")]),
    ("bound gone", lambda s, f: f["x_seconds"].update(buckets=[0.1, 10]),
     ["breaking: family 'x_seconds': bucket 1 is gone"]),
    ("bound changed", lambda s, f: f["x_seconds"].update(buckets=[0.1, 2, 10]),
     ["breaking: family 'x_seconds': bucket 1 is gone", "harmless: family 'x_seconds': bucket 2 is new"]),
    ("bound added", lambda s, f: f["x_seconds"].update(buckets=[0.1, 1, 10, 20]),
     ["harmless: family 'x_seconds': bucket 20 is new"]),
    ("classic buckets gone", lambda s, f: f["n_seconds"].pop("buckets"),
     ["breaking: family 'n_seconds': bucket 1 is gone"]),
    ("native gone", lambda s, f: f["n_seconds"].pop("native"),
     ["breaking: family 'n_seconds': it is no native histogram"]),
    ("native added", lambda s, f: f["x_seconds"].update(native={"factor": 2}),
     ["harmless: family 'x_seconds': it is a native"]),
    ("native changed", lambda s, f: f["n_seconds"].update(native={"factor": 2}),
     ["harmless: family 'n_seconds': its native"]),
    ("quantile gone", lambda s, f: f["q"].update(quantiles=[0.5]), ["breaking: family 'q': quantile 0.99 is gone"]),
    ("quantile added", lambda s, f: f["q"]["quantiles"].append(0.999), ["harmless: family 'q': quantile 0.999 is new"]),
    ("state gone", lambda s, f: f["mode"].update(states=["busy"]), ["breaking: family 'mode': state 'idle' is gone"]),
    ("state added", lambda s, f: f["mode"]["states"].append("off"), ["harmless: family 'mode': state 'off' is new"]),
    ("limit", lambda s, f: f["calls_total"].update(max_series=8),
     ["harmless: family 'calls_total': it may have another number"]),
    ("collector that says nothing", lambda s, f: s["unannounced"].append("c"),
     ["harmless: collector 'c': it announces no families"]),
    ("two changes", lambda s, f: (f["q"].update(help="Other."), f["x_seconds"].update(type="gauge")),
     ["breaking: family 'x_seconds': its type was histogram and is gauge", "harmless: family 'q': its help changed"]),
]


def check_changes(where):
    old, new = where / "old.json", where / "new.json"
    old.write_text(json.dumps(OLD))
    for name, change, want in CHANGES:
        schema = copy.deepcopy(OLD)
        change(schema, {family["name"]: family for family in schema["families"]})
        new.write_text(json.dumps(schema))
        (status, told, faults), quiet = call_here(["diff", old, new]), call_here(["diff", "--quiet", old, new])
        lines = told.splitlines()
        fits = len(lines) == len(want) and all(line.startswith(begin) for line, begin in zip(lines, want))
        expect(fits and not faults, f"diff, {name}: it tells {lines} {faults}")
        breaks = [line for line in lines if line.startswith("breaking: ")]
        expect(quiet[1].splitlines() == breaks, f"diff --quiet, {name}: it tells {quiet[1]}")
        breaking = int(any(line.startswith("breaking: ") for line in want))
        expect(status == quiet[0] == breaking, f"diff, {name}: its exit status is {status}")


# ---- What is no schema --------------------------------------------------------------------------------------------------------

def broken_schemas():
    yield "no JSON", ""
    yield "no JSON either", "{"
    yield "a list", "[]"
    yield "another version", json.dumps(dict(OLD, version=2))
    yield "no version", json.dumps({"families": []})
    yield "an exposition as JSON", '[{"name":"x","type":"counter","metrics":[]}]'
    yield "a family twice", json.dumps(dict(OLD, families=FAMILIES + FAMILIES[:1]))
    for key, value in (("name", 1), ("type", "meter"), ("help", None), ("labels", {}), ("labels", [{"name": 1}]),
                       ("labels", [{"name": "a", "values": [1]}]), ("buckets", ["1"]), ("quantiles", [True]), ("states", "on"),
                       ("constants", []), ("native", 1), ("native", {"factor": "2"}), ("unit", 2), ("max_series", "1"),
                       ("collector", 1), ("extreme", ["maximum"])):
        yield f"{key} {value}", json.dumps(dict(OLD, families=[dict(FAMILIES[0], **{key: value})]))
    yield "constants", json.dumps(dict(OLD, constants={"a": 1}))
    yield "unannounced", json.dumps(dict(OLD, unannounced=[1]))


def check_broken(where):
    good, bad = where / "good.json", where / "bad.json"
    good.write_text(json.dumps(OLD))
    for name, text in broken_schemas():
        bad.write_text(text)
        for arguments in (["dashboard", bad], ["rules", bad], ["reference", bad], ["diff", bad, good], ["diff", good, bad]):
            status, made, words = call_here(arguments)
            fine = status == 2 and not made and "bad.json: " in words
            expect(fine, f"{arguments[0]} of a broken schema ({name}): {status}, {words}")
    bad.write_bytes(b'{"version":1,"families":["\xff"]}')
    for arguments in (["rules", bad], ["diff", good, where / "missing.json"], ["diff", good], ["dashboard"], ["draw", good], []):
        done = call(arguments)
        expect(done.returncode == 2 and done.stderr and b"Traceback" not in done.stderr,
               f"{arguments}: {done.returncode}, {done.stderr.decode()}")


def check_help():
    for arguments in (["--help"], ["dashboard", "--help"], ["rules", "--help"], ["reference", "--help"], ["diff", "--help"]):
        expect(call_here(arguments)[0] == 0, f"{arguments} does not help")
    for word in ("dashboard", "rules", "reference", "diff", "exit status 1"):
        expect(word in call(["--help"]).stdout.decode(), f"--help does not say {word}")


if not _promql.promtool():
    print("schema: promtool skipped: it is missing (Debian: apt-get install prometheus)")
check_golden()
check_programs()
check_titles()
check_alerts()
check_help()
with tempfile.TemporaryDirectory() as directory:
    check_changes(pathlib.Path(directory))
    check_broken(pathlib.Path(directory))
_lint.finish()
