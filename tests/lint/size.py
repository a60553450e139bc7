"""Small enough to read: public headers below 400 lines, sources below 500, functions below 50."""

import re

import _lint

HEADER, SOURCE, FUNCTION = 400, 500, 50

for path in _lint.files("include", "src", "examples", "bench"):
    text = path.read_text()
    lines = text.splitlines()
    limit = HEADER if path.is_relative_to(_lint.root / "include") else SOURCE
    if len(lines) >= limit:
        _lint.report(path, len(lines), f"the file has {len(lines)} lines, the limit is below {limit}; split it by noun")
    start = None
    for number, line in enumerate(_lint.code(text).splitlines(), 1):
        if line.rstrip() == "{":
            start = number
        elif start and line.startswith("}"):
            length = number - start + 1
            name = re.findall(r"(\w+)\s*\(", "\n".join(lines[max(0, start - 4):start - 1])) or ["the function"]
            if length >= FUNCTION:
                _lint.report(path, start, f"{name[-1]} has {length} lines, the limit is below {FUNCTION}; "
                                          "give a part of it a name")
            start = None

_lint.finish()
