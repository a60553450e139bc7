#!/usr/bin/env python3
"""Scrape a qbsync exporter for a while and check what a user of it would see.

    qbsync_live.py URL METRIC_SETS_DIR SECONDS

Every 2 s: check_exposition.py finds 75 families and no problem, and every rule on values holds. At the end: counters
never went back, at least 50 families changed within the first 20 s and at least 60 over all, and series of torrents
appeared and vanished together. Only the standard library is used.
"""

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
    """{family: {(sample name, labels): value}} and {family: type}, families of qbsync only."""
    families, types, family = {}, {}, None
    for line in text.splitlines():
        if match := TYPE.match(line):
            family = match[1]
            types[family] = match[2]
            families[family] = {}
        elif not line.startswith("#") and line:
            match = SAMPLE.match(line)
            families[family][match[1], match[2] or ""] = float(match[3])
    return ({name: samples for name, samples in families.items() if name.startswith("qbsync_")}, types)


def one(families, name, labels=""):
    return families[name][name, labels]


def by_labels(families, name):
    return {labels: value for (_, labels), value in families[name].items()}


def check_form(text, sets):
    result = subprocess.run([sys.executable, sets / "check_exposition.py", "--partial", "--check-help",
                             sets / "qbsync.tsv"], input=text, text=True, capture_output=True, check=False)
    totals = result.stdout.splitlines()[-1] if result.stdout else result.stderr
    expect(result.returncode == 0 and totals.startswith("75 families"), result.stdout + result.stderr)
    return totals


def check_rules(families):
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


def check_monotonic(before, after, types):
    for name, samples in after.items():
        if types[name] == "gauge":
            continue
        for key, value in before[name].items():
            expect(key in samples, f"a series of {name} vanished")
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
    url, sets, seconds = sys.argv[1], pathlib.Path(sys.argv[2]), float(sys.argv[3])
    check_probes(url)
    start = time.monotonic()
    first, moved, moved_early, before = None, set(), set(), None
    ever, appeared, vanished, scrapes, totals = set(), set(), set(), 0, ""
    while True:
        text = fetch(url)
        elapsed = time.monotonic() - start
        scrapes += 1
        totals = check_form(text, sets)
        families, types = parse(text)
        torrents = check_rules(families)
        if first is None:
            first, initial = families, torrents
        else:
            check_monotonic(before, families, types)
            moved |= changed(first, families)
            if elapsed <= 20.5:
                moved_early = set(moved)
        appeared |= torrents - initial
        vanished |= ever - torrents
        ever |= torrents
        before = families
        if elapsed >= seconds:
            break
        time.sleep(max(0.0, start + scrapes * INTERVAL - time.monotonic()))
    still = sorted(set(first) - moved)
    print(f"{scrapes} scrapes in {elapsed:.0f} s, each with 0 problems and every rule; last: {totals}"
          if not problems else f"{len(problems)} problems in {scrapes} scrapes")
    print(f"{len(moved_early)} families moved within 20 s, {len(moved)} in all; still: {' '.join(still) or 'none'}")
    print(f"series of torrents: {len(appeared)} appeared, {len(vanished)} vanished, {len(ever)} seen")
    expect(len(moved_early) >= 50, "fewer than 50 families moved within 20 s")
    expect(seconds < 60 or len(moved) >= 60, "fewer than 60 families moved")
    expect(appeared and vanished, "no torrent came or went")
    sys.exit(1 if problems else 0)


main()
