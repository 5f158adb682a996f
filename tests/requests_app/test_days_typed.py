"""Days that somebody types into a configured form: none breaks a page or an approval, none is sent that makes no sense."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal import clock, ids
from requests_app import asking, lifecycle
from requests_app.kinds import kind_of
from requests_app.models import Category, ServiceRequest
from requests_app.states import RequestState
from tests.configuring import crew, decide
from tests.journeys import fresh
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
OVER, FAR = "That day is over.", "Enter a day within the next two years."
EDGES = ("9999-12-31", "9999-12-30", "0001-01-01", "1999-12-31", "2101-01-01", "2100-12-31", "2000-01-01")
NEW = {"name": "Rosa Field", "post": "office", "computer": "no"}
CLEAN = {"what": "discharge", "precautions": "standard", "when": "shift"}


@pytest.fixture
def nurse(world: SimpleNamespace) -> Client:
    crew(world)
    return signed_in(world.nurse)


def refused(client: Client, code: str, key: str, **answers: Any) -> str:
    """The sentences beside the question `key`; '' if it was sent."""
    form = client.get(reverse("requests:ask-new", args=[code])).context["form"]
    typed = {f"q-{name}": value for name, value in answers.items()}
    data = {
        "client_key": form.draft.client_key,
        "department": form.draft.department_id,
        "do": "send",
        **typed,
    }
    response = client.post(reverse("requests:ask-new", args=[code]), data)
    assert response.status_code in (302, 422)
    return "" if response.status_code == 302 else " ".join(response.context["form"].errors[f"q-{key}"])


def bed(world: SimpleNamespace) -> str:
    return world.ward.locations.filter(kind="S").order_by("code").first().code


@pytest.mark.parametrize("day", EDGES)
def test_no_day_at_the_edge_of_the_calendar_breaks_a_form(
    world: SimpleNamespace, nurse: Client, day: str
) -> None:
    what = {"what": "A letter", "for_whom": "A colleague"}
    asked = {"system": "records", "level": "standard", "reason": "Work"}
    moved = {"what": "sample", "when": "between"}
    tried = [
        ("document", "due", what | {"due": day}),
        ("loan", "due", {"what": "hoist", "when": "date", "due": day, "how_long": "day", "ward": world.ward.code}),
        ("clean", "due", CLEAN | {"place": bed(world), "due": f"{day}T23:59"}),
        ("pass_key", "until", {"person": world.nurse.username, "what": "pass", "until": day}),
        ("new_starter", "first_day", NEW | {"first_day": day}),
        ("access", "from", asked | {"from": day, "until": day, "trained": day}),
        ("transport", "agreed_at", moved | {"agreed_from": f"{day}T00:00", "agreed_at": f"{day}T23:59"}),
    ]  # fmt: skip
    with clock.at(MONDAY):
        for code, key, answers in tried:
            form = nurse.get(reverse("requests:ask-new", args=[code])).context["form"]
            typed = {f"q-{name}": value for name, value in answers.items()}
            data = {"client_key": form.draft.client_key, "department": form.draft.department_id, **typed}
            for url, do in (
                (reverse("requests:ask-save", args=[code]), "save"),
                (reverse("requests:ask-new", args=[code]), "send"),
            ):
                response = nurse.post(url, data | {"do": do, "code": code, "category": code})
                assert response.status_code < 500, (code, do)
            assert response.status_code == 422, code
            assert key in " ".join(response.context["form"].errors) or code in ("access", "transport"), code


@pytest.mark.parametrize(
    ("day", "said"),
    [("2027-02-28", OVER), ("2020-01-31", OVER), ("2029-03-02", FAR), ("2027-03-01", ""), ("2029-03-01", "")],
)
def test_what_is_needed_by_a_day_is_needed_from_today_on(nurse: Client, day: str, said: str) -> None:
    with clock.at(MONDAY):
        found = refused(nurse, "document", "due", what="A letter", for_whom="A colleague", due=day)
    assert found.startswith(said) and bool(found) == bool(said)


@pytest.mark.parametrize(
    ("day", "said"),
    [("2026-12-30", "That is more than 60 days ago."), ("2026-12-31", ""), ("2029-03-02", FAR), ("2019-01-01", "That")],
)  # fmt: skip
def test_a_new_starter_began_lately_or_begins_soon(nurse: Client, day: str, said: str) -> None:
    with clock.at(MONDAY):
        found = refused(nurse, "new_starter", "first_day", **NEW, first_day=day)
    assert found.startswith(said) and bool(found) == bool(said)


def test_a_pass_ends_later(world: SimpleNamespace, nurse: Client) -> None:
    with clock.at(MONDAY):
        asked = {"person": world.nurse.username, "what": "pass"}
        assert OVER in refused(nurse, "pass_key", "until", **asked, until="2027-02-01")
        assert refused(nurse, "pass_key", "until", **asked, until="2027-04-01") == ""


def test_a_bundle_that_is_agreed_months_late_is_agreed(world: SimpleNamespace, nurse: Client) -> None:
    with clock.at(MONDAY):
        assert refused(nurse, "new_starter", "first_day", **NEW, first_day="2027-01-04") == ""
        bundle = ServiceRequest.objects.get(category__code="new_starter", parent=None)
    with clock.at(MONDAY.replace(month=11)):
        decide(bundle)
    assert fresh(bundle).state == RequestState.IN_FULFILMENT
    assert ServiceRequest.objects.filter(parent=bundle).exists()


def test_a_bundle_sent_before_days_had_bounds_is_agreed(world: SimpleNamespace, nurse: Client) -> None:
    with clock.at(MONDAY):
        assert refused(nurse, "new_starter", "first_day", **NEW, first_day="2027-03-04") == ""
        bundle = ServiceRequest.objects.get(category__code="new_starter", parent=None)
        ServiceRequest.objects.filter(pk=bundle.pk).update(answers=NEW | {"first_day": "9999-12-31"})
        decide(fresh(bundle))
    assert fresh(bundle).state == RequestState.IN_FULFILMENT


def test_none_known_stands_alone(world: SimpleNamespace, nurse: Client) -> None:
    both = {"place": bed(world), "precautions": ["standard", "contact"], "what": "discharge"}
    said = "“None known” does not go with another precaution"
    assert said in refused(nurse, "room_turnover", "precautions", **both)
    assert said in refused(nurse, "clean", "precautions", **both, when="shift")


def test_a_title_says_neither_yes_nor_no(world: SimpleNamespace, nurse: Client) -> None:
    with clock.at(MONDAY):
        asked = {"place": bed(world), "what": "A hook", "why": "For coats", "opens": "no"}
        assert refused(nurse, "minor_works", "opens", **asked) == ""
    assert ServiceRequest.objects.get(category__code="minor_works").title == "Minor works"


def draft(world: SimpleNamespace, code: str, **answers: Any) -> ServiceRequest:
    return asking.save_answers(
        by=world.nurse,
        client_key=ids.key(),
        category=Category.objects.get(code=code),
        department=world.ward,
        answers=answers,
    )


def test_a_copy_has_no_days(world: SimpleNamespace, nurse: Client) -> None:
    for code, day, kept in (
        ("document", {"due": "2027-05-01"}, {"what": "A letter", "for_whom": "A colleague"}),
        ("new_starter", {"first_day": "2027-05-01"}, NEW),
        (
            "access",
            {"until": "2027-05-01", "from": "2027-04-01", "trained": "2027-01-01"},
            {"reason": "Work"},
        ),
    ):
        first = draft(world, code, **kept, **day)
        copy = asking.copy(request=first, by=world.nurse, client_key=ids.key())
        assert copy.answers == kept, code


def test_an_old_draft_of_a_retired_type_is_not_sent(world: SimpleNamespace, nurse: Client) -> None:
    kept = draft(world, "document", what="A letter", for_whom="A colleague")
    Category.objects.filter(code="document").update(active=False)
    url = reverse("requests:draft-edit", args=[kept.public_id])
    page = nurse.post(url, {
        "client_key": kept.client_key, "department": world.ward.pk, "do": "send",
        "q-what": "A letter", "q-for_whom": "A colleague",
    })  # fmt: skip
    assert page.status_code == 422
    assert "Nobody can ask for this any more" in page.content.decode()
    assert fresh(kept).state == RequestState.DRAFT
    assert nurse.get(url).status_code == 200


def test_what_came_back_of_a_retired_type_is_sent_again(world: SimpleNamespace, nurse: Client) -> None:
    kept = draft(world, "new_starter", **NEW, first_day="2027-03-04")
    with clock.at(MONDAY):
        lifecycle.submit(public_id=kept.public_id, by=world.nurse, seen="")
        lifecycle.withdraw(request=fresh(kept), by=world.nurse)
        Category.objects.filter(code="new_starter").update(active=False)
        lifecycle.submit(public_id=kept.public_id, by=world.nurse, seen="")
    assert fresh(kept).state == RequestState.SUBMITTED
    assert kind_of(fresh(kept)).said(fresh(kept))
