"""Contracts hold: from a function whose contract says hot, no call leads to a lock, to the allocator, to waiting or to
output. Looked at in the machine code of the library; calls through pointers cannot be followed."""

import pathlib
import re
import shutil
import subprocess
import tempfile

import _lint

FORBIDDEN = re.compile(r"(malloc|calloc|realloc|free|mmap|munmap|pthread_(?:mutex|cond|rwlock|once|create)\w*|sem_\w+|nanosleep|"
                       r"usleep|poll|select|read|write|open|fopen|f?printf|fputs|fwrite|abort|exit|fork|getenv|setlocale|localeconv|"
                       r"strtod|s?n?printf|vsnprintf)(?:@.*)?$")
# What is called there all the same, and why that is no fault.
ALLOWED = {
    # Takes no lock, and prints strings into a buffer of its own.
    "tacho__registry_misuse": "tells a listener, at most ten times a second",
}
CONTRACT = re.compile(r"\b(tacho_(?!_)\w+)\s*\((?:[^()]|\([^()]*\))*\)\s*;\s*/\* \[hot \|")
BEGINS = re.compile(r"^[0-9a-f]+ <([^>]+)>:$")
CALLS = re.compile(r"\b(?:call|jmp|j[a-z]{1,3})q?\s+[0-9a-f]+ <(?:([^>+]+)|([^>+]+\.cold)\+0x[0-9a-f]+)>")


def graph():
    """Function -> functions that it calls or jumps to; parts of a function that the compiler split off are functions too. A jump
    into the middle of any other is one back, from such a part or from where a restartable sequence begins again."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    library = _lint.build / "libtacho.a"
    if not library.exists() or not compiler or not shutil.which("objdump"):
        _lint.skip("libtacho.a is not built, or there is no compiler or objdump (Debian: binutils)")
    with tempfile.TemporaryDirectory() as where:
        shared = pathlib.Path(where) / "all.so"
        subprocess.run([compiler, "-shared", "-o", shared, "-Wl,-Bsymbolic,--whole-archive", library, "-Wl,--no-whole-archive",
                        "-pthread"], check=True)
        kind = subprocess.run(["objdump", "-f", shared], capture_output=True, text=True, check=True).stdout
        if "x86-64" not in kind:
            _lint.skip("only the code of x86-64 is read")
        text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", shared], capture_output=True, text=True, check=True).stdout
    calls, name = {}, ""
    for line in text.splitlines():
        if match := BEGINS.match(line):
            name = match[1]
            calls.setdefault(name, set())
        elif match := CALLS.search(line):
            calls[name].add(match[1] or match[2])
    return calls


def path_to_fault(calls, start):
    """The shortest chain of calls to something forbidden."""
    before, queue = {start: None}, [start]
    for name in queue:
        if FORBIDDEN.match(name):
            chain = [name]
            while before[chain[-1]]:
                chain.append(before[chain[-1]])
            return chain[::-1]
        for called in sorted(calls.get(name, ())):
            if called not in before and re.sub(r"\.(?:cold|part|constprop|isra).*|@plt", "", called) not in ALLOWED:
                before[called] = name
                queue.append(called)
    return None


everything, hot = graph(), 0
for header in _lint.files("include/tacho"):
    source = header.read_text()
    for found in CONTRACT.finditer(source):
        hot += 1
        if found[1] not in everything:
            _lint.report(header, _lint.line_at(source, found.start()), f"{found[1]} is hot and not in the library")
        elif chain := path_to_fault(everything, found[1]):
            _lint.report(header, _lint.line_at(source, found.start()), f"{found[1]} is hot, and calls {' > '.join(chain[1:])}")
if not hot:
    _lint.report(_lint.root / "include", 1, "no function is hot: this lint looks for nothing")
_lint.finish()
