"""Ordering edges have two ends: a tag such as [V1] is explained in a file's prologue or in a comment that says
"Order:", and other comments carry it at two places or more, in the whole tree. Among the operations at these places
one releases and one acquires, and every operation that is not relaxed has a tag: in its statement, behind it, or in
the comment above. Atomic builtins and fences are called only in cpu.h and atomic.h; everything else says the memory
order it needs."""

import re

import _lint

TAG = re.compile(r"\[[A-Z]{1,3}[0-9]+\]")
ATOMIC = re.compile(r"\b(?:__atomic_\w+|__sync_\w+|(?:__c11_)?atomic_thread_fence)\s*\(")
IMPLICIT = re.compile(r"\batomic_(?:load|store|exchange|compare_exchange_(?:strong|weak)|fetch_[a-z]+)\s*\(")
HOMES = ("cpu.h", "atomic.h")
ORDERED = re.compile(r"tacho__(?:load|store)_(acquire|release)\b|\bmemory_order_(acquire|release|acq_rel|seq_cst|consume)\b")
SIDES = {"acquire": {"acquires"}, "consume": {"acquires"}, "release": {"releases"}}


def statement(text, code, offset):
    """The statement around an offset with the comment above it and those behind it on its last line."""
    start = max(code.rfind(end, 0, offset) for end in ";{}") + 1
    above = code.rfind("\n", 0, start) + 1 if code[:start].strip() else 0
    while start < len(code) and code[start].isspace():
        start += 1
    lines_between = text[above:start].split("\n", 1)  # what stands on the line of the statement before is its own
    last = min(found for end in ";{" if (found := code.find(end, offset)) >= 0)
    line_end = text.find("\n", last)
    return (lines_between[1] if len(lines_between) > 1 else "") + text[start:line_end if line_end >= 0 else len(text)]


explained, ends, sides = set(), {}, {}
for path in _lint.files("include", "src"):
    text = path.read_text()
    start = len(text) - len(text.lstrip())
    for comment in _lint.comments(text):
        for match in TAG.finditer(comment[0]):
            if comment.start() == start or "Order:" in comment[0]:
                explained.add(match[0])
                words = TAG.split(comment[0][match.end():])[0]
                if re.search(r"\b(lock|mutex)\b", words):  # which has a release and an acquire of its own
                    sides.setdefault(match[0], set()).update({"acquires", "releases"})
            else:
                ends.setdefault(match[0], []).append((path, _lint.line_at(text, comment.start() + match.start())))
    code = _lint.code(text)
    for match in IMPLICIT.finditer(code):
        _lint.report(path, _lint.line_at(code, match.start()),
                     f"{match[0]}...) leaves the memory order open; use the form that ends in _explicit")
    for match in ORDERED.finditer(code) if path.name != "atomic.h" else ():
        whole, order = statement(text, code, match.start()), match[1] or match[2]
        if "atomic_signal_fence" in whole:  # between a thread and its own signal handler, or its end
            continue
        if not (tags := TAG.findall(whole)):
            _lint.report(path, _lint.line_at(code, match.start()),
                         f"{match[0]} has no tag; name the edge whose end it is, or make it relaxed and say why")
        for tag in tags:
            sides.setdefault(tag, set()).update(SIDES.get(order, {"acquires", "releases"}))
    if path.name not in HOMES:
        for match in ATOMIC.finditer(code):
            _lint.report(path, _lint.line_at(code, match.start()),
                         f"{match[0]}...) outside {' and '.join(HOMES)}; call an operation of those headers")

for tag, places in sorted(ends.items()):
    if len(places) == 1:
        _lint.report(*places[0], f"the edge {tag} has one end only; tag the place it pairs with too")
    for side in sorted({"acquires", "releases"} - sides.get(tag, set())):
        _lint.report(*places[0], f"nothing at the edge {tag} {side}; an edge has a release and an acquire")
    if tag not in explained:
        _lint.report(*places[0], f"nothing explains the edge {tag}; say in the prologue what it orders and why")
for tag in sorted(explained - set(ends)):
    for path in _lint.files("include", "src"):
        text = path.read_text()
        if tag in text:
            _lint.report(path, _lint.line_at(text, text.index(tag)),
                         f"the prologue explains the edge {tag}, but no code carries the tag; tag both ends")

_lint.finish()
