"""Symbols of the library: global ones begin with tacho_, so that they clash with nothing in a host; what a shared
library shows is exactly tests/lint/symbols.txt, which only grows; what can be written at run time is exactly
tests/lint/writable.txt, so that state of the process is never added by the way.

    symbols.py SOURCE_DIR BUILD_DIR [--update]     --update writes symbols.txt anew
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import _lint

WRITABLE = re.compile(r"\.(data|bss|tdata|tbss)(?!\.rel\.ro)(\.|$)|^\*COM\*$")
library = _lint.build / "libtacho.a"
listed = _lint.root / "tests" / "lint" / "symbols.txt"
writable = _lint.root / "tests" / "lint" / "writable.txt"


def told(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def listing(path):
    return {line.split()[0]: number for number, line in enumerate(path.read_text().splitlines(), 1)
            if line.strip() and not line.startswith("#")}


def exported():
    """What a shared library of all objects shows, which is what somebody's own one shows that has the archive in it."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        _lint.skip("no compiler to link a shared library with")
    with tempfile.TemporaryDirectory() as where:
        shared = pathlib.Path(where) / "all.so"
        subprocess.run([compiler, "-shared", "-o", shared, "-Wl,--whole-archive", library, "-Wl,--no-whole-archive",
                        "-pthread"], check=True)
        return {line.split()[-1] for line in told("nm", "-D", "--defined-only", shared)}


def switched_off():
    """Whether this build leaves a part of the library out: an option that is on by default."""
    texts = [path.read_text() for path in (_lint.root / "CMakeLists.txt", *(_lint.root / "cmake").glob("*.cmake"))]
    options = set(re.findall(r"option\((TACHO_\w+)\s+\"[^\"]*\"\s+ON\)", "\n".join(texts)))
    cache = (_lint.build / "CMakeCache.txt").read_text()
    return any(re.search(rf"^{option}:BOOL=(OFF|0|NO|FALSE|N)$", cache, re.MULTILINE | re.IGNORECASE) for option in options)


def check_prefix():
    member = ""
    for line in told("nm", "-g", "--defined-only", library):
        if line.endswith(".o:"):
            member = re.sub(r"\.o:$", "", line)
        elif line and not line.split()[-1].startswith("tacho_"):
            _lint.report(_lint.root / "src" / member, 1,
                         f"defines the global symbol {line.split()[-1]}; make it static or let it begin with tacho_")


def check_exported(shown):
    wanted = listing(listed)
    for name in sorted(shown - set(wanted)):
        advice = "mark it TACHO_INTERNAL" if name.startswith("tacho__") else "if users are to call it, run " \
            "`python3 tests/lint/symbols.py . BUILD_DIR --update`"
        _lint.report(listed, 1, f"the library shows {name}, which is not listed; {advice}")
    for name in sorted(set(wanted) - shown) if not switched_off() else ():
        _lint.report(listed, wanted[name], f"the library does not show {name}; programs that call it break: bring it "
                                           "back, or, before 1.0, run with --update")


def check_shared(shown):
    """A shared library of ours hides what is not marked."""
    for shared in (_lint.build / "libtacho.so", _lint.build / "tests" / "libtacho_check_shared.so"):
        names = {line.split()[-1] for line in told("nm", "-D", "--defined-only", shared)} if shared.exists() else shown
        for name in sorted(shown ^ names):
            _lint.report(listed, 1, f"only one of {library.name} and {shared.name} shows {name}; mark it TACHO_API or TACHO_INTERNAL")


def check_writable():
    wanted, seen, member = listing(writable), set(), ""
    for line in told("objdump", "-t", library):
        if match := re.match(r"(\S+)\.o:\s+file format", line):
            member = match[1]
        match = re.match(r"[0-9a-f]+ .{7} (\S+)\s+(?:[0-9a-f]+)\s+(?:\.hidden )?(\S+)$", line)
        if not match or not WRITABLE.search(match[1]) or match[2].startswith("."):
            continue
        name = re.sub(r"\.\d+$", "", match[2])  # statics of functions are numbered
        seen.add(name)
        if name not in wanted:
            _lint.report(_lint.root / "src" / member, 1, f"{name} can be written at run time; make it const, let the "
                                                         f"registry hold it, or list it with a reason in {writable.name}")
    for name in sorted(set(wanted) - seen) if not switched_off() else ():
        _lint.report(writable, wanted[name], f"nothing of this name can be written at run time: {name}; take it off the list")


if not library.exists():
    _lint.skip(f"{library.name} is not built")
if not shutil.which("nm") or not shutil.which("objdump"):
    _lint.skip("nm or objdump is missing (Debian: binutils)")
everything = exported()
if "--update" in sys.argv:
    head = "".join(line + "\n" for line in listed.read_text().splitlines() if line.startswith("#")) if listed.exists() else ""
    listed.write_text(head + "".join(name + "\n" for name in sorted(everything)))
check_prefix()
check_exported(everything)
check_shared(everything)
check_writable()
_lint.finish()
