"""How the adapter names what goes wrong."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import URLError

import pytest

from integrations.odoo import errors, jsonrpc
from integrations.odoo.connection import connect
from integrations.odoo.errors import OdooError


@pytest.mark.parametrize(
    ("name", "message", "kind", "permanent"),
    [
        ("odoo.exceptions.AccessDenied", "Access Denied", "credentials", True),
        ("odoo.exceptions.AccessError", "You are not allowed", "access", True),
        ("odoo.exceptions.UserError", "No", "refused", True),
        ("odoo.exceptions.ValidationError", "Missing", "refused", True),
        ("odoo.exceptions.MissingError", "Gone", "missing", True),
        ("builtins.ValueError", "Invalid field", "data", True),
        ("builtins.KeyError", "nope", "data", True),
        ("psycopg2.errors.InvalidTextRepresentation", "invalid", "data", True),
        ("psycopg2.errors.SerializationFailure", "could not serialize", "busy", False),
        ("psycopg2.errors.DeadlockDetected", "deadlock", "busy", False),
        ("psycopg2.OperationalError", "server closed the connection", "busy", False),
        ("psycopg2.OperationalError", 'FATAL: database "x" does not exist', "config", True),
        ("something.New", "?", "data", True),
    ],
)
@pytest.mark.parametrize("code", [0, 200])
def test_errors_are_told_apart_by_name_and_never_by_code(
    name: str, message: str, kind: str, permanent: bool, code: int
) -> None:
    error = jsonrpc.RPCError(
        "Odoo Server Error", {"code": code, "data": {"name": name, "message": message, "debug": "T"}}
    )
    found = jsonrpc.explain(error)
    assert (found.kind, found.permanent) == (kind, permanent)


def test_no_traceback_no_sql_and_no_inner_address_leaves_the_adapter() -> None:
    for data in (
        {
            "name": "builtins.ValueError",
            "message": "bad\nLINE 1: INSERT INTO secret",
            "debug": "Traceback secret",
        },
        {"name": "psycopg2.OperationalError", "message": 'secret:5432 database "x" does not exist'},
    ):
        assert "secret" not in str(errors.from_fault(data))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("could not serialize access due to concurrent update\n", "busy"),
        ("No matching record found for database id '9' in field 'Vendor'", "refused"),
        ("You are not allowed to create 'Purchase Order'", "refused"),
    ],
)
def test_messages_of_load(text: str, kind: str) -> None:
    found = errors.from_load([{"type": "error", "message": text}, {"type": "error", "message": text}])
    assert (found.kind, found.permanent) == (kind, kind == "refused")
    if kind == "refused":
        assert found.message == text


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (URLError(ConnectionRefusedError()), "transport"),
        (URLError(TimeoutError()), "transport"),
        (TimeoutError(), "transport"),
        (ConnectionResetError(), "transport"),
        (URLError(socket.gaierror(-2, "Name or service not known")), "transport"),
        (URLError(ssl.SSLCertVerificationError("self-signed")), "config"),
        (json.JSONDecodeError("x", "<html>", 0), "transport"),
        (KeyError("result"), "transport"),
    ],
)
def test_failures_on_the_way(error: Exception, kind: str) -> None:
    found = jsonrpc.explain(error)
    assert (found.kind, found.permanent) == (kind, kind == "config")


@contextmanager
def web(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    handler = type(
        "Once",
        (BaseHTTPRequestHandler,),
        {"do_POST": answer, "do_GET": answer, "log_message": lambda *args: None},
    )
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def responding(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    ("answer", "kind", "permanent"),
    [
        (responding(301, Location="https://elsewhere.example/"), "config", True),
        (responding(404), "config", True),
        (responding(429), "transport", False),
        (responding(502), "transport", False),
        (responding(200, b"<html>Maintenance</html>"), "transport", False),
        (responding(200, b"{}"), "transport", False),
    ],
)
def test_something_else_answers(answer: Callable, kind: str, permanent: bool) -> None:
    with web(answer) as url, pytest.raises(OdooError) as caught:
        connect(url=url, db="d", user="u", password="p", timeout=5)
    assert (caught.value.kind, caught.value.permanent) == (kind, permanent)
