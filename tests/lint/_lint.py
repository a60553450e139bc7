"""What the lints share. Each is called with the source directory and the build directory (default: build in it)."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
build = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else root / "build"

_TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
_findings = 0


def files(*directories):
    """The C files directly or deeper in these directories of the tree."""
    for directory in directories:
        yield from sorted(p for p in (root / directory).rglob("*") if p.suffix in (".c", ".h") and p.is_file())


def comments(text):
    """The comments of a C text as matches."""
    return (m for m in _TOKEN.finditer(text) if m[0].startswith("/"))


def code(text):
    """A C text of the same length and lines without comments and the contents of strings."""
    return _TOKEN.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def line_at(text, offset):
    return text.count("\n", 0, offset) + 1


def floor_lines():
    """src/FLOORS as (line number, parts that the files go with, words): `words` begins with the floor."""
    for number, line in enumerate((root / "src" / "FLOORS").read_text().splitlines(), 1):
        words = line.split("#")[0].split()
        if words:
            parts = set(words.pop(1)[:-1].split("|")) if len(words) > 1 and words[1].endswith(":") else set()
            yield number, parts, words


def report(path, line, message):
    global _findings
    _findings += 1
    name = path.relative_to(root) if path.is_absolute() and path.is_relative_to(root) else path
    print(f"{name}:{line}: {message}")


def finish():
    sys.exit(1 if _findings else 0)


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)
