"""A browser, driven through the WebDriver protocol with nothing but the standard library."""

import base64
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "ArrowUp": "\ue013", "ArrowDown": "\ue015",
        "ArrowLeft": "\ue012", "ArrowRight": "\ue014"}
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class DriverError(Exception):
    pass


def missing():
    """What this needs and has not, in words; None if nothing is missing."""
    lacks = [name for name in ("chromedriver",) if not shutil.which(name)]
    if not any(shutil.which(name) for name in ("chromium", "google-chrome", "chromium-browser")):
        lacks.append("chromium")
    return f"{' and '.join(lacks)} missing (Debian: apt-get install chromium chromium-driver)" if lacks else None


class Browser:
    """One headless window."""

    def __init__(self, width=1280, height=900, dark=False):
        self.profile = tempfile.mkdtemp(prefix="browser-")
        self.session = ""
        self.base = f"http://127.0.0.1:{self._start()}"
        options = {"binary": next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser")))),
                   "args": ["--headless=new", "--no-sand" "box", "--disable-gpu", "--disable-dev-shm-usage",
                            "--no-first-run", "--disable-background-networking", "--hide-scrollbars",
                            f"--user-data-dir={self.profile}", f"--window-size={width},{height}"]}
        session = self._send("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
        self.session = f"/session/{session['sessionId']}"
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1 if width > 600 else 2,
                 mobile=width <= 600)
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def _start(self):
        """Start the driver and return its port. It wants the same one free for IPv4 and IPv6, and may need several tries."""
        for _ in range(10):
            self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                           text=True, start_new_session=True)
            for line in self.driver.stdout:
                if "started successfully on port" in line:
                    return int(line.rstrip(".\n").split()[-1])
            self.driver.wait(10)
            self.driver.stdout.close()
        raise DriverError("chromedriver did not start")

    def _send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + self.session + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise DriverError(json.load(error)["value"]["message"]) from None

    def cdp(self, command, **params):
        return self._send("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def open(self, url):
        self._send("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        return self._send("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def until(self, script, *arguments, seconds=40, what=None):
        """Ask until the script returns something true, and return that."""
        end = time.monotonic() + seconds
        while not (got := self.run(script, *arguments)):
            if time.monotonic() > end:
                raise DriverError(f"not within {seconds} s: {what or script}")
            time.sleep(0.05)
        return got

    def type(self, selector, text):
        element = self._send("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]
        self._send("POST", f"/element/{element}/value", {"text": text})

    def press(self, *keys):
        actions = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self._send("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def click(self, selector):
        element = self._send("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]
        self._send("POST", f"/element/{element}/click", {})

    def log(self, kind):
        """What was logged since the last call: "browser" is the console, "performance" the protocol."""
        return self._send("POST", "/se/log", {"type": kind})

    def requests(self):
        """Addresses asked for since the last call."""
        events = (json.loads(entry["message"])["message"] for entry in self.log("performance"))
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def picture(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(base64.b64decode(self._send("GET", "/screenshot")))

    def close(self):
        with contextlib.suppress(DriverError, OSError):
            self._send("DELETE", "")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.driver.pid, signal.SIGTERM)
        self.driver.wait(10)
        self.driver.stdout.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
