#!/usr/bin/env python3
"""The manual pages say all that --help and the headers say, and roff takes them without a warning; bash completes what --help
lists.

    manual.py SOURCE_DIR BUILD_DIR
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE, BUILD = (os.path.abspath(name) for name in sys.argv[1:3])
NAMES = sorted(os.path.basename(os.path.dirname(main)) + "_exporter" for main in glob.glob(SOURCE + "/examples/*/main.c"))
PROGRAMS = [path for path in (os.path.join(BUILD, "examples", name) for name in NAMES) if os.path.exists(path)]
COMPLETION = os.path.join(SOURCE, "examples", "common", "completion.bash")
COMPLETE = f'''. {COMPLETION}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_tacho_exporter "$1" "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD - 1]}}"
printf '%s\\n' "${{COMPREPLY[@]}}"'''
problems = []


def expect(condition, words):
    if not condition:
        problems.append(words)


def printed(*command):
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
    expect(done.returncode == 0 and not done.stderr, f"{' '.join(command)[:200]}: {done.stderr.decode()[:300]}")
    return done.stdout.decode()


def bare(text):
    """What stands there, however it is broken into lines."""
    return re.sub(r"\s", "", text)


def made(where, kind, subject, page):
    """A page as roff shows it, or as it is where there is no roff."""
    path = os.path.join(where, page)
    printed(sys.executable, "-B", os.path.join(SOURCE, "cmake", "man.py"), kind, subject, path)
    if shutil.which("groff"):
        printed("groff", "-man", "-Tutf8", "-ww", "-rLL=66n", path)
        return printed("groff", "-man", "-Tutf8", "-ww", "-rLL=2000n", "-P-cbou", path)
    with open(path, encoding="utf-8") as raw:
        return re.sub(r"\\f[BIR]|\\:|\\&", "", raw.read()).replace(r"\-", "-").replace(r"\(aq", "'").replace(r"\(ga", "`").replace(
            r"\(ha", "^").replace(r"\(ti", "~").replace(r"\e", "\\")


def check_lines(page, shown, lines):
    shown = bare(shown)
    for line in lines:
        for part in re.split(r" {2,}", line.strip()):
            expect(bare(part) in shown, f"{page} lacks {part!r}")


def check_program(where, program):
    name = os.path.basename(program)
    text = printed(program, "--help")
    shown = made(where, "program", program, name + ".1")
    check_lines(name + ".1", shown, [line for line in text.splitlines()[1:] if line not in ("Options", "Examples")])
    for title in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EVENTS", "EXIT STATUS", "SEE ALSO"):
        expect(re.search(rf"^(\.SH )?{title}$", shown, re.MULTILINE), f"{name}.1 has no section {title}")


def check_library(where):
    shown = made(where, "tacho", SOURCE, "tacho.7")
    for path in sorted(glob.glob(SOURCE + "/include/tacho/*.h")):
        name = os.path.basename(path)
        if name in ("tacho.h", "cpu.h"):
            continue
        expect(re.search(rf"^(\.SH )?<tacho/{name}>$", shown, re.MULTILINE), f"tacho.7 has no section about {name}: see tacho.h")
        with open(path, encoding="utf-8") as header:
            first, *lines = re.match(r"/\*\n(.*?)\n \*/", header.read(), re.DOTALL)[1].splitlines()
        lines = [line[2:] for line in lines] + [first.split(" - ", 1)[1][1:]]
        check_lines("tacho.7", shown.replace("`", ""), [line.replace("`", "") for line in lines])


def completed(*words):
    return printed("bash", "-c", COMPLETE, "completion", *words).split()


def check_completion(program):
    name = os.path.basename(program)
    rows = re.findall(r"^  (--[a-z-]+)(?: (.*))?$", printed(program, "--help"), re.MULTILINE)
    expect(completed(program, "") == [option for option, _ in rows], f"{name}: options are completed as {completed(program, '')}")
    expect(completed(program, "--once", "--form") == ["--format"], f"{name} --once --form")
    for option, argument in rows:
        if argument and not re.search("[A-Z]", argument):
            expect(completed(program, option, "") == argument.split("|"), f"{name} {option}: not {argument}")
            expect(completed(program, option, "=", argument[:2])[0] == argument.split("|")[0], f"{name} {option}={argument[:2]}")
        elif "FILE" not in argument and argument:
            expect(completed(program, option, "") == [], f"{name} {option}: something is completed for {argument}")
    expect(completed(program, "--token-file", COMPLETION[:-4]) == [COMPLETION], f"{name} --token-file: no file is completed")


with tempfile.TemporaryDirectory() as directory:
    check_library(directory)
    for exporter in PROGRAMS:
        check_program(directory, exporter)
if not shutil.which("groff"):
    print("manual: without groff the pages were not shown, only read")
if shutil.which("bash") and shutil.which("awk"):
    with open(COMPLETION, encoding="utf-8") as script:
        listed = re.search(r"^complete -F \w+ (.*)$", script.read(), re.MULTILINE)[1].split()
    expect(sorted(listed) == NAMES, f"completion.bash is for {listed}, exporters are {NAMES}")
    for exporter in PROGRAMS:
        check_completion(exporter)
else:
    print("manual: completion was not tried: no bash, or no awk")
for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)
