"""The board: its numbers are those of its rows, each opens exactly its rows, and nothing is on it that is not one's to see."""

import re
from collections import Counter
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.accounts.models import User
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from tests import boards, personas

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
WHICH = ("late", "likely", "ontrack", "waiting")


def stands(row: ServiceRequest) -> str:
    """The oracle: in plain words."""
    if row.due_at is None:
        return "waiting"
    if clock.now() > row.due_at:
        return "late"
    return "likely" if clock.now() >= row.warn_at else "ontrack"


def lane_of(row: ServiceRequest) -> str:
    if row.state in (RequestState.SUBMITTED, RequestState.RETURNED):
        return ".decisions"
    return row.team.code if row.team else ".supplies" if row.service == "" else ".together"


@pytest.fixture
def frozen():
    """The moment stands still, so that what is counted is what is listed."""
    with clock.at(clock.now()):
        yield


def figures(page: str) -> dict[str, tuple[int, str]]:
    found = re.findall(r'<a class="kpi [^"]*" href="([^"]*)">.*?<b>(\d+)</b>', page, re.S)
    return {re.search(r"which=(\w+)", url)[1]: (int(number), unescape(url)) for url, number in found}


def lane_figures(page: str) -> dict[tuple[str, str], tuple[int, str]]:
    found = re.findall(r'<a class="sla sla-\w+" href="([^"]*)"><svg.*?</svg>(\d+)<', page, re.S)
    named = {}
    for url, number in found:
        address = unescape(url)
        query = dict(re.findall(r"(\w+)=([^&]*)", unquote(address)))
        named[*query["lane"].split(":"), query["which"]] = (int(number), address)
    return named


def numbers_behind(client: Client, url: str) -> list[str]:
    """Of every page, one after the other."""
    found: list[str] = []
    address: str | None = url
    while address:
        page = client.get(address).content.decode()
        found += re.findall(r"SR-2099-\d{6}", page)
        more = re.search(r'<nav class="pager".*?href="([^"]*after=[^"]*)"', page, re.S)
        address = unescape(more[1]) if more else None
    return found


@pytest.mark.parametrize("many", [0, 1, 50])
@pytest.mark.parametrize("who", ["service_manager", "auditor", "nurse", "storekeeper", "stranger"])
def test_every_number_is_that_of_its_rows_and_opens_them(
    world: SimpleNamespace, frozen: None, many: int, who: str
) -> None:
    boards.fill(world, many)
    client = personas.signed_in(getattr(world, who))
    rows = boards.plainly_seen(getattr(world, who))
    page = client.get("/board/?hospital=").content.decode()
    expected = Counter(stands(row) for row in rows)
    shown = figures(page)
    assert {which: number for which, (number, _url) in shown.items()} == {w: expected[w] for w in WHICH}
    for which, (_number, url) in shown.items():
        mine = [row.number for row in rows if stands(row) == which]
        assert sorted(numbers_behind(client, url)) == sorted(mine), which
    lanes = Counter((row.hospital.code, lane_of(row), stands(row)) for row in rows)
    listed = lane_figures(page)
    assert {key: number for key, (number, _url) in listed.items()} == dict(lanes)
    for (hospital, lane, which), (_number, url) in list(listed.items())[:8]:
        mine = [r.number for r in rows if (r.hospital.code, lane_of(r), stands(r)) == (hospital, lane, which)]
        assert sorted(numbers_behind(client, url)) == sorted(mine)


def test_five_thousand_open_requests(world: SimpleNamespace, frozen: None) -> None:
    boards.fill(world, 5000)
    client = personas.signed_in(world.service_manager)
    rows = boards.plainly_seen(world.service_manager)
    expected = Counter(stands(row) for row in rows)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/board/").content.decode()
    assert {which: number for which, (number, _url) in figures(page).items()} == dict(expected)
    lanes = Counter((row.hospital.code, lane_of(row), stands(row)) for row in rows)
    assert {key: number for key, (number, _url) in lane_figures(page).items()} == dict(lanes)
    assert len(queries) == 8
    first = client.get(figures(page)["late"][1]).content.decode()
    soonest = sorted((r for r in rows if stands(r) == "late"), key=lambda r: (r.due_at, r.pk))[:25]
    assert re.findall(r"SR-2099-\d{6}", first) == [row.number for row in soonest]


@pytest.mark.parametrize("rows", [0, 1, 3, 50])
def test_queries_of_the_board(world: SimpleNamespace, rows: int) -> None:
    boards.fill(world, rows)
    client = personas.signed_in(world.service_manager)
    for address, expected in (("/board/", 8), ("/board/?wall=1", 8), ("/board/rows/?which=late", 7)):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) == expected, (address, [one["sql"][:90] for one in queries])


def test_what_somebody_may_not_see_is_nowhere_on_it(world: SimpleNamespace) -> None:
    """Canaries: another hospital's, a private one, and a transfer after death, which its own team sees elsewhere."""
    foreign = boards.fill(world, 1, wards=[world.foreign_ward])[0]
    private, death = boards.fill(world, 2, wards=[world.ward])
    late = {"due_at": clock.now() - MINUTE, "warn_at": clock.now() - 2 * MINUTE, "state": "in_fulfilment"}
    for row, more in (
        (foreign, {"title": "Canary one", "service": "it_fault", "private": False}),
        (private, {"title": "Canary two", "service": "it_fault", "private": True, "team": None}),
        (death, {"title": "Canary three", "service": "move_after_death", "private": True}),
    ):
        boards.change(row, **late, **more)
    for who, canaries in (
        (world.service_manager, ("one", "two", "three")),
        (world.nurse, ("three",)),
        (world.auditor, ("two", "three")),
        (world.stranger, ("two", "three")),
    ):
        client = personas.signed_in(who)
        for address in ("/board/", "/board/live/", "/board/?wall=1", "/board/rows/?which=late"):
            page = client.get(address).content.decode()
            assert not [word for word in canaries if f"Canary {word}" in page], (who, address)
    page = personas.signed_in(world.stranger).get("/board/").content.decode()
    assert "Canary one" in page


def test_no_name_of_a_person_is_on_the_wall(world: SimpleNamespace) -> None:
    boards.fill(world, 30)
    page = personas.signed_in(world.service_manager).get("/board/?wall=1").content.decode()
    assert world.nurse.last_name not in page
    assert "topbar" not in page
    assert "tabbar" not in page


def test_what_nobody_has_is_dashed_and_a_moment_has_its_place(world: SimpleNamespace, frozen: None) -> None:
    (row,) = boards.fill(world, 1, wards=[world.ward])
    for minutes, column in ((1, "c1"), (16, "c4"), (44, "c9"), (85, "c18"), (119, "c18 due-end")):
        due = clock.now() + minutes * MINUTE
        boards.change(
            row, due_at=due, warn_at=due, state="approved", service="it_fault", assignee=None, private=False
        )
        page = personas.signed_in(world.service_manager).get("/board/").content.decode()
        assert f'<li class="due due-ok {column} due-none">' in page
        assert "Nobody has it." in page
    boards.change(row, due_at=clock.now() + 121 * MINUTE)
    assert 'class="due ' not in personas.signed_in(world.service_manager).get("/board/").content.decode()


def test_done_today_and_this_week_against_the_goal(world: SimpleNamespace) -> None:
    rows = boards.fill(world, 10, wards=[world.ward])
    boards.change(
        *rows,
        service="it_fault",
        team=world.teams["stores"],
        private=False,
        state="closed",
        closed_at=clock.now(),
    )
    for n, row in enumerate(rows):
        boards.ended(row, at=clock.now(), met=n < 7, took=(n + 1) * 10 * MINUTE)
    boards.ended(rows[0], at=clock.now() - timedelta(days=30), met=False, took=MINUTE)
    page = personas.signed_in(world.service_manager).get("/board/").content.decode()
    assert "<b>70%</b><span>of 10 done today in time, aim 90%</span>" in page


def test_a_department_narrows_it_and_nonsense_does_not_break_it(world: SimpleNamespace, frozen: None) -> None:
    boards.fill(world, 40)
    client = personas.signed_in(world.service_manager)
    ward = world.other_ward
    page = client.get(f"/board/?department={ward.pk}").content.decode()
    rows = [r for r in boards.plainly_seen(world.service_manager) if r.department_id == ward.pk]
    assert sum(number for number, _url in figures(page).values()) == len(rows)
    assert sorted(numbers_behind(client, figures(page)["late"][1])) == sorted(
        row.number for row in rows if stands(row) == "late"
    )
    for query in (
        "department=x",
        "department=99999999999999999999",
        "hospital=XX",
        "which=x",
        "lane=:",
        "after=x",
    ):
        for address in ("/board/", "/board/live/", "/board/rows/"):
            assert client.get(f"{address}?{query}").status_code == 200, (address, query)


def test_nothing_late_says_so(world: SimpleNamespace) -> None:
    client = personas.signed_in(world.service_manager)
    assert "Nothing open" in client.get("/board/").content.decode()
    assert "Nothing late" in client.get("/board/rows/?which=late").content.decode()


def test_it_asks_by_itself_and_a_visitor_gets_nothing(world: SimpleNamespace, client: Client) -> None:
    assert client.get("/board/live/").status_code == 401
    assert client.get("/board/").status_code == 302
    page = personas.signed_in(world.service_manager).get("/board/live/").content.decode()
    assert page.lstrip().startswith('<div class="board" id="board"')


def test_the_link_is_for_those_who_see_more_than_a_ward(world: SimpleNamespace) -> None:
    def linked(who: User) -> bool:
        return 'href="/board/"' in personas.signed_in(who).get("/").content.decode()

    assert linked(world.service_manager)
    assert linked(world.store_lead)
    assert not linked(world.nurse)
