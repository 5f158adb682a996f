"""Maintenance requests as the portal counts on them: on the stand-in and, with `make test-odoo`, on a real Odoo."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from integrations.odoo import maintenance_places, maintenance_requests
from integrations.odoo.connection import OdooConnection
from integrations.odoo.errors import OdooError
from integrations.odoo.maintenance_requests import (
    CANCELLED,
    DONE,
    LISTED,
    OPEN,
    MaintenanceRequest,
    MaintenanceState,
)
from tests.odoo.conftest import Target
from tests.odoo.naive import naive_repair

PARALLEL = 10
READ = ["name", "description", "priority", "maintenance_type", "maintenance_team_id", "request_date", "schedule_date", "equipment_id"]  # fmt: skip


def row(connection: OdooConnection, id_: int, *fields: str) -> dict:
    return connection.execute("maintenance.request", "read", [id_], fields=list(fields))[0]


def make_until_done(connection: OdooConnection, repair: MaintenanceRequest) -> MaintenanceState:
    """As the dispatcher does: what passes is tried again."""
    for _ in range(PARALLEL):
        try:
            return maintenance_requests.create(connection, repair)
        except OdooError as error:
            if error.permanent:
                raise
    raise AssertionError("still busy")


def test_it_arrives_as_it_was_sent(target: Target, connection: OdooConnection) -> None:
    when = datetime(2031, 5, 6, 10, 30, tzinfo=timezone(timedelta(hours=2)))
    repair = target.repair(connection, scheduled_at=when)
    made = target.make(connection, repair)

    assert (made.external_id, made.state) == (repair.external_id, LISTED)
    there = row(connection, made.id, *READ)
    assert there["maintenance_team_id"][0] == repair.team_id
    assert (there["name"], there["priority"], there["maintenance_type"]) == (repair.name, "2", "corrective")
    assert (there["request_date"], there["schedule_date"]) == ("2031-05-04", "2031-05-06 08:30:00")
    assert there["equipment_id"] is False
    assert "<br" in there["description"]
    assert "&lt;alarm&gt; &amp; leak" in there["description"], "what was typed is text, not markup"


def test_equipment_is_linked(target: Target, connection: OdooConnection) -> None:
    pieces = connection.execute(
        "maintenance.equipment",
        "search_read",
        [["serial_no", "!=", False]],
        fields=["serial_no", "company_id"],
        limit=1,
    )
    if not pieces:
        pytest.skip("no equipment of this Odoo has a serial number")
    found = maintenance_places.read_equipment(connection, [pieces[0]["serial_no"], "no such serial"])
    assert pieces[0]["id"] in [one.id for one in found[pieces[0]["serial_no"]]]
    made = target.make(connection, target.repair(connection, equipment_id=pieces[0]["id"]))
    assert row(connection, made.id, "equipment_id")["equipment_id"][0] == pieces[0]["id"]


def test_teams_are_found_by_name(target: Target, connection: OdooConnection) -> None:
    repair = target.repair(connection)
    found = maintenance_places.read_teams(connection)
    assert repair.team_id in {one.id for teams in found.values() for one in teams}
    assert all(name == name.casefold() for name in found)


def test_the_default_team_is_not_the_one_of_the_equipment(target: Target, connection: OdooConnection) -> None:
    """Why the team is always sent."""
    fake = target.needs_fake("count on how its teams are ordered")
    [piece] = fake.store.find("maintenance.equipment", serial_no="SN-0001")
    made = connection.execute(
        "maintenance.request", "create", {"name": "without a team", "equipment_id": piece["id"]}
    )
    assert (
        row(connection, made, "maintenance_team_id")["maintenance_team_id"][0] != piece["maintenance_team_id"]
    )


def test_a_repeat_answers_the_same_and_keeps_what_technicians_did(
    target: Target, connection: OdooConnection
) -> None:
    repair = target.repair(connection)
    first = target.make(connection, repair)
    connection.execute("maintenance.request", "write", [first.id], {"name": f"{repair.name} urgent"})
    stage = maintenance_requests.bring_to(connection, first.id, DONE)
    assert stage is not None

    again = target.make(connection, repair)
    assert (again.id, again.stage, again.state) == (first.id, stage.stage, DONE)
    assert row(connection, first.id, "name")["name"] == f"{repair.name} urgent"


def test_ten_at_once_make_one(target: Target, connection: OdooConnection) -> None:
    repair = target.repair(connection)
    connections = [target.connect() for _ in range(PARALLEL)]
    if target.fake:
        target.fake.fault("meet", count=PARALLEL, method="load")
    with ThreadPoolExecutor(PARALLEL) as pool:
        made = list(pool.map(lambda one: make_until_done(one, repair), connections))
    assert len({one.id for one in made}) == 1
    assert target.repairs_named(connection, repair.name) == [made[0].id]


def test_naive_creation_makes_many(target: Target, connection: OdooConnection) -> None:
    """The negative control: without it nobody knows whether the test above can see a second record."""
    repair = target.repair(connection)
    connections = [target.connect() for _ in range(PARALLEL)]
    gap = threading.Barrier(PARALLEL, timeout=60)
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(lambda one: naive_repair(one, repair, between=gap.wait), connections))
    assert len(target.repairs_named(connection, repair.name)) > 1


@pytest.mark.parametrize(("kind", "made"), [("lose_response", 1), ("drop", 0), ("502", 0)])
def test_a_retry_after_a_failed_call_finds_or_makes_the_one(
    target: Target, connection: OdooConnection, kind: str, made: int
) -> None:
    fake = target.needs_fake(kind)
    repair = target.repair(connection)
    fake.fault(kind, method="load")
    with pytest.raises(OdooError) as caught:
        maintenance_requests.create(connection, repair)
    assert (caught.value.kind, caught.value.permanent) == ("transport", False)
    assert len(fake.repairs()) == made
    placed = target.make(connection, repair)
    assert [one["id"] for one in fake.repairs()] == [placed.id]


def test_killed_between_create_and_record(target: Target, connection: OdooConnection) -> None:
    """Whoever takes over knows nothing but the external id."""
    repair = target.repair(connection)
    first = target.make(connection, repair)
    assert target.make(target.connect(), repair).id == first.id
    assert target.repairs_named(connection, repair.name) == [first.id]


def test_stages_there_and_back(target: Target, connection: OdooConnection) -> None:
    made = target.make(connection, target.repair(connection))
    for wanted in (DONE, DONE, OPEN, CANCELLED, OPEN):
        brought = maintenance_requests.bring_to(connection, made.id, wanted)
        assert brought is not None
        assert brought.stands == wanted
        read = maintenance_requests.read_requests(connection, [made.id])[made.id]
        assert read == brought
        assert bool(row(connection, made.id, "close_date")["close_date"]) == read.done


def test_what_stands_right_is_not_written(target: Target, connection: OdooConnection) -> None:
    made = target.make(connection, target.repair(connection))
    stages = connection.execute(
        "maintenance.stage", "search_read", [["done", "=", True]], fields=["name"], order="sequence desc", limit=1
    )  # fmt: skip
    connection.execute("maintenance.request", "write", [made.id], {"stage_id": stages[0]["id"]})
    brought = maintenance_requests.bring_to(connection, made.id, DONE)
    assert brought is not None
    assert brought.stage == stages[0]["name"]
    cancelled = maintenance_requests.bring_to(connection, made.id, CANCELLED)
    assert cancelled == brought, "what was done is not cancelled"


def test_a_deleted_one_is_missing_from_what_is_read(target: Target, connection: OdooConnection) -> None:
    kept, gone = (target.make(connection, target.repair(connection)) for _ in range(2))
    connection.execute("maintenance.request", "unlink", [gone.id])
    assert set(maintenance_requests.read_requests(connection, [kept.id, gone.id])) == {kept.id}
    assert maintenance_requests.bring_to(connection, gone.id, DONE) is None


def test_an_unknown_team_is_refused(target: Target, connection: OdooConnection) -> None:
    repair = target.repair(connection)
    with pytest.raises(OdooError, match="999999999") as caught:
        maintenance_requests.create(connection, replace(repair, team_id=999_999_999))
    assert (caught.value.kind, caught.value.permanent) == ("refused", True)
    assert target.repairs_named(connection, repair.name) == []


def test_many_are_read_in_chunks(
    target: Target, connection: OdooConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance_requests, "CHUNK", 2)
    ids = [target.make(connection, target.repair(connection)).id for _ in range(5)]
    assert set(maintenance_requests.read_requests(connection, [*ids, ids[0]])) == set(ids)


def test_days_are_the_hospitals_and_moments_are_utc(target: Target, connection: OdooConnection) -> None:
    late = datetime(2031, 5, 4, 23, 30, tzinfo=UTC)
    made = target.make(connection, target.repair(connection, scheduled_at=late))
    assert row(connection, made.id, "schedule_date")["schedule_date"] == "2031-05-04 23:30:00"
