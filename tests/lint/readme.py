#!/usr/bin/env python3
"""The README's program is examples/hello.c, and it works: compiled from the README's own text, run, scraped. The tests that
it shows are in examples/testing.c, which holds.

    readme.py SOURCE_DIR BUILD_DIR
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bench"))
from rows import cached


def scrape(path):
    """One GET over a Unix socket; None while nobody listens."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(path)
        except OSError:
            return None
        client.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        answer = b""
        while part := client.recv(65536):
            answer += part
        return answer.decode()


def counted(answer):
    return bool(answer) and re.search(r"^hello_ticks_total [1-9]", answer, re.MULTILINE) is not None


def main():
    source, build = sys.argv[1:3]
    with open(os.path.join(source, "README.md"), encoding="utf-8") as readme:
        text = readme.read()
    program = re.search(r"```c\n(.*?)```", text, re.DOTALL).group(1)
    with open(os.path.join(source, "examples", "hello.c"), encoding="utf-8") as hello:
        if hello.read() != program:
            print("README.md: its first program is not examples/hello.c: copy the one into the other")
            return 1
    if program.count("\n") > 12:
        print("README.md: the first program is promised in twelve lines")
        return 1
    with open(os.path.join(source, "examples", "testing.c"), encoding="utf-8") as testing:
        tests = re.sub(r"^ +", "", testing.read(), flags=re.MULTILINE)
    shown = re.search(r"## Testing your metrics.*?```c\n(.*?)```", text, re.DOTALL).group(1)
    if re.sub(r"^ +", "", shown, flags=re.MULTILINE) not in tests:
        print("README.md: the lines under 'Testing your metrics' are not in examples/testing.c: copy them")
        return 1
    compiler = shutil.which("cc") or shutil.which("gcc")
    library = os.path.join(build, "libtacho.a")
    if not compiler or not os.path.exists(library):
        print("readme: skipped: no compiler, or no libtacho.a in", build)
        return 77
    if cached(build, "TACHO_HTTP") == "OFF":
        print("readme: skipped: the library is built without HTTP")
        return 77
    with tempfile.TemporaryDirectory() as where:
        with open(os.path.join(where, "hello.c"), "w", encoding="utf-8") as out:
            out.write(program)
        binary, address = os.path.join(where, "hello"), os.path.join(where, "socket")
        subprocess.run([compiler, "-Wall", "-Wextra", "-Werror", "-I", os.path.join(source, "include"),
                        os.path.join(where, "hello.c"), library, "-pthread", "-o", binary], check=True)
        with subprocess.Popen([binary, "unix:" + address]) as hello:
            try:
                until = time.monotonic() + 10
                while not counted(answer := scrape(address)) and hello.poll() is None and time.monotonic() < until:
                    time.sleep(0.01)
            finally:
                hello.kill()
        with open(binary, "rb") as linked:
            kit = b"tacho_test_" in linked.read()
        refused = subprocess.run([binary, "nowhere"], stderr=subprocess.PIPE, timeout=10, check=False)
        subprocess.run([compiler, "-Wall", "-Wextra", "-Werror", "-I", os.path.join(source, "include"),
                        os.path.join(source, "examples", "testing.c"), library, "-pthread", "-o", binary], check=True)
        if subprocess.run([binary], timeout=10, check=False).returncode != 0:
            print("examples/testing.c: its tests fail")
            return 1
    if kit:
        print("tacho_test.h: its functions are linked into a program that does not call them")
        return 1
    if not counted(answer):
        print("README.md: the first program was not scraped:", repr(answer))
        return 1
    if refused.returncode != 1 or b'"nowhere"' not in refused.stderr:
        print("README.md: the first program does not say why it cannot start:", refused)
        return 1
    return 0


sys.exit(main())
