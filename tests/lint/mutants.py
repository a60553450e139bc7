"""The lints catch what they are for: each fault here is put into a copy of the tree, and the lint has to name it."""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import _lint

HEADER, SOURCE = "include/tacho/sink.h", "src/sink.c"
END = "\nTACHO_END_DECLS\n"
# The lint, the file, what to look for there (None: the end), what to put before it, and what the lint has to say. An object
# in the archive is made of a file of its own, FILE.c in the archive's place.
OBJECT = "build/extra.c"
FAULTS = [
    ("contracts.py", HEADER, END, "\nTACHO_API void tacho_new(void);\n", "tacho_new has no contract"),
    ("contracts.py", HEADER, END, "\nTACHO_API void tacho_new(void); /* [warm | O(1) | 0.1] */\n",
     "tacho_new has no contract"),
    ("contracts.py", HEADER, END, "\nvoid tacho_new(void); /* [hot | O(1) | 0.1] */\n",
     "tacho_new is neither TACHO_API nor inline"),
    ("edges.py", SOURCE, None, "void f(int *p) { tacho__store_release(p, 1); }\n", "tacho__store_release has no tag"),
    ("edges.py", SOURCE, None, "void f(int *p) { atomic_load_explicit(p, memory_order_acquire); }\n",
     "memory_order_acquire has no tag"),
    ("edges.py", SOURCE, None, "void f(int *p) { atomic_store(p, 1); }\n", "leaves the memory order open"),
    ("edges.py", SOURCE, None, "void f(int *p) { __sync_synchronize(); }\n", "outside cpu.h and atomic.h"),
    ("edges.py", SOURCE, None, "void f(int *p) { tacho__store_release(p, 1); /* [ZZ1] */ }\n",
     "the edge [ZZ1] has one end only"),
    ("edges.py", SOURCE, None,
     "void f(int *p) { tacho__store_release(p, 1); /* [ZZ1] */ tacho__store_release(p, 1); /* [ZZ1] */ }\n",
     "nothing at the edge [ZZ1] acquires"),
    ("edges.py", SOURCE, None,
     "void f(int *p) { tacho__load_acquire(p); /* [ZZ1] */ tacho__store_release(p, 1); /* [ZZ1] */ }\n",
     "nothing explains the edge [ZZ1]"),
    ("edges.py", SOURCE, None, "/* Order: [ZZ1] is something. */\n", "no code carries the tag"),
    ("floors.py", SOURCE, '#include "alloc.h"', '#include "cursor.h"\n', "which src/FLOORS lists later"),
    ("floors.py", SOURCE, '#include "alloc.h"', '#include "nowhere.h"\n', "which src/FLOORS does not list"),
    ("floors.py", "src/new.c", None, "int tacho_new;\n", "is not listed in src/FLOORS"),
    ("floors.py", "src/FLOORS", None, "3 sink.c\n", "sink.c is listed twice"),
    ("size.py", SOURCE, None, "\n" * 500, "the limit is below 500"),
    ("size.py", HEADER, None, "\n" * 400, "the limit is below 400"),
    ("size.py", SOURCE, None, "static void sink_long(void)\n{\n" + "    ;\n" * 50 + "}\n", "sink_long has 52 lines"),
    ("words.py", SOURCE, None, "/* TO" + "DO more */\n", "no work is left over"),
    ("words.py", SOURCE, None, '"/ho' + 'me/somebody"\n', "no path of one machine"),
    ("words.py", SOURCE, None, "/* see issue #" + "12 */\n", "numbers of issues lead nowhere"),
    ("headers.sh", HEADER, END, "\nFILE *tacho_file;\n", "sink.h:1: does not compile alone"),
    ("headers.sh", HEADER, "#ifndef TACHO_SINK_H", "typedef struct { int a; } tacho_twice;\n",
     "sink.h:1: does not compile alone"),
    ("headers.sh", HEADER, END, "\n#define SINK_SIZE 3\n", "begin with TACHO_"),
    ("headers.sh", HEADER, END, "\nstatic inline int tacho_narrow(long a) { return a; }\n", "does not compile alone"),
    ("readme_blocks.py", "README.md", "## Prefork daemons", "```c\ntacho_counter_inc(1);\n```\n", "its C does not compile"),
    ("readme_blocks.py", "README.md", None, "\nSee [there](#nowhere).\n", "a link leads to #nowhere"),
    ("readme_blocks.py", "README.md", None, "\nSee `src/nowhere.c`.\n", "there is no src/nowhere.c"),
    ("symbols.py", OBJECT, None, "int other_name(void) { return 1; }\n", "defines the global symbol other_name"),
    ("symbols.py", OBJECT, None, "int tacho__leak(void) { return 1; }\n",
     "shows tacho__leak, which is not listed; mark it TACHO_INTERNAL"),
    ("symbols.py", OBJECT, None, "int tacho_extra(void) { return 1; }\n",
     "shows tacho_extra, which is not listed; if users are"),
    ("symbols.py", OBJECT, None, "static int count; int tacho_extra(void) { return count++; }\n",
     "count can be written at run time"),
    ("symbols.py", "tests/lint/symbols.txt", None, "tacho_gone\n", "does not show tacho_gone"),
    ("symbols.py", "tests/lint/writable.txt", None, "gone  nobody knows why\n", "nothing of this name can be written"),
    ("hot.py", HEADER, END, "\nTACHO_API void tacho_buffer_init(tacho_buffer *buf); /* [hot | O(1) | 0.1] */\n"
     "TACHO_API int tacho_push(void *r, void *o); /* [hot | O(1) | 0.1] */\n", "tacho_push is hot, and calls"),
    ("hot.py", HEADER, END, "\nTACHO_API void tacho_new(void); /* [hot | O(1) | 0.1] */\n",
     "tacho_new is hot and not in the library"),
    ("version.py", "include/tacho/base.h", '"\n#define TACHO_VERSION_NUMBER', "1", "the version is"),
    ("version.py", "include/tacho/base.h", " /* major", "1", "let them agree"),
    ("version.py", "README.md", "## Changes", "## Changes\n\n**99.0.0** Not yet.\n\n", "the version is 99.0.0"),
    ("version.py", "build/tacho.pc", None, "Version: 99.0.0\n", "the version is 99.0.0"),
    ("version.py", "build/tacho-shared.pc", None, "Version: \n", "no version as in"),
    ("version.py", "build/CPackConfig.cmake", None, 'set(CPACK_PACKAGE_VERSION "99.0.0")\n', "the version is 99.0.0"),
]


def copy_tree(where):
    for name in ("include", "src", "cmake", "examples", "bench", "tests"):
        shutil.copytree(_lint.root / name, where / name)
    for name in ("CMakeLists.txt", ".gitignore", "README.md"):
        shutil.copy(_lint.root / name, where)
    (where / "build").mkdir()
    for name in ("libtacho.a", "CMakeCache.txt"):
        if (_lint.build / name).exists():
            shutil.copy(_lint.build / name, where / "build")
    subprocess.run(["git", "init", "-q", where], check=False)


def run(lint, where):
    command, more = (["sh"], ["sink"]) if lint.endswith(".sh") else ([sys.executable, "-B"], [])
    done = subprocess.run([*command, where / "tests" / "lint" / lint, where, where / "build", *more], capture_output=True, text=True,
                          check=False)
    return done.returncode, done.stdout + done.stderr


def put(where, name, before, text):
    """The fault in its place; returns how to take it out again."""
    path, archive = where / name, where / "build" / "libtacho.a"
    old = path.read_text() if path.exists() else None
    whole = old or ""
    at = len(whole) if before is None else whole.index(before)
    path.write_text(whole[:at] + text + whole[at:])
    if name != OBJECT:
        return lambda: path.write_text(old) if old is not None else path.unlink()
    kept = archive.read_bytes()
    subprocess.run(["cc", "-fPIC", "-c", path, "-o", path.with_suffix(".o")], check=True)
    subprocess.run(["ar", "q", archive, path.with_suffix(".o")], check=True)
    return lambda: (archive.write_bytes(kept), path.unlink())


this = _lint.root / "tests" / "lint" / "mutants.py"
if not shutil.which("cc") or not shutil.which("ar"):
    _lint.skip("no compiler, or no ar (Debian: build-essential)")
with tempfile.TemporaryDirectory() as directory:
    tree = pathlib.Path(directory)
    copy_tree(tree)
    clean = {lint: run(lint, tree) for lint in sorted({fault[0] for fault in FAULTS})}
    for lint, (status, said) in clean.items():
        if status not in (0, 77):
            _lint.report(this, 1, f"{lint} finds something in the tree as it is: {said}")
    for lint, name, before, text, wanted in FAULTS:
        if clean[lint][0] != 0:
            continue
        take_out = put(tree, name, before, text)
        status, said = run(lint, tree)
        take_out()
        if status != 1 or wanted not in said:
            _lint.report(this, 1, f"{lint} does not say '{wanted}' of {text.strip()[:60]!r} in {name}, but: {said}")
_lint.finish()
