"""Porter control over HTTP: the order of the moves, who is given one, what is handed back; and what a ward sees of porters."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.accounts import duties
from portal.accounts.models import Duty, Membership
from portal.facts import verb
from portal.notify.models import Notice
from requests_app import releasing, work
from requests_app.models import Move, ServiceRequest
from requests_app.states import RequestState
from requests_app.transport import calling, carrying, control, porter_page
from tests import journeys, moving, personas
from tests.journeys import fresh
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
CONTROL, PORTER, HOME = reverse("requests:porter-control"), reverse("requests:porter"), reverse("desk:home")
MORNING = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def porters(world: SimpleNamespace) -> SimpleNamespace:
    """With a porter on duty as porter control, and a lead of the porters."""
    moving.porters(world)
    world.porter_lead = personas.person("lou.leader", role="team_lead", place=world.porters)
    duty = Duty.objects.create(hospital=world.hospital, code="porter_control", calendar="always")
    duties.take_duty(duty=duty, user=world.other_porter, by=world.other_porter)
    return world


@pytest.fixture
def controller(porters: SimpleNamespace) -> Client:
    return signed_in(porters.other_porter)


def three(porters: SimpleNamespace) -> list[ServiceRequest]:
    found = []
    for minute in range(3):
        with clock.at(MORNING + timedelta(minutes=minute)):
            found.append(moving.sent(porters))
    return found


def press(client: Client, what: str, request: ServiceRequest, **data: str):
    return client.post(reverse(f"requests:porter-{what}", args=[request.public_id]), data)


def offered(client: Client) -> list[int]:
    page = client.get(PORTER).context["page"]
    return [job.case.pk for job in (page.job, *page.following)]


def test_what_control_puts_first_is_offered_first(porters: SimpleNamespace, controller: Client) -> None:
    first, second, third = three(porters)
    porter = signed_in(porters.porter)
    for request, where, expected in (
        (third, "up", [first, third, second]),
        (second, "first", [second, first, third]),
        (second, "down", [first, second, third]),
        (first, "up", [first, second, third]),
        (third, "down", [first, second, third]),
    ):
        assert press(controller, "place", request, where=where).status_code == 302
        assert offered(porter) == [one.pk for one in expected], (request, where)
        assert [job.case.pk for job in controller.get(CONTROL).context["control"].free] == offered(porter)
    assert press(controller, "place", first, where="sideways").status_code == 422


def test_new_work_comes_after_what_has_a_place(porters: SimpleNamespace, controller: Client) -> None:
    first, second, third = three(porters)
    press(controller, "place", second, where="first")
    with clock.at(MORNING + timedelta(minutes=3)):
        urgent = moving.sent(porters, when="now")
    assert offered(signed_in(porters.porter)) == [second.pk, urgent.pk, first.pk, third.pk]


def test_given_to_a_porter_it_is_theirs_to_accept(porters: SimpleNamespace, controller: Client) -> None:
    first, _second, third = three(porters)
    assert press(controller, "give", third, to=porters.porter.username).status_code == 302
    porter = signed_in(porters.porter)
    assert offered(porter)[0] == third.pk
    assert "Given to you" in porter.get(PORTER).content.decode()
    assert Notice.objects.filter(user=porters.porter, kind="work_assigned", case=third.public_id).count() == 1
    lead = signed_in(porters.porter_lead)
    assert third.pk not in offered(lead)
    assert press(porter, "accept", third).status_code == 302
    for wrong in ("", "asha.menon", "nobody"):
        answer = press(controller, "give", first, to=wrong)
        assert answer.status_code == 422
        assert "Choose somebody of the team." in answer.content.decode()


@verb
def learnt(person: object, skills: str) -> None:
    Membership.objects.filter(user=person).update(skills=skills)


def test_nobody_is_given_what_they_have_not_learnt(porters: SimpleNamespace, controller: Client) -> None:
    learnt(porters.porter, "blood")
    learnt(porters.other_porter, "moving_handling")
    (request, *_rest) = three(porters)
    names = [one.user.username for one in controller.get(CONTROL).context["control"].rows[0][1]]
    assert names == [porters.other_porter.username]
    answer = press(controller, "give", request, to=porters.porter.username)
    assert answer.status_code == 422
    assert "Only for porters who are moving and handling." in answer.content.decode()


def test_control_hands_back_until_it_is_picked_up(porters: SimpleNamespace, controller: Client) -> None:
    first, second, _third = three(porters)
    work.take(request=first, by=porters.porter)
    assert press(controller, "take-back", first).status_code == 302
    assert (fresh(first).state, fresh(first).assignee) == (RequestState.APPROVED, None)
    work.take(request=second, by=porters.porter)
    carrying.pick_up(request=fresh(second), by=porters.porter, wristband=True)
    answer = controller.post(reverse("requests:porter-take-back", args=[second.public_id]), follow=True)
    assert "It is on its way" in answer.content.decode()
    assert fresh(second).assignee == porters.porter
    assert press(controller, "give", second, to=porters.porter_lead.username).status_code == 302
    assert fresh(second).assignee == porters.porter_lead


def test_only_control_and_lead_give_out(porters: SimpleNamespace) -> None:
    request, *_rest = three(porters)
    assert signed_in(porters.porter_lead).get(CONTROL).status_code == 200
    for person, linked in (
        (porters.porter_lead, True),
        (porters.other_porter, True),
        (porters.porter, False),
    ):
        assert (f'href="{CONTROL}"' in signed_in(person).get(PORTER).content.decode()) is linked
    for person, seen in ((porters.porter, 403), (porters.nurse, 403), (porters.stranger, 403)):
        assert signed_in(person).get(CONTROL).status_code == seen
    for what, data in (
        ("place", {"where": "first"}),
        ("give", {"to": porters.porter.username}),
        ("take-back", {}),
    ):
        assert press(signed_in(porters.porter), what, request, **data).status_code == (
            302 if what == "take-back" else 403
        )
        assert press(signed_in(porters.stranger), what, request, **data).status_code == 404
    assert fresh(request).assignee is None
    assert Move.objects.exclude(rank=None).count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_control_takes_eight_queries(
    porters: SimpleNamespace, controller: Client, rows: int
) -> None:
    for _ in range(rows):
        moving.sent(porters, precautions=["contact"])
        work.take(request=moving.sent(porters, what="sample", samples="1"), by=porters.porter)
    controller.get(CONTROL)
    with CaptureQueriesContext(connection) as queries:
        controller.get(CONTROL)
    said = [q["sql"] for q in queries if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(said) == 8, [sql[:150] for sql in said]


# ---- the ward ------------------------------------------------------------------------------------------------------


def test_the_ward_says_ready_on_home(porters: SimpleNamespace) -> None:
    nurse = signed_in(porters.colleague)
    escorted = moving.sent(porters, escort="nurse", bed="Q7", initials="XQ")
    held = moving.sent(porters, bed="Q7", initials="XQ")
    work.take(request=held, by=porters.porter)
    carrying.not_ready(request=fresh(held), reason="papers_missing", by=porters.porter)
    shown = nurse.get(HOME).content.decode()
    assert "Is who goes along ready? Patient to CT room" in shown
    assert "Not ready: Patient to CT room" in shown
    assert "Q7" not in shown
    for request in (escorted, held):
        answer = nurse.post(reverse("requests:move-ready", args=[request.public_id]), {"home": "1"})
        assert answer["Location"] == HOME
    shown = nurse.get(HOME).content.decode()
    assert "Nothing needs you right now." in shown
    assert "Is who goes along ready?" not in shown
    assert "Not ready:" not in shown


def test_the_receiving_department_sees_who_comes_and_sends_them_back(porters: SimpleNamespace) -> None:
    imaging = signed_in(porters.radiographer)
    there = moving.sent(porters, back="yes", precautions=["airborne"], bed="Q7", initials="XQ")
    shown = imaging.get(HOME).content.decode()
    assert "Coming to you" in shown
    assert "Patient from Ward 7B, Acute Medicine" in shown
    assert "Airborne" in shown
    assert "Ready to go back? Patient to" in shown
    assert there.number not in shown
    assert "Q7" not in shown
    assert not re.search(r"\bXQ\b", shown)  # a token may hold the two letters
    back = ServiceRequest.objects.get(move__return_of__request=there)
    assert imaging.post(reverse("requests:ready", args=[back.public_id])).status_code == 302
    assert fresh(back).released_at
    assert "Ready to go back?" not in imaging.get(HOME).content.decode()
    assert "Coming to you" not in signed_in(porters.other_nurse).get(HOME).content.decode()


def test_the_way_back_with_an_escort_is_ready_when_it_is_released(porters: SimpleNamespace) -> None:
    there = moving.sent(porters, back="yes", escort="nurse")
    back = ServiceRequest.objects.get(move__return_of__request=there)
    releasing.release_return(request=back, by=porters.radiographer)
    work.take(request=fresh(back), by=porters.porter)
    assert fresh(back).assignee == porters.porter


@pytest.mark.parametrize("rows", [1, 3])
def test_moves_at_a_ward_take_one_query(
    porters: SimpleNamespace, rows: int, django_assert_num_queries: object
) -> None:
    for _ in range(rows):
        moving.sent(porters, escort="nurse")
        moving.sent(porters, back="yes")
    with django_assert_num_queries(1):
        assert len(calling.at_ward(porters.nurse, porters.ward)) == rows
    with django_assert_num_queries(1):
        found = calling.at_ward(porters.radiographer, porters.imaging)
    assert sorted({one.what for one in found}) == ["back", "coming"]


def test_the_page_of_the_request_tells_the_way(porters: SimpleNamespace) -> None:
    request = moving.sent(porters, precautions=["contact"])
    work.take(request=request, by=porters.porter)
    carrying.pick_up(request=fresh(request), by=porters.porter, wristband=True)
    where = reverse("desk:request-detail", args=[request.public_id])
    shown = signed_in(porters.nurse).get(where).content.decode()
    assert "Picked up, the wristband was checked" in shown
    assert "The card of the porter" not in shown
    assert f"{PORTER}?job={request.public_id}" in signed_in(porters.porter).get(where).content.decode()
    carrying.not_ready(request=fresh(request), reason="destination_not_ready", by=porters.porter)
    shown = signed_in(porters.nurse).get(where).content.decode()
    assert "The porter found it not ready." in shown
    assert "Ready now" in shown
    carrying.deliver(request=fresh(request), by=porters.porter, handed_to="radiographer")
    assert "Handed to: Radiographer" in signed_in(porters.nurse).get(where).content.decode()


def test_emergencies_that_nobody_took_stand_above_the_order_of_control(
    porters: SimpleNamespace, controller: Client
) -> None:
    first, second, _third = three(porters)
    press(controller, "place", second, where="first")
    moving_now = moving.sent(porters, when="now")
    _as_emergency(moving_now)
    with clock.at(clock.now() + timedelta(minutes=6)):
        jobs = porter_page.build(porters.porter)
    assert jobs.job and jobs.job.case.pk == moving_now.pk
    assert jobs.following[0].case.pk == second.pk
    assert control.build(porters.porter_lead).free
    assert first.pk != journeys.fresh(second).pk


@verb
def _as_emergency(request: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=request.pk).update(priority="emergency")
