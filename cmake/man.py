#!/usr/bin/env python3
"""Manual pages, made of what is written already: tacho(7) of the README's beginning and of the comments at the head of the
public headers, NAME_exporter(1) of what that program says to --help.

    man.py tacho SOURCE_DIR tacho.7
    man.py program NAME_exporter NAME_exporter.1

Both kinds of text are paragraphs at the margin, and indented blocks. A block is

    options    if it begins with "--": each on a line, and what it does, farther in, on the next ones
    a list     if every line is a term, two blanks or more, and a text in the same column, as this one; or a text alone that
               begins there, or a term alone that ends before
    code       otherwise, and shown as it is
"""
import glob
import os
import re
import subprocess
import sys

LETTERS = {"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}


def escape(text):
    """Text that roff shows as it is."""
    text = "".join(LETTERS.get(letter, letter) for letter in text)
    return r"\&" + text if text.startswith(".") else text


def breakable(text):
    """The same for a long word: it may go on in the next line behind a bar."""
    return escape(text).replace("|", r"|\:")


def styled(text):
    """The same, with `names` in bold and *words* in italics."""
    parts = re.split(r"(`[^`]+`|(?<![\w*])\*\w+\*(?!\w))", text)
    return "".join(rf"\f{'B' if part[0] == '`' else 'I'}{escape(part[1:-1])}\fR" if at % 2 else escape(part)
                   for at, part in enumerate(parts))


def margin(line):
    return len(line) - len(line.lstrip(" "))


def entry(line):
    """Where the text of a list's entry begins, or 0."""
    match = re.match(r" +\S+(?: \S+)* {2,}(?=\S)", line)
    return match.end() if match else 0


def text_column(block):
    """The column in which the texts of a list begin; 0: the block is no list."""
    column = entry(block[0])
    for line in filter(None, block):
        text = line[column:] if margin(line) in (column, margin(block[0])) else None
        if text is None or "  " in text or (margin(line) < column < len(line) and entry(line) != column):
            return 0
    return column


def options(block):
    out = []
    for line in block:
        if match := re.match(r" +(--[a-z-]+) ?(.*)", line):
            out += [".TP", rf"\fB{escape(match[1])}\fR {breakable(match[2])}".rstrip()]
        else:
            out.append(escape(line.strip()))
    return out


def listed(block, column):
    out = []
    for line in filter(None, block):
        if margin(line) < column:
            out += [".TP", rf"\fB{breakable(line[:column].strip())}\fR"]
        if line[column:]:
            out.append(styled(line[column:]))
    return out


def code(block):
    inside = min(margin(line) for line in block if line)
    return [".RS 4", ".EX", *(escape(line[inside:]) or r"\&" for line in block), ".EE", ".RE"]


def shown(block):
    while not block[-1]:
        block.pop()
    if block[0].lstrip().startswith("--"):
        return options(block)
    column = text_column(block)
    return listed(block, column) if column else code(block)


def body(lines, block_of=shown):
    """The paragraphs and blocks of a text."""
    out, paragraph, block = [], [], []
    for line in [*lines, "", "end"]:
        if block and line and not line.startswith(" "):
            out += [*block_of(block), ".PP"]
            block = []
        if paragraph and (not line or line.startswith(" ")):
            out += [styled(" ".join(paragraph)), ".PP"]
            paragraph = []
        if line.startswith(" ") or (block and not line):
            block.append(line)
        elif line:
            paragraph.append(line)
    return out


def head(name, section, title):
    return [f'.TH "{name}" {section} "" "tacho {VERSION}" "{title}"', ".nr HY 0", ".nh", ".ad l"]


def printed(lines):
    """Less what would be an empty paragraph."""
    return [line for line, after in zip(lines, [*lines[1:], ".SH"])
            if line != ".PP" or not after.startswith((".SH", ".PP", ".TP", ".IP"))]


# ---- NAME_exporter(1)


def events(block):
    """Their keys stand behind them, farther in where they need more lines."""
    out = [".PD 0"]
    for line in filter(None, block):
        name, _, keys = line.strip().partition(" ")
        out += [".IP", ".ti -4", rf"\fB{escape(name)}\fR {breakable(keys)}".rstrip()]
    return [*out, ".PD"]


# What begins a section, its title, and whether that line is a heading and no more.
SECTIONS = ((r"Options$", "OPTIONS", True), (r"Examples$", "EXAMPLES", True), (r"Events \(", "EVENTS", False),
            (r"Besides the metrics", "SERVER", False), (r"SIGTERM", "SIGNALS", False),
            (r"Exit status: ", "EXIT STATUS", False), (r"Variables of the environment", "ENVIRONMENT", False),
            (r"Read on in ", "SEE ALSO", False), (r"(A token|The API|These are) ", "NOTES", False))


def program_page(program):
    name = os.path.basename(program)
    text = subprocess.run([program, "--help"], stdout=subprocess.PIPE, timeout=60, check=True).stdout.decode()
    usage, about, rest = text.split("\n\n", 2)
    brief = re.match(r"[^,:.]*", " ".join(about.splitlines()))[0]
    out = head(name.upper(), 1, "Exporters")
    out += [".SH NAME", rf"{escape(name)} \- {escape(brief[0].lower() + brief[1:])}", ".SH SYNOPSIS", rf"\fB{escape(name)}\fR {escape(usage.split(name, 1)[1].strip())}",
            ".SH DESCRIPTION", *body(about.splitlines())]
    section, lines = None, []

    def flush():
        if section:
            out.extend([f".SH {section}", *body(lines, events if section == "EVENTS" else shown)])

    for line in rest.splitlines():
        for pattern, title, alone in SECTIONS:
            if re.match(pattern, line):
                flush()
                section, lines = title, [] if alone else [line]
                break
        else:
            lines.append(line)
    flush()
    return out + ([] if section == "SEE ALSO" else [".SH SEE ALSO"]) + [".PP", ".BR tacho (7)"]


# ---- tacho(7)


def comment(source, name):
    """The lines of the comment at the head of a public header."""
    with open(os.path.join(source, "include", "tacho", name + ".h"), encoding="utf-8") as header:
        text = re.match(r"/\*\n(.*?)\n \*/", header.read(), re.DOTALL)[1]
    return [re.sub(r"^ \* ?", "", line) for line in text.splitlines()]


def library_page(source):
    with open(os.path.join(source, "README.md"), encoding="utf-8") as readme:
        text = readme.read()
    about = text.split("\n\n")[1]
    program = re.search(r"```c\n(.*?)```", text, re.DOTALL)[1]
    link = next(line.strip() for line in text.splitlines() if "pkg-config --cflags" in line)
    words = re.search(r"^## Ten words\n\n(.*?)\n\n", text, re.DOTALL | re.MULTILINE)[1]
    order = re.search(r"Read in this order: (.*)\.", " ".join(comment(source, "tacho")))[1]
    out = head("TACHO", 7, "Libraries") + [
        ".SH NAME", r"tacho \- metrics for C daemons", ".SH SYNOPSIS", ".EX", "#include <tacho/tacho.h>", r"\&", escape(link),
        ".EE", ".SH DESCRIPTION", *body(about.splitlines()), ".SH WORDS", *body(words.splitlines()), ".SH EXAMPLE",
        *code(program.splitlines()), ".PP", "What follows is the beginning of each header, in the order in which to read them.",
        "The functions, with their errors, owners and costs, are in the headers themselves."]
    for name in [*re.sub(r"\([^)]*\)", "", order).replace(" ", "").split(","), "tacho_test"]:
        first, *lines = comment(source, name)
        first = first.split(" - ", 1)[1]
        out += [f".SH <tacho/{name}.h>", *body([first[0].upper() + first[1:], *lines])]
    exporters = sorted(os.path.basename(os.path.dirname(main)) for main in glob.glob(os.path.join(source, "examples/*/main.c")))
    return out + [".SH SEE ALSO", *(rf".BR {name}_exporter (1)" for name in exporters)]


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "CMakeLists.txt"), encoding="utf-8") as lists:
    VERSION = re.search(r"^project\(tacho VERSION ([\d.]+)", lists.read(), re.MULTILINE)[1]
PAGES = {"tacho": library_page, "program": program_page}
if len(sys.argv) != 4 or sys.argv[1] not in PAGES:
    sys.exit(__doc__)
page = printed(PAGES[sys.argv[1]](sys.argv[2]))
with open(sys.argv[3], "w", encoding="utf-8") as out:
    out.write("\n".join(page) + "\n")
