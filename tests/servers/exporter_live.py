#!/usr/bin/env python3
"""Scrape an exporter's demo for a while and check what a user of it would see.

    exporter_live.py NAME URL METRIC_SETS_DIR SECONDS

NAME is a row of SUBJECTS below. Every 2 s: check_exposition.py finds all families and no problem, and every rule on
values holds. At the end: counters never went back, and enough families changed, within the first 20 s and over all.
Only the standard library is used.
"""

import dataclasses
import pathlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+)$')
TYPE = re.compile(r'# TYPE (\S+) (\S+)$')
PER_TORRENT = ["qbsync_torrent_pieces", "qbsync_torrent_pieces_streamed", "qbsync_torrent_size_bytes"]
INTERVAL = 2.0

problems = []


def expect(holds, what):
    if not holds:
        problems.append(what)
        print(what, file=sys.stderr)


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode("utf-8")


def parse(text):
    """{family: {(sample name, labels): value}} and {family: type}, without the exporter's own families."""
    families, types, family = {}, {}, None
    for line in text.splitlines():
        if match := TYPE.match(line):
            family = match[1]
            types[family] = match[2]
            families[family] = {}
        elif not line.startswith("#") and line:
            match = SAMPLE.match(line)
            families[family][match[1], match[2] or ""] = float(match[3])
    return ({name: samples for name, samples in families.items() if not name.startswith("tacho_")}, types)


def one(families, name, labels=""):
    return families[name][name, labels]


def by_labels(families, name):
    return {labels: value for (_, labels), value in families[name].items()}


# ---- Rules on values; what a rule returns are series that come and go ---------------------------------------------


def qbsync_rules(families):
    pieces, streamed, size = (by_labels(families, name) for name in PER_TORRENT)
    waiting = by_labels(families, "qbsync_oldest_pending_sync_seconds")
    expect(pieces.keys() == streamed.keys() == size.keys(), "the gauges of a torrent are not of one snapshot")
    expect(pieces.keys() <= waiting.keys(), "a torrent with progress does not wait")
    for labels in pieces.keys() & streamed.keys():
        expect(streamed[labels] <= pieces[labels], f"more pieces streamed than there are: {labels}")
    expect(one(families, "qbsync_stream_pool_size") <= one(families, "qbsync_stream_pool_max_size"), "pool size")
    expect(one(families, "qbsync_grpc_connections_active") <= one(families, "qbsync_grpc_connections_configured"),
           "active connections")
    expect(one(families, "qbsync_ack_channel_blocked_total") ==
           one(families, "qbsync_receive_acks_exit_total", '{reason="ack_channel_blocked"}'), "blocked channels")
    return set(pieces)


def no_rules(_families):
    return set()


MORE_FAILURES = "dragonfly_scheduler_register_persistent_cache_peer_failure_total"  # also counts something else


def dragonfly_rules(families):
    for name in families:
        whole = name.replace("_failure_total", "_total")
        if whole == name or whole not in families or name == MORE_FAILURES:
            continue
        tried = by_labels(families, whole)
        for labels, failures in by_labels(families, name).items():
            expect(failures <= tried.get(labels, 0), f"{name}{labels} is above {whole}")
    if "disk_space_total" in families:
        expect(one(families, "disk_usage_space_total") <= one(families, "disk_space_total"), "more used than there is")
    started = by_labels(families, "grpc_server_started_total")
    handled = dict.fromkeys(started, 0)
    for labels, value in by_labels(families, "grpc_server_handled_total").items():
        handled[re.sub(r',grpc_code="\w+"', "", labels)] += value
    for labels, value in handled.items():
        expect(value <= started[labels], f"more calls ended than began: {labels}")
    return set()


@dataclasses.dataclass
class Subject:
    options: list[str]   # of check_exposition.py, with the tables
    families: int        # that it finds
    rules: callable
    early: int           # families that change within 20 s
    all: int             # and within a minute
    comes_and_goes: bool # series of the rules


GRPC = ["--check-help", "--partial-label", "grpc_type", "--complete-groups", "grpc-server.tsv"]
SUBJECTS = {
    "qbsync": Subject(["--partial", "--check-help", "qbsync.tsv"], 75, qbsync_rules, 50, 60, True),
    "dragonfly-client": Subject([*GRPC, "dragonfly-client.tsv"], 37, dragonfly_rules, 30, 34, False),
    "dragonfly-manager": Subject([*GRPC, "dragonfly-manager.tsv"], 10, dragonfly_rules, 8, 9, False),
    "dragonfly-scheduler": Subject([*GRPC, "dragonfly-scheduler.tsv"], 65, dragonfly_rules, 50, 62, False),
    "playarr": Subject(["--check-help", "playarr.tsv"], 18, no_rules, 8, 16, False),
    "trackarr": Subject(["--check-help", "trackarr.tsv"], 55, no_rules, 38, 48, False),
    "tracearr": Subject(["--check-help", "../../examples/tracearr/tracearr.tsv"], 21, no_rules, 15, 19, False),
}


def check_form(subject, text, sets):
    options = [str(sets / option) if option.endswith(".tsv") else option for option in subject.options]
    result = subprocess.run([sys.executable, sets / "check_exposition.py", *options], input=text, text=True,
                            capture_output=True, check=False)
    totals = result.stdout.splitlines()[-1] if result.stdout else result.stderr
    expect(result.returncode == 0 and totals.startswith(f"{subject.families} families"), result.stdout + result.stderr)
    return totals


def check_monotonic(before, after, types):
    for name, samples in after.items():
        if types[name] == "gauge":
            continue
        for key, value in before[name].items():
            expect(key in samples, f"a series of {name} vanished")
            if 'quantile="' not in key[1]:
                expect(samples.get(key, value) >= value, f"{name} went back: {key}")


def changed(first, families):
    return {name for name in families if families[name] != first.get(name)}


def check_probes(url):
    base = "/".join(url.split("/")[:3])
    for path in ("/healthz", "/livez", "/readyz"):
        try:
            fetch(base + path)
        except urllib.error.HTTPError as error:
            expect(False, f"{path} says {error.code}")


def main():
    name, url, sets, seconds = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), float(sys.argv[4])
    subject = SUBJECTS[name]
    check_probes(url)
    start = time.monotonic()
    first, moved, moved_early, before = None, set(), set(), None
    ever, appeared, vanished, scrapes, totals = set(), set(), set(), 0, ""
    while True:
        text = fetch(url)
        elapsed = time.monotonic() - start
        scrapes += 1
        totals = check_form(subject, text, sets)
        families, types = parse(text)
        series = subject.rules(families)
        if first is None:
            first, initial = families, series
        else:
            check_monotonic(before, families, types)
            moved |= changed(first, families)
            if elapsed <= 20.5:
                moved_early = set(moved)
        appeared |= series - initial
        vanished |= ever - series
        ever |= series
        before = families
        if elapsed >= seconds:
            break
        time.sleep(max(0.0, start + scrapes * INTERVAL - time.monotonic()))
    still = sorted(set(first) - moved)
    print(f"{name}: {scrapes} scrapes in {elapsed:.0f} s, each with 0 problems and every rule; last: {totals}"
          if not problems else f"{name}: {len(problems)} problems in {scrapes} scrapes")
    print(f"{len(moved_early)} families moved within 20 s, {len(moved)} in all; still: {' '.join(still) or 'none'}")
    expect(len(moved_early) >= subject.early, f"fewer than {subject.early} families moved within 20 s")
    expect(seconds < 60 or len(moved) >= subject.all, f"fewer than {subject.all} families moved")
    if subject.comes_and_goes:
        print(f"series that come and go: {len(appeared)} appeared, {len(vanished)} vanished, {len(ever)} seen")
        expect(appeared and vanished, "no series came or went")
    sys.exit(1 if problems else 0)


main()
