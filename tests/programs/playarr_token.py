#!/usr/bin/env python3
"""The playarr exporter as its admin and its scrapers see it: what each answers, and that no token is in its log.

    playarr_token.py SOURCE_DIR BUILD_DIR
"""

import contextlib
import json
import os
import pathlib
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

PROGRAM = pathlib.Path(sys.argv[2]).resolve() / "examples" / "playarr_exporter"
ADMIN = "admin-of-this-test"
SHOW = "/api/settings/metrics"
MISSING = '{"error":"Missing or invalid Authorization header"}'
WRONG = '{"error":"Invalid metrics token"}'
FAILURE = '{"error":"Internal server error"}'
TEXT = "text/plain; version=0.0.4; charset=utf-8"
problems = []


def expect(truth, words):
    if not truth:
        problems.append(words)


class Exporter:
    """A running exporter and everything it says."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([PROGRAM, "--demo", "--listen", "127.0.0.1:0", *arguments], text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.log = ""
        for line in self.process.stderr:
            self.log += line
            if "serving http://" in line:
                break
        else:
            raise SystemExit(f"playarr_token: the exporter does not serve: {self.log}")
        self.base = self.log[self.log.index("http://"):].split("/metrics")[0]
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        self.log += self.process.stderr.read()

    def ask(self, path, authorization=None, method="GET", host=None):
        """(status, content type, body)."""
        fields = {"Authorization": authorization} if authorization is not None else {}
        if host:
            fields["Host"] = host
        request = urllib.request.Request(self.base + path, None, fields, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read().decode()

    def value(self, method, path):
        status, kind, body = self.ask(path, "Bearer " + ADMIN, method)
        expect(status == 200 and kind == "application/json", f"{method} {path}: {status} {kind}")
        token = json.loads(body)["value"] if status == 200 else ""
        expect(body == '{"value":"%s"}' % token, f"{method} {path}: another body")
        return token

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        out = self.process.stdout.read()
        status = self.process.wait(60)
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        expect(status == 0, f"it ended with status {status}: {self.log}")
        return self.log + out


def check_table(exporter, token):
    """Every row of what the endpoint answers."""
    other = "0" * 64
    for authorization, status, kind, body in (
            (None, 401, "application/json", MISSING),
            ("", 401, "application/json", MISSING),
            ("Basic eDp5", 401, "application/json", MISSING),
            (token, 401, "application/json", MISSING),
            ("Bearer" + token, 401, "application/json", MISSING),
            ("Bearer " + other, 401, "application/json", WRONG),
            ("Bearer " + token[:-1], 401, "application/json", WRONG),
            ("Bearer " + token + "0", 401, "application/json", WRONG),
            ("Bearer " + ADMIN, 401, "application/json", WRONG),
            ("Bearer " + token, 200, TEXT, None)):
        for path in ("/metrics", "/metrics?name=x"):
            got = exporter.ask(path, authorization)
            expect(got[:2] == (status, kind) and body in (None, got[2]), f"{path} for {authorization!r}: {got[:2]}, {got[2][:80]}")
    expect("playarr_main_titles_count{" in exporter.ask("/metrics", "Bearer " + token)[2], "the metrics are missing")
    for authorization in (None, "Bearer " + token, "Bearer " + other):
        for method, path in (("GET", SHOW), ("POST", SHOW + "/regenerate")):
            status, _, body = exporter.ask(path, authorization, method)
            expect(status == 401 and token not in body, f"{method} {path} for {authorization!r}: {status}")
    expect(exporter.ask(SHOW, "Bearer " + ADMIN, host="stranger.example")[0] == 403, "a stranger's name is served")


def check_life(directory):
    """Made, kept, regenerated, kept over a restart; a failure keeps the old one."""
    tokens = directory / "tokens"
    tokens.mkdir()
    file, admin = tokens / "scrape", directory / "admin"
    admin.write_text(ADMIN + "\n")
    admin.chmod(0o600)
    arguments = ("--token-file", file, "--admin-token-file", admin)
    exporter = Exporter(*arguments)
    first = file.read_text().strip()
    expect(len(first) == 64 and set(first) <= set("0123456789abcdef"), "the token is not 64 hexadecimal digits")
    expect(stat.S_IMODE(file.stat().st_mode) == 0o600, f"the file has mode {file.stat().st_mode:o}")
    expect("made a token" in exporter.log, "the log does not say that a token was made")
    expect(exporter.value("GET", SHOW) == first, "another token is shown")
    check_table(exporter, first)
    second = exporter.value("POST", SHOW + "/regenerate")
    expect(exporter.ask("/metrics", "Bearer " + first) == (401, "application/json", WRONG), "the old token is still valid")
    expect(exporter.ask("/metrics", "Bearer " + second)[0] == 200, "the new token is refused")
    expect(second not in (first, "") and file.read_text() == second + "\n", "the file has another token")
    expect(stat.S_IMODE(file.stat().st_mode) == 0o600 and os.listdir(tokens) == ["scrape"], "something is left over")
    tokens.rename(directory / "away")
    got = exporter.ask(SHOW + "/regenerate", "Bearer " + ADMIN, "POST")
    expect(got == (500, "application/json", FAILURE), f"without a directory: {got}")
    expect(exporter.ask("/metrics", "Bearer " + second)[0] == 200, "a failure cost the old token")
    (directory / "away").rename(tokens)
    expect(exporter.value("GET", SHOW) == second, "another token is shown after the failure")
    said = exporter.end()
    exporter = Exporter(*arguments)
    expect(exporter.ask("/metrics", "Bearer " + second)[0] == 200, "the token does not outlive a restart")
    expect("made" not in exporter.log, "the second start says that a token was made")
    said += exporter.end()
    for token in (first, second, ADMIN):
        expect(token not in said, f"a token is in the log: {said}")


def refused(status, words, *arguments):
    done = subprocess.run([PROGRAM, "--demo", "--listen", "127.0.0.1:0", *arguments], capture_output=True, text=True,
                          timeout=60, check=False)
    expect(done.returncode == status and words in done.stderr, f"{arguments}: {done.returncode}, {done.stderr}")
    return done.stderr


def check_mistakes(directory):
    file, admin = directory / "mistaken", directory / "admin"
    file.write_text("not-a-token-but-a-secret\n")
    file.chmod(0o600)
    expect("a-secret" not in refused(1, "64 digits", "--token-file", file), "what is in a file is told")
    refused(1, "No such file", "--token-file", directory / "missing" / "token")
    refused(2, "needs --token-file", "--admin-token-file", admin)
    refused(2, "same file", "--token-file", admin, "--admin-token-file", admin)
    refused(1, "--admin-token-file", "--token-file", directory / "new", "--admin-token-file", directory / "missing")
    expect(not (directory / "new").exists(), "a token was made although it cannot serve")
    admin.write_text("")
    refused(1, "--admin-token-file", "--token-file", directory / "new", "--admin-token-file", admin)
    once = subprocess.run([PROGRAM, "--demo", "--once", "--token-file", directory / "once"], capture_output=True, timeout=60,
                          check=False)
    expect(once.returncode == 0 and not (directory / "once").exists(), "--once makes a token")
    described = subprocess.run([PROGRAM, "--describe", "--token-file", directory / "once"], capture_output=True, timeout=60,
                               check=False)
    expect(described.returncode == 0 and not (directory / "once").exists(), "--describe makes a token")
    wanted = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout
    for word in ("--admin-token-file FILE", "/settings/metrics", "made\n      at the start when FILE is missing"):
        expect(word in wanted, f"--help does not say {word!r}")


def check_without_admin(directory):
    exporter = Exporter("--token-file", directory / "alone")
    for path in (SHOW, SHOW + "/regenerate", "/settings/metrics"):
        expect(exporter.ask(path, "Bearer " + ADMIN)[0] == 404, f"{path} is there without an admin")
    expect(exporter.ask("/metrics")[0] == 401, "the metrics are open")
    exporter.end()


def check_wait(directory):
    """Somebody who has yet to write the admin's token into a pipe is waited for, but not against an order to end."""
    pipe = directory / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen([PROGRAM, "--demo", "--listen", "127.0.0.1:0", "--token-file", directory / "waiting",
                                "--admin-token-file", pipe], stderr=subprocess.DEVNULL)
    writer = -1
    while writer < 0 and process.poll() is None:
        with contextlib.suppress(OSError):
            writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)  # works as soon as somebody reads
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        problems.append("SIGTERM does not end an exporter that waits for a token")
        process.kill()
        process.wait()
    if writer >= 0:
        os.close(writer)


def main():
    if not PROGRAM.exists():
        print("skipped: playarr_exporter is not built")
        return 77
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        check_life(directory)
        check_without_admin(directory)
        check_mistakes(directory)
        check_wait(directory)
    print("\n".join(problems) or "playarr_token: ok")
    return 1 if problems else 0


sys.exit(main())
