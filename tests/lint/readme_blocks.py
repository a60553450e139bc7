#!/usr/bin/env python3
"""What the README shows works: each block of C compiles, in the surroundings that its section takes for granted; promtool takes
each configuration of Prometheus; every link leads to a heading, and every file that is named is there.

    readme_blocks.py SOURCE_DIR BUILD_DIR
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

PRELUDE = """#include <assert.h>
#include <unistd.h>
#include <tacho/tacho.h>
#include <tacho/tacho_test.h>
static tacho_registry *reg;
static tacho_err err;
"""
# What the text around a block says, or leaves to the reader.
GIVEN = {
    "Labels and cardinality": "static tacho_gauge_vec *temperature; static tacho_counter_vec *device_errors;"
                              "static const char *device;",
    "Numbers from somewhere else": "static const tacho_desc descs[1];"
                                   "tacho_err read_orders(tacho_collector *self, tacho_emitter *out);",
    "Prefork daemons": "static const tacho_desc worker_metrics[1]; int worker_run(int i);",
    "Testing your metrics": "void mail_send(const char *address);",
}
DECLARATION = re.compile(r"(static|enum|struct|typedef|int|void|#|/\*|[ })])")
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wno-unused",
         "-Wno-missing-field-initializers"]
problems = []


def blocks(text, kind):
    """Each block of a kind, with the heading it stands under."""
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        for block in re.findall(rf"^```{kind}\n(.*?)^```", section, re.DOTALL | re.MULTILINE):
            yield section.splitlines()[0], block


def unit(title, block):
    """A file of declarations first, and the statements behind them in a function."""
    if "int main(" in block:
        return block
    lines = block.splitlines()
    first = next((at for at, line in enumerate(lines) if not DECLARATION.match(line) and line), len(lines))
    body = "\n".join(lines[first:])
    return f"{PRELUDE}{GIVEN.get(title, '')}\n" + "\n".join(lines[:first]) + f"\nvoid reader(void);\nvoid reader(void)\n{{\n{body}\n}}\n"


def check_c(source, text, compiler):
    for title, block in blocks(text, "c"):
        done = subprocess.run([compiler, *FLAGS, "-I", os.path.join(source, "include"), "-x", "c", "-"],
                              input=unit(title, block), capture_output=True, text=True, check=False)
        if done.returncode:
            problems.append(f"README.md, {title}: its C does not compile:\n{done.stderr}")


def check_configurations(text):
    with tempfile.TemporaryDirectory() as where:
        for title, block in blocks(text, "yaml"):
            for at, path in enumerate(re.findall(r"(?<=_file: )/[\w/.-]+", block)): # promtool wants to see them
                there = os.path.join(where, str(at))
                open(there, "w", encoding="utf-8").close()
                block = block.replace(path, there)
            path = os.path.join(where, "prometheus.yml")
            with open(path, "w", encoding="utf-8") as out:
                out.write(block)
            done = subprocess.run(["promtool", "check", "config", path], capture_output=True, text=True, check=False)
            if done.returncode:
                problems.append(f"README.md, {title}: {done.stdout}{done.stderr}")


def check_places(source, text):
    headings = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^## (.*)$", text, re.MULTILINE)}
    links = set(re.findall(r"\]\(#([^)]*)\)", text))
    problems.extend(f"README.md: a link leads to #{link}, which is no heading" for link in sorted(links - headings))
    for name in sorted(set(re.findall(r"`((?:examples|tests|src|cmake|bench|include)/[\w./]+)`", text))):
        if "NAME" not in name and not os.path.exists(os.path.join(source, name)):
            problems.append(f"README.md: there is no {name}")


def main():
    source = sys.argv[1]
    with open(os.path.join(source, "README.md"), encoding="utf-8") as readme:
        text = readme.read()
    check_places(source, text)
    if compiler := shutil.which("cc") or shutil.which("gcc"):
        check_c(source, text, compiler)
    if shutil.which("promtool"):
        check_configurations(text)
    else:
        print("readme_blocks: without promtool the configurations were not checked (Debian: prometheus)")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


sys.exit(main())
