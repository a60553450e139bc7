#!/usr/bin/env python3
"""Ask a trackarr exporter on real servers what it shows, while something happens to them.

    trackarr_live.py PHASE URL [ARGUMENT]

trackarr.sh, which starts the servers and stops and kills them, calls each phase. DATABASE_URL and REDIS_URL are those
of the exporter. Only the standard library is used, and the client psql.
"""

import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import trackarr_model as model

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{.*\})?) (\S+)$')
SETS = pathlib.Path(__file__).resolve().parent.parent / "metric-sets"
OF_USERS = ["users_total", 'users_by_role{role="member"}', "users_banned_total", "users_totp_enabled_total"]
OTHERS = ["torrents_total", "forum_posts_total", "shop_purchases_total", "freeleech_pool_points_target"]
OF_REDIS = ["peers_total", "seeders_total", "leechers_total", "redis_memory_bytes"]


def fail(words):
    print(f"trackarr_live.py: {words}", file=sys.stderr)
    sys.exit(1)


def expect(holds, words):
    if not holds:
        fail(words)


def fetch(url, token=None, method="GET", seconds=None):
    request = urllib.request.Request(url, method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if seconds:
        request.add_header("X-Prometheus-Scrape-Timeout-Seconds", str(seconds))
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode("utf-8")


def parse(text):
    return {match[1]: match[2] for match in map(SAMPLE.match, text.splitlines()) if match}


def scrape(url, seconds=None):
    """The series as text, and how long it took."""
    start = time.monotonic()
    page = parse(fetch(url, seconds=seconds))
    return page, time.monotonic() - start


def check_form(text):
    result = subprocess.run([sys.executable, SETS / "check_exposition.py", "--check-help", SETS / "trackarr.tsv"],
                            input=text, text=True, capture_output=True, check=False)
    expect(result.stdout == "55 families, 92 series, 0 problems\n", result.stdout + result.stderr)


def check_values(page, redis, what):
    """All that the model knows is shown; what ends between two looks may be seen either way."""
    for _ in range(5):
        want = model.expected(redis)
        wrong = {series: (page.get(series), value) for series, value in want.items()
                 if series not in page or float(page[series]) != float(value)}
        if not wrong:
            return
        if model.expected(redis) == want:
            fail(f"{what}: shown and expected: {wrong}")
    fail(f"{what}: the site does not stand still")


def has(page, families):
    return all("trackarr_" + name in page for name in families)


def has_none(page, families):
    return not any("trackarr_" + name in page for name in families)


def success(page, group):
    return page.get('tacho_collector_success{collector="trackarr_%s"}' % group)


def failures(page, query):
    return float(page['trackarr_exporter_query_failures_total{query="%s"}' % query])


def await_all(url, seconds=45):
    """Wait until every family is there again."""
    end = time.monotonic() + seconds
    while True:
        page, _ = scrape(url)
        if has(page, OF_USERS + OTHERS + OF_REDIS):
            return page
        expect(time.monotonic() < end, "not everything came back in time")
        time.sleep(0.2)


# ---- Phases ---------------------------------------------------------------------------------------------------------


def phase_values(url, _):
    redis = model.Redis(os.environ["REDIS_URL"])
    text = fetch(url)
    check_form(text)
    page = parse(text)
    check_values(page, redis, "after the seed")
    size = int(model.sql("SELECT pg_database_size(current_database())")[0])
    expect(abs(int(page["trackarr_database_size_bytes"]) - size) < 1 << 20, "the size of the database")
    expect(int(page["trackarr_redis_memory_bytes"]) > 500000, "the memory of Redis")
    zero = [series for series in model.expected(redis) if float(page[series]) == 0 and "{" not in series]
    expect(not zero, f"the seed leaves these at 0: {zero}")
    for reason in ("malformed", "stale", "wrong_type"):
        expect(float(page['trackarr_exporter_peers_skipped{reason="%s"}' % reason]) > 0, f"nothing was {reason}")
    print(f"{len(page)} series, every value as worked out from the rows")


def phase_fresh(url, _):
    redis = model.Redis(os.environ["REDIS_URL"])
    before, _ = scrape(url)
    model.sql("""BEGIN;
        INSERT INTO users (id, is_moderator) VALUES ('new-1', false), ('new-2', true);
        INSERT INTO torrents (id, size, moderation_status) VALUES ('new-1', 9007199254740993, 'rejected');
        INSERT INTO freeleech_pool_contributions VALUES ('new-1', 'cycle-5', 'new-1', 500);
        UPDATE freeleech_pool_cycles SET total_contributed = total_contributed + 500 WHERE id = 'cycle-5';
        DELETE FROM reports WHERE id IN (SELECT id FROM reports WHERE status = 'pending' LIMIT 1);
        COMMIT;""")
    redis.ask("HSET", "ot:peers:ffff", "x", '{"ip":"192.0.2.77","port":1,"isSeeder":false,"updatedAt":%d}'
              % (time.time() * 1000))
    after, _ = scrape(url)
    for series, step in (("users_total", 2), ('users_by_role{role="moderator"}', 1), ("torrents_total", 1),
                         ("reports_pending_total", -1), ("peers_total", 1), ("leechers_total", 1),
                         ("freeleech_pool_contributors_total", 1), ("freeleech_pool_points_current", 500),
                         ("torrents_bytes_total", 9007199254740993)):
        moved = int(after["trackarr_" + series]) - int(before["trackarr_" + series])
        expect(moved == step, f"{series} moved by {moved}, not by {step}")
    check_values(after, redis, "after the changes")
    print("rows of another client are in the next scrape, a sum beyond 2^53 to the last digit")


def phase_door(url, token):
    base = url.rsplit("/", 1)[0]
    for path in ("/healthz", "/-/healthy", "/livez", "/readyz"):
        expect(fetch(base + path).strip() in ("ok", "live", "ready"), path)
    for wrong, status in ((None, 401), ("x" + token, 401), (token[:-1], 401)):
        try:
            fetch(url, wrong)
            fail("scraped without the token")
        except urllib.error.HTTPError as error:
            expect(error.code == status and error.headers["WWW-Authenticate"] == 'Bearer realm="metrics"', error.code)
    for address, method, status in ((base + "/other", "GET", 404), (url, "POST", 405)):
        try:
            fetch(address, None, method)
            fail(f"{method} {address} was answered")
        except urllib.error.HTTPError as error:
            expect(error.code == status, f"{method} {address}: {error.code}")
    check_form(fetch(url + "?x=1", token))
    print("the door: probes without the token, metrics with it")


def phase_hostile(url, _):
    redis = model.Redis(os.environ["REDIS_URL"])
    changed = """BEGIN;
        INSERT INTO anticheat_flags (id, kind) VALUES ('h1', E'a"b\\\\c\\td\\ne'), ('h2', ''), ('h3', repeat('x', 1048576));
        INSERT INTO user_notification_routing VALUES ('h1', 'reply', E'\\n'), (E'a\\tb\\n', 'reply', 'ntfy');
        INSERT INTO torrents (id, size) SELECT 'h' || i, 9223372036854775807 FROM generate_series(1, 3) AS i;
        ALTER TABLE users RENAME COLUMN totp_enabled TO totp;
        UPDATE bonus_events SET ends_at = 'infinity' WHERE id = 'event-1';
        COMMIT;"""
    model.sql(changed)
    redis.ask("HSET", "ot:peers:hostile", "deep", "[" * 100000, "large", '{"ip":"' + "x" * 1000000 + '"', b"\xff\x00\r\n",
              b"\x00")
    page, _ = scrape(url)
    expect(has_none(page, ["users_totp_enabled_total", "bonus_event_active_ends_at_seconds"]), "a wrong value is shown")
    expect(has(page, ["users_total", "users_banned_total", "bonus_event_active", "bonus_active_download_multiplier"]),
           "others of the group are gone")
    for query in ("users_totp_enabled_total", "bonus_event_active_ends_at_seconds"):
        expect(failures(page, query) > 0, f"{query} is not named")
    expect(failures(page, "users_total") == 0, "a query is blamed that works")
    expect(success(page, "users") == "1", "the group of users has failed")
    exact = int(model.sql("SELECT sum(size) FROM torrents")[0])
    expect(exact > 1 << 64 and float(page["trackarr_torrents_bytes_total"]) == float(exact), "a sum beyond 2^64")
    model.sql("""BEGIN;
        DELETE FROM anticheat_flags WHERE id LIKE 'h%'; DELETE FROM torrents WHERE id LIKE 'h%';
        ALTER TABLE users RENAME COLUMN totp TO totp_enabled;
        UPDATE bonus_events SET ends_at = now() + interval '22 hours' WHERE id = 'event-1'; COMMIT;""")
    page, _ = scrape(url)
    check_values(page, redis, "after the hostile rows")
    print("hostile rows: their families are left out and named, all others stay")


def hold(statements):
    """Another session, in a transaction that stays open until its input ends."""
    session = subprocess.Popen(["psql", "-X", "-w", "-q", "-At", "-v", "ON_ERROR_STOP=1"], env=model.database(),
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    session.stdin.write(f"BEGIN; {statements}; SELECT 'held';\n")
    session.stdin.flush()
    expect(session.stdout.readline() == "held\n", "the lock cannot be had")
    return session


def let_go(session):
    session.communicate("ROLLBACK;\n", timeout=20)


def phase_locked(url, argument):
    """`argument`: the deadline of a query in seconds, and absent or last."""
    deadline, on_failure = float(argument.split(",")[0]), argument.split(",")[1]
    before, _ = scrape(url)
    session = hold("LOCK TABLE users")
    try:
        for _ in range(2):
            model.sql("INSERT INTO shop_purchases SELECT 'lock-' || count(*) FROM shop_purchases")
            page, took = scrape(url)
            expect(took < deadline + 1, f"a scrape took {took:.1f} s while a table was locked")
            expect(int(page["trackarr_shop_purchases_total"]) > int(before["trackarr_shop_purchases_total"]), "stale")
            blocked = OF_USERS + ['torrent_moderation_messages_total{kind="staff"}']
            expect(has(page, blocked) if on_failure == "last" else has_none(page, blocked), "the families of users")
            expect(has(page, OTHERS + OF_REDIS), "other families are gone")
            expect(success(page, "users") == success(page, "moderation") == "0", "the locked groups are not named")
            expect(success(page, "torrents") == success(page, "swarm") == "1", "others are blamed")
            before = page
    finally:
        let_go(session)
    page = await_all(url)
    expect(failures(page, "users_total") > 0, "the failures are not counted")
    print(f"LOCK TABLE users: two groups {on_failure}, all others fresh")


def replace_reports(seconds):
    model.sql(f"""BEGIN; ALTER TABLE reports RENAME TO reports_real;
        CREATE VIEW reports AS SELECT r.* FROM pg_sleep({seconds}), reports_real r; COMMIT;""")


def restore_reports():
    model.sql("BEGIN; DROP VIEW reports; ALTER TABLE reports_real RENAME TO reports; COMMIT;")


def phase_asleep(url, argument):
    deadline = float(argument)
    replace_reports(60)
    try:
        for _ in range(2):
            page, took = scrape(url)
            expect(took < deadline + 1, f"a scrape took {took:.1f} s while a query slept")
            expect(has_none(page, ["reports_pending_total"]) and success(page, "reports") == "0", "the sleeper")
            expect(has(page, OF_USERS + OTHERS + OF_REDIS), "other families are gone")
        short, took = scrape(url, seconds=1)
        expect(took < 1.5 and has(short, OTHERS), f"a scraper with 1 s waited {took:.1f} s")
    finally:
        restore_reports()
    await_all(url)
    print("pg_sleep(60) in one query: that family alone is away")


def phase_redis_stopped(url, argument):
    """Redis is stopped: `argument` says what it showed before."""
    peers, deadline = argument.split(",")
    page, took = scrape(url)
    expect(has(page, OF_USERS + OTHERS) and has_none(page, ["redis_memory_bytes"]), "with Redis stopped")
    expect(page.get("trackarr_peers_total") == peers, "the last complete walk is not shown")
    expect(success(page, "memory") == success(page, "swarm") == "0", "Redis is not named")
    again, took_again = scrape(url)
    expect(has(again, OF_USERS + OTHERS), "the second scrape")
    expect(took < float(deadline) + 1 and took_again < float(deadline) + 1, f"scrapes took {took:.1f}, {took_again:.1f} s")
    print("Redis stopped: its memory is absent, the last walk is shown, PostgreSQL is fresh")


def phase_show(url, series):
    print(scrape(url)[0]["trackarr_" + series])


def phase_database_down(url, _):
    for _ in range(3):
        page, took = scrape(url)
        expect(has_none(page, OF_USERS + OTHERS) and has(page, OF_REDIS), "with PostgreSQL gone")
        expect(success(page, "users") == "0" and success(page, "swarm") == "1", "who has failed")
        expect(took < 3, f"a scrape took {took:.1f} s with PostgreSQL gone")
    print("PostgreSQL killed: Redis is still shown, at once")


def phase_back(url, _):
    check_values(await_all(url), model.Redis(os.environ["REDIS_URL"]), "after the trouble")
    print("everything is back")


def children(pid):
    names = {}
    for entry in pathlib.Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == pid:
                names[int(entry.name)] = (entry / "comm").read_text().strip()
        except (OSError, ValueError, IndexError):
            continue
    return names


def phase_children_killed(url, pid):
    """One psql child is killed, then all of them."""
    scrape(url)
    for share in (1, None):
        psql = [child for child, name in children(int(pid)).items() if name == "psql"]
        expect(psql, "the exporter has no psql children")
        for child in psql[:share]:
            os.kill(child, signal.SIGKILL)
        await_all(url)
    commands = [pathlib.Path(f"/proc/{child}/cmdline").read_bytes() for child in children(int(pid))]
    expect(not any(b"p@ss" in command or b"p%40ss" in command for command in commands), "a password is an argument")
    print("psql children killed: new ones answer")


def phase_together(url, log):
    """30 scrapes at a time, while one query takes 2 s: it is run once. The server logs what takes that long."""
    replace_reports(2)
    try:
        model.sql("ALTER SYSTEM SET log_min_duration_statement = 1500; SELECT pg_reload_conf()")
        time.sleep(0.5)
        with concurrent.futures.ThreadPoolExecutor(30) as pool:
            pages = list(pool.map(lambda _: scrape(url), range(30)))
    finally:
        restore_reports()
        model.sql("ALTER SYSTEM RESET log_min_duration_statement; SELECT pg_reload_conf()")
    runs = len(re.findall(r"duration: 2\d\d\d\.\d+ ms .*reports", pathlib.Path(log).read_text(encoding="utf-8")))
    expect(all("trackarr_reports_pending_total" in page for page, _ in pages), "not every scrape had the slow family")
    slowest = max(took for _, took in pages)
    expect(runs == 1 and slowest < 4.5, f"30 scrapes ran the query {runs} times, and took up to {slowest:.1f} s")
    print(f"30 scrapes at a time ran a query of 2 s once, and took up to {slowest:.1f} s")


def main():
    phase, url = sys.argv[1:3]
    globals()["phase_" + phase](url, sys.argv[3] if len(sys.argv) > 3 else "")


main()
