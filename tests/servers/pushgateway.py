#!/usr/bin/env python3
"""Push the zoo (tests/support/zoo.c) to a real Pushgateway in both formats, and read back what it shows.

    pushgateway.py BUILD_DIR

Two of them are started, one after the other: one as it comes, one behind a prefix and with a password. They listen on
loopback, on a port that the kernel chooses, keep nothing on disk, and are ended by their process id.
"""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

SECONDS = 90  # for everything
GROUPING = {"job", "instance", "path", "empty", "behind", "dot", "dots", "slashes", "end", "name", "long", *"abcd"}
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:\\.|[^"\\])*)"')
ESCAPED = {r"\\": "\\", r"\n": "\n", r"\"": '"'}
# "open sesame", by bcrypt
USERS = "basic_auth_users:\n  Aladdin: $2b$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW\n"

check = pathlib.Path(sys.argv[1]) / "tests" / "push_check"
problems = []
promises = 0


def expect(holds, what):
    global promises
    promises += 1
    if not holds:
        problems.append(what)
        print("NOT:", what, file=sys.stderr)


def unescape(text):
    return re.sub(r"\\.", lambda match: ESCAPED[match[0]], text)


def plain(name, value):
    """Bounds are numbers: the Pushgateway writes 1 where 1.0 was pushed."""
    return str(float(value)) if name in ("le", "quantile") else value


def parse(text):
    """{(name, labels): value} and {family: type} of an exposition in text."""
    samples, types = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            types[line.split()[2]] = line.split()[3]
        if line.startswith("#"):
            continue
        match = SAMPLE.match(line)
        labels = frozenset((name, plain(name, unescape(value))) for name, value in LABEL.findall(match[2] or ""))
        samples[match[1], labels] = float(match[3])
    return samples, types


class Gateway:
    def __init__(self, dir, prefix="", users=None):
        arguments = ["--web.listen-address=127.0.0.1:0", "--persistence.file=", "--web.route-prefix=/" + prefix]
        if users:
            (dir / "users.yml").write_text(users)
            arguments.append(f"--web.config.file={dir / 'users.yml'}")
        self.log = open(dir / "gateway.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(["prometheus-pushgateway", *arguments], stdout=self.log, stderr=self.log)
        self.prefix = prefix
        self.headers = {}
        while not (port := self.port()):
            if self.process.poll() is not None:
                self.stop()
                raise RuntimeError("the Pushgateway ended")
            time.sleep(0.05)
        self.port = port
        self.url = f"http://127.0.0.1:{port}" + (f"/{prefix}/" if prefix else "")

    def port(self):
        """The port that it listens on, or None."""
        inodes = set()
        for link in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir():
            try:
                if match := re.fullmatch(r"socket:\[(\d+)\]", str(link.readlink())):
                    inodes.add(match[1])
            except OSError:
                pass
        for line in pathlib.Path(f"/proc/{self.process.pid}/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                return int(fields[1].split(":")[1], 16)
        return None

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def shown(self, **group):
        """Samples of a group, less its labels, and types of all families."""
        request = urllib.request.Request(self.url.rstrip("/") + "/metrics", headers=self.headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            samples, types = parse(answer.read().decode())
        wanted = {(name, value) for name, value in group.items() if value}
        found = {}
        for (name, labels), value in samples.items():
            of_group = {label for label in labels if label[0] in GROUPING}
            if {label for label in of_group if label[1]} == wanted:
                found[name, frozenset(labels - of_group)] = value
        return {key: value for key, value in found.items() if not key[0].startswith("push_")}, types

    def push(self, method, format, job, *rest, **environment):
        run = subprocess.run([check, method, format, self.url, job, *rest], env={**os.environ, **environment},
                             stderr=subprocess.PIPE, text=True, timeout=30, check=False)
        return run.returncode, run.stderr.strip()


def page(*families):
    run = subprocess.run([check, "page", "text", "", "", "--", *families], stdout=subprocess.PIPE, text=True, check=True)
    return parse(run.stdout)


def alike(got, want, what):
    expect(got == want, what)
    for key in got.keys() ^ want.keys():
        print("   ", "missing" if key in want else "too much", key, file=sys.stderr)
    for key in (key for key in got.keys() & want.keys() if got[key] != want[key]):
        print("   ", key, got[key], "wanted", want[key], file=sys.stderr)


def ok(result, what):
    expect(result == (0, ""), f"{what}: {result}")


# ---- What is promised --------------------------------------------------------------------------------------------

def test_formats(gateway):
    want, types = page()
    for format in ("text", "protobuf"):
        ok(gateway.push("replace", format, format), f"all types can be pushed as {format}")
        got, shown = gateway.shown(job=format)
        alike(got, want, f"what was pushed as {format} is shown")
        for family, type in types.items():
            expect(family not in shown or shown[family] == type, f"{family} is a {type}, not a {shown.get(family)}")
        ok(gateway.push("delete", "text", format), "a group can be deleted")
        expect(gateway.shown(job=format)[0] == {}, "what was deleted is not shown")


def test_methods(gateway):
    names = {name: page(name)[0] for name in ("zoo_level_ratio", "zoo_flying", "zoo_jobs_total")}
    ok(gateway.push("replace", "text", "m", "--", "zoo_level_ratio", "zoo_flying"), "two families can be pushed")
    alike(gateway.shown(job="m")[0], names["zoo_level_ratio"] | names["zoo_flying"], "two families are shown")
    ok(gateway.push("merge", "text", "m", "--", "zoo_jobs_total"), "a family can be merged")
    alike(gateway.shown(job="m")[0], names["zoo_level_ratio"] | names["zoo_flying"] | names["zoo_jobs_total"],
          "a merge leaves the others")
    ok(gateway.push("replace", "protobuf", "m", "--", "zoo_flying"), "a group can be replaced")
    alike(gateway.shown(job="m")[0], names["zoo_flying"], "a replacement leaves nothing else")
    ok(gateway.push("merge", "text", "m", "a=b", "--", "zoo_level_ratio"), "another group can be pushed")
    ok(gateway.push("delete", "text", "m"), "a group can be deleted")
    expect(gateway.shown(job="m")[0] == {}, "the group is deleted")
    alike(gateway.shown(job="m", a="b")[0], names["zoo_level_ratio"], "another group stays")
    ok(gateway.push("delete", "text", "m"), "a group that is not there can be deleted")


def test_grouping(gateway):
    want = page("zoo_flying")[0]
    groups = [
        ("plain", {"instance": "host-1"}), ("a/b", {"path": "/var/tmp"}), ("e", {"empty": "", "behind": "x"}),
        ("d", {"dot": ".", "dots": ".."}), ("s", {"slashes": "//", "end": "/"}), ("ü ö", {"name": "Προμηθεύς"}),
        ("odd", {"a": " %?#&+=:;,\"'\\<>|^`{}", "b": "%2F", "c": "a\nb\t\x01\x7f", "d": "+"}),
        ("base64", {"a": "L3Zhci90bXA", "b": "@base64", "c": "="}), ("...", {"long": "x/" * 512}),
    ]
    for job, grouping in groups:
        rest = [f"{name}={value}" for name, value in grouping.items()]
        ok(gateway.push("replace", "text", job, *rest, "--", "zoo_flying"), f"{grouping} can be a group")
        alike(gateway.shown(job=job, **grouping)[0], want, f"{job!r} {grouping} is shown")
        ok(gateway.push("delete", "text", job, *rest), f"{grouping} can be deleted")
        expect(gateway.shown(job=job, **grouping)[0] == {}, f"{grouping} is deleted")


def test_errors(gateway):
    """The type of a family is another one already; and a request breaks off inside a line, as tacho's do."""
    request = urllib.request.Request(gateway.url + "/metrics/job/other", method="PUT",
                                     data=b"# TYPE zoo_flying counter\nzoo_flying 1\n")
    urllib.request.urlopen(request, timeout=10).close()
    status, words = gateway.push("replace", "text", "e", "--", "zoo_flying")
    expect(status == 1 and "it answers 400: pushed metrics are invalid" in words, f"a refusal is told: {words}")
    expect("\n" not in words, "a refusal is one line")
    with socket.create_connection(("127.0.0.1", gateway.port)) as client:
        client.sendall(b"PUT /metrics/job/other HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                       b"16\r\nzoo_flying 22\nzoo_tw\r\n")
        client.shutdown(socket.SHUT_WR)
        client.recv(1000)
    found = gateway.shown(job="other")[0]
    expect(found == {("zoo_flying", frozenset()): 1}, f"a request that breaks off changes nothing: {found}")
    gateway.push("delete", "text", "other")


def test_login(gateway):
    families = ("--", "zoo_flying")
    right = {"PUSH_USER": "Aladdin", "PUSH_PASSWORD": "open sesame"}
    status, words = gateway.push("replace", "text", "l", *families)
    expect(status == 1 and "it answers 401" in words, f"without a password there is a 401: {words}")
    status, words = gateway.push("replace", "text", "l", *families, **{**right, "PUSH_PASSWORD": "opensesame"})
    expect(status == 1 and "it answers 401" in words and "sesame" not in words, f"a wrong password is a 401: {words}")
    ok(gateway.push("replace", "text", "l", *families, **right), "with the password a push behind a prefix is taken")
    gateway.headers = {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}
    alike(gateway.shown(job="l")[0], page("zoo_flying")[0], "what was pushed with a password is shown")


def out_of_time(*_):
    raise RuntimeError(f"not through within {SECONDS} s")


def run(tests, *arguments):
    with tempfile.TemporaryDirectory(prefix="tacho-pushgateway-") as dir:
        gateway = Gateway(pathlib.Path(dir), *arguments)
        try:
            for test in tests:
                test(gateway)
        finally:
            gateway.stop()
            if problems:
                print((pathlib.Path(dir) / "gateway.log").read_text()[-2000:], file=sys.stderr)


def main():
    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(SECONDS)
    run([test_formats, test_methods, test_grouping, test_errors])
    run([test_login], "push", USERS)
    print(f"{promises} promises, {len(problems)} broken")
    sys.exit(1 if problems else 0)


main()
