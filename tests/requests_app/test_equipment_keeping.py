"""The state of a piece: workshop, how a repair ends for it, checks with one signature or two, its history."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal import clock
from portal.audit.models import Event
from portal.errors import DomainError, Invalid, NotAllowed, WrongState
from portal.facts import verb
from requests_app import lifecycle, waiting, work
from requests_app.equipment import equipment_state, harm, keeping, keeping_page
from requests_app.models import Equipment, EquipmentChange, EquipmentCheck, ServiceRequest
from requests_app.states import RequestState
from tests import personas, repairs
from tests.journeys import fresh
from tests.repairs import DEFIBRILLATOR, ECG, PUMP

pytestmark = pytest.mark.django_db
OUT = {"safe": "no_removed"}
MORNING = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)
NEXT = date(2099, 1, 1)


@pytest.fixture
def ward(world: SimpleNamespace) -> SimpleNamespace:
    world = repairs.equip(world)
    world.mate = personas.person("otto.lund", role="fulfiller", place=world.teams["biomed"])
    return world


def piece(ward: SimpleNamespace, tag: str = PUMP) -> Equipment:
    return fresh(ward.pieces[tag])


def finished(ward: SimpleNamespace, outcome: str = "fixed_on_ward", **more: Any) -> ServiceRequest:
    """A repair that was sent, taken and ended."""
    case = repairs.sent(ward, **more)
    work.take(request=case, by=ward.engineer)
    return work.finish(request=case, by=ward.engineer, outcome=outcome)


def checked(ward: SimpleNamespace, tag: str = PUMP, **more: Any) -> EquipmentCheck:
    given = {"safety": True, "function": True, "next_service_on": (clock.now() + timedelta(days=365)).date()}
    return keeping.check(equipment=ward.pieces[tag], **{"by": ward.engineer, **given, **more})


def test_into_the_workshop_repaired_checked_and_in_use_again(ward: SimpleNamespace) -> None:
    with clock.at(MORNING):
        case = repairs.sent(ward, **OUT)
        assert piece(ward).state == "out_of_use"
    with clock.at(MORNING + timedelta(hours=1)):
        keeping.to_workshop(request=case, by=ward.engineer)
        keeping.to_workshop(request=case, by=ward.engineer)
        assert piece(ward).state == "under_repair"
        assert (fresh(case).assignee, fresh(case).state) == (ward.engineer, RequestState.IN_FULFILMENT)
    with clock.at(MORNING + timedelta(hours=3)):
        work.finish(request=case, by=ward.engineer, outcome="fixed_in_workshop", test="passed", minutes=50)
        assert piece(ward).state == "awaiting_check"
    with clock.at(MORNING + timedelta(hours=30)):
        done = checked(ward, next_service_on=date(2027, 9, 1))
        assert (piece(ward).state, piece(ward).next_service_on) == ("in_use", date(2027, 9, 1))
        changes = list(EquipmentChange.objects.filter(equipment=piece(ward)).order_by("-pk"))
    states = ["out_of_use", "under_repair", "awaiting_check", "in_use"]
    assert [one.to_state for one in changes][::-1] == states
    assert changes[0].signed == done and done.request == case
    told = Event.objects.filter(subject=f"equipment:{piece(ward).pk}").exclude(action="equipment.checked")
    assert [one.action for one in told.order_by("pk")] == [f"equipment.{state}" for state in states]
    with clock.at(MORNING + timedelta(hours=40)):
        assert keeping_page.down_for(changes, piece(ward)) == timedelta(hours=30)


@pytest.mark.parametrize(
    ("more", "outcome", "after"),
    [
        (OUT, "part_replaced", "awaiting_check"),
        (OUT, "no_fault_found", "awaiting_check"),
        (OUT, "sent_to_supplier", "out_of_use"),
        (OUT, "exchanged", "out_of_use"),
        (OUT, "not_worth_repairing", "condemned"),
        (OUT, "not_found", "lost"),
        ({}, "fixed_on_ward", "in_use"),
        ({}, "not_found", "lost"),
        ({}, "sent_to_supplier", "out_of_use"),
    ],
)
def test_how_a_repair_ends_for_the_piece(
    ward: SimpleNamespace, more: dict[str, str], outcome: str, after: str
) -> None:
    finished(ward, outcome, **more)
    assert piece(ward).state == after


def test_what_is_not_safe_and_could_not_be_taken_out_is_checked_too(ward: SimpleNamespace) -> None:
    finished(ward, safe="no_in_use", answered_by="Eva", emergency_reason="patient_at_risk")
    assert piece(ward).state == "awaiting_check"


def test_another_open_report_keeps_it_from_use(ward: SimpleNamespace) -> None:
    other = repairs.sent(ward, ward.colleague, symptoms=["battery"])
    finished(ward, **OUT)
    assert piece(ward).state == "out_of_use"
    with pytest.raises(WrongState, match="still open"):
        checked(ward)
    work.take(request=other, by=ward.engineer)
    work.finish(request=other, by=ward.engineer, outcome="duplicate")
    assert piece(ward).state == "out_of_use", "nobody mended it because of that report"
    checked(ward)
    assert piece(ward).state == "in_use"


def test_reported_twice_leaves_the_piece_to_the_other_report(ward: SimpleNamespace) -> None:
    repairs.sent(ward, ward.colleague, symptoms=["battery"])
    finished(ward, "duplicate")
    assert piece(ward).state == "reported"


def test_after_a_repair_that_was_cancelled_a_technician_looks(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward, **OUT)
    keeping.to_workshop(request=case, by=ward.engineer)
    lifecycle.cancel(request=case, by=ward.nurse, reason="works again")
    assert piece(ward).state == "out_of_use"
    checked(ward)
    assert piece(ward).state == "in_use"


def test_what_was_not_right_is_broken_again(ward: SimpleNamespace) -> None:
    case = finished(ward, **OUT)
    checked(ward)
    lifecycle.reopen(request=case, by=ward.nurse, reason="same fault again")
    assert piece(ward).state == "out_of_use"


def test_what_was_lost_and_is_reported_again_is_checked(ward: SimpleNamespace) -> None:
    finished(ward, "not_found", **OUT)
    finished(ward)
    assert piece(ward).state == "awaiting_check"


def test_harm_is_cleared_before_the_workshop_and_the_check(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward, safe="no_removed", clean="incident")
    with pytest.raises(WrongState, match="harmed"):
        keeping.to_workshop(request=case, by=ward.engineer)
    assert piece(ward).state == "quarantined"
    harm.clear(request=case, by=ward.biomed, reason="tubing was kinked")
    keeping.to_workshop(request=case, by=ward.engineer)
    work.finish(request=case, by=ward.engineer, outcome="fixed_in_workshop")
    checked(ward)
    assert piece(ward).state == "in_use"


def test_only_its_team_works_on_it_and_checks_it(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward, **OUT)
    for person in (ward.nurse, ward.stranger, ward.biomed, ward.storekeeper):
        with pytest.raises(NotAllowed):
            keeping.to_workshop(request=case, by=person)
    work.take(request=case, by=ward.engineer)
    work.finish(request=case, by=ward.engineer, outcome="fixed_on_ward")
    estates = personas.person("ed.ward", role="fulfiller", place=ward.teams["estates"])
    for person in (ward.nurse, ward.stranger, ward.biomed, estates):
        with pytest.raises(NotAllowed):
            checked(ward, by=person)
    assert piece(ward).state == "awaiting_check"


def test_no_bench_for_a_room_nor_for_what_ended(ward: SimpleNamespace) -> None:
    room = repairs.sent(ward, equipment="", place=ward.bay.code, symptoms=["light"], clean="")
    builder = personas.person("ed.ward", role="fulfiller", place=ward.teams["estates"])
    with pytest.raises(WrongState):
        keeping.to_workshop(request=room, by=builder)
    done = finished(ward)
    with pytest.raises(WrongState):
        keeping.to_workshop(request=done, by=ward.engineer)


@pytest.mark.parametrize(("safety", "function"), [(True, False), (False, True), (False, False)])
def test_a_test_that_failed_is_on_record_and_it_stays_out(
    ward: SimpleNamespace, safety: bool, function: bool
) -> None:
    finished(ward, **OUT)
    checked(ward, safety=safety, function=function, next_service_on=None)
    assert piece(ward).state == "out_of_use"
    assert EquipmentCheck.objects.get().by == ward.engineer
    checked(ward)
    assert piece(ward).state == "in_use"


@pytest.mark.parametrize("day", [None, date(2000, 1, 1), date(2099, 1, 1)])
def test_the_next_service_is_a_day_to_come(ward: SimpleNamespace, day: date | None) -> None:
    finished(ward, **OUT)
    with pytest.raises(Invalid) as refused:
        checked(ward, next_service_on=day)
    assert "next_service_on" in refused.value.errors
    assert not EquipmentCheck.objects.exists()


def test_a_life_depends_on_it_so_two_sign(ward: SimpleNamespace) -> None:
    finished(ward, equipment=DEFIBRILLATOR, symptoms=["battery"], **OUT)
    checked(ward, DEFIBRILLATOR)
    device = ward.pieces[DEFIBRILLATOR]
    assert piece(ward, DEFIBRILLATOR).state == "awaiting_check"
    with pytest.raises(NotAllowed, match="somebody else"):
        keeping.countersign(equipment=device, by=ward.engineer)
    with pytest.raises(WrongState, match="one more signature"):
        checked(ward, DEFIBRILLATOR, by=ward.mate)
    with pytest.raises(NotAllowed):
        keeping.countersign(equipment=device, by=ward.nurse)
    done = keeping.countersign(equipment=device, by=ward.mate)
    assert keeping.countersign(equipment=device, by=ward.mate) == done  # pressed twice
    assert piece(ward, DEFIBRILLATOR).state == "in_use"
    assert (done.by, done.second_by) == (ward.engineer, ward.mate)


def test_the_head_of_clinical_engineering_may_be_the_second(ward: SimpleNamespace) -> None:
    finished(ward, equipment=DEFIBRILLATOR, symptoms=["battery"], **OUT)
    checked(ward, DEFIBRILLATOR)
    keeping.countersign(equipment=ward.pieces[DEFIBRILLATOR], by=ward.biomed)
    assert piece(ward, DEFIBRILLATOR).state == "in_use"


def test_a_report_between_the_signatures_makes_the_first_worth_nothing(ward: SimpleNamespace) -> None:
    device = ward.pieces[DEFIBRILLATOR]
    with clock.at(MORNING):  # all in one moment: order alone decides
        finished(ward, equipment=DEFIBRILLATOR, symptoms=["battery"], **OUT)
        checked(ward, DEFIBRILLATOR, next_service_on=date(2027, 9, 1))
        again = repairs.sent(ward, equipment=DEFIBRILLATOR, symptoms=["battery"])
        with pytest.raises(WrongState):
            keeping.countersign(equipment=device, by=ward.mate)
        work.take(request=again, by=ward.engineer)
        work.finish(request=again, by=ward.engineer, outcome="fixed_on_ward")
        with pytest.raises(WrongState):
            keeping.countersign(equipment=device, by=ward.mate)
        checked(ward, DEFIBRILLATOR, next_service_on=date(2027, 9, 1))
        keeping.countersign(equipment=device, by=ward.mate)
    assert piece(ward, DEFIBRILLATOR).state == "in_use"
    assert EquipmentCheck.objects.filter(void_at=None).count() == 1


def test_one_signature_is_enough_again_after_one_check(ward: SimpleNamespace) -> None:
    for _round in range(2):
        finished(ward, **OUT)
        checked(ward)
        assert piece(ward).state == "in_use"
    assert EquipmentCheck.objects.filter(void_at=None).count() == 2


def test_nobody_writes_past_the_check(ward: SimpleNamespace) -> None:
    finished(ward, **OUT)

    @verb
    def past() -> None:
        equipment_state.change(piece=equipment_state.locked(piece(ward)), to="in_use", by=ward.engineer)

    with pytest.raises(ValueError, match="only a check"):
        past()
    assert piece(ward).state == "awaiting_check"


def test_waiting_for_parts_leaves_it_in_the_workshop(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward, **OUT)
    keeping.to_workshop(request=case, by=ward.engineer)
    again = clock.now() + timedelta(days=2)
    waiting.wait(request=case, reason="parts", again_at=again, by=ward.engineer)
    assert piece(ward).state == "under_repair"
    assert fresh(case).state == RequestState.ON_HOLD
    work.finish(request=case, by=ward.engineer, outcome="part_replaced")
    assert piece(ward).state == "awaiting_check"


def test_what_waits_for_a_check_is_a_list_of_ones_own_teams(ward: SimpleNamespace) -> None:
    finished(ward, **OUT)
    finished(ward, equipment=DEFIBRILLATOR, symptoms=["battery"], **OUT)
    checked(ward, DEFIBRILLATOR)
    repairs.sent(ward, equipment=ECG, symptoms=["lead"], **OUT)  # is being repaired: nothing to check yet
    rows = keeping_page.waits_for_check(ward.mate)
    tags = {row.piece.tag: row.signed.by if row.signed else None for row in rows}
    assert tags[PUMP] is None and tags[DEFIBRILLATOR] == ward.engineer and ECG not in tags
    assert {row.piece.tag for row in keeping_page.waits_for_check(ward.biomed)} == set(tags)
    porter = personas.person("pat.porter", role="fulfiller", place=ward.teams["porters"])
    assert PUMP not in {row.piece.tag for row in keeping_page.waits_for_check(porter)}
    with pytest.raises(NotAllowed):
        keeping_page.waits_for_check(ward.nurse)


@pytest.mark.parametrize("tag", [PUMP, DEFIBRILLATOR])
def test_never_in_use_again_without_a_check(ward: SimpleNamespace, tag: str) -> None:
    """Two people, any order of verbs: what was out of use is used again only by a check of that stretch."""
    hypothesis = pytest.importorskip("hypothesis")
    from hypothesis import strategies as st

    symptom = {PUMP: "battery", DEFIBRILLATOR: "battery"}[tag]
    people = (ward.engineer, ward.mate)
    outcomes = ("fixed_on_ward", "duplicate", "not_found", "sent_to_supplier", "no_fault_found")

    def one(step: tuple[str, int, int]) -> None:
        act, who, choice = step
        by, device = people[who], ward.pieces[tag]
        cases = list(ServiceRequest.objects.filter(repair__equipment=device).order_by("pk"))
        case = cases[choice % len(cases)] if cases else None
        if act == "report":
            safe = ("yes", "no_removed")[choice % 2]
            repairs.sent(ward, equipment=tag, symptoms=[symptom], safe=safe)
        elif act == "check":
            checked(ward, tag, by=by, safety=choice % 3 > 0)
        elif act == "sign":
            keeping.countersign(equipment=device, by=by)
        elif case and act == "bench":
            keeping.to_workshop(request=case, by=by)
        elif case and act == "finish":
            work.finish(request=case, by=by, outcome=outcomes[choice % len(outcomes)])
        elif case and act == "cancel":
            lifecycle.cancel(request=case, by=ward.nurse, reason="no longer")
        elif case and act == "reopen":
            lifecycle.reopen(request=case, by=ward.nurse, reason="again")

    acts = st.sampled_from(["report", "bench", "finish", "check", "sign", "cancel", "reopen"])
    steps = st.lists(st.tuples(acts, st.integers(0, 1), st.integers(0, 5)), min_size=4, max_size=14)

    @hypothesis.settings(
        max_examples=25, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), database=None
    )
    @hypothesis.given(steps)
    def run(taken: list[tuple[str, int, int]]) -> None:
        from django.db import transaction

        with transaction.atomic():
            seen = EquipmentChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            for step in taken:
                try:
                    one(step)
                except DomainError:
                    continue
            _agrees(ward.pieces[tag], seen)
            transaction.set_rollback(True)

    run()


def _agrees(device: Equipment, seen: int) -> None:
    """Each change starts where the last one ended; use begins with a check, of two people where a life depends on it."""
    out, last = False, None
    for change in EquipmentChange.objects.filter(equipment=device, pk__gt=seen).select_related("signed"):
        assert last is None or change.from_state == last
        last = change.to_state
        if change.to_state == "in_use":
            assert not out or change.signed is not None
            signed = change.signed
            if signed:
                assert signed.safety and signed.function and signed.void_at is None
                assert device.criticality != "A" or signed.second_by_id not in (None, signed.by_id)
            out = False
        elif change.to_state in equipment_state.DOWN:
            out = True
    if last:
        assert fresh(device).state == last
