"""One agreed repair is one maintenance request in Odoo, whatever happens between the two machines."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from integrations import dispatch, linking, linking_maintenance, maintenance, maintenance_outbox, outbox
from integrations.models import OutboxMessage, TeamLink
from integrations.odoo.errors import OdooError
from portal.clock import now
from portal.facts import verb
from requests_app import access
from requests_app.models import CaseException, Equipment
from requests_app.states import RequestState
from tests import repairs
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import (
    LEASE_OVER,
    Killed,
    dispatch_later,
    kill,
    open_exceptions,
    outcomes,
    record,
)
from tests.integrations.steps import (
    cancel_repair as cancel,
)
from tests.integrations.steps import (
    promised as made,
)
from tests.journeys import fresh

State = OutboxMessage.State
RANG = {"needed": "now", "answered_by": "Eva", "emergency_reason": "patient_at_risk"}
AFTER_RETRY = 400  # seconds: longer than the longest wait for a repair
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything_agrees")]


@pytest.mark.parametrize("odoo", [17, 19], indirect=True)
def test_what_arrives(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)

    assert dispatch_later() == {"delivered": 1}
    assert dispatch_later(86400) == {}

    [there] = odoo.repairs()
    assert there["name"] == f"{request.title} ({request.number})"
    assert (there["team"], there["equipment"]) == ("Clinical engineering", "KE40211")
    assert (there["priority"], there["maintenance_type"], there["stage"]) == (
        "1",
        "corrective",
        "New Request",
    )
    assert there["external_id"] == f"hsp.mr_{request.public_id}"
    for words in (f"Portal number: {request.number}", "Occlusion alarm keeps coming", "10231", "KE40211"):
        assert words in there["description"]
    assert "<br/>" in there["description"]
    assert (record(request).record_id, record(request).state) == (there["id"], "listed")
    assert fresh(request).state == RequestState.APPROVED, "who takes it is said in the portal"


def test_a_room_and_a_thing_go_without_equipment(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    room = repairs.sent(
        equipped,
        equipment="",
        clean="",
        place=equipped.bay.code,
        symptoms=["else"],
        other="<b>door</b> & frame",
    )
    thing = repairs.sent(
        equipped, equipment="", place=equipped.bay.code, thing="Reading lamp, NHS 943 476 5919", symptoms=["else"],
        other="flickers",
    )  # fmt: skip
    assert dispatch_later() == {"delivered": 2}

    in_room, unlabelled = odoo.repairs()
    assert str(equipped.bay) in in_room["name"]
    assert in_room["equipment"] == unlabelled["equipment"] == ""
    assert (in_room["team"], unlabelled["team"]) == ("Estates", "Request desk")
    assert "&lt;b&gt;door&lt;/b&gt; &amp; frame" in in_room["description"]
    assert "flickers" in unlabelled["description"]
    assert "943 476 5919" not in unlabelled["description"], "what looks like patient data stays here"
    assert {room.number, thing.number} == {one["name"].split("(")[-1][:-1] for one in odoo.repairs()}


@pytest.mark.parametrize(("answers", "priority"), [(RANG, "3"), ({"needed": "today"}, "2"), ({}, "1")])
def test_priority_is_text(equipped: SimpleNamespace, odoo: FakeOdoo, answers: dict, priority: str) -> None:
    request = repairs.sent(equipped, **answers)
    dispatch_later()

    assert [there["priority"] for there in odoo.repairs()] == [priority], request.priority


def test_a_piece_that_odoo_does_not_know_goes_by_its_label(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    Equipment.objects.filter(tag=repairs.PUMP).update(odoo_equipment_id=None)
    repairs.sent(equipped)
    dispatch_later()

    [there] = odoo.repairs()
    assert there["equipment"] == ""
    assert repairs.PUMP in there["name"]


def test_an_agreed_time_is_the_schedule(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    request.agreed_at = now().replace(microsecond=0) + timedelta(days=2)
    payload = maintenance.snapshot(request, request.repair, TeamLink.objects.get(team=request.team))
    OutboxMessage.objects.filter(request=request).update(payload=payload)
    dispatch_later()

    assert odoo.repairs()[0]["schedule_date"] == f"{request.agreed_at:%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize("fault", ["lose_response", "drop", "502", "busy"])
def test_a_failure_on_the_way_is_tried_again(equipped: SimpleNamespace, odoo: FakeOdoo, fault: str) -> None:
    request = repairs.sent(equipped)
    odoo.fault(fault, method="load")

    assert dispatch_later() in ({"retry": 1}, {"unreachable": 1})
    assert dispatch_later(AFTER_RETRY) == {"delivered": 1}
    assert len(odoo.repairs()) == 1
    assert outcomes(made(request)) == ["failed", "delivered"]


def test_a_call_that_a_proxy_repeats(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    repairs.sent(equipped)
    odoo.fault("duplicate", method="load")

    assert dispatch_later() == {"delivered": 1}
    assert len(odoo.repairs()) == 1


def test_the_worker_dies_between_create_and_record(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    with pytest.raises(Killed):
        dispatch_later(after_create=kill)
    assert len(odoo.repairs()) == 1
    odoo.move_repair(odoo.repairs()[0]["id"], "In Progress")

    assert dispatch_later(11 + LEASE_OVER) == {"delivered": 1}
    [there] = odoo.repairs()
    assert there["stage"] == "In Progress", "what a technician did meanwhile stays"
    assert record(request).record_id == there["id"]
    assert outcomes(made(request)) == ["lost", "delivered"]


def test_a_team_that_odoo_does_not_know_is_owned_and_waits(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    biomed = equipped.teams["biomed"]
    TeamLink.objects.all().delete()
    with odoo.store.transaction():
        [there] = odoo.store.find("maintenance.team", name="Clinical engineering")
        odoo.store.update("maintenance.team", there["id"], {"name": "Biomed"})
    first, second = (
        repairs.sent(equipped),
        repairs.sent(equipped, equipment=repairs.ECG, symptoms=["battery"]),
    )
    assert dispatch_later(86400) == {}, "nothing is tried in vain"

    linking.link_catalogue(by=equipped.system)
    linking.link_catalogue(by=equipped.system)
    told = CaseException.objects.get(kind="sync_rejected", closed_at=None)
    assert (told.owner_role, told.request, told.hospital) == ("integration_operator", None, biomed.hospital)
    assert biomed.name in told.detail

    odoo.change("maintenance.team", there["id"], name="clinical engineering ")
    linking.link_catalogue(by=equipped.system, only_missing=True)
    assert outbox.retry_unlinked(by=equipped.system) == 2
    assert CaseException.objects.filter(closed_at=None).count() == 0
    assert dispatch_later() == {"delivered": 2}
    assert {made(one).payload["team_id"] for one in (first, second)} == {there["id"]}
    assert {one["team"].strip() for one in odoo.repairs()} == {"clinical engineering"}


def test_what_odoo_refuses_has_an_owner_and_is_sent_again(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    right = TeamLink.objects.get(team=equipped.teams["biomed"])
    TeamLink.objects.filter(pk=right.pk).update(odoo_team_id=999_999)
    request = repairs.sent(equipped)
    assert dispatch_later() == {"refused": 1}
    assert open_exceptions(request) == [("sync_rejected", "integration_operator")]
    assert made(request).state == State.DEAD

    linking.link_catalogue(by=equipped.system)
    call_command("dispatch", again=made(request).key, why="The team was linked wrongly", verbosity=0)
    assert len(odoo.repairs()) == 1
    assert open_exceptions(request) == []


def test_refused_and_cancelled_needs_nobody(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    TeamLink.objects.update(odoo_team_id=999_999)
    request = repairs.sent(equipped)
    dispatch_later()
    cancel(equipped, request)

    assert open_exceptions(request) == []
    assert made(request).state == State.VOID


def test_an_odoo_without_maintenance_still_links_the_catalogue(
    world: SimpleNamespace, odoo: FakeOdoo, caplog: pytest.LogCaptureFixture
) -> None:
    repairs.equip(world)

    def none(*_args: object, **_more: object) -> None:
        raise OdooError("Object maintenance.team doesn't exist", permanent=True, kind="refused")

    original = linking_maintenance.maintenance_places.read_teams
    linking_maintenance.maintenance_places.read_teams = none  # type: ignore[assignment]
    try:
        assert linking.link_catalogue(by=world.system).items > 0
    finally:
        linking_maintenance.maintenance_places.read_teams = original
    assert "could not be linked" in caplog.text


def test_a_repair_costs_four_queries_more(
    equipped: SimpleNamespace, odoo: FakeOdoo, django_assert_num_queries
) -> None:
    request = repairs.sent(equipped)
    OutboxMessage.objects.filter(request=request).delete()

    @verb
    def again() -> None:
        with django_assert_num_queries(4):
            maintenance_outbox.enqueue_maintenance(request=locked, by=equipped.system)

    locked = access.get_request(equipped.nurse, request.public_id)
    again()


def test_dispatch_is_one_query_when_idle(
    equipped: SimpleNamespace, odoo: FakeOdoo, django_assert_num_queries
) -> None:
    TeamLink.objects.all().delete()
    repairs.sent(equipped)

    with django_assert_num_queries(1):
        assert dispatch.run() == {}
