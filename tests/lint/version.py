"""There is one version: project() in CMakeLists.txt names it, the header's macros and the list of changes follow, and a build
puts it into what it installs and packs."""

import re

import _lint

VERSION = r"([0-9]+(?:\.[0-9]+)*)"
# Where it stands, and how; in the tree each has to be there, in a build what that build makes.
TREE = {
    "include/tacho/base.h": rf'^#define TACHO_VERSION "{VERSION}"',
    "README.md": rf"^## Changes\n+\*\*{VERSION}\*\*",
}
BUILD = {
    "tacho.pc": rf"^Version: {VERSION}$",
    "tacho-shared.pc": rf"^Version: {VERSION}$",
    "tachoConfigVersion.cmake": rf'^set\(PACKAGE_VERSION "{VERSION}"\)',
    "CPackConfig.cmake": rf'^set\(CPACK_PACKAGE_VERSION "{VERSION}"\)',
}


def compare(path, pattern, wanted):
    text = path.read_text()
    found = re.search(pattern, text, re.MULTILINE)
    if not found:
        _lint.report(path, 1, f"no version as in {pattern!r}; write it so, or teach tests/lint/version.py")
    elif found[1] != wanted:
        _lint.report(path, _lint.line_at(text, found.start(1)),
                     f"the version is {found[1]}, and {wanted} in CMakeLists.txt: let them agree")


project = re.search(rf"^project\(tacho VERSION {VERSION} ", (_lint.root / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
for name, pattern in TREE.items():
    compare(_lint.root / name, pattern, project)
for name, pattern in BUILD.items():
    if (_lint.build / name).exists():
        compare(_lint.build / name, pattern, project)

major, minor, patch = (int(part) for part in project.split("."))
compare(_lint.root / "include/tacho/base.h", r"^#define TACHO_VERSION_NUMBER ([0-9]+)", str(major * 10000 + minor * 100 + patch))
_lint.finish()
