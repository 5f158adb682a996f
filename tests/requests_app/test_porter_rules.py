"""What porters may have and what follows: skills, scans that are another thing, cleaning after some precautions."""

from types import SimpleNamespace

import pytest
from django.test import Client

from portal.accounts.models import Membership
from portal.facts import verb
from requests_app.models import CaseException
from requests_app.states import RequestState
from requests_app.transport import scanning
from tests import configuring, moving, repairs
from tests.journeys import fresh
from tests.personas import signed_in
from tests.requests_app.test_porter import move, page, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def porters(world: SimpleNamespace) -> SimpleNamespace:
    return moving.porters(world)


@pytest.fixture
def porter(porters: SimpleNamespace) -> Client:
    return signed_in(porters.porter)


@verb
def learnt(person: object, team: object, skills: str) -> None:
    Membership.objects.filter(user=person, team=team).update(skills=skills)


def test_a_move_is_offered_to_those_who_have_learnt_it(porters: SimpleNamespace, porter: Client) -> None:
    learnt(porters.porter, porters.porters, "blood moving_handling")
    learnt(porters.other_porter, porters.porters, "medical_gas")
    request = moving.sent(porters)
    goods = moving.sent(porters, what="bed", condition="used")
    other = signed_in(porters.other_porter)
    assert request.number in page(porter)
    assert request.number not in page(other)
    assert goods.number in page(other)
    assert press(other, "accept", request).status_code == 403
    assert press(porter, "accept", request).status_code == 302
    assert not CaseException.objects.filter(request=request).exists()


def test_what_nobody_has_learnt_is_an_exception(porters: SimpleNamespace) -> None:
    learnt(porters.porter, porters.porters, "blood")
    request = moving.sent(porters)
    found = CaseException.objects.get(request=request)
    assert (found.kind, found.owner_role, found.key) == ("duty_not_covered", "service_manager", "skill")
    assert "moving and handling" in found.detail


def test_a_scan_that_is_another_thing_is_refused(porters: SimpleNamespace, porter: Client) -> None:
    repairs.equip(porters)
    request = moving.sent(
        porters,
        what="equipment",
        tag=repairs.PUMP,
        condition="clean",
        collect=porters.ct.code,
        to=porters.station.code,
    )
    press(porter, "accept", request)
    answer = press(porter, "pick-up", request, scanned="SP-9999")
    assert answer.status_code == 422
    assert f"This is not the one: {request.number} was asked for." in answer.content.decode()
    assert 'value="SP-9999"' in answer.content.decode()
    for read in (repairs.PUMP.lower(), f"https://portal.example/a/{repairs.PUMP}"):
        assert scanning.is_it(read, request, move(request))
    assert press(porter, "pick-up", request, scanned=f" {request.number.lower()} ").status_code == 302
    assert move(request).picked_up_at


@pytest.mark.parametrize(
    ("asked", "place", "what"),
    [
        ({"precautions": ["airborne"]}, "station", "isolation"),
        ({"precautions": ["contact_enteric", "droplet"], "back": "yes"}, "ct", "other"),
        ({"precautions": ["airborne"], "back": "yes", "how": "bed"}, "", ""),
        ({"precautions": ["contact"]}, "", ""),
    ],
)
def test_after_some_precautions_it_is_cleaned(
    porters: SimpleNamespace, porter: Client, asked: dict, place: str, what: str
) -> None:
    configuring.crew(porters)
    request = moving.sent(porters, bed="Q7", **asked)
    for step in ("accept", "pick-up"):
        press(porter, step, request, wristband="on")
    press(porter, "deliver", request, handed_to="nurse")
    assert fresh(request).state == RequestState.CLOSED
    asked_for = move(request).cleaning
    assert (asked_for is not None) is bool(place)
    if asked_for:
        assert (asked_for.team.code, asked_for.requester) == ("domestic", porters.nurse)
        assert asked_for.deliver_to == getattr(porters, place)
        assert asked_for.answers["what"] == what
        assert request.number in asked_for.note
        assert "Q7" not in asked_for.note
