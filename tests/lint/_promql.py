"""What the tests of dashboards and rules share: expressions, the names in them, the layout of panels, promtool."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile

WORDS = {"and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool", "inf", "nan"}
ADDED = {"job", "instance", "le", "quantile", "__name__"}  # labels that no table names
_STRING = r'"(?:\\.|[^"\\])*"'
_CLAUSE = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^()]*)\)")
_SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)?\s*\{((?:" + _STRING + r"|[^{}\"])*)\}")
_MATCHER = re.compile(r"([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(" + _STRING + ")")


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def expressions(dashboard):
    return [target["expr"] for panel in panels(dashboard) for target in panel.get("targets", [])]


def rule_expressions(text):
    """The expressions of a file of rules that has each in one line, in quotes or without."""
    found = re.findall(r"^ *expr: (.*)$", text, re.MULTILINE)
    return [json.loads(expr) if expr.startswith('"') else expr for expr in found]


def recorded(text):
    return set(re.findall(r"^ *- record: (\S+)$", text, re.MULTILINE))


def selectors(expr):
    """Each (metric, [(label, operator, value)]) of an expression, and the labels that it groups by."""
    grouped = [label.strip() for clause in _CLAUSE.finditer(expr) for label in clause[2].split(",") if label.strip()]
    rest = _CLAUSE.sub(r" ", expr)
    found = []
    for match in _SELECTOR.finditer(rest):
        found.append((match[1], [(label, operator, json.loads(value)) for label, operator, value in _MATCHER.findall(match[2])]))
    rest = re.sub(r"\[[^\]]*\]", " ", _SELECTOR.sub(" ", rest))
    rest = re.sub(r"\boffset\s+-?[0-9a-z]+", " ", re.sub(_STRING, " ", rest))
    for match in re.finditer(r"(?<![0-9a-zA-Z_:.$])([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\(?)", rest):
        if not match[2] and match[1].lower() not in WORDS:
            found.append((match[1], []))
    return found, grouped


def faults_of_layout(dashboard):
    """Ids that are there twice, panels that overlap or leave the grid, queries without a letter of their own."""
    ids, cells = set(), {}
    for panel in panels(dashboard):
        place, title = panel["gridPos"], panel["title"]
        if panel["id"] in ids:
            yield f"panel '{title}': its id {panel['id']} is there twice"
        ids.add(panel["id"])
        if place["x"] < 0 or place["w"] < 1 or place["h"] < 1 or place["x"] + place["w"] > 24:
            yield f"panel '{title}': it leaves the grid of 24 columns"
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                other = cells.setdefault((x, y), title)
                if other is not title:
                    yield f"panel '{title}': it overlaps '{other}'"
                    return
        letters = [target["refId"] for target in panel.get("targets", [])]
        if len(set(letters)) != len(letters):
            yield f"panel '{title}': two of its queries have the same letter"


def promtool():
    return shutil.which("promtool")


def run(command, where=None):
    """A message if the command fails, else None."""
    done = subprocess.run(command, cwd=where, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    return None if done.returncode == 0 else f"{' '.join(map(str, command))}: {done.stdout.strip()}"


def faults_of_syntax(exprs):
    """What promtool says about expressions of a dashboard, as rules."""
    lines = ["groups:", "  - name: all", "    rules:"]
    for index, expr in enumerate(exprs):
        expr = re.sub(r"\$__(rate_)?interval", "5m", expr)
        lines += [f"      - record: expr:{index}", f"        expr: {json.dumps(expr)}"]
    with tempfile.TemporaryDirectory() as where:
        path = pathlib.Path(where) / "rules.yml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        fault = run(["promtool", "check", "rules", path])
    if fault:
        yield fault
