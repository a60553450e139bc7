"""The embedded page: its hashes are right, it asks nobody else, and text never becomes markup."""

import base64
import hashlib
import re

import _lint

MAX_KIB = 60
FORBIDDEN = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|localStorage|sessionStorage|"
                       r"document\.cookie|\bstyle=\"|\bon[a-z]+=\"|https?://(?!www\.w3\.org/2000/svg)")
sources = sorted((_lint.root / "src" / "page").iterdir())
for path in sources:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := FORBIDDEN.search(line):
            _lint.report(path, number, f"'{match[0]}' has no place in the page")
        if len(line) > 120 and path.suffix != ".html":
            _lint.report(path, number, f"the line has {len(line)} columns")
    if path.suffix != ".html" and len(path.read_text().splitlines()) >= 500:
        _lint.report(path, 1, "the file has 500 lines or more; split it by noun")

made = _lint.build / "page_bytes.c"
if not made.exists():
    _lint.finish()
text = made.read_text()
page = bytes(int(byte, 16) for byte in re.findall(r"0x(..),", text))
if len(page) > MAX_KIB << 10:
    _lint.report(made, 1, f"the page has {len(page) / 1024:.1f} KiB, the limit is {MAX_KIB}")
for tag, directive in (("script", "script-src"), ("style", "style-src")):
    inside = re.search(rb"<%s[^>]*>(.*?)</%s>" % (tag.encode(), tag.encode()), page, re.DOTALL)[1]
    want = "sha256-" + base64.b64encode(hashlib.sha256(inside).digest()).decode()
    if f"{directive} '{want}'" not in text:
        _lint.report(made, 1, f"the hash of the {tag} is not {want}")
_lint.finish()
