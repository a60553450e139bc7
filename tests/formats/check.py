"""One script through the adapter: run it, parse the output strictly, compare with what is expected."""

import dataclasses
import re
import subprocess

import csv_format
import expected
import json_format
import openmetrics
import protobuf
import references
import text
from model import FormatError, dump

PARSERS = {"text": text.parse, "text1": text.parse, "om": openmetrics.parse, "proto": protobuf.parse,
           "json": json_format.parse, "csv": csv_format.parse}
REFUSED = re.compile(r"refused ([0-9]+)")
TIMEOUT = 60


@dataclasses.dataclass
class Attempt:
    """A script in one format, what came out, and what is wrong with that."""

    script: bytes
    form: str
    escaping: str
    differences: list = dataclasses.field(default_factory=list)
    output: bytes = b""
    wanted: list = ()
    found: list = ()
    seed: int = None

    def __str__(self):
        shown = self.output.decode("utf-8", "backslashreplace") if self.form != "proto" else "\n".join(dump(self.found))
        seed = "" if self.seed is None else f", seed {self.seed}"
        script = self.script.decode("utf-8", "backslashreplace")
        parts = [f"format {self.form}, escaping {self.escaping}{seed}", "---- differences", *self.differences[:20],
                 "---- script", script, "---- expected", *dump(self.wanted), "---- output", shown]
        return "\n".join(parts)


def parse(data, form, escaping, reserved=True):
    """The families of an exposition in any format. Raises FormatError."""
    return PARSERS[form](data, quoted=escaping == "allow-utf-8", reserved=reserved)


def run_adapter(adapter, script, form, escaping):
    """(output, refused lines, what else went wrong in words)."""
    try:
        done = subprocess.run([adapter, form, escaping], input=script, capture_output=True, timeout=TIMEOUT,
                              check=False)
    except subprocess.TimeoutExpired:
        return b"", set(), [f"the adapter does not end within {TIMEOUT} s"]
    refused, problems = set(), []
    if done.returncode != 0:
        problems.append(f"the adapter's exit status is {done.returncode}")
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        match = REFUSED.fullmatch(line)
        if match:
            refused.add(int(match[1]))
        else:
            problems.append(f"standard error: {line}")
    return done.stdout, refused, problems


def attempt(adapter, script, form, escaping, result=None, run=run_adapter):
    """Run a script and look for differences. `result` is expected.run(script), if it is there already."""
    result = result or expected.run(script)
    wanted = result.families(form, escaping)
    output, refused, problems = run(adapter, script, form, escaping)
    made = Attempt(script, form, escaping, problems, output, wanted)
    problems += result.refusal_differences(refused)
    try:
        made.found = parse(output, form, escaping, reserved=not result.has_reserved(escaping))
    except FormatError as problem:
        problems.append(str(problem))
        return made
    problems += result.differences(form, escaping, made.found)
    return made


def check(adapter, script, form, escaping, result=None, promtool=False):
    """The same, with the opinion of reference parsers; returns the Attempt if it failed, else None."""
    result = result or expected.run(script)
    made = attempt(adapter, script, form, escaping, result)
    if not made.differences:
        made.differences += references.check(form, made.output, made.found, result.is_legacy(escaping))
    if not made.differences and promtool and form == "text" and result.is_legacy(escaping):
        made.differences += references.promtool(made.output)
    return made if made.differences else None


def shrink(adapter, failure):
    """The script with as many lines deleted as possible while it still fails, and its failure."""
    lines = failure.script.split(b"\n")[:-1]
    size = max(len(lines) // 2, 1)
    while True:
        at, shrunk = 0, False
        while at < len(lines):
            shorter = lines[:at] + lines[at + size:]
            script = b"".join(line + b"\n" for line in shorter)
            result = expected.run(script)
            smaller = None if result.unclear else check(adapter, script, failure.form, failure.escaping, result,
                                                        promtool=failure.form == "text")
            if smaller:
                lines, failure, shrunk = shorter, dataclasses.replace(smaller, seed=failure.seed), True
            else:
                at += size
        if size == 1 and not shrunk:
            return failure
        size = max(size // 2, 1)
