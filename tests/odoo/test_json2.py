"""The JSON-2 API: the stand-in answers as a real Odoo 19 did, and the adapter reads those answers."""

import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from integrations.odoo.connection import JSON2, connect
from integrations.odoo.errors import OdooError
from tests.fake_odoo.fixtures import running
from tests.fake_odoo.instance import FakeOdoo

RECORDED = json.loads(
    (Path(__file__).parents[1] / "transcripts" / "odoo19-json2.json").read_text(encoding="utf-8")
)
# What depends on what else that server held: its ids, its numbers, its keys of other people.
NOT_REPLAYED = {
    "40-j2-charset": "counts every order of that server",
    "40-j2-db-header-ok": "counts every order of that server",
    "40-j2-po-search_count": "counts every order of that server",
    "40-j2-err-access-plain": "the key of another account",
    "40-j2-context-lang": "a product of that server",
    "40-j2-err-bad-m2o": "where in its own SQL PostgreSQL found the mistake",
    "40-j2-err-usererror": "an order of that server",
    "40-j2-po-cancel (None result)": "an order of that server",
    "40-j2-po-confirm": "an order of that server",
    "40-j2-po-read": "an order of that server",
    "40-j2-po-read-load-none": "an order of that server",
    "40-j2-po-search": "an order of that server",
    "40-j2-po-search_read": "an order of that server",
    "40-j2-mr-read": "a repair of that server",
    "40-j2-err-wrong-company": "the stand-in says it as 17 and 19 do over JSON-RPC",
    "56-j2-load": "the loser of a race: test_once.py",
}


def asked(odoo: FakeOdoo, key: str) -> tuple[int, str]:
    question = RECORDED[key]["request"]
    headers = {
        name: value.replace("<APIKEY:portal_sync>", odoo.api_key).replace("PASSWORD", odoo.password)
        for name, value in question["headers"].items()
    }
    if headers.get("X-Odoo-Database") == "odoo19":
        headers["X-Odoo-Database"] = odoo.db
    body = question["body"]
    text = body if isinstance(body, str) else None if body is None else json.dumps(body)
    where = urlsplit(odoo.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
    try:
        connection.request(question["method"], question["path"], text, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def odoo(tmp_path_factory: pytest.TempPathFactory):
    with running(version=19, store=tmp_path_factory.mktemp("odoo")) as fake:
        yield fake


@pytest.mark.parametrize("key", sorted(set(RECORDED) - set(NOT_REPLAYED)))
def test_answers_as_recorded(odoo: FakeOdoo, key: str) -> None:
    recorded = RECORDED[key]
    status, text = asked(odoo, key)
    assert status == recorded["status"], text
    if "response" not in recorded:
        assert recorded["response_text"] in (None, text)
        return
    ours, theirs = json.loads(text), recorded["response"]
    if status == 200 and isinstance(theirs, list) and "create" in key:
        assert isinstance(ours, list) and isinstance(ours[0], int), "always a list of ids"
        return
    if isinstance(ours, dict):
        ours.pop("debug", None)
    assert ours == theirs


def test_nothing_is_left_out_silently() -> None:
    assert set(NOT_REPLAYED) <= set(RECORDED)


def link(odoo: FakeOdoo, **changes: str):
    given = {"url": odoo.url, "db": odoo.db, "user": odoo.user, "password": odoo.api_key}
    return connect(**{**given, **changes}, timeout=10, protocol=JSON2)


def test_it_signs_in_with_the_key_and_reads_the_version(odoo: FakeOdoo) -> None:
    assert link(odoo).version == 19


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"password": "portal"}, "credentials", "API key"),  # the password of the account is no key
        ({"db": "no_such_db"}, "config", "database"),
        ({"url": "ftp://odoo"}, "config", "ODOO_URL"),
    ],
)
def test_what_keeps_it_out(odoo: FakeOdoo, changes: dict, kind: str, words: str) -> None:
    with pytest.raises(OdooError, match=words) as caught:
        link(odoo, **changes)
    assert (caught.value.kind, caught.value.permanent) == (kind, True)


def test_an_older_odoo_has_no_such_door(tmp_path: Path) -> None:
    with running(version=17, store=tmp_path) as old, pytest.raises(OdooError, match="Odoo 19") as caught:
        link(old)
    assert caught.value.kind == "config"


@pytest.mark.parametrize(
    ("model", "method", "args", "kind"),
    [
        ("purchase.order", "create", [{"nope": 1}], "data"),
        ("purchase.order", "create", [{"origin": "x"}], "refused"),
        ("product.product", "write", [[1], {"name": "x"}], "access"),
        ("purchase.order", "button_confirm", [[999_999]], "missing"),
        ("purchase.order", "no_such_method", [], "data"),
        ("no.such.model", "search", [[]], "data"),
    ],
)
def test_odoos_own_words_decide_and_not_the_status(
    odoo: FakeOdoo, model: str, method: str, args: list, kind: str
) -> None:
    """An HTTP 500 is a mistake of ours most of the time, and trying again would not help."""
    with pytest.raises(OdooError) as caught:
        link(odoo).execute(model, method, *args)
    assert (caught.value.kind, caught.value.permanent) == (kind, True)
    assert "Traceback" not in caught.value.message


@pytest.mark.parametrize("fault", ["502", "drop", "lose_response"])
def test_a_broken_way_passes(odoo: FakeOdoo, fault: str) -> None:
    connection = link(odoo)
    odoo.fault(fault, method="search_count")
    with pytest.raises(OdooError) as caught:
        connection.execute("purchase.order", "search_count", [])
    assert (caught.value.kind, caught.value.permanent) == ("transport", False)


def test_one_given_record_answers_one_id_as_over_json_rpc(odoo: FakeOdoo) -> None:
    connection = link(odoo)
    assert isinstance(connection.execute("maintenance.request", "create", {"name": "one"}), int)
    assert len(connection.execute("maintenance.request", "create", [{"name": "two"}])) == 1
