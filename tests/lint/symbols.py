"""Every global symbol of the static library begins with tacho_, so that it clashes with nothing in a host."""

import re
import shutil
import subprocess

import _lint

library = _lint.build / "libtacho.a"
if not library.exists():
    _lint.skip(f"{library.name} is not built")
if not shutil.which("nm"):
    _lint.skip("nm is missing (Debian: binutils)")

member = ""
nm = subprocess.run(["nm", "-g", "--defined-only", library], capture_output=True, text=True, check=True)
for line in nm.stdout.splitlines():
    if line.endswith(".o:"):
        member = re.sub(r"\.o:$", "", line)
    elif line and not line.split()[-1].startswith("tacho_"):
        _lint.report(_lint.root / "src" / member, 1,
                     f"defines the global symbol {line.split()[-1]}; make it static or let it begin with tacho_")

_lint.finish()
