"""Every public function has a contract: a comment [class | cost | since], behind its declaration or at the end of
the comment above it. Classes: hot, shared, owner (include/tacho/base.h). Every public function is marked TACHO_API
or inline; static functions are not public."""

import re

import _lint

CONTRACT = re.compile(r"\[(hot|shared|owner) \| [^|\]]+ \| \d+\.\d+\]")
PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
DECLARATION = re.compile(r"\b(tacho_(?!_)\w+)\s*\(")


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def statements(code):
    """What stands outside of all braces, as (start, end, text without what is in braces)."""
    start, depth, shown = 0, 0, []
    for offset, char in enumerate(code):
        if depth == 0 and char not in "{}":
            shown.append(char)
        depth += (char == "{") - (char == "}")
        ends = char == ";" or (char == "}" and "(" in "".join(shown))
        if depth == 0 and ends:
            text = "".join(shown)
            yield start + len(text) - len(text.lstrip()), offset + 1, text.strip()
            start, shown = offset + 1, []


def has_contract(text, start, end):
    line_end = text.find("\n", end)
    if CONTRACT.search(text, start, line_end if line_end >= 0 else len(text)):
        return True
    above = [c for c in _lint.comments(text[:start]) if not text[c.end():start].strip()]
    begins_line = above and not text[text.rfind("\n", 0, above[-1].start()) + 1:above[-1].start()].strip()
    return bool(begins_line and CONTRACT.search(above[-1][0]))


for path in _lint.files("include/tacho"):
    if path.name == "cpu.h":  # machinery of the inlines, nothing for users
        continue
    text = path.read_text()
    code = PREPROCESSOR.sub(blank, _lint.code(text))
    code = re.sub(r"\bTACHO_(BEGIN|END)_DECLS\b|extern\s+\"?C?\s*\"?\s*(?=\{)", blank, code)
    seen = {}  # name -> [offset, has a contract, is marked]
    for start, end, statement in statements(code):
        match = DECLARATION.search(statement)
        if not match or re.match(r"(typedef|template|static)\b", statement):
            continue
        entry = seen.setdefault(match[1], [start, False, False])
        entry[1] = entry[1] or has_contract(text, start, end)
        entry[2] = entry[2] or bool(re.search(r"\b(TACHO_(\w+_)?API|inline|TACHO_INLINE)\b", statement))
    for name, (offset, contract, marked) in seen.items():
        line = _lint.line_at(text, offset)
        if not contract:
            _lint.report(path, line, f"{name} has no contract; add /* [class | cost | since] */, "
                                     "class being hot, shared or owner, as in [shared | O(labels) | 0.1]")
        if not marked:
            _lint.report(path, line, f"{name} is neither TACHO_API nor inline; a shared library would hide it")

_lint.finish()
