"""The embedded pages: their hashes are right, they ask nobody else, and text never becomes markup."""

import base64
import hashlib
import re

import _lint

PAGES = [("page_bytes.c", 60), ("settings_bytes.c", 24)]  # what is made, and how many KiB it may have
FORBIDDEN = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|localStorage|sessionStorage|"
                       r"document\.cookie|\bstyle=\"|\bon[a-z]+=\"|https?://(?!www\.w3\.org/2000/svg)")
sources = [path for path in _lint.root.rglob("*") if path.suffix in (".html", ".css", ".js") and
           path.relative_to(_lint.root).parts[0] in ("src", "examples")]
for path in sorted(sources):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := FORBIDDEN.search(line):
            _lint.report(path, number, f"'{match[0]}' has no place in a page")
        if len(line) > 120 and path.suffix != ".html":
            _lint.report(path, number, f"the line has {len(line)} columns")
    if path.suffix != ".html" and len(path.read_text().splitlines()) >= 500:
        _lint.report(path, 1, "the file has 500 lines or more; split it by noun")


def check(made, most):
    """One page as it was made."""
    text = made.read_text()
    page = bytes(int(byte, 16) for byte in re.findall(r"0x(..),", text))
    if len(page) > most << 10:
        _lint.report(made, 1, f"the page has {len(page) / 1024:.1f} KiB, the limit is {most}")
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        inside = re.search(rb"<%s[^>]*>(.*?)</%s>" % (tag.encode(), tag.encode()), page, re.DOTALL)[1]
        want = "sha256-" + base64.b64encode(hashlib.sha256(inside).digest()).decode()
        if f"{directive} '{want}'" not in text:
            _lint.report(made, 1, f"the hash of the {tag} is not {want}")


for name, limit in PAGES:
    if (_lint.build / name).exists():
        check(_lint.build / name, limit)
_lint.finish()
