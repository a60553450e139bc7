"""Reference parsers, where they are installed, as a second opinion on what the library wrote.

prometheus_client reads text and OpenMetrics, google.protobuf (or else `protoc --decode_raw`) the messages, and promtool
the text format. The Python modules are looked for in every python3 there is, because those of the distribution are seen
by its own interpreter only. Nothing is installed.
"""

import base64
import functools
import glob
import json
import os
import pathlib
import shutil
import subprocess
import sys

import protobuf
from model import same_number, show

WORKER = pathlib.Path(__file__).with_name("reference_worker.py")
PROMETHEUS, PROTOBUF = "prometheus_client.openmetrics.parser", "google.protobuf.message_factory"
MODULES = {"text": PROMETHEUS, "om": PROMETHEUS, "proto": PROTOBUF}
PARSE_ERROR = 1  # of promtool; 3: only remarks on names


def interpreters():
    """Every python3, each program once."""
    directories = os.environ.get("PATH", "").split(os.pathsep) + ["/usr/local/bin", "/usr/bin"]
    paths = [sys.executable, *(os.path.join(directory, "python3") for directory in directories),
             *sorted(glob.glob("/usr/bin/python3.[0-9]*[0-9]"))]
    return list({os.path.realpath(path): path for path in reversed(paths) if os.access(path, os.X_OK)}.values())[::-1]


@functools.lru_cache(None)
def found():
    """{module: the first interpreter that imports it}."""
    out = {}
    for path in interpreters():
        for module in {PROMETHEUS, PROTOBUF} - out.keys():
            done = subprocess.run([path, "-c", f"import {module}"], capture_output=True, check=False)
            if done.returncode == 0:
                out[module] = path
    return out


def interpreter_for(module):
    return found().get(module)


def missing():
    """What is not there, in words."""
    if not interpreter_for(PROMETHEUS):
        yield "no python3 imports prometheus_client: text and OpenMetrics get no second opinion " \
            "(Debian: apt-get install python3-prometheus-client)"
    if not interpreter_for(PROTOBUF) and not shutil.which("protoc"):
        yield "no python3 imports google.protobuf: messages get no second opinion " \
            "(Debian: apt-get install python3-protobuf)"
    if not shutil.which("promtool"):
        yield "promtool is missing: text gets one opinion less (Debian: apt-get install prometheus)"


class Worker:
    """A process that answers line by line."""

    processes = {}

    @classmethod
    def ask(cls, form, data):
        path = interpreter_for(MODULES[form])
        if path is None:
            return None
        if path not in cls.processes:
            cls.processes[path] = subprocess.Popen([path, "-B", str(WORKER)], stdin=subprocess.PIPE,
                                                   stdout=subprocess.PIPE)
        process = cls.processes[path]
        process.stdin.write(f"{form} {base64.b64encode(data).decode()}\n".encode())
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{path} {WORKER.name} ended")
        return json.loads(answer)


# ---- Comparison ----------------------------------------------------------------------------------------------------


def text_samples(families, form):
    """The samples that a reference should find, as {(name, labels): (value, exemplar)}."""
    import fake_adapter  # its rows are those of the formats
    out = {}
    for family in families:
        for point in family.points:
            for suffix, labels, value, exemplar in fake_adapter.rows(family, point, openmetrics=form == "om"):
                if form == "text" and family.type == "counter" and not family.name.endswith("_total"):
                    suffix = "_total"  # prometheus_client renames such a counter
                out[family.name + suffix, key_of(labels)] = (value, exemplar)
            if point.created is not None:
                out[family.name + "_created", key_of(point.labels)] = (point.created, None)
    return out


def key_of(labels):
    return frozenset((name, value) for name, value in labels.items() if value)


def same_exemplar(mine, theirs):
    if mine is None or theirs is None:
        return mine is None and theirs is None
    labels, value, stamp = theirs
    same_stamp = mine.timestamp is None if stamp is None else mine.timestamp is not None and same_number(
        mine.timestamp, float(stamp))
    return mine.labels == labels and same_number(mine.value, float(value)) and same_stamp


def compare_samples(families, answer, form):
    mine = text_samples(families, form)
    theirs = {(name, key_of(labels)): (float(value), exemplar)
              for name, labels, value, _, exemplar in answer["samples"]}
    for key in mine.keys() | theirs.keys():
        name = f"{key[0]} {show(dict(key[1]))}"
        if key not in theirs or key not in mine:
            yield f"prometheus_client {'does not see' if key in mine else 'sees'} {name}"
        elif not same_number(mine[key][0], theirs[key][0]) or not same_exemplar(mine[key][1], theirs[key][1]):
            yield f"prometheus_client reads {name} as {theirs[key]}, here it is {mine[key]}"


def as_repr(value):
    """A decoded message in the form of the worker's answers."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {key: as_repr(item) for key, item in value.items() if item != []}
    return [as_repr(item) for item in value] if isinstance(value, list) else value


def check_proto(data):
    answer = Worker.ask("proto", data)
    bodies = list(protobuf.split(data))
    if answer is None:
        for body in bodies if shutil.which("protoc") else []:
            done = subprocess.run(["protoc", "--decode_raw"], input=body, capture_output=True, check=False)
            if done.returncode != 0:
                yield f"protoc: {done.stderr.decode('utf-8', 'replace').strip()}"
        return
    if "error" in answer:
        yield f"google.protobuf: {answer['error']}"
        return
    mine = [as_repr(protobuf.decode(body, 0, len(body), "MetricFamily")) for body in bodies]
    if mine != answer["families"]:
        yield f"google.protobuf decodes {answer['families']}, here it is {mine}"


def check(form, data, families, is_legacy):
    """What reference parsers say against an exposition that reads as `families`; `is_legacy`: no quoted names."""
    if form == "proto":
        yield from check_proto(data)
    elif form in ("text", "text1", "om") and is_legacy:
        form = "om" if form == "om" else "text"
        answer = Worker.ask(form, data)
        if answer is not None and "error" in answer:
            yield f"prometheus_client: {answer['error']}"
        elif answer is not None:
            yield from compare_samples(families, answer, form)


def promtool(data):
    """What promtool cannot parse. It takes a process each time, so ask for a few only."""
    path = shutil.which("promtool")
    if path is None:
        return
    done = subprocess.run([path, "check", "metrics"], input=data, capture_output=True, check=False)
    if done.returncode == PARSE_ERROR:
        yield f"promtool: {(done.stderr or done.stdout).decode('utf-8', 'replace').strip()}"
