#!/usr/bin/env python3
"""The models of the protocols that matter, checked with spin: each as it is, and with every fault that was put into it.

usage: check.py [--build DIR] [MODEL...]     check them all, or those named
       check.py [--build DIR] --report       write the section "Models" of tests/RESULTS.md from the last check of all

A model names its seeded faults by `#ifdef BUG_...`: with one of them defined the checker has to find an error, and without
any of them none. With `SPARE_...` it has to find none either: an order that is more than the model needs. What was found is
left in DIR/results.tsv (default build/models), the way to an unexpected error in DIR/MODEL.FAULT.trail.txt.
"""
import argparse
import concurrent.futures
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIMIT_S, LIMIT_MB = 120, 3000  # of one run; on an idle machine it takes a quarter of that at most
BEGIN, END = "<!-- models: begin -->", "<!-- models: end -->"
COLUMNS = ("model", "fault", "want", "found", "states", "depth", "seconds")


def models(names):
    """The models by name; memory.pml is a part of others."""
    known = {path.stem: path for path in sorted(HERE.glob("*.pml")) if path.stem != "memory"}
    for name in names:
        if name not in known:
            sys.exit(f"check.py: there is no model '{name}', but: {', '.join(known)}")
    return [known[name] for name in names or known]


def faults(path):
    """Nothing, and then what the model can be made with."""
    return [""] + sorted(set(re.findall(r"\b(?:BUG|SPARE)_[A-Z_]+", path.read_text())))


def call(command, where, seconds):
    """What a command says; its status is None when it took too long."""
    try:
        done = subprocess.run(command, cwd=where, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"").decode() if isinstance(late.stdout, bytes) else ""
    return done.returncode, done.stdout


def explain(path, defines, where, out):
    """The way to an error, as spin tells it."""
    trail = next(pathlib.Path(where).glob("*.trail"), None)
    if trail:
        _, text = call(["spin", *defines, "-k", str(trail), "-p", str(path)], where, 60)
        out.write_text(text)


def check(path, fault, build):
    """One row of the results."""
    defines = [f"-D{fault}"] if fault else []
    want = "error" if fault.startswith("BUG_") else "none"
    states = depth = 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as where:
        status, text = call(["spin", *defines, "-a", str(path)], where, 60)
        if status == 0:
            status, text = call([os.environ.get("CC", "cc"), "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-DVECTORSZ=2048",
                                 f"-DMEMLIM={LIMIT_MB}", "-o", "pan", "pan.c"], where, 120)
        found = "broken"
        if status == 0:
            status, text = call(["./pan", "-m20000"], where, LIMIT_S)
            counted = re.search(r"errors: (\d+)", text)
            complete = status == 0 and "Search not completed" not in text and "max search depth too small" not in text
            if counted and counted[1] != "0":
                found = "error"
            elif counted and complete:
                found = "none"
            states = int(re.search(r"(\d+) states, stored", text)[1]) if counted else 0
            depth = int(re.search(r"depth reached (\d+)", text)[1]) if counted else 0
        if found == "broken":
            print(f"{path.stem} {fault}: not checked to the end\n{text[-2000:]}", file=sys.stderr)
        if found == "error" and want == "none":
            print(f"{path.stem} {fault}: {next(iter(re.findall('pan:1: .*', text)), 'an error')}", file=sys.stderr)
            explain(path, defines, where, build / f"{path.stem}.{fault or 'as_it_is'}.trail.txt")
    return dict(zip(COLUMNS, (path.stem, fault, want, found, states, depth, round(time.monotonic() - began, 1))))


def tell(row):
    verdict = "ok" if row["found"] == row["want"] else "FAILED"
    found = {"none": "no error", "error": "an error found", "broken": "not checked"}[row["found"]]
    print(f"{verdict:6} {row['model']:8} {row['fault'] or 'as it is':28} {found:14} {row['states']:9} states, "
          f"depth {row['depth']:4}, {row['seconds']:5.1f} s", flush=True)


def check_all(names, build):
    build.mkdir(parents=True, exist_ok=True)
    work = [(path, fault) for path in models(names) for fault in faults(path)]
    rows = []
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for row in pool.map(lambda pair: check(*pair, build), work):
            rows.append(row)
            tell(row)
    for path in models(names):
        if not any(row["model"] == path.stem and row["want"] == "error" for row in rows):
            print(f"{path.stem}: it has no seeded fault", file=sys.stderr)
            rows.append(dict(zip(COLUMNS, (path.stem, "", "error", "none", 0, 0, 0.0))))
    if not names:
        lines = ["\t".join(COLUMNS)] + ["\t".join(str(row[name]) for name in COLUMNS) for row in rows]
        (build / "results.tsv").write_text("\n".join(lines) + "\n")
    failed = sum(row["found"] != row["want"] for row in rows)
    print(f"{len(rows) - failed} passed, {failed} failed")
    return failed > 0


def section(build):
    """The section from the file of results."""
    try:
        head, *lines = (build / "results.tsv").read_text().splitlines()
    except OSError:
        sys.exit("check.py: there are no results yet: tests/run models")
    rows = [dict(zip(head.split("\t"), line.split("\t"))) for line in lines]
    version = subprocess.run(["spin", "-V"], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    made = datetime.date.fromtimestamp((build / "results.tsv").stat().st_mtime)
    yield "## Models"
    yield ""
    yield f"`tests/run models`, {version}, {made}. Each model is a file in `tests/models/` that says what it models,"
    yield "what it leaves out and what it asserts; the seconds include making and compiling the checker, beside others."
    yield ""
    yield "| model | with | found | as it should | states | depth | seconds |"
    yield "| --- | --- | --- | --- | ---: | ---: | ---: |"
    for row in rows:
        found = {"none": "no error", "error": "the error"}.get(row["found"], row["found"])
        yield (f"| {row['model']} | {'`' + row['fault'] + '`' if row['fault'] else 'nothing changed'} | {found} | "
               f"{'yes' if row['found'] == row['want'] else '**no**'} | {row['states']} | {row['depth']} | {row['seconds']} |")


def report(build):
    """Replace the section, or add it."""
    path = ROOT / "tests" / "RESULTS.md"
    text = path.read_text() if path.exists() else "# Test results\n"
    new = "\n".join([BEGIN, *section(build), END])
    if BEGIN in text and END in text:
        text = text[:text.index(BEGIN)] + new + text[text.index(END) + len(END):]
    else:
        text = text.rstrip("\n") + "\n\n" + new + "\n"
    path.write_text(text)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "models")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("models", nargs="*")
    args = parser.parse_args()
    if args.report:
        return report(args.build)
    if not shutil.which("spin"):
        print("models: skipped: spin is missing (Debian: apt-get install spin)", file=sys.stderr)
        print("0 passed, 0 failed, 1 skipped")
        return 0
    return check_all(args.models, args.build.resolve())


sys.exit(main())
