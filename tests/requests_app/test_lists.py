"""The list of requests: tabs, whose, chips with counts, words, saved views, and rows as they are now."""

import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.errors import Invalid
from requests_app import kept_lists, lifecycle, list_counts, list_page, waiting, work
from requests_app.models import SavedView, ServiceRequest
from tests import journeys, moving, personas, repairs

LIST, ROWS, VIEWS = reverse("requests:list"), reverse("requests:list-rows"), reverse("requests:views")


def shown(client: Client, address: str = "") -> list[str]:
    page = client.get(LIST + address)
    assert page.status_code == 200
    return [row.title for row in page.context["page"].rows]


def chip(client: Client, label: str, address: str = "") -> tuple[str, str]:
    """Count and address of a chip; fails where there is none."""
    found = {one.label: one for one in client.get(LIST + address).context["chips"]}
    return found[label].count, found[label].url


@pytest.fixture
def ward(world: SimpleNamespace) -> SimpleNamespace:
    """A repair that waits for an answer, an order for supplies, and a move of a colleague that is late."""
    repairs.equip(world)
    moving.porters(world)
    world.repair = repairs.sent(world)
    world.supplies = journeys.sent(world, SET_PMP=1)
    world.move = moving.sent(world, world.colleague)
    ServiceRequest.objects.filter(pk=world.move.pk).update(due_at=clock.now().replace(year=2020))
    return world


def test_each_chip_counts_what_it_shows(ward: SimpleNamespace) -> None:
    nurse = personas.signed_in(ward.nurse)
    assert len(shown(nurse)) == 3
    for label, title in (
        ("Late", ward.move.title),
        ("Move", ward.move.title),
        ("Supplies", ward.supplies.title),
    ):
        count, url = chip(nurse, label)
        assert (count, shown(nurse, url)) == ("1", [title])
        off = chip(nurse, label, url)[1]
        assert len(shown(nurse, off)) == 3  # pressed again it is off
    late_move = chip(nurse, "Move", "?late=1")
    assert late_move[0] == "1"
    assert "Supplies" not in {one.label for one in nurse.get(LIST + "?late=1").context["chips"]}


def test_whose(ward: SimpleNamespace) -> None:
    nurse, porter = personas.signed_in(ward.nurse), personas.signed_in(ward.porter)
    assert set(shown(nurse, "?scope=mine")) == {ward.repair.title, ward.supplies.title}
    assert "scope=team" not in nurse.get(LIST).text
    assert len(shown(nurse, "?scope=team")) == 3  # none of hers: as if it had not been said
    assert shown(porter, "?scope=team") == [ward.move.title]


def test_what_needs_somebody(ward: SimpleNamespace) -> None:
    nurse, head = personas.signed_in(ward.nurse), personas.signed_in(ward.head)
    assert shown(nurse, "?tab=needs") == []
    case = (
        work.take(request=ward.repair, by=ward.biomed_technician)
        if hasattr(ward, "biomed_technician")
        else None
    )
    back = journeys.sent(ward, NPW_KIT=1)
    lifecycle.withdraw(request=back, by=ward.nurse)
    assert shown(nurse, "?tab=needs") == [back.title]
    assert shown(head, "?tab=needs") == []
    assert case is None or case.title not in shown(nurse, "?tab=needs")
    taken = work.take(request=ward.move, by=ward.porter)
    assert shown(personas.signed_in(ward.porter), "?tab=needs") == [taken.title]


def test_a_question_to_the_ward_needs_everybody_who_works_there(ward: SimpleNamespace) -> None:
    move = work.take(request=ward.move, by=ward.porter)
    waiting.ask_ward(request=move, text="Is the patient ready?", choices=["Yes", "No"], by=ward.porter)
    for who in (ward.nurse, ward.colleague):
        assert shown(personas.signed_in(who), "?tab=needs") == [move.title]
    assert shown(personas.signed_in(ward.other_nurse), "?tab=needs") == []
    nurse = personas.signed_in(ward.nurse)
    assert chip(nurse, "Waiting")[0] == "1"
    assert shown(nurse, "?waiting=1") == [move.title]


def test_words_within_the_list(ward: SimpleNamespace) -> None:
    nurse = personas.signed_in(ward.nurse)
    assert shown(nurse, "?q=set-pmp") == [ward.supplies.title]
    assert shown(nurse, f"?q={ward.repair.number}") == [ward.repair.title]
    assert shown(nurse, f"?q={int(ward.repair.number[-6:])}") == [ward.repair.title]
    assert shown(nurse, "?q=nothing+of+this") == []
    assert nurse.get(f"{LIST}?q=%00").status_code == 400  # as on every page
    for nonsense in (
        "x" * 10_000,
        "%25_",
        "'%20|%20!%3A*%20%26",
        "%F0%9F%92%A9",
        "(((",
        "\\\\",
        "&department=9999999999&type=x&after=x",
    ):
        assert nurse.get(f"{LIST}?q={nonsense}").status_code == 200


def test_counts_stop_at_a_thousand(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_counts, "LIMIT", 2)
    for _one in range(4):
        journeys.sent(world, SET_PMP=1)
    page = personas.signed_in(world.nurse).get(LIST)
    assert page.context["total"] == "2+"
    assert {one.count for one in page.context["chips"]} == {"2+"}


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_the_list_takes_eight_queries(world: SimpleNamespace, rows: int, django_assert_num_queries) -> None:
    for _one in range(rows):
        journeys.sent(world, SET_PMP=1)
    kept_lists.keep(name="Mine", query="tab=open&scope=mine", by=world.nurse)
    nurse, auditor = personas.signed_in(world.nurse), personas.signed_in(world.auditor)
    refs = "".join(f".{one.public_id}" for one in ServiceRequest.objects.order_by("-created_at", "-pk")[:25])[
        1:
    ]
    postgres = connection.vendor == "postgresql"
    for reader, address, queries in (
        (nurse, LIST, 8),
        (nurse, f"{LIST}?q=pump&late=1", 8 + postgres),  # asks its index of words first, once
        (nurse, f"{LIST}?tab=needs", 6),
        (auditor, LIST, 8),
        (auditor, f"{LIST}?tab=closed", 8),
        (nurse, f"{ROWS}?shown={refs}", 6),
        (nurse, f"{ROWS}?shown=gone", 7),
    ):
        with django_assert_num_queries(queries):
            assert reader.get(address).status_code == 200


def test_rows_stay_in_their_places(world: SimpleNamespace) -> None:
    first, second = journeys.sent(world, SET_PMP=1), journeys.sent(world, NPW_KIT=1)
    nurse = personas.signed_in(world.nurse)
    page = nurse.get(LIST)
    address = re.search(r'hx-get="([^"]*rows/[^"]*)"', page.text)[1].replace("&amp;", "&")
    assert nurse.get(address).context["news"].words == ""
    journeys.sent(world, GLV_NIT_M=1)
    lifecycle.withdraw(request=first, by=world.nurse)
    answer = nurse.get(address)
    assert [row.pk for row in answer.context["rows"]] == [second.pk, first.pk]
    assert "1 new" in answer.context["news"].words
    assert f'href="{LIST}?tab=open"' in answer.text
    assert Client().get(address).status_code == 401


def test_views_are_kept_renamed_and_deleted(world: SimpleNamespace) -> None:
    nurse, colleague = personas.signed_in(world.nurse), personas.signed_in(world.colleague)
    sent = nurse.post(VIEWS, {"name": " Late  ones ", "query": "tab=open&late=1&evil=<b>&tab=x"})
    assert sent.status_code == 302
    view = SavedView.objects.get()
    assert (view.user, view.name, view.query) == (world.nurse, "Late ones", "tab=open&late=1")
    assert f'href="?{view.query.replace("&", "&amp;")}"' in nurse.get(LIST).text
    assert "Late ones" not in colleague.get(LIST).text + colleague.get(VIEWS).text
    for verb in ("requests:view-rename", "requests:view-forget"):
        assert colleague.post(reverse(verb, args=[view.ref]), {"name": "x"}).status_code == 404
    nurse.post(VIEWS, {"name": "late ONES", "query": "tab=closed"})
    assert SavedView.objects.get().query == "tab=closed"  # the same name, another address
    for name in ("", " ", "x" * 41, "\0"):
        refused = nurse.post(reverse("requests:view-rename", args=[view.ref]), {"name": name})
        assert refused.status_code == 422 and "1 to 40 characters" in refused.text
        assert nurse.post(VIEWS, {"name": name, "query": "tab=open"}).status_code == 422
    nurse.post(reverse("requests:view-rename", args=[view.ref]), {"name": "Done"})
    assert "Done" in nurse.get(VIEWS).text
    nurse.post(reverse("requests:view-forget", args=[view.ref]))
    assert not SavedView.objects.exists()


def test_at_most_twenty_views(world: SimpleNamespace) -> None:
    for number in range(kept_lists.MOST):
        kept_lists.keep(name=f"View {number}", query="tab=open", by=world.nurse)
    with pytest.raises(Invalid):
        kept_lists.keep(name="One more", query="tab=open", by=world.nurse)
    kept_lists.keep(name="view 3", query="tab=closed", by=world.nurse)
    kept_lists.keep(name="View 1", query="tab=open", by=world.colleague)


def test_an_address_says_the_same_when_it_is_read_again(world: SimpleNamespace) -> None:
    nurse = personas.signed_in(world.nurse)
    page = nurse.get(LIST, {"late": "1", "type": "supply", "priority": "urgent", "q": "a b", "scope": "mine"})
    again = nurse.get(LIST + page.context["links"]["first"])
    assert again.context["asked"] == page.context["asked"]
    assert list_page.TABS == ("open", "needs", "closed", "drafts")
