"""Ordering edges have two ends: a tag such as [V1] is explained in a file's prologue or in a comment that says
"Order:", and other comments carry it at two places or more, in the whole tree. Atomic builtins and fences are
called only in cpu.h and atomic.h; everything else says the memory order it needs."""

import re

import _lint

TAG = re.compile(r"\[[A-Z]{1,3}[0-9]+\]")
ATOMIC = re.compile(r"\b(?:__atomic_\w+|__sync_\w+|(?:__c11_)?atomic_thread_fence)\s*\(")
IMPLICIT = re.compile(r"\batomic_(?:load|store|exchange|compare_exchange_(?:strong|weak)|fetch_[a-z]+)\s*\(")
HOMES = ("cpu.h", "atomic.h")

explained, ends = set(), {}
for path in _lint.files("include", "src"):
    text = path.read_text()
    start = len(text) - len(text.lstrip())
    for comment in _lint.comments(text):
        for match in TAG.finditer(comment[0]):
            if comment.start() == start or "Order:" in comment[0]:
                explained.add(match[0])
            else:
                ends.setdefault(match[0], []).append((path, _lint.line_at(text, comment.start() + match.start())))
    code = _lint.code(text)
    for match in IMPLICIT.finditer(code):
        _lint.report(path, _lint.line_at(code, match.start()),
                     f"{match[0]}...) leaves the memory order open; use the form that ends in _explicit")
    if path.name not in HOMES:
        for match in ATOMIC.finditer(code):
            _lint.report(path, _lint.line_at(code, match.start()),
                         f"{match[0]}...) outside {' and '.join(HOMES)}; call an operation of those headers")

for tag, places in sorted(ends.items()):
    if len(places) == 1:
        _lint.report(*places[0], f"the edge {tag} has one end only; tag the place it pairs with too")
    if tag not in explained:
        _lint.report(*places[0], f"nothing explains the edge {tag}; say in the prologue what it orders and why")
for tag in sorted(explained - set(ends)):
    for path in _lint.files("include", "src"):
        text = path.read_text()
        if tag in text:
            _lint.report(path, _lint.line_at(text, text.index(tag)),
                         f"the prologue explains the edge {tag}, but no code carries the tag; tag both ends")

_lint.finish()
