"""The HTTP door: which path answers what, and what a fault does to an answer."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.fake_odoo import control, desk, json2, rpc
from tests.fake_odoo.desk_page import Reply, page

if TYPE_CHECKING:
    from tests.fake_odoo.faults import Fault
    from tests.fake_odoo.instance import FakeOdoo

HTML, TEXT, JSON = "text/html; charset=utf-8", "text/plain; charset=utf-8", "application/json; charset=utf-8"
NOT_JSON = {
    17: (
        400,
        "<!doctype html>\n<html lang=en>\n<title>400 Bad Request</title>\n<h1>Bad Request</h1>\n<p>Request inferred "
        "type is compatible with [&#39;http&#39;] but &#39;/jsonrpc&#39; is type=&#39;json&#39;.</p>\n",
    ),
    19: (
        415,
        "<!doctype html>\n<html lang=en>\n<title>415 Unsupported Media Type</title>\n<h1>Unsupported Media Type</h1>"
        "\n<p>Request inferred type is compatible with [&#39;http&#39;] but &#39;/jsonrpc&#39; is "
        "type=&#39;jsonrpc&#39;.<br><br>Please verify the Content-Type request header and try again.</p>\n",
    ),
}
BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class Server(ThreadingHTTPServer):
    """One thread per connection; closing it waits for those that still answer."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], odoo: "FakeOdoo"):
        self.odoo = odoo
        super().__init__(address, Handler)


class Handler(BaseHTTPRequestHandler):
    server_version, sys_version, timeout = "FakeOdoo", "", 20
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: calls carry passwords."""

    @property
    def odoo(self) -> "FakeOdoo":
        return self.server.odoo

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/json/2") and self.odoo.version >= 19:
            self.reply(*json2.not_called())
        elif path == "/jsonrpc":
            self.reply(400, "Invalid JSON data", HTML)
        elif path in ("/web/version", "/json/version") and self.odoo.version >= 19:
            info = rpc.version_info(self.odoo.version)
            self.reply(
                200,
                json.dumps({"version_info": info["server_version_info"], "version": info["server_version"]}),
                JSON,
            )
        elif path.startswith("/fake/"):
            self.answer_control(path, b"{}")
        else:
            self.reply(*desk.get(self.odoo, path))

    def do_POST(self) -> None:
        path, body = urlsplit(self.path).path, self.body()
        if path.startswith("/json/2") and self.odoo.version >= 19:
            self.with_fault(
                path.rpartition("/")[2],
                lambda since: json2.answer(self.odoo, path, dict(self.headers.items()), body, since),
            )
        elif path in ("/jsonrpc", "/web/webclient/version_info"):
            self.answer_rpc(path, body)
        elif self.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            self.reply(403, page("Refused", "<p>This form belongs to another site.</p>"), HTML)
        elif path.startswith("/fake/"):
            self.answer_control(path, body)
        else:
            status, text, kind = desk.post(self.odoo, path, body)
            self.reply(status, text, kind)

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer_control(self, path: str, body: bytes) -> None:
        try:
            self.reply(200, json.dumps(control.handle(self.odoo, path, json.loads(body or b"{}"))), JSON)
        except (ValueError, TypeError, KeyError) as error:
            self.reply(422, json.dumps({"error": str(error)}), JSON)

    def answer_rpc(self, path: str, body: bytes) -> None:
        if "json" not in self.headers.get("Content-Type", ""):
            self.reply(*NOT_JSON[self.odoo.version], HTML)
            return
        try:
            call = json.loads(body)
        except ValueError:
            self.reply(400, "Invalid JSON data", HTML)
            return
        if not isinstance(call, dict):
            self.reply(400, "Invalid JSON-RPC data", HTML)
            return
        if path == "/web/webclient/version_info":
            call = {**call, "params": {"service": "common", "method": "version", "args": []}}
        self.with_fault(
            rpc.method_of(call.get("params") or {}),
            lambda since: (200, json.dumps(rpc.answer(self.odoo, call, since)), JSON),
        )

    def with_fault(self, method: str, answer: Callable[[int], Reply]) -> None:
        """Answers a call of `method`, or does what was asked to go wrong. `answer` gets the commits that it can see."""
        since = self.odoo.store.commits
        fault = self.odoo.faults.take(method)
        kind = fault.kind if fault else ""
        if kind == "drop":
            return
        if kind == "502":
            self.reply(502, BAD_GATEWAY, HTML)
            return
        if fault and kind == "meet":
            fault.wait()
        elif fault and kind == "delay":
            fault.wait()
            since = self.odoo.store.commits
        if kind == "busy":
            since = -1
        reply = answer(since)
        if kind == "duplicate":
            reply = answer(self.odoo.store.commits)
        self.hand_over(fault, reply)

    def hand_over(self, fault: "Fault | None", reply: Reply) -> None:
        if fault and fault.kind == "lose_response":
            return
        if fault and fault.kind == "late":
            fault.wait()
        self.reply(*reply)

    def reply(self, status: int, text: str, kind: str) -> None:
        data = text.encode()
        try:
            self.send_response(status)
            if status in (302, 303):
                self.send_header("Location", text)
                data = b""
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Connection", "close")
            if kind == HTML:
                for name, value in desk.HEADERS.items():
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client gave up waiting, which is what some tests are about
