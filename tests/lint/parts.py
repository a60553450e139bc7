"""Each part that a build may leave out can be left out, alone and with all others: the rest compiles without a warning,
links and keeps its promises (parts.c), and to call what is missing is an error in words.

The library is built twice, small: with everything, and with nothing that can be left out. For each part alone the objects
of the first build do, less those of the part, with those made anew whose text depends on it."""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile

import _lint

CALLERS = {"HTTP": "(void)tacho_http_stop(NULL)", "PUSH": "(void)tacho_push(NULL, NULL)",
           "PROCESS": "(void)tacho_process_add(NULL, NULL, NULL)", "LINT": "(void)tacho_registry_lint(NULL, NULL)"}
here = pathlib.Path(__file__).parent
cmake_parts = (_lint.root / "cmake" / "parts.cmake").read_text()
parts = re.search(r"set\(TACHO_PARTS ([A-Z ]+)\)", cmake_parts)[1].split()
cache = _lint.build / "CMakeCache.txt"
same_compiler = re.findall(r"^CMAKE_C_COMPILER:\w+=.+$", cache.read_text() if cache.exists() else "", re.MULTILINE)
same_compiler = ["-D" + found for found in same_compiler]


def run(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def build(where, *options):
    """Build the library; its compile commands: (command, directory, source, object)."""
    for command in (["cmake", "-S", _lint.root, "-B", where, "-DCMAKE_BUILD_TYPE=MinSizeRel", "-DTACHO_WERROR=ON",
                     "-DTACHO_TESTS=OFF", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", *same_compiler, *options],
                    ["cmake", "--build", where, "--parallel", "2", "--target", "tacho"]):
        done = run(*command)
        if done.returncode != 0:
            _lint.report(_lint.root / "CMakeLists.txt", 1, f"{' '.join(options)} does not build:\n{done.stdout}")
            _lint.finish()
    commands = []
    for entry in json.loads((pathlib.Path(where) / "compile_commands.json").read_text()):
        made = re.search(r" -o (\S+tacho\.dir/\S+) ", entry["command"])
        if made:
            commands.append((entry["command"], entry["directory"], pathlib.Path(entry["file"]), made[1]))
    return commands


def depends(source):
    """Whether the text that the compiler sees depends on what is left out, beyond what callers are told."""
    text = source.read_text()
    headers = [source.parent / name for name in re.findall(r'#include "([^"]+)"', text)]
    return any("TACHO_NO_" in t for t in [text] + [h.read_text() for h in headers if h.is_file()])


def leave_out(part, commands, where):
    """Words about what is wrong without this part (None: with everything), and the objects that are left."""
    kept = []
    for command, directory, source, made in commands:
        made = os.path.join(directory, made)
        owners = goes_with.get(source.name, {"PAGE"} if source.name == "page_bytes.c" else set())
        if part and owners == {part}:
            continue
        if part and source.name != "page_bytes.c" and depends(source):
            anew = os.path.join(where, f"{part}-{source.name}.o")
            done = run(*shlex.split(command.replace(f" -o {os.path.relpath(made, directory)} ", f" -o {anew} ")),
                       f"-DTACHO_NO_{part}=1", cwd=directory)
            if done.returncode != 0:
                return done.stdout
            made = anew
        kept.append(made)
    return try_program([f"-DTACHO_NO_{part}=1"] if part else [], kept, os.path.join(where, f"parts-{part}"))


def try_program(flags, objects, program):
    """Words about what is wrong with what parts.c does."""
    compiler = [commands[0][0].split()[0], "-std=c11", "-Wall", "-Wextra", "-Werror", "-I", _lint.root / "include"]
    done = run(*compiler, *flags, here / "parts.c", *objects, "-pthread", "-o", program)
    if done.returncode == 0:
        done = run(program, timeout=60)
    return f"status {done.returncode}: {done.stdout}" if done.returncode else ""


def try_caller(part):
    """Words about what the compiler fails to say to a call of what is not there."""
    source = f"#include <tacho/tacho.h>\nint main(void) {{ {CALLERS[part]}; return 0; }}\n"
    compiler = [commands[0][0].split()[0], "-x", "c", "-I", _lint.root / "include", "-O1", "-c", "-o", os.devnull, "-"]
    with_it, without = run(*compiler, input=source), run(*compiler, f"-DTACHO_NO_{part}=1", input=source)
    if with_it.returncode != 0 or without.returncode == 0 or f"TACHO_{part}=OFF" not in without.stdout:
        return f"to call it is no error that names the option:\n{with_it.stdout}{without.stdout}"
    return ""


goes_with = {name: owners for _, owners, names in _lint.floor_lines() for name in names}
with tempfile.TemporaryDirectory() as work, concurrent.futures.ThreadPoolExecutor(2) as pool:
    commands = build(os.path.join(work, "all"))
    results = {part: pool.submit(leave_out, part, commands, work) for part in [None] + parts}
    nothing = os.path.join(work, "none")
    build(nothing, *[f"-DTACHO_{part}=OFF" for part in parts])
    told = re.search(r"^Cflags: \S+(.*)$", pathlib.Path(nothing, "tacho.pc").read_text(), re.MULTILINE)[1].split()
    if sorted(told) != sorted(f"-DTACHO_NO_{part}=1" for part in parts):
        _lint.report(_lint.root / "cmake" / "tacho.pc.in", 1, f"callers are told {' '.join(told)} when all is left out")
    wrong = {"nothing": try_program(told, [os.path.join(nothing, "libtacho.a")], os.path.join(work, "nothing"))}
    wrong |= {f"everything less TACHO_{part}" if part else "everything": done.result() for part, done in results.items()}
    wrong |= {f"a caller of TACHO_{part}": try_caller(part) for part in CALLERS}
for what, words in wrong.items():
    if words:
        _lint.report(here / "parts.c", 1, f"{what}: {words}")
_lint.finish()
