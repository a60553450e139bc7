#!/usr/bin/env python3
"""Let a real scraper read the zoo (tests/support/zoo.c) in every format it can, and ask it what it has read.

    scrapers.py prometheus|victoria_metrics BUILD_DIR

What the scraper must have is read off the exporter's own pages here: the same series with the same values. A proxy
stands between the two for some jobs: it notes what was asked and answered, or asks for another format than the scraper
did. Everything listens on loopback, on ports that the kernel chooses, and is ended by its process id. Only the standard
library is used.
"""

import http.server
import json
import math
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

SECONDS = 80  # for everything
TEXT = "text/plain;version=0.0.4"
TEXT_1 = "text/plain;version=1.0.0;escaping=underscores"
OPENMETRICS = "application/openmetrics-text;version=1.0.0"
OPENMETRICS_0 = "application/openmetrics-text;version=0.0.1"
FORCED = {"text": TEXT, "text1": TEXT_1, "openmetrics0": OPENMETRICS_0}
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: # .*)?$")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:\\.|[^"\\])*)"')
ESCAPED = {r"\\": "\\", r"\n": "\n", r"\"": '"'}
TICKS = "zoo_ticks_total"
NATIVE = {"zoo_wait_seconds", "zoo_size_bytes", "zoo_far_seconds", "zoo_far_age_seconds"}
MISREAD = {"zoo_age_seconds"}  # Prometheus 2.42 takes no gauge histogram without native buckets from protobuf

problems = []
awaited = "end"  # what the test waits for


def expect(holds, what):
    if not holds:
        problems.append(what)
        print("NOT:", what, file=sys.stderr)


def fetch(url, accept=None):
    request = urllib.request.Request(url, headers={"Accept": accept} if accept else {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read()


# ---- What there is to read ---------------------------------------------------------------------------------------

def unescape(text):
    return re.sub(r"\\.", lambda match: ESCAPED[match[0]], text)


def samples(url, accept):
    """{(name, labels): value} of an exposition, without the family that grows."""
    found = {}
    for line in fetch(url, accept)[1].decode("utf-8").splitlines():
        if line.startswith("#"):
            continue
        match = SAMPLE.match(line)
        labels = frozenset((name, unescape(value)) for name, value in LABEL.findall(match[2] or ""))
        if match[1] != TICKS:
            found[match[1], labels] = float(match[3])
    return found


def only(found, *names):
    """Of these samples those whose names begin so."""
    return {key: value for key, value in found.items() if key[0].startswith(names)}


def in_view(found):
    """What of all samples the exporter's view shows."""
    return {(name, labels | {("tenant", "guests")}): value for (name, labels), value in only(found, "zoo_mode").items()}


class Proxy(http.server.BaseHTTPRequestHandler):
    """/PATH fetches the exporter's PATH; /as/NAME/PATH does so with the Accept field FORCED[NAME]."""

    protocol_version = "HTTP/1.1"
    exporter = ""  # its address
    seen = {}  # path: (what the scraper accepts, what it got)

    def do_GET(self):
        accept, path = self.headers["Accept"], self.path
        if path.startswith("/as/"):
            _, _, name, path = path.split("/", 3)
            accept, path = FORCED[name], "/" + path
        content_type, body = fetch(self.exporter + path, accept)
        self.seen[self.path] = self.headers["Accept"], content_type
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve_proxy(exporter):
    Proxy.exporter = exporter
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return "127.0.0.1:%d" % server.server_address[1]


# ---- Processes ---------------------------------------------------------------------------------------------------

def listening_port(process):
    """The port of the one TCP socket that a process listens on, or None."""
    inodes = set()
    for link in pathlib.Path(f"/proc/{process.pid}/fd").iterdir():
        try:
            if match := re.fullmatch(r"socket:\[(\d+)\]", str(link.readlink())):
                inodes.add(match[1])
        except OSError:
            pass
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/{process.pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                return int(fields[1].split(":")[1], 16)
    return None


def stop(process):
    if process.stdin:
        process.stdin.close()
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until(what, ask):
    """What `ask` returns, as soon as that is something."""
    global awaited
    awaited = what
    while True:
        try:
            if found := ask():
                return found
        except (urllib.error.URLError, ConnectionError, socket.timeout, KeyError, IndexError):
            pass
        time.sleep(0.1)


class Scraper:
    """A running server that scrapes, and its query interface, which is Prometheus' for both."""

    def __init__(self, name, command, config, dir, precision=0.0):
        self.precision = precision  # of what it keeps, relative
        self.config = dir / (name + ".yml")
        self.config.write_text(json.dumps(config))  # JSON is YAML
        self.log = (dir / (name + ".log")).open("w+")
        command = [part.format(config=self.config, data=dir / (name + "-data")) for part in command]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, cwd=dir)
        port = until(f"port of {name}", lambda: self.alive() and listening_port(self.process))
        self.url = f"http://127.0.0.1:{port}"

    def alive(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.process.args[0]} ended with status {self.process.returncode}")
        return True

    def show_log(self):
        self.log.seek(0)
        print("".join(self.log.readlines()[-8:]), file=sys.stderr)

    def get(self, path, **parameters):
        return json.loads(fetch(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}")[1])["data"]

    def query(self, text):
        """{(name, labels): value}, without what the scraper adds."""
        found = {}
        for row in self.get("query", query=text)["result"]:
            labels = {name: value for name, value in row["metric"].items()
                      if name not in ("__name__", "job", "instance")}
            value = row.get("value") or row["histogram"]
            key = row["metric"].get("__name__", ""), frozenset(labels.items())
            found[key] = float(value[1]) if "value" in row else value[1]
        return found

    def one(self, text):
        """The only number that a query gives; None as long as there is none."""
        found = list(self.query(text).values())
        return found[0] if len(found) == 1 else None

    def wait_for_jobs(self, jobs):
        """Each job was scraped, and is up."""
        for job in jobs:
            until(f"sample of {job}", lambda: self.alive() and self.query(f'{{job="{job}",__name__=~"zoo_.*"}}'))
            expect(self.one(f'up{{job="{job}"}}') == 1, f"up is 1 for {job}")

    def differences(self, job, want):
        have = self.query(f'{{job="{job}",__name__=~"zoo_.*",__name__!="{TICKS}"}}')
        return [f"{job}: {key} is {want.get(key)}, the scraper has {have.get(key)}"
                for key in sorted(want.keys() | have.keys(), key=str)
                if key not in want or not math.isclose(want[key], have.get(key, math.nan), rel_tol=self.precision)]

    def check_values(self, job, want):
        for _ in range(50):  # a scrape may show little by little
            if not self.differences(job, want):
                print(f"{job}: {len(want)} series have their values")
                return
            time.sleep(0.1)
        for difference in self.differences(job, want):
            expect(False, difference)

    def check_growth(self, job):
        text = f'{TICKS}{{job="{job}"}}'
        before = until(f"value of {text}", lambda: self.one(text))
        until(f"growth of {text}", lambda: (self.one(text) or 0) > before)


def job(name, target, path="/metrics", **more):
    return {"job_name": name, "metrics_path": path, "static_configs": [{"targets": [target]}], **more}


def config_of(jobs):
    return {"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": jobs}


def check_seen(path, accepts, content_type):
    accept, got = Proxy.seen[path]
    expect(accept.startswith(accepts), f"the scraper asks for {accepts}, not {accept}")
    expect(got == content_type, f"{path} is answered with {content_type}, not {got}")
    print(f"{path}: {got}")


# ---- Prometheus ----------------------------------------------------------------------------------------------------

def prometheus(name, features, jobs, dir):
    command = ["prometheus", "--config.file={config}", "--storage.tsdb.path={data}",
               "--web.listen-address=127.0.0.1:0", "--enable-feature=" + features]
    return Scraper(name, command, config_of(jobs), dir)


def check_exemplar(scraper, job, query, trace, value):
    now = time.time()

    def ask():
        return scraper.get("query_exemplars", query=f'{query}{{job="{job}"}}', start=now - 600, end=now + 60)

    found = [exemplar for row in until(f"exemplar of {query}", ask) for exemplar in row["exemplars"]]
    expect([(e["labels"], float(e["value"])) for e in found] == [({"trace_id": trace}, value)],
           f"{job}: {query} has the exemplar {trace} with {value}, not {found}")
    expect(all(abs(e["timestamp"] - now) < 600 for e in found), f"{job}: the exemplar of {query} has its time: {found}")
    print(f"{job}: {query} has its exemplar")


def check_metadata(scraper, job, want):
    rows = scraper.get("targets/metadata", match_target=f'{{job="{job}"}}')
    have = {row["metric"]: (row["type"], row["unit"], row["help"]) for row in rows}
    for metric, (kind, unit, text) in want.items():
        is_so = have.get(metric) == (kind, unit, text)
        expect(is_so, f"{job}: {metric} is {(kind, unit, text)}, not {have.get(metric)}")


def check_negotiated(url, view, proxy, dir):
    """As Prometheus asks by itself, which is OpenMetrics; and the text formats."""
    jobs = [job("own", url), job("seen", proxy), job("text", proxy, "/as/text/metrics"),
            job("text1", proxy, "/as/text1/metrics"), job("openmetrics0", proxy, "/as/openmetrics0/metrics"),
            job("filtered", url, params={"name[]": ["zoo_mode", "zoo_wait_seconds_count", "nothing"]}),
            job("view", view), job("escape", view, params={"name[]": ["zoo_mode", "zoo_jobs*", "zoo_wait_seconds"]})]
    scraper = prometheus("plain", "exemplar-storage", jobs, dir)
    try:
        scraper.wait_for_jobs(["own", "seen", "text", "text1", "openmetrics0", "filtered", "view", "escape"])
        page = f"http://{url}/metrics"
        for name, accept in (("own", OPENMETRICS), ("seen", OPENMETRICS), ("openmetrics0", OPENMETRICS),
                             ("text", TEXT), ("text1", TEXT_1)):
            scraper.check_values(name, samples(page, accept))
        scraper.check_values("filtered", only(samples(page, OPENMETRICS), "zoo_mode", "zoo_wait_seconds"))
        for name in ("view", "escape"):
            scraper.check_values(name, in_view(samples(page, OPENMETRICS)))
        check_seen("/metrics", OPENMETRICS,
                   "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores")
        check_seen("/as/text/metrics", OPENMETRICS, "text/plain; version=0.0.4; charset=utf-8")
        check_seen("/as/text1/metrics", OPENMETRICS, "text/plain; version=1.0.0; charset=utf-8; escaping=underscores")
        check_seen("/as/openmetrics0/metrics", OPENMETRICS,
                   "application/openmetrics-text; version=0.0.1; charset=utf-8")
        check_exemplar(scraper, "own", "zoo_jobs_total", "of-a-job", 3)
        check_exemplar(scraper, "own", "zoo_wait_seconds_bucket", "of-a-wait", 0.05)
        about_jobs = 'Jobs done, by "queue".\nAll of them.'
        check_metadata(scraper, "own", {
            "zoo_jobs": ("counter", "", about_jobs), "zoo_wait_seconds": ("histogram", "seconds", "Time in the queue."),
            "zoo_age_seconds": ("gaugehistogram", "seconds", "Ages of what waits now."),
            "zoo_mode": ("stateset", "", "What it does."), "zoo_build": ("info", "", "Build data.")})
        check_metadata(scraper, "text", {"zoo_jobs_total": ("counter", "", about_jobs),
                                         "zoo_age_seconds": ("histogram", "", "Ages of what waits now.")})
        for name in ("own", "text"):
            scraper.check_growth(name)
    except BaseException:
        scraper.show_log()
        raise
    finally:
        stop(scraper.process)


def check_native(url, proxy, dir):
    """With native histograms Prometheus asks for protobuf."""
    scraper = prometheus("native", "native-histograms,exemplar-storage", [job("own", url), job("seen", proxy)], dir)
    try:
        scraper.wait_for_jobs(["own", "seen"])
        classic = {key: value for key, value in samples(f"http://{url}/metrics", TEXT).items()
                   if re.sub("_(bucket|sum|count)$", "", key[0]) not in NATIVE | MISREAD}
        have = scraper.query('{job="own",__name__=~"zoo_.*"}')
        native = {name for (name, _), value in have.items() if isinstance(value, dict)}
        expect(native == NATIVE, f"{NATIVE} are native, not {native}")
        for key, value in classic.items():
            expect(have.get(key) == value, f"protobuf: {key} is {value}, the scraper has {have.get(key)}")
        print(f"own: {len(classic)} series have their values")
        for text, low, high in (("histogram_quantile(0.5, zoo_wait_seconds{job='own'})", 0.0458, 0.0546),
                                ("histogram_quantile(0.95, zoo_wait_seconds{job='own'})", 3.66, 4.36),
                                ("histogram_quantile(0.99, zoo_size_bytes{job='own'})", 512, 1024),
                                ("histogram_quantile(0.01, zoo_size_bytes{job='own'})", -128, -64),
                                ("histogram_count(zoo_wait_seconds{job='own'})", 100, 100),
                                ("histogram_count(zoo_size_bytes{job='own'})", 7, 7),
                                ("histogram_count(zoo_far_seconds{job='own'})", 33, 33),
                                ("histogram_sum(zoo_far_seconds{job='own'})", 37, 37),
                                ("histogram_quantile(0.5, zoo_far_seconds{job='own'})", 1, 1.2),
                                ("histogram_quantile(0.5, zoo_far_age_seconds{job='own'})", 1, 1.2),
                                ("histogram_sum(zoo_size_bytes{job='own'})", 902.5, 902.5),
                                ("histogram_fraction(-4, 0, zoo_size_bytes{job='own'})", 0.2, 0.3)):
            value = scraper.one(text)
            expect(value is not None and low <= value <= high, f"{text} is in {low}..{high}: {value}")
            print(f"own: {text} = {value}")
        check_seen("/metrics", "application/vnd.google.protobuf", "application/vnd.google.protobuf; "
                   "proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores")
        check_exemplar(scraper, "own", "zoo_jobs_total", "of-a-job", 3)
        check_exemplar(scraper, "own", "zoo_wait_seconds", "of-a-wait", 0.05)
        check_metadata(scraper, "own", {"zoo_jobs_total": ("counter", "", 'Jobs done, by "queue".\nAll of them.'),
                                        "zoo_wait_seconds": ("histogram", "", "Time in the queue.")})
        scraper.check_growth("own")
    except BaseException:
        scraper.show_log()
        raise
    finally:
        stop(scraper.process)


def check_prometheus(url, view, proxy, dir):
    check_negotiated(url, view, proxy, dir)
    Proxy.seen.clear()
    check_native(url, proxy, dir)


# ---- VictoriaMetrics -------------------------------------------------------------------------------------------------

def check_victoria_metrics(url, view, proxy, dir):
    command = ["victoria-metrics", "-promscrape.config={config}", "-storageDataPath={data}",
               "-httpListenAddr=127.0.0.1:0", "-search.latencyOffset=0s", "-search.disableCache",
               "-memory.allowedBytes=64MB"]
    jobs = [job("own", url), job("seen", proxy), job("text1", proxy, "/as/text1/metrics"),
            job("filtered", url, params={"name[]": ["zoo_mode", "zoo_level_ratio"]}), job("view", view)]
    scraper = Scraper("victoria-metrics", command, config_of(jobs), dir, precision=1e-12)  # it keeps decimals
    try:
        scraper.wait_for_jobs(["own", "seen", "text1", "filtered", "view"])
        page = f"http://{url}/metrics"
        for name in ("own", "seen", "text1"):
            scraper.check_values(name, samples(page, TEXT))
        scraper.check_values("filtered", only(samples(page, TEXT), "zoo_mode", "zoo_level_ratio"))
        scraper.check_values("view", in_view(samples(page, TEXT)))
        check_seen("/metrics", TEXT, "text/plain; version=0.0.4; charset=utf-8")
        quantile = scraper.one("histogram_quantile(0.95, zoo_wait_seconds_bucket{job='own'})")
        expect(quantile == 1, f"a quantile above all bounds is the last of them, 1, not {quantile}")
        scraper.check_growth("own")
    except BaseException:
        scraper.show_log()
        raise
    finally:
        stop(scraper.process)


def out_of_time(*_):
    raise RuntimeError(f"no {awaited} within {SECONDS} s")


def main():
    check = {"prometheus": check_prometheus, "victoria_metrics": check_victoria_metrics}[sys.argv[1]]
    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(SECONDS)
    exporter = subprocess.Popen([pathlib.Path(sys.argv[2]) / "tests" / "zoo_exporter"], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
    try:
        address, view = (urllib.parse.urlsplit(exporter.stdout.readline().strip()).netloc for _ in range(2))
        with tempfile.TemporaryDirectory(prefix="tacho-scrapers-") as dir:
            check(address, view, serve_proxy("http://" + address), pathlib.Path(dir))
        exporter.stdin.close()
        expect(exporter.wait(10) == 0, "the exporter ends with its input, with status 0")
    finally:
        signal.alarm(0)
        stop(exporter)
    sys.exit(1 if problems else 0)


main()
