"""The phone of a porter over HTTP: accepted, picked up, delivered; not ready, handed back, failed; who may have what."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.audit.models import Event
from portal.notify.models import Notice
from requests_app import lifecycle, releasing, waiting, work
from requests_app.models import Move, ServiceRequest, TeamPass, Wait
from requests_app.states import RequestState
from requests_app.transport import carrying
from tests import moving
from tests.journeys import fresh
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
PORTER, NEWS = reverse("requests:porter"), reverse("requests:porter-news")
MORNING = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def porters(world: SimpleNamespace) -> SimpleNamespace:
    return moving.porters(world)


@pytest.fixture
def porter(porters: SimpleNamespace) -> Client:
    return signed_in(porters.porter)


def press(client: Client, what: str, request: ServiceRequest, **data: str):
    return client.post(reverse(f"requests:porter-{what}", args=[request.public_id]), data)


def page(client: Client, request: ServiceRequest | None = None) -> str:
    return client.get(PORTER, {"job": request.public_id} if request else {}).content.decode()


def move(request: ServiceRequest) -> Move:
    return Move.objects.get(request=request)


def test_accepted_picked_up_delivered(porters: SimpleNamespace, porter: Client) -> None:
    with clock.at(MORNING):
        request = moving.sent(porters, bed="12", initials="AM", precautions=["airborne"], tell=["may_fall"])
        shown = page(porter)
    for said in ("Nurses&#x27; station, 7B", "CT room", "Bed 12", "AM", "Wheelchair", "May fall", "Fitted respirator",
                 "Accept"):  # fmt: skip
        assert said in shown, said
    steps = (
        ("accept", {}),
        ("arrive", {}),
        ("pick-up", {"wristband": "on"}),
        ("arrive", {}),
        ("deliver", {"handed_to": "radiographer"}),
    )
    for minute, (step, data) in enumerate(steps, start=1):
        with clock.at(MORNING + timedelta(minutes=minute)):
            for _twice in range(2):
                assert press(porter, step, request, **data).status_code == 302
    done, request = move(request), fresh(request)
    assert (request.state, request.outcome) == (RequestState.CLOSED, "handed_over")
    times = (
        request.taken_at,
        done.at_pick_up_at,
        done.picked_up_at,
        done.at_destination_at,
        done.handed_over_at,
    )
    assert times == tuple(MORNING + timedelta(minutes=minute) for minute in range(1, 6))
    assert (done.handed_to, done.wristband_by, done.wristband_at) == (
        "radiographer",
        porters.porter,
        done.picked_up_at,
    )
    actions = list(
        Event.objects.filter(case=request.public_id, action__startswith="move.").values_list(
            "action", flat=True
        )
    )
    assert sorted(actions) == ["move.at_destination", "move.at_pick_up", "move.handed_over", "move.picked_up"]
    assert "No job waits for you" in page(porter)


def test_no_patient_goes_without_the_wristband(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters)
    press(porter, "accept", request)
    answer = press(porter, "pick-up", request)
    assert answer.status_code == 422
    assert "Check the wristband with the nurse first" in answer.content.decode()
    assert move(request).picked_up_at is None
    assert press(porter, "deliver", request, handed_to="nurse").status_code == 302
    assert fresh(request).state == RequestState.IN_FULFILMENT
    answer = porter.post(reverse("requests:finish", args=[request.public_id]), {"outcome": "handed_over"})
    assert fresh(request).state == RequestState.IN_FULFILMENT


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({}, True),
        ({"what": "sample", "samples": "2", "when": "now"}, True),
        ({"what": "sample", "samples": "2", "when": "free"}, False),
        ({"what": "blood", "collect": "CT", "units": "1"}, True),
        ({"what": "bed", "condition": "used"}, False),
    ],
)
def test_who_took_it_over_is_said(porters: SimpleNamespace, porter: Client, asked: dict, named: bool) -> None:
    if "collect" in asked:
        asked = asked | {"collect": porters.ct.code, "to": porters.station.code}
    request = moving.sent(porters, **asked)
    press(porter, "accept", request)
    press(porter, "pick-up", request, wristband="on")
    assert press(porter, "deliver", request).status_code == (422 if named else 302)
    if named:
        assert (
            "Say who took it over."
            in press(porter, "deliver", request, handed_to="somebody").content.decode()
        )
        assert press(porter, "deliver", request, handed_to="nurse").status_code == 302
    assert fresh(request).state == RequestState.CLOSED
    assert move(request).handed_to == ("nurse" if named else "")


def test_two_accept_one_has_it(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters)
    other = signed_in(porters.other_porter)
    assert press(porter, "accept", request).status_code == 302
    answer = other.post(reverse("requests:porter-accept", args=[request.public_id]), follow=True)
    assert "Pat Porter took it before you." in answer.content.decode()
    assert fresh(request).assignee == porters.porter
    answer = other.post(
        reverse("requests:porter-pick-up", args=[request.public_id]), {"wristband": "on"}, follow=True
    )
    assert "Pat Porter has it." in answer.content.decode()
    assert move(request).picked_up_at is None


def test_not_ready_is_the_wards_time_and_ready_now_goes_on(porters: SimpleNamespace, porter: Client) -> None:
    with clock.at(MORNING):
        request = moving.sent(porters)
        press(porter, "accept", request)
        assert (
            "Patient not ready"
            in porter.get(reverse("requests:porter-trouble", args=[request.public_id])).content.decode()
        )
        assert press(porter, "trouble", request, reason="patient_not_ready").status_code == 302
        wait = Wait.objects.get(request=request)
        assert (wait.charged, wait.stops_clock, wait.ended_at) == ("ward", True, None)
        assert "Not ready since" in page(porter)
    with clock.at(MORNING + timedelta(minutes=9)):
        press(porter, "hand-back", request)
        assert fresh(request).assignee == porters.porter
        nurse = signed_in(porters.nurse)
        assert nurse.post(reverse("requests:move-ready", args=[request.public_id])).status_code == 302
    request = fresh(request)
    assert (request.state, request.assignee) == (RequestState.IN_FULFILMENT, porters.porter)
    assert move(request).ready_at == MORNING + timedelta(minutes=9)
    assert Notice.objects.filter(user=porters.porter, kind="move_ready", case=request.public_id).count() == 1


def test_picked_up_ends_the_wait(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters)
    press(porter, "accept", request)
    press(porter, "trouble", request, reason="lift")
    assert Wait.objects.get(request=request).charged == "building"
    press(porter, "pick-up", request, wristband="on")
    assert fresh(request).state == RequestState.IN_FULFILMENT
    assert Wait.objects.get(request=request).ended_at
    press(porter, "trouble", request, reason="destination_not_ready")
    assert fresh(request).state == RequestState.ON_HOLD
    press(porter, "deliver", request, handed_to="nurse")
    assert fresh(request).state == RequestState.CLOSED


@pytest.mark.parametrize(("after", "keeps"), [(29, True), (31, False)])
def test_handed_back_it_keeps_its_place_for_half_an_hour(
    porters: SimpleNamespace, porter: Client, after: int, keeps: bool
) -> None:
    with clock.at(MORNING):
        first = moving.sent(porters)
        press(porter, "accept", first)
        press(porter, "trouble", first, reason="escort_not_free")
    with clock.at(MORNING + timedelta(minutes=5)):
        later = moving.sent(porters)
    back_at = MORNING + timedelta(minutes=10)
    with clock.at(back_at):
        assert press(porter, "hand-back", first).status_code == 302
        held = fresh(first)
        assert (held.state, held.assignee) == (RequestState.ON_HOLD, None)
        assert "Waiting for the ward" in page(porter)
        press(signed_in(porters.other_porter), "accept", first)
        assert fresh(first).assignee is None
    with clock.at(back_at + timedelta(minutes=after)):
        carrying.ready(request=fresh(first), by=porters.nurse)
        assert fresh(first).state == RequestState.APPROVED
        shown = porter.get(PORTER).context["page"]
    assert [job.case.pk for job in (shown.job, *shown.following)] == (
        [first.pk, later.pk] if keeps else [later.pk, first.pk]
    )
    press(porter, "accept", first)
    assert fresh(first).assignee == porters.porter


def test_who_is_called_to_an_emergency_leaves_it_to_others_at_once(
    porters: SimpleNamespace, porter: Client
) -> None:
    request = moving.sent(porters)
    press(porter, "accept", request)
    assert press(porter, "trouble", request, reason="called_away").status_code == 302
    request = fresh(request)
    assert (request.state, request.assignee) == (RequestState.APPROVED, None)
    assert TeamPass.objects.get(request=request).reason == "The porter was called to an emergency"
    assert press(signed_in(porters.other_porter), "accept", request).status_code == 302
    assert fresh(request).assignee == porters.other_porter


def test_what_was_picked_up_is_begun_anew_by_the_next(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters)
    for step in ("accept", "pick-up"):
        press(porter, step, request, wristband="on")
    press(porter, "deliver", request, handed_to="nurse")
    lifecycle.reopen(request=fresh(request), by=porters.nurse, reason="Brought to the wrong room")
    press(signed_in(porters.other_porter), "accept", request)
    again = move(request)
    assert (again.picked_up_at, again.wristband_at, again.handed_over_at, again.handed_to) == (
        None,
        None,
        None,
        "",
    )


@pytest.mark.parametrize(
    ("outcome", "picked_up", "charged"),
    [
        ("not_there", False, "ward"), ("declined", False, "nobody"), ("wrong_details", False, "ward"),
        ("refused", True, "destination"), ("unsafe", True, "nobody"), ("no_skill", False, "porters"),
        ("accident", True, "nobody"),
    ],
)  # fmt: skip
def test_it_ends_otherwise(
    porters: SimpleNamespace, porter: Client, outcome: str, picked_up: bool, charged: str
) -> None:
    request = moving.sent(porters)
    press(porter, "accept", request)
    if picked_up:
        press(porter, "pick-up", request, wristband="on")
    assert press(porter, "trouble", request, outcome="exploded").status_code == 422
    assert press(porter, "trouble", request, outcome=outcome).status_code == 302
    request = fresh(request)
    assert (request.state, request.outcome) == (RequestState.CLOSED, outcome)
    record = Event.objects.get(case=request.public_id, action="move.failed")
    assert record.after == {"outcome": outcome, "charged": charged}


def test_not_refused_at_the_destination_before_it_is_on_its_way(
    porters: SimpleNamespace, porter: Client
) -> None:
    request = moving.sent(porters)
    press(porter, "accept", request)
    assert press(porter, "trouble", request, outcome="refused").status_code == 422
    press(porter, "pick-up", request, wristband="on")
    assert press(porter, "trouble", request, outcome="not_there").status_code == 422
    assert press(porter, "trouble", request, reason="patient_not_ready").status_code == 422


def test_with_an_escort_the_ward_says_ready_first(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters, escort="nurse")
    assert "Waiting for the ward" in page(porter)
    answer = porter.post(reverse("requests:porter-accept", args=[request.public_id]), follow=True)
    assert "Somebody goes along" in answer.content.decode()
    assert fresh(request).state == RequestState.APPROVED
    nurse = signed_in(porters.nurse)
    for _twice in range(2):
        assert nurse.post(reverse("requests:move-ready", args=[request.public_id])).status_code == 302
    assert Event.objects.filter(case=request.public_id, action="move.ready").count() == 1
    press(porter, "accept", request)
    assert fresh(request).assignee == porters.porter


@pytest.mark.parametrize(("minutes", "taken"), [(11, False), (10, True), (0, True)])
def test_with_an_escort_porters_set_out_ten_minutes_before_the_time(
    porters: SimpleNamespace, porter: Client, minutes: int, taken: bool
) -> None:
    with clock.at(MORNING):
        request = moving.sent(porters, escort="nurse_and_doctor", when="at", agreed_at="2027-03-10T11:00")
    with clock.at(datetime(2027, 3, 10, 11, 0, tzinfo=UTC) - timedelta(minutes=minutes)):
        releasing.sweep()
        press(porter, "accept", request)
    assert (fresh(request).state == RequestState.IN_FULFILMENT) is taken


def test_only_ward_and_porters_say_ready(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters, escort="nurse")
    where = reverse("requests:move-ready", args=[request.public_id])
    for person, seen in (
        (porters.stranger, 404),
        (porters.storekeeper, 404),
        (porters.service_manager, 403),
        (porters.porter, 403),
    ):
        assert signed_in(person).post(where).status_code == seen
    assert move(request).ready_at is None
    plain = moving.sent(porters)
    assert (
        signed_in(porters.nurse).post(reverse("requests:move-ready", args=[plain.public_id])).status_code
        == 409
    )


def test_the_page_says_what_changed(porters: SimpleNamespace, porter: Client) -> None:
    request = moving.sent(porters)
    shown = porter.get(PORTER).context["page"].shown
    assert not porter.get(NEWS, {"shown": shown, "job": request.public_id}).content.strip()
    moving.sent(porters)
    assert b"1 new" in porter.get(NEWS, {"shown": shown, "job": request.public_id}).content
    work.take(request=fresh(request), by=porters.other_porter)
    assert b"1 new, 1 changed" in porter.get(NEWS, {"shown": shown}).content
    assert Client().get(NEWS).status_code == 401


def test_it_is_for_porters(porters: SimpleNamespace) -> None:
    link = f'href="{PORTER}"'
    for person in (porters.nurse, porters.storekeeper, porters.stranger):
        client = signed_in(person)
        assert client.get(PORTER).status_code == 403
        assert link not in client.get(reverse("desk:home")).content.decode()
    assert link in signed_in(porters.porter).get(reverse("desk:home")).content.decode()
    request = moving.sent(porters)
    assert press(signed_in(porters.nurse), "accept", request).status_code == 403
    assert press(signed_in(porters.stranger), "accept", request).status_code == 404


def test_goes_on_with_what_waits_for_another_reason_only_by_its_team(porters: SimpleNamespace) -> None:
    request = moving.sent(porters)
    work.take(request=request, by=porters.porter)
    waiting.wait(
        request=fresh(request),
        reason="ward_access",
        by=porters.porter,
        again_at=clock.now() + timedelta(hours=1),
    )
    client = signed_in(porters.nurse)
    assert client.post(reverse("requests:move-ready", args=[request.public_id])).status_code == 409
    assert fresh(request).state == RequestState.ON_HOLD


@pytest.mark.parametrize("rows", [1, 3])
def test_the_card_takes_eight_queries(porters: SimpleNamespace, porter: Client, rows: int) -> None:
    for _ in range(rows):
        request = moving.sent(porters, precautions=["contact"])
        moving.sent(porters, what="sample", samples="2")
    press(porter, "accept", request)
    porter.get(PORTER)
    with CaptureQueriesContext(connection) as queries:
        porter.get(PORTER)
    said = [q["sql"] for q in queries if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(said) == 8, [sql[:150] for sql in said]
