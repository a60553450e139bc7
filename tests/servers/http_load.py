#!/usr/bin/env python3
"""A daemon that counts as fast as it can (load_daemon.c) under three loads: 200 connections of wrk that scrape, 1,000 clients
that stall, 10,000 that come and go. Beside each of them a client scrapes in every format and parses it strictly.

usage: http_load.py SOURCE_DIR BUILD_DIR

Asserted: every answer is whole and valid; memory, descriptors and threads of the daemon stay as they are; its counting threads
do not wait (voluntary context switches), and an update takes no more processor time than three times that of the
daemon left alone. The longest wait by the clock is bounded generously: whoever has the processors decides that.
"""

import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

source, build = map(pathlib.Path, sys.argv[1:3])
sys.path.insert(0, str(source / "tests" / "formats"))
import check  # noqa: E402

CONNECTIONS, STALLED, PASSING = 200, 1000, 10000
WRK_SECONDS, IDLE_SECONDS, LIMIT_SECONDS = 8, 3, 240
SLOWER = 3  # so many times the processor time may an update take
LONGEST_S = 5.0
MOST_WAITS = 5  # for the system itself, say for a page
GROWTH_KB = 2048
ACCEPTS = {"text": "text/plain;version=0.0.4", "om": "application/openmetrics-text;version=1.0.0",
           "proto": "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"}
# wrk decodes the body; only a whole exposition ends so.
LUA = """
wrk.headers["Accept"] = "application/openmetrics-text;version=1.0.0"
function response(status, headers, body)
    if status ~= 200 or body:sub(-7) ~= "\\n# EOF\\n" then print("BAD", status, #body) end
end
"""
REQUESTS = ["", "GET /", "GET /metr", "GET / HTTP/1.1\r\nHost: loc", "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"]

problems = []


def expect(holds, what):
    if not holds:
        problems.append(what)
        print("NOT:", what)


class Daemon:
    def __init__(self):
        self.process = subprocess.Popen([build / "tests" / "load_daemon"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        parts = urllib.parse.urlsplit(self.url)
        self.address = parts.hostname, parts.port
        self.proc = pathlib.Path(f"/proc/{self.process.pid}")

    def counted(self):
        """Updates, seconds of processor time and the longest batch in seconds since the last call."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        updates, cpu_ns, longest_ns = map(int, self.process.stdout.readline().split())
        return updates, cpu_ns / 1e9, longest_ns / 1e9

    def waits(self):
        """How often the counting threads have waited for something; None where the system does not tell."""
        total = 0
        for task in (self.proc / "task").iterdir():
            if (task / "comm").read_text().strip() != "counting":
                continue
            match = re.search(r"^voluntary_ctxt_switches:\s+(\d+)", (task / "status").read_text(), re.MULTILINE)
            if not match:
                return None
            total += int(match[1])
        return total

    def memory_kb(self):
        status = (self.proc / "status").read_text()
        return {name: int(re.search(name + r":\s+(\d+)", status)[1]) for name in ("VmRSS", "VmHWM")}

    def things(self):
        """Descriptors and threads."""
        return len(list((self.proc / "fd").iterdir())), len(list((self.proc / "task").iterdir()))


def scrape(daemon, form="om", timeout=120):
    """The families of a page, parsed strictly."""
    request = urllib.request.Request(daemon.url, headers={"Accept": ACCEPTS[form]})
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        families = check.parse(answer.read(), form, "underscores")
    names = {family.name for family in families}
    expect(any(name.startswith("load_199") for name in names), f"a page in {form} has its last counter")
    return families


class Witness(threading.Thread):
    """Scrapes as long as a load lasts."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.server, self.done, self.pages, self.longest = daemon, threading.Event(), 0, 0.0
        self.start()

    def run(self):
        while not self.done.is_set():
            began = time.monotonic()
            try:
                scrape(self.server, list(ACCEPTS)[self.pages % len(ACCEPTS)])
            except (OSError, check.FormatError) as problem:
                expect(False, f"a scrape under load works: {problem}")
                return
            self.pages += 1
            self.longest = max(self.longest, time.monotonic() - began)

    def end(self):
        self.done.set()
        self.join()
        expect(self.pages > 0, "somebody else is served under load")
        return f"{self.pages} other scrapes parsed, the slowest took {self.longest:.2f} s"


# ---- Loads ---------------------------------------------------------------------------------------------------------

def load_wrk(daemon, where):
    script = where / "check.lua"
    script.write_text(LUA)
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{WRK_SECONDS}s", "--timeout", "30s", "--latency", "-s", script, daemon.url]
    witness = Witness(daemon)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    words = witness.end()
    requests = re.search(r"(\d+) requests in", done.stdout)
    expect(done.returncode == 0 and requests, f"wrk works: {done.stdout} {done.stderr}")
    for sign in ("BAD", "Non-2xx"):
        found = [line for line in done.stdout.splitlines() if sign in line]
        expect(not found, f"wrk has no line with {sign}: {found[:3]}")
    match = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", done.stdout)
    connect, ended, write, late = map(int, match.groups()) if match else (0, 0, 0, 0)
    expect(connect + write + late == 0, f"wrk finds nothing wrong with its sockets: {match and match[0]}")
    latency = dict(re.findall(r"^ +(50|99)%\s+(\S+)", done.stdout, re.MULTILINE))
    answers = int(requests[1]) if requests else 0
    expect(answers >= 2 * CONNECTIONS, f"{answers} answers are enough")
    # A client that the processors keep from its next request for a moment may find its connection ended: it makes room.
    expect(ended <= answers / 100, f"connections that are kept alive end only when they are silent: {ended} of {answers} did not")
    print(f"wrk, {CONNECTIONS} connections: {answers} whole answers, {ended} connections ended before a request, latency {latency}; "
          f"{words}")


def load_stalled(daemon, _):
    clients = []
    for i in range(STALLED):
        client = socket.create_connection(daemon.address, timeout=60)
        client.sendall(REQUESTS[i % 4].encode())
        clients.append(client)
    began = time.monotonic()
    scrape(daemon)  # behind all of them
    took = time.monotonic() - began
    for client in clients:
        client.close()
    print(f"{STALLED} clients that stall: the scrape behind them was answered after {took:.1f} s")


def load_passing(daemon, _):
    witness = Witness(daemon)
    for i in range(PASSING):
        with socket.create_connection(daemon.address, timeout=60) as client:
            client.sendall(REQUESTS[i % 5].encode())
            if i % 2:  # leave with a reset
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    print(f"{PASSING} clients that come and go: {witness.end()}")


# ---- The daemon meanwhile --------------------------------------------------------------------------------------------

def settled(daemon, things):
    """What it has once all connections are gone."""
    for _ in range(100):
        if daemon.things() == things:
            break
        time.sleep(0.1)
    return daemon.things()


def check_load(daemon, load, where, cost):
    things, before, waits = daemon.things(), daemon.memory_kb(), daemon.waits()
    daemon.counted()
    load(daemon, where)
    updates, cpu, longest = daemon.counted()
    waited = None if waits is None else daemon.waits() - waits
    after, left = daemon.memory_kb(), settled(daemon, things)
    ratio = cpu / updates / cost
    growth = {name: after[name] - before[name] for name in after}
    print(f"    an update took {ratio:.2f} times as long as alone, the longest batch {longest * 1e3:.1f} ms; counting threads waited "
          f"{waited} times; {growth} kB; (descriptors, threads) {things}, then {left}", flush=True)
    expect(updates > 0 and ratio < SLOWER, f"an update takes less than {SLOWER} times what it takes alone: {ratio:.2f}")
    expect(longest < LONGEST_S, f"no batch of updates takes {LONGEST_S} s: {longest:.2f}")
    expect(waited is None or waited <= MOST_WAITS, f"no counting thread waits for a scrape: {waited} times")
    expect(max(growth.values()) <= GROWTH_KB, f"memory grows by less than {GROWTH_KB} kB: {growth}")
    expect(left == things, f"descriptors and threads are as before: {things}, {left}")


def main():
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"http_load.py: not done within {LIMIT_SECONDS} s"))
    signal.alarm(LIMIT_SECONDS)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard < 4096 and hard != resource.RLIM_INFINITY else 4096, hard))
    daemon = Daemon()
    try:
        with tempfile.TemporaryDirectory(prefix="tacho-load-") as name:
            # All places are taken once, so that their memory is touched.
            subprocess.run(["wrk", "-t1", "-c40", "-d1s", daemon.url], capture_output=True, check=False)
            daemon.counted()
            time.sleep(IDLE_SECONDS)
            updates, cpu, longest = daemon.counted()
            print(f"left alone: {updates / cpu / 1e6:.1f} million updates per second of processor time, the longest batch "
                  f"{longest * 1e3:.1f} ms; {daemon.memory_kb()} kB")
            for load in (load_wrk, load_stalled, load_passing):
                check_load(daemon, load, pathlib.Path(name), cpu / updates)
            for form in ACCEPTS:
                scrape(daemon, form, timeout=10)
        daemon.process.stdin.close()
        expect(daemon.process.wait(20) == 0, "the daemon ends with its input, with status 0")
    finally:
        daemon.process.kill()
        daemon.process.wait()
    sys.exit(1 if problems else 0)


main()
