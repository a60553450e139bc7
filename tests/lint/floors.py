"""Includes point down: a file of src/ includes only what src/FLOORS lists before it, and its own header; and nothing of a
part that a build may leave out, unless it goes with that part."""

import re

import _lint

floors = _lint.root / "src" / "FLOORS"
if not floors.exists():
    _lint.report(floors, 1, "is missing; list every file of src/ in it, bottom-up: FLOOR file file ...")
    _lint.finish()

order = {}  # name -> position
parts = {}  # name -> the parts that it belongs to, none: it is always there
highest = 0
for number, part, words in _lint.floor_lines():
    if not words[0].isdigit():
        _lint.report(floors, number, f"begins with '{words[0]}'; a line is: FLOOR file file ..., FLOOR a number")
        continue
    if int(words[0]) < highest:
        _lint.report(floors, number, f"floor {words[0]} comes after floor {highest}; list the floors bottom-up")
    highest = max(highest, int(words[0]))
    for name in words[1:]:
        if name in order:
            _lint.report(floors, number, f"{name} is listed twice; keep one")
        if not (floors.parent / name).is_file():
            _lint.report(floors, number, f"{name} does not exist in src/; write it or take it off the list")
        order.setdefault(name, len(order))
        parts.setdefault(name, part)

for path in sorted(p for p in floors.parent.rglob("*") if p.is_file() and p != floors):
    name = path.relative_to(floors.parent).as_posix()
    if name not in order:
        _lint.report(path, 1, "is not listed in src/FLOORS; add it to its floor")
        continue
    text = path.read_text()
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', text, re.MULTILINE):
        included, line = match[1], _lint.line_at(text, match.start())
        if included not in order:
            _lint.report(path, line, f'includes "{included}", which src/FLOORS does not list; '
                                     "public headers are included as <tacho/...>")
        elif order[included] >= order[name] and included != path.with_suffix(".h").name:
            _lint.report(path, line, f'includes "{included}", which src/FLOORS lists later; '
                                     "includes point down: move the file or what it needs")
        elif parts[included] and not (parts[name] and parts[name] <= parts[included]):
            _lint.report(path, line, f'includes "{included}", which goes with {" and ".join(sorted(parts[included]))}; '
                                     "it has to compile without that part, or belong to it as well")

_lint.finish()
