"""A Tracearr whose API gives recorded answers, and misbehaves on demand.

    stub = Stub(directory, token)      its URL is stub.url
    stub.manners["streams"] = "hang"   of one endpoint: see MANNERS; stub.manners.clear() ends it
    stub.asked                         what came: (endpoint, query), newest last
"""

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PREFIX = "/tracearr/api/v1/public/"
PAGE = 2  # however many entries are asked for
HUGE = 9 << 20
MANNERS = ("hang", "slow", "chunked", "cut", "cut_chunked", "garbage", "no_http", "huge", "redirect", "changing", "shifting",
           401, 404, 500)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        stub, where = self.server.stub, urllib.parse.urlsplit(self.path)
        endpoint, query = where.path.removeprefix(PREFIX), dict(urllib.parse.parse_qsl(where.query))
        stub.asked.append((endpoint, query))
        manner = stub.manners.get(endpoint)
        self.close_connection = True
        if self.headers.get("Authorization") != f"Bearer {stub.token}":
            return self.say(401, b'{"error":"the token ' + str(self.headers.get("Authorization")).encode() + b' is wrong"}')
        if not where.path.startswith(PREFIX) or endpoint not in stub.answers:
            return self.say(404, b"{}")
        if isinstance(manner, int):
            return self.say(manner, b'{"error":"on demand"}')
        body = json.dumps(stub.answer(endpoint, query, manner)).encode()
        return getattr(self, f"say_{manner}", self.say_well)(body)

    def say(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def say_well(self, body):
        self.say(200, body)

    def say_hang(self, body):
        self.server.stub.awake.wait()

    def say_slow(self, body):
        """An answer that never ends and never rests."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + 10**6))
        self.end_headers()
        for byte in body + b" " * 10**6:
            self.wfile.write(bytes([byte]))
            if self.server.stub.awake.wait(0.02):
                return

    def say_chunked(self, body, size=7, end=b"0\r\nX-Trailer: yes\r\n\r\n"):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at in range(0, len(body), size):
            part = body[at:at + size]
            self.wfile.write(b"%x;note=%d\r\n%s\r\n" % (len(part), at, part))
        self.wfile.write(end)

    def say_cut_chunked(self, body):
        self.say_chunked(body, end=b"")

    def say_cut(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2])

    def say_garbage(self, body):
        self.say(200, b"<html>" + body)

    def say_no_http(self, body):
        self.wfile.write(b"\x00\xff" * 100)

    def say_huge(self, body):
        self.say_chunked(body + b" " * HUGE, 1 << 16)

    def say_redirect(self, body):
        self.send_response(302)
        self.send_header("Location", self.server.stub.url + "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):  # the exporter has left: that is what these tests are for
        pass


class Stub:
    def __init__(self, directory, token):
        self.token, self.manners, self.asked, self.awake = token, {}, [], threading.Event()
        names = ("health", "streams", "users", "violations", "stats_today", "library_items")
        self.answers = {name.replace("_", "/", 1): json.loads((Path(directory) / f"{name}.json").read_text("utf-8"))
                        for name in names}
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.stub = self
        self.url = f"http://127.0.0.1:{self.server.server_port}{PREFIX.removesuffix('/api/v1/public/')}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, endpoint, query, manner):
        """The recorded answer; lists in pages."""
        answer = self.answers[endpoint]
        if endpoint == "stats/today":
            return answer[query["serverId"]]
        if endpoint == "library/items":
            total = answer[query["serverId"]].get(query["mediaType"], 0)
            return {"data": [], "meta": {"total": total, "page": 1, "pageSize": 1}}
        if isinstance(answer, dict):
            return answer
        page, size = int(query["page"]), min(int(query["pageSize"]), PAGE)
        if manner == "changing" and page > 1:  # somebody new is first: all others move on
            answer = [{**answer[0], "id": f"new {len(self.asked)}"}] + answer
        if manner == "shifting" and page > 1:  # and the last one is gone
            answer = [{**answer[0], "id": f"new {len(self.asked)}"}] + answer[:-1]
        return {"data": answer[(page - 1) * size:page * size],
                "meta": {"total": len(answer), "page": page, "pageSize": size}}

    def wake(self):
        """Let go of all that hang."""
        self.manners.clear()
        self.awake.set()
        self.awake = threading.Event()

    def close(self):
        self.wake()
        self.server.shutdown()
        self.server.server_close()
