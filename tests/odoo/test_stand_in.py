"""The stand-in as a program: what it keeps, its desk, its switches."""

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from integrations.odoo.connection import connect
from tests.fake_odoo.auto import tick
from tests.fake_odoo.errors import UserError
from tests.fake_odoo.fixtures import running
from tests.fake_odoo.instance import FakeOdoo
from tests.odoo.loading import COLUMNS, QUIET, ROW, link, load

ROOT = Path(__file__).parents[2]


def http(odoo: FakeOdoo, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    address = urlsplit(odoo.url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=10)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    try:
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_records_survive_a_restart(tmp_path: Path) -> None:
    with running(version=17, store=tmp_path) as odoo:
        made = load(odoo, [["hsp.a", "12", "A", "26", "2"]], **QUIET)["ids"]
        odoo.confirm(made[0])
        before = odoo.orders()
    with running(version=17, store=tmp_path) as odoo:
        assert odoo.orders() == before
        assert load(odoo, [["hsp.a", "12", "A", "26", "2"]], **QUIET)["ids"] == made


def start(store: Path, *more: str) -> tuple[subprocess.Popen, str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fake_odoo", "--port", "0", "--store", str(store), *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "FAKE_ODOO_AUTO": "0"},
    )
    assert process.stdout
    said = process.stdout.readline()
    return process, next(word.rstrip(",") for word in said.split() if word.startswith("http"))


def test_committed_order_survives_kill_and_the_program_stops_when_asked(tmp_path: Path) -> None:
    for stop_by in (signal.SIGKILL, signal.SIGTERM):
        process, url = start(tmp_path, "--auto")
        connection = connect(url=url, db="hospital", user="portal_sync", password="portal")
        answer = connection.execute("purchase.order", "load", COLUMNS, [ROW], context=QUIET)
        assert answer["ids"] == [1]
        process.send_signal(stop_by)
        assert process.wait(10) == (0 if stop_by == signal.SIGTERM else -signal.SIGKILL)
        assert process.stdout
        process.stdout.close()


def test_help_says_how_to_use_it() -> None:
    text = subprocess.run(
        [sys.executable, "-m", "tests.fake_odoo", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for word in ("ODOO_URL", "--auto", "FAKE_ODOO_AUTO", "lose_response", "/fake/clock", "--catalogue"):
        assert word in text


def test_catalogue_files(tmp_path: Path) -> None:
    vendors, products = tmp_path / "vendors.csv", tmp_path / "catalogue.csv"
    vendors.write_text(
        "code,name,on_contract,minimum_order,carriage\nMED,Medline,yes,50,5\n", encoding="utf-8"
    )
    products.write_text(
        'code,name,price,vendor,lead\nGLV-M,Gloves M,"1,064.50",MED,3\nSTO-1,From the store,2,,\n',
        encoding="utf-8",
    )
    for name in ("Gloves M", "Gloves, medium"):
        with running(store=tmp_path / "odoo", catalogue_csv=products, vendors_csv=vendors) as odoo:
            connection = link(odoo)
            found = connection.execute("product.product", "search_read", [], fields=["default_code", "name"])
            assert [(row["default_code"], row["name"]) for row in found] == [
                ("GLV-M", name),
                ("STO-1", "From the store"),
            ]
            offers = connection.execute(
                "product.supplierinfo", "search_read", [], fields=["price", "delay", "partner_id"]
            )
            assert [(row["price"], row["delay"], row["partner_id"][1]) for row in offers] == [
                (1064.5, 3, "Medline")
            ]
        products.write_text(products.read_text().replace("Gloves M", '"Gloves, medium"'), encoding="utf-8")


def test_orders_move_by_themselves_when_they_are_old_enough(fake_odoo: FakeOdoo) -> None:
    fake_odoo.set_clock(datetime(2030, 1, 1, 8))
    load(fake_odoo, [ROW], **QUIET)
    seen = []
    for seconds in (19, 1, 39, 1):
        fake_odoo.clock.advance(seconds)
        tick(fake_odoo, confirm_after=20, receive_after=60)
        (order,) = fake_odoo.orders()
        seen.append((order["state"], order["receipt_status"]))
    assert seen == [("draft", ""), ("purchase", "pending"), ("purchase", "pending"), ("purchase", "full")]


@pytest.mark.parametrize("version", [17, 19])
def test_desk_confirms_receives_and_cancels(tmp_path: Path, version: int) -> None:
    with running(version=version, store=tmp_path) as odoo:
        vendor, product = ("12", "26") if version == 17 else ("7", "1")
        (id_,) = load(odoo, [["hsp.a", vendor, "<b>A</b>", product, "2"]], **QUIET)["ids"]
        for path in ("/", "/web", f"/odoo/purchase/{id_}"):
            status, text = http(odoo, "GET", path)
            assert (status, "P00001" in text, "<b>A" in text) == (200, True, False)
        assert http(odoo, "POST", f"/desk/{id_}/confirm")[0] == 303
        assert odoo.order(id_)["state"] == "purchase"
        line = odoo.order(id_)["lines"][0]["id"]
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert http(odoo, "POST", f"/desk/{id_}/receive", f"line-{line}=9", **form)[0] == 422
        assert http(odoo, "POST", f"/desk/{id_}/receive", f"line-{line}=1", **form)[0] == 303
        assert odoo.order(id_)["receipt_status"] == "partial"
        assert http(odoo, "POST", f"/desk/{id_}/receive")[0] == 303
        assert odoo.order(id_)["receipt_status"] == "full"
        assert http(odoo, "POST", f"/desk/{id_}/cancel")[0] == (303 if version == 19 else 422)
        assert odoo.order(id_)["state"] == ("cancel" if version == 19 else "purchase")
        for path in ("/desk/99/confirm", "/desk/1/delete", "/desk/x/confirm"):
            assert http(odoo, "POST", path)[0] in (404, 422)
        assert http(odoo, "POST", f"/desk/{id_}/confirm", **{"Sec-Fetch-Site": "cross-site"})[0] == 403


@pytest.mark.parametrize(
    ("version", "again"), [(17, {">": 1, ">=": 1, "=": 0}), (19, {">": 0, ">=": 1, "=": 1})]
)
def test_write_date_is_compared_as_the_version_does(
    tmp_path: Path, version: int, again: dict[str, int]
) -> None:
    """Before 19 the microseconds that nobody is shown count too."""
    with running(version=version, store=tmp_path) as odoo:
        odoo.set_clock(datetime(2030, 1, 2, 3, 4, 5, 678))
        connection = link(odoo)
        connection.execute("purchase.order", "create", {"partner_id": 12 if version == 17 else 7})
        shown = connection.execute("purchase.order", "search_read", [], fields=["write_date"])[0][
            "write_date"
        ]
        assert shown == "2030-01-02 03:04:05"
        found = {
            op: connection.execute("purchase.order", "search_count", [["write_date", op, shown]])
            for op in again
        }
        assert found == again


def test_account_of_the_portal_is_that_of_the_last_start(tmp_path: Path) -> None:
    for password in ("one", "two"):
        with running(store=tmp_path, password=password) as odoo:
            assert link(odoo).execute("res.users", "context_get")["lang"] == "en_US"


def test_goods_that_nobody_ordered_are_not_received(fake_odoo: FakeOdoo) -> None:
    (id_,) = load(fake_odoo, [ROW], **QUIET)["ids"]
    with pytest.raises(UserError):
        fake_odoo.receive(id_)


def test_switches_over_http(fake_odoo: FakeOdoo) -> None:
    connection = link(fake_odoo)
    asked = json.dumps({"kind": "502", "method": "load", "count": 2})
    status, text = http(fake_odoo, "POST", "/fake/faults", asked)
    assert (status, json.loads(text)["due"][0]["left"]) == (200, 2)
    assert http(fake_odoo, "POST", "/fake/faults", '{"kind": "flood"}')[0] == 422
    with pytest.raises(Exception, match="502"):
        connection.execute("purchase.order", "load", COLUMNS, [ROW])
    http(fake_odoo, "POST", "/fake/faults", '{"clear": true}')
    assert connection.execute("purchase.order", "load", COLUMNS, [ROW])["ids"]
    http(fake_odoo, "POST", "/fake/clock", '{"now": "2030-01-02 03:04:05"}')
    status, text = http(fake_odoo, "POST", "/fake/clock", '{"advance": 55}')
    assert json.loads(text) == {"now": "2030-01-02 03:05:00"}


def test_late_answer_waits_for_its_release(fake_odoo: FakeOdoo) -> None:
    late = fake_odoo.fault("late", method="search_count")
    address = urlsplit(fake_odoo.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as line:
        uid = fake_odoo.accounts.uid(fake_odoo.user, fake_odoo.password)
        body = json.dumps(
            {
                "params": {
                    "service": "object",
                    "method": "execute_kw",
                    "args": [fake_odoo.db, uid, fake_odoo.password, "purchase.order", "search_count", [[]]],
                }
            }
        )
        line.sendall(
            f"POST /jsonrpc HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            f"{body}".encode()
        )
        assert late.reached.wait(10)
        late.release()
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    assert answer.endswith(b'{"jsonrpc": "2.0", "id": null, "result": 0}')
