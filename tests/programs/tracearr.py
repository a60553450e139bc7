#!/usr/bin/env python3
"""The tracearr exporter on a stub of Tracearr's API: what it shows of recorded answers, and what it does when they fail.

    tracearr.py SOURCE_DIR BUILD_DIR
"""

import atexit
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import _stub_tracearr

SOURCE, BUILD = Path(sys.argv[1]), Path(sys.argv[2])
EXPORTER = BUILD / "examples" / "tracearr_exporter"
TABLE = SOURCE / "examples" / "tracearr" / "tracearr.tsv"
CHECK = SOURCE / "tests" / "metric-sets" / "check_exposition.py"
TOKEN, WRONG = "trr_pub_right-TOKEN_1", "trr_pub_wrong-TOKEN_2"
ATTIC = 'Attic \\"old\\" \u00e9\U0001f3ac'
DEADLINE = 1.0
SLACK = 4.0  # of a machine that does something else
FAMILIES = {"servers": "server_up", "streams": "streams", "users": "users", "violations": "violations",
            "plays": "plays_today", "library": "library_items"}
problems = []


def expect(condition, words):
    if not condition:
        problems.append(words)
        print(f"FAILED: {words}", file=sys.stderr)


class Exporter:
    """The exporter on a port of its own; what it says on standard error is in `log`."""

    def __init__(self, arguments):
        self.log = tempfile.NamedTemporaryFile("w+")
        self.process = subprocess.Popen([EXPORTER, "--listen", "127.0.0.1:0", *arguments], stderr=self.log)
        atexit.register(self.process.kill)  # of a test that ends early; one that has ended is left alone
        for _ in range(300):
            if found := re.search(r"http://\S+/metrics", self.said()):
                break
            if self.process.poll() is not None:
                raise SystemExit(f"the exporter ended: {self.said()}")
            time.sleep(0.1)
        self.url = found[0]

    def said(self):
        return Path(self.log.name).read_text("utf-8")

    def scrape(self):
        """Series and their values, and how long it took; no prefix."""
        start = time.monotonic()
        with urllib.request.urlopen(self.url, timeout=60) as answer:
            text = answer.read().decode()
        lines = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        self.text = text
        return {name.removeprefix("tracearr_"): float(value) for name, value in lines}, time.monotonic() - start

    def end(self, status=0):
        self.process.terminate()
        expect(self.process.wait(60) == status, f"the exporter ended with {self.process.returncode}: {self.said()}")


def api(stub, token_file, *more):
    return Exporter(["--api", stub.url, "--api-token-file", token_file, "--deadline", str(int(DEADLINE * 1000)),
                     "--library-cache", "1", *more])


def success(page, group):
    return page.get(f'tacho_collector_success{{collector="tracearr_{group}"}}')


def shows(page, group):
    return any(series.startswith(FAMILIES[group] + "{") for series in page)


WANT = {
    'server_up{server="Den",platform="plex"}': 1,
    f'server_up{{server="{ATTIC}",platform="jellyfin"}}': 0,
    'server_up{server="Shed",platform="emby"}': 1,
    'exporter_entries_skipped{group="servers"}': 1,  # a platform that is not known
    'sessions{server="Den",state="playing"}': 2, 'sessions{server="Den",state="paused"}': 1,
    'sessions{server="Shed",state="playing"}': 1, 'sessions{server="Shed",state="paused"}': 0,
    f'sessions{{server="{ATTIC}",state="playing"}}': 0, 'sessions{server="Radio",state="paused"}': 0,
    'streams{server="Den",decision="direct_play"}': 1, 'streams{server="Den",decision="direct_stream"}': 2,
    'streams{server="Den",decision="transcode"}': 1, 'streams{server="Shed",decision="direct_play"}': 1,
    f'streams{{server="{ATTIC}",decision="transcode"}}': 0,
    'stream_bandwidth_bytes_per_second{server="Den",decision="direct_play"}': 2500000,
    'stream_bandwidth_bytes_per_second{server="Den",decision="direct_stream"}': 0,
    'stream_bandwidth_bytes_per_second{server="Den",decision="transcode"}': 500000,
    'stream_bandwidth_bytes_per_second{server="Shed",decision="direct_play"}': 187562.5,
    'streams_by_codec{server="Den",kind="video",codec="hevc"}': 1,
    'streams_by_codec{server="Den",kind="video",codec="h264"}': 2,
    'streams_by_codec{server="Den",kind="audio",codec="truehd"}': 1,
    'streams_by_codec{server="Den",kind="audio",codec="ac3"}': 1,
    'streams_by_codec{server="Den",kind="audio",codec="aac"}': 1,
    'streams_by_codec{server="Den",kind="audio",codec="flac"}': 1,
    'streams_by_codec{server="Shed",kind="video",codec="h264"}': 1,
    'streams_by_codec{server="Shed",kind="audio",codec="aac"}': 1,
    'users_online{server="Den"}': 3, 'users_online{server="Shed"}': 1, f'users_online{{server="{ATTIC}"}}': 0,
    'exporter_entries_skipped{group="streams"}': 4,  # a state, a bit rate, a server's name, an entry
    'users{server="Den"}': 3, 'users{server="Shed"}': 4, f'users{{server="{ATTIC}"}}': 0,
    'users_by_trust_score{band="0-24"}': 2, 'users_by_trust_score{band="25-49"}': 0,
    'users_by_trust_score{band="50-74"}': 1, 'users_by_trust_score{band="75-99"}': 1, 'users_by_trust_score{band="100"}': 2,
    'trust_score_min{server="Den"}': 24, 'trust_score_min{server="Shed"}': 0,
    'exporter_entries_skipped{group="users"}': 1,
    'violations{rule="impossible_travel",severity="high",acknowledged="false"}': 1,
    'violations{rule="concurrent_streams",severity="warning",acknowledged="true"}': 1,
    'violations{rule="concurrent_streams",severity="warning",acknowledged="false"}': 2,
    'violations{rule="geo_restriction",severity="low",acknowledged="false"}': 0,
    'exporter_entries_skipped{group="violations"}': 1,
    'plays_today{server="Den"}': 47, f'plays_today{{server="{ATTIC}"}}': 0, 'plays_today{server="Shed"}': 5,
    'library_items{server="Den",media_type="movie"}': 2140, 'library_items{server="Den",media_type="episode"}': 31007,
    'library_items{server="Den",media_type="track"}': 101, 'library_items{server="Shed",media_type="album"}': 0,
    'exporter_entries_skipped{group="plays"}': 1, 'exporter_entries_skipped{group="library"}': 1,  # an id that is none
}
COUNTS = {"server_up": 3, "sessions": 8, "streams": 12, "stream_bandwidth_bytes_per_second": 12, "streams_by_codec": 8,
          "users_online": 4, "users": 4, "users_by_trust_score": 5, "trust_score_min": 2, "violations": 36, "rules": 0,
          "violations_seen_total": 18, "plays_today": 3, "library_items": 21, "library_bytes": 0, "server_cpu_ratio": 0,
          "server_memory_ratio": 0, "server_transcoder_ratio": 0, "server_network_bytes_per_second": 0}


def check_values(exporter):
    page, _ = exporter.scrape()
    for series, want in WANT.items():
        expect(page.get(series) == want, f"{series} is {page.get(series)}, not {want}")
    for family, want in COUNTS.items():
        got = sum(series.startswith(family + "{") for series in page)
        expect(got == want, f"{family} has {got} series, not {want}")
    done = subprocess.run([sys.executable, "-B", CHECK, TABLE, "--declared-only", "--partial", "--check-help"],
                          input=exporter.text, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, done.stdout)


def check_seen(stub, exporter):
    """What is on record at the start is not new; what comes later is, once."""
    name = 'violations_seen_total{rule="impossible_travel",severity="high"}'
    records = stub.answers["violations"]
    expect(exporter.scrape()[0][name] == 0, "violations on record were new")
    records.insert(0, {**records[0], "id": "v6"})
    exporter.scrape()
    expect(exporter.scrape()[0][name] == 1, "a new violation was not counted once")
    del records[0]
    exporter.scrape()
    page = exporter.scrape()[0]
    expect(page[name] == 1, "a violation that was dismissed changed the counter")
    expect(page['violations{rule="impossible_travel",severity="high",acknowledged="false"}'] == 1, "it is still there")


def check_servers_go(stub, exporter):
    servers = stub.answers["health"]["servers"]
    gone = servers.pop()
    shed = servers.pop()
    page, _ = exporter.scrape()
    expect(not any('server="Shed"' in series and series.startswith(("server_up", "plays")) for series in page), "Shed stays")
    servers += [shed, gone]


def check_failure(stub, exporter, manner, group, words):
    """One endpoint fails: its families go, the others are there and fresh, and standard error says why."""
    endpoint = {"plays": "stats/today", "library": "library/items", "servers": "health"}.get(group, group)
    streams = stub.answers["streams"]["data"]
    errors = 'exporter_request_errors_total{endpoint="%s"}' % endpoint.replace("/", "_")
    before = exporter.scrape()[0][errors]
    stub.manners[endpoint] = manner
    streams.append({**streams[0], "username": "Fresh"})
    time.sleep(0.01)  # longer than the library is kept
    page, seconds = exporter.scrape()
    hangs = manner in ("hang", "slow")
    expect(seconds < (DEADLINE if hangs else 0) + SLACK, f"{manner}: a scrape took {seconds:.1f} s")
    failing = set(FAMILIES) - {"violations"} if endpoint == "health" else {group}
    for other in FAMILIES:
        if other == "library" and failing != {"library"}:
            continue  # it keeps what it had
        fails = other in failing
        expect(success(page, other) == (not fails), f"{manner}: success of {other} is {success(page, other)}")
        expect(shows(page, other) == (not fails or other == "library"), f"{manner}: {other} is {'' if fails else 'not '}shown")
    if "streams" not in failing:
        expect(page.get('users_online{server="Den"}') == 4, f"{manner}: the streams are not fresh")
    streams.pop()
    stub.wake()
    for _ in range(20):  # a run that was late is not waited for until it is back
        page, _ = exporter.scrape()
        if all(success(page, other) == 1 for other in FAMILIES):
            break
        time.sleep(0.1)
    expect(all(success(page, other) == 1 for other in FAMILIES), f"{manner}: no recovery")
    if manner not in ("changing", "shifting"):  # of which every answer is good
        expect(exporter.scrape()[0][errors] > before, f"{manner}: no error was counted")
    if words:
        expect(words in exporter.said(), f"{manner}: '{words}' was not said, but: {exporter.said()}")


def check_fine(stub, exporter, manner, group):
    stub.manners[group] = manner
    page, _ = exporter.scrape()
    expect(success(page, group) == 1 and page.get('users_online{server="Den"}') == 3, f"{manner} is not understood")
    stub.wake()


def check_token(stub, directory):
    token_file = directory / "wrong"
    token_file.write_text(WRONG + "\n", "utf-8")
    exporter = api(stub, token_file)
    page, _ = exporter.scrape()
    expect(all(success(page, group) == 0 for group in FAMILIES), "a wrong token is taken")
    expect("refuses the token (status 401)" in exporter.said(), f"it was not said: {exporter.said()}")
    token_file.write_text(TOKEN, "utf-8")
    page, _ = exporter.scrape()
    expect(all(success(page, group) == 1 for group in FAMILIES if group != "library"), "the token was not read again")
    expect("can read the streams again" in exporter.said(), f"no word of that: {exporter.said()}")
    token_file.write_text("two words\n", "utf-8")
    exporter.scrape()
    os.remove(token_file)
    exporter.scrape()
    expect(not {TOKEN, WRONG, "two words"} & set(re.findall(r"[\w-]{9,}|two words", exporter.said())), "a token was said")
    expect(TOKEN not in exporter.text and WRONG not in exporter.text, "a token is shown")
    exporter.end()


def check_last(stub, token_file):
    exporter = api(stub, token_file, "--on-failure", "last")
    exporter.scrape()
    stub.manners["streams"] = 500
    page, _ = exporter.scrape()
    expect(success(page, "streams") == 0 and page.get('users_online{server="Den"}') == 3, "the last numbers are not shown")
    stub.wake()
    stub.manners.update({name: "hang" for name in stub.answers})
    exporter.scrape()
    exporter.end()  # soon, although everything hangs
    stub.wake()


def check_usage():
    for arguments, words in (((), "--api: name the URL"), (("--api", "https://a"), "--api-token-file"),
                             (("--api", "https://a", "--api-token-file", EXPORTER), "http://"),
                             (("--api", "http://u:secret@a", "--api-token-file", EXPORTER), "user or password"),
                             (("--api", "http://a", "--demo"), "goes without"), (("--deadline", "0"), "--deadline")):
        done = subprocess.run([EXPORTER, *arguments], capture_output=True, text=True, timeout=60, check=False)
        expect(done.returncode == 2 and words in done.stderr and "secret" not in done.stderr,
               f"{arguments}: {done.returncode}, {done.stderr}")
    for arguments in (("--api", "http://a", "--api-token-file", EXPORTER), ("--events", "/nonexistent/events")):
        described = subprocess.run([EXPORTER, *arguments, "--describe"], capture_output=True, text=True, timeout=60,
                                   check=False)
        expect(described.returncode == 0 and "tracearr_server_up" in described.stdout,
               f"--describe behind the options of a service, {arguments}: {described.returncode}, {described.stderr}")


def check_printed(arguments):
    done = subprocess.run([EXPORTER, *arguments, "--once"], capture_output=True, text=True, timeout=60, check=False)
    told = subprocess.run([sys.executable, "-B", CHECK, TABLE, "--check-help"], input=done.stdout, capture_output=True,
                          text=True, check=False)
    expect(done.returncode == 0 and not done.stderr and told.returncode == 0, f"{arguments}: {done.stderr}{told.stdout}")


def check_api(stub, directory):
    token_file = directory / "token"
    token_file.write_text(TOKEN + "\n", "utf-8")
    exporter = api(stub, token_file)
    check_values(exporter)
    check_seen(stub, exporter)
    check_servers_go(stub, exporter)
    expect(exporter.scrape()[0]['server_up{server="Shed",platform="emby"}'] == 1, "Shed does not come back")
    check_fine(stub, exporter, "chunked", "streams")
    for manner, group, words in (
            ("hang", "streams", "no whole answer before the deadline"), ("hang", "servers", ""), ("slow", "users", ""),
            ("cut", "violations", "it was cut off"), ("cut_chunked", "streams", ""), ("garbage", "plays", "at byte 0"),
            ("no_http", "users", "does not begin as an HTTP/1 answer"), ("huge", "streams", ""),
            ("redirect", "plays", "which is not followed"), (500, "library", "status 500"), (404, "users", ""),
            ("changing", "users", ""), ("shifting", "users", "not as many entries as it says")):
        check_failure(stub, exporter, manner, group, words)
    expect(not any(endpoint.startswith("/") for endpoint, _ in stub.asked), "it was asked for something else")
    check_values(exporter)
    expect(TOKEN not in exporter.said(), "the token was said")
    exporter.end()
    check_last(stub, token_file)


def main():
    if not EXPORTER.exists():
        print("tracearr: skipped: the example is not built")
        return 77
    check_printed(["--demo"])
    check_printed(["--events", SOURCE / "examples" / "tracearr" / "sample.events"])
    check_usage()
    stub = _stub_tracearr.Stub(Path(__file__).parent / "tracearr", TOKEN)
    with tempfile.TemporaryDirectory() as directory:
        check_api(stub, Path(directory))
        check_token(stub, Path(directory))
    stub.close()
    print("tracearr: ok" if not problems else f"tracearr: {len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
