#!/usr/bin/env python3
"""What the units of examples/systemd start, started as systemd would: with a listening socket as descriptor 3, the tokens in
a directory of credentials, and the command line of the service. It is scraped, takes an event, and ends cleanly.

usage: systemd.py SOURCE_DIR BUILD_DIR

systemd itself is not needed; where systemd-analyze is installed it has to find the units without fault.
"""

import os
import pathlib
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

source, build = map(pathlib.Path, sys.argv[1:3])
sys.path.insert(0, str(source / "tests" / "formats"))
import check  # noqa: E402

UNITS = source / "examples" / "systemd"
EXPORTER = build / "examples" / "qbsync_exporter"
LAUNCHER = 'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@" 3<&'
SECONDS = 60


def fail(words):
    sys.exit(f"systemd.py: {words}")


def settings(unit):
    """{name: [value, ...]} of a unit."""
    found = {}
    for line in (UNITS / unit).read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def analyze(where):
    """systemd's own opinion, with the program where it was built."""
    if not shutil.which("systemd-analyze"):
        print("systemd-analyze is missing: the units are not checked by it")
        return
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace("/usr/local/bin/qbsync_exporter", str(EXPORTER.resolve()))
        (where / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", *map(str, where.glob("*.s*"))], capture_output=True, text=True,
                          check=False)
    if done.returncode or "qbsync-exporter" in done.stderr:
        fail(f"systemd-analyze finds: {done.stderr}")
    print("systemd-analyze finds no fault in the units")


def status(url, **fields):
    request = urllib.request.Request(url, headers={name.capitalize(): value for name, value in fields.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


def sent(url, token):
    code, page = status(url, authorization="Bearer " + token)
    if code != 200:
        fail(f"a scrape with the token is answered with {code}")
    for family in check.parse(page, "text", "underscores"):
        if family.name == "qbsync_pieces_sent_total":
            return sum(point.value for point in family.points)
    return fail("there is no qbsync_pieces_sent_total")


def use(port, events):
    url = f"http://127.0.0.1:{port}/metrics"
    if (code := status(url)[0]) != 401:
        fail(f"a scrape without a token is answered with {code}")
    if (code := status(url, host="evil.example")[0]) != 403:
        fail(f"a stranger's host is answered with {code}")
    before = sent(url, "first")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.connect(str(events))
        client.sendall(b"piece_sent connection=0 bytes=1048576 seconds=0.042\n")
    while sent(url, "second") != before + 1:
        pass  # until the alarm
    print(f"qbsync_pieces_sent_total went from {before:g} to {before + 1:g}")


def main():
    service, where_it_listens = settings("qbsync-exporter.service"), settings("qbsync-exporter.socket")["ListenStream"]
    if len(where_it_listens) != 1 or not where_it_listens[0].startswith("127.0.0.1:"):
        fail("the unit of the socket does not listen on loopback")
    for name in ("DynamicUser", "NoNewPrivileges", "PrivateNetwork"):
        if service.get(name) != ["yes"]:
            fail(f"the service does not say {name}=yes")
    if service.get("ProtectSystem") != ["strict"]:
        fail("the service does not say ProtectSystem=strict")
    signal.signal(signal.SIGALRM, lambda *_: fail(f"not done within {SECONDS} s"))
    signal.alarm(SECONDS)
    with tempfile.TemporaryDirectory(prefix="tacho-systemd-") as name:
        where = pathlib.Path(name)
        analyze(where)
        credential = service["LoadCredential"][0].partition(":")[0]
        (where / credential).write_text("first\nsecond\n", encoding="ascii")
        (where / credential).chmod(0o400)
        events = where / "events.sock"
        [command] = service["ExecStart"]
        runtime = "/run/" + service["RuntimeDirectory"][0]
        command = command.replace("${CREDENTIALS_DIRECTORY}", name).replace(runtime, name)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            fd, port = listener.fileno(), listener.getsockname()[1]
            exporter = subprocess.Popen(["bash", "-c", LAUNCHER + str(fd), "bash", EXPORTER, *shlex.split(command)[1:]],
                                        pass_fds=[fd], cwd="/")
        try:
            use(port, events)  # who connects before it serves waits in the socket's queue
        finally:
            exporter.terminate()
            ended = exporter.wait()
    if ended != 0:
        fail(f"the exporter ended with status {ended} after SIGTERM")
    signal.alarm(0)


main()
