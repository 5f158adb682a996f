"""The page and the API of standing in: away in three taps, what moves, and refusals at their fields."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import cover
from approvals.models import Absence, Delegation
from portal import clock
from portal.notify.models import Notice
from tests.api.calls import caller
from tests.journeys import sent
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
MONDAY = datetime(2030, 5, 13, 9, tzinfo=UTC)  # 10:00 in London
TONIGHT = datetime(2030, 5, 13, 23, tzinfo=UTC)
SUNDAY = datetime(2030, 5, 19, 23, tzinfo=UTC)
D = timedelta(days=1)


@pytest.fixture
def place(world: SimpleNamespace) -> SimpleNamespace:
    with clock.at(MONDAY):
        yield world


def page(user: Any, name: str = "cover") -> str:
    answer = signed_in(user).get(reverse(f"approvals:{name}"))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def post(user: Any, name: str, form: dict[str, Any] | None = None, *args: Any) -> Any:
    return signed_in(user).post(reverse(f"approvals:{name}", args=args), form or {}, follow=True)


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_says_who_stands_in(place: SimpleNamespace) -> None:
    assert "You are here." in page(place.head)
    cover.declare_absence(
        user=place.head, starts_at=MONDAY, ends_at=MONDAY + D, by=place.head, delegate=place.ward_lead
    )
    assert "Grace Hill stands in for you now, until " in page(place.head)
    theirs = page(place.ward_lead)
    assert "You may decide for them" in theirs
    assert "Joy Okoro" in theirs
    assert reverse("approvals:cover") in said(signed_in(place.head).get(reverse("approvals:inbox")))
    assert reverse("approvals:cover") in said(signed_in(place.head).get(reverse("accounts:me")))
    assert reverse("approvals:cover") not in said(signed_in(place.nurse).get(reverse("accounts:me")))


@pytest.mark.parametrize(
    ("form", "ends"),
    [
        ({"until": "today"}, TONIGHT),
        ({"until": "week"}, SUNDAY),
        ({"until": "until", "last": "2030-05-15"}, TONIGHT + 2 * D),
    ],
)
def test_away_with_a_deputy(place: SimpleNamespace, form: dict[str, str], ends: datetime) -> None:
    sent(place, NPW_KIT=1)
    answer = post(place.head, "cover-absence", {**form, "to": place.ward_lead.pk})
    assert "1 open decision goes to Grace Hill." in said(answer)
    made = Absence.objects.get()
    assert (made.starts_at, made.ends_at) == (MONDAY, ends)
    assert made.delegations.get().delegate == place.ward_lead
    assert "now begins" not in said(answer)


def test_looking_changes_nothing_and_shows_what_moves_and_what_to_know(place: SimpleNamespace) -> None:
    for _each in range(2):
        sent(place, NPW_KIT=1)
    sent(place, place.ward_lead, NPW_KIT=1)
    answer = post(place.head, "cover-absence", {"until": "today", "to": place.ward_lead.pk, "look": "1"})
    assert "2 open decisions go to Grace Hill." in said(answer)
    assert "Requests of Grace Hill come to you." in said(answer)
    assert not Absence.objects.exists()
    answer = post(place.head, "cover-absence", {"until": "today", "look": "1"})
    assert "3 open decisions go to your colleagues" in said(answer)


def test_refusals_stand_at_their_fields(place: SimpleNamespace) -> None:
    for form, words in (
        ({}, "Answer this question."),
        ({"until": "until"}, "Choose the last day."),
        ({"until": "until", "last": "2030-05-01"}, "The end has to be after the beginning."),
        ({"until": "until", "last": "9999-12-31"}, "366 days at most."),
        ({"until": "until", "last": "soon"}, "Enter a date"),
        ({"until": "today", "first": "2020-01-01"}, "This is over already."),
        ({"until": "today", "to": place.stranger.pk}, "Choose from the list."),
        ({"until": "today", "to": place.ward_lead.pk, "scope": "below"}, "Enter an amount"),
        ({"until": "today", "to": place.ward_lead.pk, "scope": "types"}, "Choose at least one type."),
    ):
        client = signed_in(place.head)
        answer = client.post(reverse("approvals:cover-absence"), form)
        assert (answer.status_code, words in said(answer)) == (422, True), (form, said(answer))
    answer = signed_in(place.head).post(reverse("approvals:cover-delegate"), {"until": "today"})
    assert answer.status_code == 422
    assert not Absence.objects.exists()


def test_lending_within_limits_and_taking_it_back(place: SimpleNamespace) -> None:
    form = {"until": "week", "to": place.ward_lead.pk, "scope": "below", "limit": "500"}
    post(place.head, "cover-delegate", form)
    lent = Delegation.objects.get()
    assert (lent.limit, lent.categories, lent.absence) == (500, [], None)
    assert "only below £500.00" in page(place.ward_lead)
    assert post(place.director, "cover-revoke", {}, lent.ref).status_code == 404
    post(place.ward_lead, "cover-revoke", {}, lent.ref)
    assert Notice.objects.filter(kind="cover_given_back", user=place.head).exists()


def test_here_again_and_an_alternate(place: SimpleNamespace) -> None:
    post(place.head, "cover-absence", {"until": "today"})
    away = Absence.objects.get()
    assert post(place.ward_lead, "cover-call-off", {}, away.pk).status_code == 404
    post(place.head, "cover-call-off", {}, away.pk)
    assert Absence.objects.get().called_off_at == MONDAY
    assert "Grace Hill is your alternate." in said(
        post(place.head, "cover-alternate", {"to": place.ward_lead.pk})
    )
    assert "You have no alternate." in said(post(place.head, "cover-alternate", {"to": ""}))
    assert signed_in(place.head).get(reverse("approvals:cover-alternate")).status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(place: SimpleNamespace, rows: int) -> None:
    people = (place.ward_lead, place.director, place.finance)
    for to in people[:rows]:
        cover.delegate(grantor=place.head, to=to, starts_at=MONDAY, ends_at=MONDAY + D, by=place.head)
    client = signed_in(place.head)
    client.get(reverse("approvals:cover"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("approvals:cover"))
    assert len(queries) <= 10, [query["sql"][:90] for query in queries]


def test_the_same_through_the_api(place: SimpleNamespace) -> None:
    head, lead = caller(place.head), caller(place.ward_lead)
    period = {"starts_at": "2030-05-13T09:00:00Z", "ends_at": "2030-05-14T09:00:00Z"}
    answer = head.send(
        "POST", "approvals/cover/delegations", {**period, "to": "grace.hill", "limit": "500.00"}
    )
    assert answer.status_code == 200, answer.content
    ref = answer.json()["lent"]["ref"]
    assert [one["ref"] for one in lead.send("GET", "approvals/cover").json()["received"]] == [ref]
    assert lead.send("POST", f"approvals/cover/delegations/{ref}/revoke").json()["revoked_at"]
    assert caller(place.director).send("POST", f"approvals/cover/delegations/{ref}/revoke").status_code == 404
    away = head.send("POST", "approvals/cover/absences", {**period, "delegate": "grace.hill"}).json()
    assert head.send("GET", "approvals/cover").json()["stands_in"][0]["delegate"] == "Grace Hill"
    begins = {"starts_at": away["starts_at"]}
    assert lead.send("POST", "approvals/cover/absences/call-off", begins).status_code == 404
    assert head.send("POST", "approvals/cover/absences/call-off", begins).json()["called_off_at"]
    assert head.send("PUT", "approvals/cover/alternate", {"to": "grace.hill"}).json()["alternate"]["ref"]
    assert head.send("PUT", "approvals/cover/alternate", {"to": None}).json()["alternate"] is None
    for path, body in (
        ("delegations", {**period, "to": "joy.okoro"}),
        ("delegations", {**period, "to": "grace.hill", "types": ["nothing"]}),
        ("delegations", {**period, "to": "grace.hill", "ends_at": "9999-12-31T23:59:59Z"}),
        ("absences", {"starts_at": "2030-05-13T09:00:00Z"}),
    ):
        assert head.send("POST", f"approvals/cover/{path}", body).status_code == 422, body
    assert head.send("POST", "approvals/cover/delegations", {**period, "to": "no.body"}).status_code == 404
