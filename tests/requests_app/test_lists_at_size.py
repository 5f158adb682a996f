"""Lists are merged from sources that have an index each: the same rows as one plain query, in its order, on every page."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from approvals import inbox
from approvals.models import StepApprover
from portal.accounts import scopes
from portal.accounts.models import Department, Team, User
from portal.accounts.roles import roles_with
from portal.web import keyset
from requests_app import lifecycle, listing
from requests_app.models import ServiceRequest
from requests_app.states import ENDED_STATES, RequestState
from requests_app.supplies.fulfilment import pick, send_on_the_way
from tests import personas
from tests.journeys import approved, draft, fresh, link, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(world: SimpleNamespace) -> SimpleNamespace:
    """Requests of several people, wards and hospitals in every state, and people whose sources overlap."""
    link(world)
    for count in range(3):
        sent(world, NPW_KIT=1, GLV_NIT_M=1 + count)
        approved(world, GLV_NIT_M=2)
        lifecycle.cancel(
            request=sent(world, world.colleague, NPW_KIT=1), by=world.colleague, reason="found some"
        )
        draft(world, GLV_NIT_M=1)
    coming = approved(world, world.colleague, GLV_NIT_M=1)
    lines = [line.pk for line in coming.lines.all()]
    pick(request=coming, line_ids=lines, by=world.storekeeper)
    send_on_the_way(request=fresh(coming), line_ids=lines, by=world.storekeeper)
    # Another ward's, written by somebody of ours for it.
    elsewhere = SimpleNamespace(**{**vars(world), "ward": world.other_ward})
    sent(elsewhere, world.other_nurse, GLV_NIT_M=1)
    moved = approved(elsewhere, world.other_nurse, NPW_KIT=1)
    ServiceRequest.objects.filter(pk=moved.pk).update(requester=world.nurse)  # needs it, and another wrote it
    scopes.grant(user=world.colleague, role="requester", place=world.other_ward, by=world.system)
    scopes.grant(user=world.buyer, role="requester", place=world.ward, by=world.system)
    scopes.grant(user=world.head, role="service_manager", place=world.hospital, by=world.system)
    return world


def everybody(world: SimpleNamespace) -> list[User]:
    personas.person("in.two.places", role="finance", place=world.other_hospital)
    User.objects.create_superuser("root", password="x")
    return list(User.objects.all())


def plain(user: User, **asked: Any) -> list[int]:
    """The oracle: one WHERE, all rows, no index in mind."""
    rows = ServiceRequest.objects.visible_to(user).exclude(state=RequestState.DRAFT)
    if asked.get("ended") is not None:
        rows = rows.filter(state__in=ENDED_STATES) if asked["ended"] else rows.exclude(state__in=ENDED_STATES)
    if asked.get("mine"):
        rows = rows.filter(filed_by=user) | rows.filter(requester=user)
    if asked.get("states"):
        rows = rows.filter(state__in=asked["states"])
    for place in ("hospital", "department"):
        if asked.get(place):
            rows = rows.filter(**{place: asked[place]})
    return list(rows.distinct().order_by("-created_at", "-pk").values_list("pk", flat=True))


def walked(user: User, size: int, **asked: Any) -> list[int]:
    """Every page, one after the other."""
    rows: list[int] = []
    cursor = ""
    while True:
        page = keyset(listing.listed(user, **asked), by="-created_at", cursor=cursor, size=size)
        rows += [row.pk for row in page.rows]
        assert len(page.rows) == size or not page.next
        if not (cursor := page.next):
            return rows


@pytest.mark.parametrize("size", [pytest.param(2, marks=pytest.mark.long), 25])
def test_every_page_of_everybody_holds_what_the_plain_query_finds(busy: SimpleNamespace, size: int) -> None:
    seen = 0
    for user in everybody(busy):
        for asked in ({}, {"ended": False}, {"ended": True}, {"ended": False, "mine": True}, {"mine": True}):
            wanted = plain(user, **asked)
            assert walked(user, size, **asked) == wanted, (user.username, asked)
            seen += len(wanted)
    assert seen > 100


@pytest.mark.long
def test_the_filters_narrow_what_everybody_sees(busy: SimpleNamespace) -> None:
    seen = 0
    for user in everybody(busy):
        for asked in (
            {"hospital": busy.hospital.pk},
            {"hospital": busy.other_hospital.pk},
            {"department": busy.ward.pk},
            {"department": busy.other_ward.pk, "ended": False, "mine": True},
            {"states": [RequestState.SUBMITTED]},
            {"states": [RequestState.CANCELLED, RequestState.APPROVED], "hospital": busy.hospital.pk},
        ):
            wanted = plain(user, **asked)
            assert walked(user, 4, **asked) == wanted, (user.username, asked)
            seen += len(wanted)
    assert seen > 50


def test_what_is_due_first_comes_first_for_everybody(busy: SimpleNamespace) -> None:
    for user in everybody(busy):
        rows = ServiceRequest.objects.filter(pk__in=plain(user, ended=False))
        wanted = rows.order_by(F("due_at").asc(nulls_last=True), "pk").values_list("pk", flat=True)
        assert [row.pk for row in listing.soonest(user, most=4)] == list(wanted[:4]), user.username


def test_what_arrives_is_told_to_whoever_works_there(busy: SimpleNamespace) -> None:
    told = {user.username for user in everybody(busy) if listing.arriving_at(user)}
    assert {"asha.menon", "tom.reid", busy.buyer.username} <= told
    assert busy.stranger.username not in told
    assert "sam.doyle" not in told


def test_the_inbox_holds_what_was_asked_in_the_order_in_which_it_is_due(busy: SimpleNamespace) -> None:
    asked = 0
    for user in everybody(busy):
        rows = StepApprover.objects.filter(user=user, open=True)
        wanted = rows.order_by(F("step__approval__request__due_at").asc(nulls_last=True), "step_id")
        assert [card.step.pk for card in inbox.cards(user)] == list(wanted.values_list("step", flat=True)), (
            user.username
        )
        assert [card.step.ref for card in inbox.cards(user)] == inbox.waiting_refs(user)
        asked += len(wanted)
    assert asked >= 3


def test_reach_is_what_the_other_questions_say(busy: SimpleNamespace) -> None:
    assert (
        roles_with("fulfil_here", "group") == []
    )  # or `sources` would have to ask for the teams of everywhere
    for user in everybody(busy):
        found = scopes.reach(user, "view_requests", "fulfil_here")
        there, wards = found["view_requests"], Department.objects.select_related("hospital")
        assert {
            ward.pk
            for ward in wards
            if there.everywhere or ward.hospital_id in there.hospitals or ward.pk in there.departments
        } == set(scopes.departments_with(user, "view_requests").values_list("pk", flat=True)), user.username
        teams = scopes.teams_with(user, "fulfil_here")
        assert found["fulfil_here"].teams == dict(teams.values_list("pk", "hospital")), user.username
    assert Team.objects.exists()


@pytest.mark.postgres
@pytest.mark.parametrize("persona", ["nurse", "storekeeper", "finance", "auditor"])
def test_no_list_reads_a_table_from_end_to_end(busy: SimpleNamespace, persona: str) -> None:
    user = getattr(busy, persona)
    deep = keyset(listing.listed(user, ended=False), by="-created_at", size=1).next
    first = listing.listed(user, ended=False).first(26, "-created_at", "-pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        sql, params = first.query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on requests_app_servicerequest" not in plan
    assert "request_open_" in plan, plan
    assert deep or persona == "storekeeper"
