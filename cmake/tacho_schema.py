#!/usr/bin/env python3
"""What can be made of a registry's schema: a first Grafana dashboard, Prometheus rules, a reference page, and what a new
version of it breaks.

The schema is what tacho_registry_describe writes (tacho/describe.h), often behind an option of the program:

    app --describe > app.json
    tacho_schema.py dashboard app.json > app.dashboard.json    import it in Grafana 9.1 or later
    tacho_schema.py rules app.json > app.rules.yml             name it in prometheus.yml under rule_files
    tacho_schema.py reference app.json > METRICS.md
    tacho_schema.py diff released.json app.json                exit status 1 if something breaks

FILE may be - for standard input. Needs nothing beyond Python 3.8.
"""
import argparse
import json
import re
import signal
import sys

TYPES = ("counter", "gauge", "histogram", "summary", "gaugehistogram", "info", "stateset", "unknown")
HISTOGRAMS = ("histogram", "gaugehistogram")
OWN = "tacho"  # the collector of tacho's own families


class Broken(Exception):
    """A file that is no schema; the words are for the user."""


# ---- Reading ----------------------------------------------------------------------------------------------------------

def need(condition, words):
    if not condition:
        raise Broken(words)


def is_texts(value):
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def is_numbers(value):
    return isinstance(value, list) and all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in value)


def is_constants(value):
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def check_family(family):
    need(isinstance(family, dict) and isinstance(family.get("name"), str), "a family has no name")
    where = f"family '{family['name']}': "
    need(family.get("type") in TYPES, where + "its type is none that is known")
    need(isinstance(family.get("help"), str), where + "it has no help")
    need(isinstance(family.get("unit", ""), str), where + "its unit is no text")
    labels = family.get("labels")
    need(isinstance(labels, list), where + "it has no list of labels")
    for label in labels:
        need(isinstance(label, dict) and isinstance(label.get("name"), str), where + "a label has no name")
        need(is_texts(label.get("values", [])), where + "the values of a label are no texts")
    need(is_constants(family.get("constants", {})), where + "its constants are no texts")
    need(is_numbers(family.get("buckets", [])), where + "its buckets are no numbers")
    need(is_numbers(family.get("quantiles", [])), where + "its quantiles are no numbers")
    need(is_texts(family.get("states", [])), where + "its states are no texts")
    need(isinstance(family.get("native", {}), dict), where + "its native parameters are no object")
    need(is_numbers([family.get("native", {}).get("factor", 0)]), where + "its native factor is no number")
    need(is_numbers([family.get("max_series", 1)]), where + "its number of series is none")
    for key in ("collector", "extreme"):
        need(isinstance(family.get(key, ""), str), where + f"its {key} is no text")


def check_schema(schema):
    need(isinstance(schema, dict) and isinstance(schema.get("families"), list), "this is no schema of a registry")
    need(schema.get("version") == 1, "this is a schema of a version that this script does not know")
    need(is_constants(schema.get("constants", {})), "the constants are no texts")
    need(is_texts(schema.get("unannounced", [])), "the unannounced collectors are no texts")
    names = set()
    for family in schema["families"]:
        check_family(family)
        need(family["name"] not in names, f"family '{family['name']}' is there twice")
        names.add(family["name"])


def read_schema(path):
    try:
        if path == "-":
            schema = json.loads(sys.stdin.buffer.read().decode("utf-8"))
        else:
            with open(path, encoding="utf-8") as file:
                schema = json.load(file)
        check_schema(schema)
    except OSError as error:
        raise Broken(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise Broken(f"{path}: this is no JSON: {error}") from None
    except Broken as error:
        raise Broken(f"{path}: {error}") from None
    return schema


# ---- Names and queries ------------------------------------------------------------------------------------------------

class Spelling:
    """How queries write names: escaped with underscores, as most Prometheus servers store them, or as UTF-8."""

    def __init__(self, utf8):
        self.utf8 = utf8

    def name(self, name, first="a-zA-Z_:"):
        if self.utf8:
            return name
        name = re.sub(f"[^{first}0-9]", "_", name)
        return "_" + name[1:] if name[:1].isdigit() else name

    def label(self, name):
        name = self.name(name, "a-zA-Z_")
        return name if re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name) else quoted(name)

    def select(self, family, suffix="", matchers=""):
        name = self.name(family["name"]) + suffix
        if re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", name):
            return f"{name}{{{matchers}}}" if matchers else name
        return f"{{{quoted(name)}{',' if matchers else ''}{matchers}}}"

    def by(self, names):
        return f"by ({', '.join(self.label(name) for name in names)}) " if names else ""


def quoted(text):
    """Text as PromQL and YAML both read it between quotes."""
    out = ['"']
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif char == "\n":
            out.append("\\n")
        elif char.isprintable():
            out.append(char)
        else:
            code = ord(char)
            out.append(f"\\x{code:02x}" if code < 128 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}")
    return "".join(out) + '"'


def label_names(family):
    return [label["name"] for label in family["labels"]]


def has_open_label(family):
    return any("values" not in label for label in family["labels"])


def bucket_query(spelling, family, quantile, by, matchers, window):
    """A quantile over classic buckets, or native ones, or whichever the server keeps."""
    rate = (lambda text: f"rate({text}[{window}])") if family["type"] == "histogram" else (lambda text: text)
    forms = []
    if family.get("buckets"):
        buckets = rate(spelling.select(family, "_bucket", matchers))
        forms.append(f"histogram_quantile({quantile}, sum {spelling.by(by + ['le'])}({buckets}))")
    if family.get("native"):
        whole = rate(spelling.select(family, "", matchers))
        forms.append(f"histogram_quantile({quantile}, sum {spelling.by(by)}({whole}))")
    return " or ".join(forms)


def program_of(schema, title=None):
    """The title, or the word that most names begin with, those of every process aside."""
    if title:
        return title
    words = [re.split(r"[_.:]", family["name"])[0] for family in schema["families"]
             if family.get("collector") not in (OWN, "process")]
    return max(sorted(set(words)), key=words.count) if words else "program"


# ---- Dashboard --------------------------------------------------------------------------------------------------------

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
MATCHERS = 'job=~"$job",instance=~"$instance"'
UNITS = {"seconds": "s", "bytes": "bytes", "ratio": "percentunit", "celsius": "celsius", "volts": "volt", "amperes": "amp",
         "joules": "joule", "meters": "lengthm", "metres": "lengthm", "grams": "massg", "kelvin": "kelvin",
         "hertz": "hertz", "watts": "watt"}
RATES = {"bytes": "Bps", "seconds": "percentunit", "ratio": "short"}
WIDTH = 24


def target(expr, legend="", **more):
    return {"datasource": DATASOURCE, "expr": expr, "legendFormat": legend or "__auto", "range": True, **more}


def table_target(expr):
    return target(expr, format="table", instant=True, range=False)


def panel(kind, title, help_text, targets, unit="short", options=None):
    """A panel without its place; targets get their letters."""
    for index, each in enumerate(targets):
        each["refId"] = chr(ord("A") + index)
    return {"type": kind, "title": title, "description": help_text, "datasource": DATASOURCE, "targets": targets,
            "fieldConfig": {"defaults": {"unit": unit}, "overrides": []}, "options": options or {}}


def legend_of(labels):
    return " ".join(f"{{{{{label}}}}}" for label in labels)


def limited(family, query):
    return f"topk(10, {query})" if has_open_label(family) else query


def counter_panels(spelling, family):
    labels = label_names(family)
    rate = f"sum {spelling.by(labels)}(rate({spelling.select(family, '', MATCHERS)}[$__rate_interval]))"
    unit = RATES.get(family.get("unit"), "cps")
    yield panel("timeseries", f"{family['name']}, per second", family["help"],
                [target(limited(family, rate), legend_of(labels) or "all")], unit)


def gauge_panels(spelling, family):
    labels, query = label_names(family), spelling.select(family, "", MATCHERS)
    title = family["name"]
    if title.endswith("_timestamp_seconds"):
        query, title = f"time() - ({query} > 0)", f"time since {title}"
    yield panel("timeseries", title, family["help"], [target(limited(family, query), legend_of(["instance"] + labels))],
                UNITS.get(family.get("unit"), "short"))


def histogram_panels(spelling, family):
    unit = UNITS.get(family.get("unit"), "short")
    quantiles = [target(query, f"p{int(rank * 100)}") for rank in (0.5, 0.9, 0.99)
                 if (query := bucket_query(spelling, family, rank, [], MATCHERS, "$__rate_interval"))]
    yield panel("timeseries", f"{family['name']}, quantiles", family["help"], quantiles, unit)
    if not family.get("buckets"):
        return
    buckets = spelling.select(family, "_bucket", MATCHERS)
    counted = f"increase({buckets}[$__rate_interval])" if family["type"] == "histogram" else buckets
    yield panel("heatmap", f"{family['name']}, how many", family["help"],
                [target(f"sum by (le) ({counted})", "{{le}}", format="heatmap")], "short",
                {"calculate": False, "yAxis": {"unit": unit}, "cellGap": 1})


def summary_panels(spelling, family):
    labels, unit = label_names(family), UNITS.get(family.get("unit"), "short")
    if family.get("quantiles"):
        query = f"max {spelling.by(labels + ['quantile'])}({spelling.select(family, '', MATCHERS)})"
        yield panel("timeseries", f"{family['name']}, quantiles", family["help"],
                    [target(limited(family, query), legend_of(labels + ["quantile"]))], unit)
    total, count = (f"sum {spelling.by(labels)}(rate({spelling.select(family, part, MATCHERS)}[$__rate_interval]))"
                    for part in ("_sum", "_count"))
    yield panel("timeseries", f"{family['name']}, mean", family["help"],
                [target(limited(family, f"{total} / {count}"), legend_of(labels) or "mean")], unit)


def info_panels(spelling, family):
    yield panel("table", family["name"], family["help"], [table_target(spelling.select(family, "", MATCHERS))])


def state_panels(spelling, family):
    labels = label_names(family) + [family["name"]]
    query = f"max {spelling.by(labels)}({spelling.select(family, '', MATCHERS)})"
    yield panel("state-timeline", family["name"], family["help"],
                [target(limited(family, query), legend_of(spelling.name(label, "a-zA-Z_") for label in labels))])


PANELS = {"counter": counter_panels, "gauge": gauge_panels, "unknown": gauge_panels, "histogram": histogram_panels,
          "gaugehistogram": histogram_panels, "summary": summary_panels, "info": info_panels, "stateset": state_panels}


def group_of(family, program, sizes=None):
    """The row of a family: the word behind the program's, if some others share it; tacho's own families have theirs."""
    if family.get("collector") == OWN:
        return OWN
    words = re.split(r"[_.:]", family["name"])
    word = words[1] if words[0] == program and len(words) > 1 else words[0]
    return word if sizes is None or sizes[word] > 2 else "other"


def place(groups):
    """Panels in rows below their titles: three side by side."""
    panels, y = [], 0
    for title, members in groups:
        panels.append({"type": "row", "title": title, "collapsed": False, "panels": [],
                       "gridPos": {"h": 1, "w": WIDTH, "x": 0, "y": y}})
        y += 1
        for index, each in enumerate(members):
            each["gridPos"] = {"h": 8, "w": WIDTH // 3, "x": index % 3 * (WIDTH // 3), "y": y + index // 3 * 8}
            panels.append(each)
        y += (len(members) + 2) // 3 * 8
    for number, each in enumerate(panels, 1):
        each["id"] = number
    return panels


def variable(name, query):
    return {"name": name, "type": "query", "datasource": DATASOURCE, "definition": query, "multi": True, "includeAll": True,
            "allValue": ".*", "query": {"query": query, "refId": name}, "refresh": 2, "sort": 1,
            "current": {"selected": True, "text": ["All"], "value": ["$__all"]}}


def whole_dashboard(title, example, groups):
    """`example`: a selector of series that every instance has."""
    listed = [{"name": "datasource", "type": "datasource", "query": "prometheus", "current": {}, "refresh": 1},
              variable("job", f"label_values({example}, job)"),
              variable("instance", 'label_values(%s, instance)' % with_job(example))]
    return {"title": title, "tags": ["tacho"], "schemaVersion": 37, "version": 1, "editable": True, "graphTooltip": 1,
            "refresh": "30s", "time": {"from": "now-1h", "to": "now"}, "annotations": {"list": []},
            "templating": {"list": listed}, "panels": place(groups)}


def with_job(selector):
    if selector.startswith("{"):
        return selector[:-1] + ',job=~"$job"}'
    return selector + '{job=~"$job"}'


def steady(schema, spelling):
    """A selector of series that are there as soon as the program is; None: there are no families."""
    def rank(family):
        combinations = 1
        for label in family["labels"]:
            combinations *= len(label.get("values", []))
        return (family.get("max_series") != combinations, has_open_label(family), family.get("collector") in (OWN, "process"))
    if not schema["families"]:
        return None
    family = min(schema["families"], key=rank)
    return spelling.select(family, "_count" if family["type"] in HISTOGRAMS + ("summary",) else "")


def make_dashboard(schema, args):
    spelling, program = Spelling(args.utf8), program_of(schema)
    words = [group_of(family, program) for family in schema["families"]]
    sizes = {word: words.count(word) for word in words}
    groups = {}
    for family in schema["families"]:
        groups.setdefault(group_of(family, program, sizes), []).extend(PANELS[family["type"]](spelling, family))
    order = sorted(groups, key=lambda title: (title == OWN, title == "other"))
    rows = [(title, groups[title]) for title in order]
    dashboard = whole_dashboard(args.title or program, steady(schema, spelling) or "up", rows)
    return json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n"


# ---- Rules ------------------------------------------------------------------------------------------------------------

def alert(name, expr, minutes, summary, description, severity="warning"):
    return [f"      - alert: {name}", f"        expr: {quoted(expr)}", f"        for: {minutes}m", "        labels:",
            f"          severity: {severity}", "        annotations:", f"          summary: {quoted(summary)}",
            f"          description: {quoted(description)}"]


def recordings(schema, spelling, matchers, _title):
    for family in schema["families"]:
        if family["type"] not in HISTOGRAMS:
            continue
        for rank, short in ((0.5, "p50"), (0.99, "p99")):
            expr = bucket_query(spelling, family, rank, ["job"], matchers, "5m")
            if expr:
                record = f"job:{Spelling(False).name(family['name'])}:{short}"
                yield from (f"      - record: {record}", f"        expr: {quoted(expr)}")


def alerts(schema, spelling, matchers, title):
    """First alerts: that somebody looks at all, and what tacho itself says about trouble. That nothing is there is told by
    the job, or by a family that other programs do not have."""
    program = "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", program_of(schema, title))) or "Program"
    there = steady(schema, spelling)
    whose = f"absent({there})" if there and not re.match(r"\W*(tacho|process)_", there) else None
    if matchers:
        whose = f"up{{{matchers}}} == 0 or absent(up{{{matchers}}})"
    if not whose:
        yield "      # No alert for when it shows nothing: no family of its own is always there. Name its job: --job JOB"
    else:
        yield from alert(f"{program}Absent", whose, 5, f"{program} shows nothing.",
                         "No scrape has found it for five minutes. Is it running, and is its target right?", "critical")
    own = {family["name"] for family in schema["families"] if family.get("collector") == OWN}
    braces = f"{{{matchers}}}" if matchers else ""
    if "tacho_collector_success" in own:
        yield from alert(f"{program}CollectorFailing", f"tacho_collector_success{braces} == 0", 10,
                         "Collector {{ $labels.collector }} of {{ $labels.instance }} fails.",
                         "What it shows is missing, or old. tacho_collector_failures_total tells why: error, deadline or busy.")
    if "tacho_series_rejected_total" in own:
        rejected = f"tacho_series_rejected_total{braces}"
        yield from alert(f"{program}SeriesRejected",
                         f"increase({rejected}[15m]) > 0 or ({rejected} unless {rejected} offset 15m) > 0", 0,
                         "Family {{ $labels.family }} of {{ $labels.instance }} is full.",
                         "New label sets share the series _other. A label may have values without end, or max_series is too low.")
    if {"tacho_memory_used_bytes", "tacho_memory_budget_bytes"} <= own:
        yield from alert(f"{program}MemoryNearBudget",
                         f"tacho_memory_used_bytes{braces} / tacho_memory_budget_bytes{braces} > 0.9", 15,
                         "The metrics of {{ $labels.instance }} have nearly used up their byte budget.",
                         "Beyond it new series share the series _other. Raise byte_budget, or remove series.")


def make_rules(schema, args):
    spelling, group = Spelling(args.utf8), Spelling(False).name(program_of(schema, args.title))
    matchers = f"job={quoted(args.job)}" if args.job else ""
    lines = ["groups:"]
    for title, rules in ((f"{group}_quantiles", recordings), (f"{group}_alerts", alerts)):
        made = list(rules(schema, spelling, matchers, args.title))
        if made:
            lines += [f"  - name: {title}", "    rules:"] + made
    return "\n".join(lines if len(lines) > 1 else ["groups: []"]) + "\n"


# ---- Reference page -----------------------------------------------------------------------------------------------------

def one_line(text):
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def markdown(text):
    """Text as it is, in one line."""
    text = one_line(text)
    return re.sub(r"([\\`*_{}\[\]<>#|~$&])", r"\\\1", text)


def code(text):
    """Text between backticks, as many as it needs; in a table cell too."""
    text = one_line(text) or '""'
    ticks = "`" * (max([0] + [len(run) for run in re.findall("`+", text)]) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}".replace("|", "\\|")


def number(value):
    return f"{value:.15g}"


def facts(family):
    """What there is to say of a family beyond its help, as (what, Markdown)."""
    yield "type", family["type"] + (f", the {family['extreme']} of a window" if "extreme" in family else "")
    if "unit" in family:
        yield "unit", code(family["unit"])
    for label in family["labels"]:
        listed = ": " + ", ".join(code(value) for value in label["values"]) if "values" in label else ""
        yield "label", code(label["name"]) + listed
    for name, value in family.get("constants", {}).items():
        yield "label", f"{code(name)}: always {code(value)}"
    if family.get("buckets"):
        yield "buckets", ", ".join(map(number, family["buckets"])) + ", +Inf"
    if "native" in family:
        yield "native", f"buckets by a factor of {number(family['native'].get('factor', 0))}"
    if family.get("quantiles"):
        yield "quantiles", ", ".join(map(number, family["quantiles"]))
    if "states" in family:
        yield "states", ", ".join(map(code, family["states"]))
    if family.get("max_series", 1) > 1:
        yield "series", f"at most {number(family['max_series'])}"
    if "collector" in family:
        yield "collector", code(family["collector"])


def make_reference(schema, args):
    program = program_of(schema)
    lines = [f"# {markdown(args.title or 'Metrics of ' + program)}", ""]
    lines += ["Every family that the program can show, in the order of its exposition. This page is made by `tacho_schema.py`:",
              "change the help texts in the program, not here.", ""]
    for name, value in schema.get("constants", {}).items():
        lines.append(f"- Every sample has the label {code(name)}: {code(value)}.")
    for name in schema.get("unannounced", []):
        lines.append(f"- The collector {code(name)} announces no families; what it shows is not in this page.")
    lines += [""] * (lines[-1] != "")
    lines += ["| family | type | labels |", "|---|---|---|"]
    for family in schema["families"]:
        labels = ", ".join(map(code, label_names(family) + list(family.get("constants", {}))))
        lines.append(f"| {code(family['name'])} | {family['type']} | {labels} |")
    for family in schema["families"]:
        lines += ["", f"## {code(family['name'])}", "", markdown(family["help"]), ""]
        lines += [f"- {what}: {told}" for what, told in facts(family)]
    return "\n".join(lines) + "\n"


# ---- Differences --------------------------------------------------------------------------------------------------------

def listed(values):
    return ", ".join(f"'{value}'" if isinstance(value, str) else number(value) for value in values)


def gone(old, new):
    """What is in the old and not in the new."""
    return [value for value in old if value not in new]


def all_labels(schema, family):
    return {**dict.fromkeys(schema.get("constants", {})), **dict.fromkeys(family.get("constants", {})),
            **dict.fromkeys(label_names(family))}


def diff_labels(old, new, was, now, shared):
    """`shared`: labels of all families, which are told once."""
    before, after = all_labels(old, was), all_labels(new, now)
    for name in gone(before, after):
        if name not in shared:
            yield True, f"label '{name}' is gone: queries that select or group by it find nothing"
    for name in gone(after, before):
        if name not in shared:
            yield True, f"label '{name}' is new: series split up, and what joins or matches on all labels breaks"
    closed = {label["name"]: label.get("values") for label in now["labels"]}
    for label in was["labels"]:
        values, name = label.get("values"), label["name"]
        if name not in closed or values == closed[name]:
            continue
        if values is None or closed[name] is None:
            yield False, f"label '{name}' " + ("lists its values now" if values is None else "takes any value now")
        elif gone(values, closed[name]):
            yield True, f"label '{name}' cannot be {listed(gone(values, closed[name]))} any more"
        elif gone(closed[name], values):
            yield False, f"label '{name}' can be {listed(gone(closed[name], values))} as well"


def diff_lists(was, now):
    for key, one, words in (("buckets", "bucket", "queries for that le find nothing, and old and new quantiles differ"),
                            ("quantiles", "quantile", "queries for it find nothing"),
                            ("states", "state", "queries for it find nothing")):
        before, after = was.get(key, []), now.get(key, [])
        if gone(before, after):
            yield True, f"{one} {listed(gone(before, after))} is gone: {words}"
        if gone(after, before):
            yield False, f"{one} {listed(gone(after, before))} is new"


def diff_family(old, new, was, now, shared):
    """What is different, as (breaks, words)."""
    if was["type"] != now["type"]:
        yield True, f"its type was {was['type']} and is {now['type']}"
        return
    if was.get("unit") != now.get("unit"):
        yield True, f"its unit was {was.get('unit', 'none')} and is {now.get('unit', 'none')}"
    yield from diff_labels(old, new, was, now, shared)
    yield from diff_lists(was, now)
    if "native" in was and "native" not in now:
        yield True, "it is no native histogram any more: queries without _bucket find nothing"
    elif "native" in now and "native" not in was:
        yield False, ("it is a native histogram now: a server that takes these drops the classic buckets, unless its job "
                      "says otherwise")
    elif was.get("native") != now.get("native"):
        yield False, "its native buckets are made by other rules"
    for key, words in (("help", "its help changed"), ("extreme", "it shows another extreme, or another value than one"),
                       ("max_series", "it may have another number of series")):
        if was.get(key) != now.get(key):
            yield False, words
    before, after = was.get("constants", {}), now.get("constants", {})
    if set(before) == set(after) and before != after:
        yield False, "its constants changed"


def diff(old, new):
    """Every difference as (breaks, words)."""
    was, now = ({family["name"]: family for family in schema["families"]} for schema in (old, new))
    common = [name for name in was if name in now]
    shared = set()
    for these, others, words in ((old, new, "is gone from all families"), (new, old, "is new in all families")):
        for name in gone(these.get("constants", {}), others.get("constants", {})):
            families = now if these is old else was
            if not any(name in all_labels(others, families[each]) for each in common):
                shared.add(name)
                yield True, f"the registry: label '{name}' {words}"
    for name in was:
        if name not in now:
            yield True, f"family '{name}': it is gone"
    for name in common:
        for breaks, words in diff_family(old, new, was[name], now[name], shared):
            yield breaks, f"family '{name}': {words}"
    for name in now:
        if name not in was:
            yield False, f"family '{name}': it is new"
    for name in dict.fromkeys(old.get("unannounced", []) + new.get("unannounced", [])):
        yield False, f"collector '{name}': it announces no families, so nothing can be said of them"


def show_diff(args):
    found = list(diff(read_schema(args.old), read_schema(args.new)))
    found.sort(key=lambda each: not each[0])
    lines = [("breaking: " if breaks else "harmless: ") + words for breaks, words in found if breaks or not args.quiet]
    return "".join(line + "\n" for line in lines), int(any(breaks for breaks, _ in found))


# ---- The command line -----------------------------------------------------------------------------------------------------

def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name, words, make=None):
        command = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
        if make:
            command.add_argument("schema", metavar="FILE", help="what tacho_registry_describe wrote; - for standard input")
            command.set_defaults(run=lambda args: (make(read_schema(args.schema), args), 0))
        return command

    dashboard = add("dashboard", "write a Grafana dashboard: a panel or two for each family, by its type and unit", make_dashboard)
    rules = add("rules", "write Prometheus rules: quantiles of histograms, and first alerts", make_rules)
    reference = add("reference", "write a Markdown page of all families", make_reference)
    for command in (dashboard, rules, reference):
        command.add_argument("--title", help="in place of the word that most names begin with")
    for command in (dashboard, rules):
        command.add_argument("--utf8", action="store_true",
                             help="query UTF-8 names as they are (Prometheus 3), not escaped with underscores")
    rules.add_argument("--job", help="look only at this job; wanted where several programs with tacho are scraped")
    differ = add("diff", "tell what a new schema changes; exit status 1 if something breaks queries, 2 if a file is no schema")
    differ.add_argument("old", metavar="OLD")
    differ.add_argument("new", metavar="NEW")
    differ.add_argument("--quiet", action="store_true", help="only what breaks")
    differ.set_defaults(run=show_diff)
    return parser.parse_args(argv)


def main(argv):
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # its reader may have had enough
    args = parse(argv)
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    try:
        text, status = args.run(args)
    except Broken as error:
        print(f"tacho_schema.py: {error}", file=sys.stderr)
        return 2
    sys.stdout.write(text)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
