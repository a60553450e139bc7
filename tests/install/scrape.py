"""Starts a program that serves at the address that is its argument, as examples/hello.c does, on a port that the kernel chose;
scrapes it until it has counted, and looks at every line.

    scrape.py PROGRAM
"""
import http.client
import re
import socket
import subprocess
import sys
import time

LINE = re.compile(r'# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? (\+Inf|NaN|-?\d+(\.\d+)?(e[+-]?\d+)?)')
WANTED = ("# HELP hello_ticks_total Times round the loop.", "# TYPE hello_ticks_total counter")


def ticks_of(port):
    """What one scrape says, as a number."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    client.request("GET", "/metrics")
    answer = client.getresponse()
    page = answer.read().decode()
    client.close()
    kind = answer.getheader("Content-Type")
    assert answer.status == 200 and kind.startswith("text/plain; version=0.0.4"), (answer.status, kind)
    lines = page.splitlines()
    assert page.endswith("\n")
    for line in lines:
        assert LINE.fullmatch(line), f"not a line of the format: {line!r}"
    for line in WANTED:
        assert lines.count(line) == 1, f"wanted once: {line!r} in\n{page}"
    ticks = [line.split()[1] for line in lines if line.startswith("hello_ticks_total ")]
    assert len(ticks) == 1, page
    return float(ticks[0])


def main():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port, number = listener.getsockname()[1], listener.fileno()
        program = subprocess.Popen([sys.argv[1], f"fd:{number}"], pass_fds=[number])
    # From here on the program alone has the socket: if it ends, nobody answers.
    until = time.monotonic() + 10
    try:
        while ticks_of(port) < 1:
            assert time.monotonic() < until, "it counts nothing"
        return 0
    except (AssertionError, OSError, http.client.HTTPException) as error:
        print(f"{sys.argv[1]}: {error!r}; exit status {program.poll()}")
        return 1
    finally:
        program.kill()
        program.wait()


sys.exit(main())
