"""A repair: what follows from its answers, what is kept, and what becomes of the piece."""

from types import SimpleNamespace
from typing import Any

import pytest

from portal.accounts.models import Location
from portal.audit.models import Event
from portal.errors import Invalid, NotAllowed, WrongState
from portal.notify.models import Notice
from requests_app import lifecycle, work
from requests_app.equipment import harm, symptoms
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.kinds import kind_of
from requests_app.kinds.repair_facts import priority_of
from requests_app.models import Equipment, Repair, ServiceRequest
from requests_app.questions import visible
from requests_app.states import Priority
from tests import repairs
from tests.journeys import fresh
from tests.repairs import BED, DEFIBRILLATOR, ECG, PUMP

EMERGENCY, URGENT, ROUTINE = Priority.EMERGENCY, Priority.URGENT, Priority.ROUTINE
NOW, TODAY, WAIT = "now", "today", "can_wait"
YES, REMOVED, IN_USE = "yes", "no_removed", "no_in_use"
RANG = {"answered_by": "Eva", "emergency_reason": "patient_at_risk"}


@pytest.fixture
def ward(world: SimpleNamespace) -> SimpleNamespace:
    return repairs.equip(world)


# ---- the tables ----


def test_every_class_has_symptoms_and_every_set_ends_with_something_else() -> None:
    assert {kind.symptoms for kind in CLASSES.values()} == set(symptoms.SETS) - {symptoms.ROOM}
    for code, chips in symptoms.SETS.items():
        assert 4 <= len(chips) <= 8, code
        assert len({chip.code for chip in chips}) == len({str(chip.label) for chip in chips}) == len(chips), (
            code
        )
        assert chips[-1] is symptoms.OTHER, code


def test_the_symptoms_that_are_a_danger_are_those_of_the_list() -> None:
    named = {str(one.label) for chips in symptoms.SETS.values() for one in chips if one.unsafe_at}
    assert named == {
        "Wrong rate or dose", "Alarm does not sound", "Wrong reading", "Failed self-test", "Failed daily check",
        "Leak or hiss", "Bent or sharp edge", "Will not lower", "Emergency stop", "Too hot", "Hot or smells",
    }  # fmt: skip
    assert symptoms.dangers("warming", ["hot"], "A") and not symptoms.dangers("air", ["hot"], "B")
    assert symptoms.dangers("monitor", ["wrong_reading"], "B")
    assert not symptoms.dangers("monitor", ["wrong_reading"], "C")


@pytest.mark.parametrize(
    ("needed", "safe", "criticality", "danger", "acute", "wanted"),
    [
        (NOW, YES, "C", False, False, EMERGENCY),
        (TODAY, YES, "B", False, False, URGENT),
        (WAIT, YES, "A", False, False, ROUTINE),
        (WAIT, REMOVED, "A", False, False, URGENT),
        (TODAY, REMOVED, "A", False, False, URGENT),
        (NOW, REMOVED, "A", False, False, EMERGENCY),
        (WAIT, REMOVED, "B", False, False, ROUTINE),
        (WAIT, IN_USE, "A", False, False, EMERGENCY),
        (WAIT, IN_USE, "B", False, False, EMERGENCY),
        (WAIT, IN_USE, "C", False, False, ROUTINE),
        (WAIT, YES, "C", True, False, URGENT),
        (NOW, YES, "C", True, False, EMERGENCY),
        (WAIT, YES, "", False, True, URGENT),
        (TODAY, YES, "D", False, True, EMERGENCY),
        (NOW, YES, "A", True, True, EMERGENCY),
    ],
)
def test_the_priority_is_raised_by_facts_and_says_why(
    needed: str, safe: str, criticality: str, danger: bool, acute: bool, wanted: str
) -> None:
    asked = Repair.Needed(needed)
    plain, _reason = priority_of(needed, YES, criticality="C", dangers=[], acute=False)
    priority, reason = priority_of(
        needed, safe, criticality=criticality, dangers=["Will not lower"] if danger else [], acute=acute
    )
    assert priority == wanted
    assert reason.startswith(str(asked.label)) and len(reason) <= 120
    assert ("raised" in reason) == (priority != plain)


# ---- the form ----


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given", [{}, {"equipment": PUMP}, {"place": "SBG-MB-07-7B-B01"}, {"thing": "a lamp"}]
)
def test_at_most_five_questions_are_seen_and_whether_it_is_safe_is_never_filled_in(
    ward: SimpleNamespace, given: dict[str, str]
) -> None:
    draft = repairs.drafted(ward, equipment="", symptoms="", needed="", safe="", clean="")
    kind = kind_of(draft)
    draft.answers = kind.prefill(draft, given)
    asked = kind.questions(draft)
    assert len(visible(asked)) <= 5
    assert [one.key for one in asked if one.required and one.key == "safe"]
    assert "safe" not in draft.answers and draft.answers.get("equipment", "") == given.get("equipment", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"equipment": ""}, "equipment"),
        ({"equipment": "99999"}, "equipment"),
        ({"equipment": "", "thing": "a lamp"}, "place"),
        ({"symptoms": ""}, "symptoms"),
        ({"symptoms": ["rail"]}, "symptoms"),
        ({"symptoms": ["else"]}, "other"),
        ({"needed": ""}, "needed"),
        ({"safe": ""}, "safe"),
        ({"place": "NFC-SB-00-LIB-LIB"}, "place"),
        ({"needed": NOW}, "emergency_reason"),
    ],
)
def test_what_is_missing_is_said_beside_its_question(
    ward: SimpleNamespace, more: dict[str, Any], key: str
) -> None:
    draft = repairs.drafted(ward, **more)
    with pytest.raises(Invalid) as refused:
        lifecycle.submit(public_id=draft.public_id, by=ward.nurse, seen="")
    assert key in refused.value.errors
    assert fresh(draft).number is None and not Repair.objects.exists()


# ---- what follows ----


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "title", "service", "team", "priority"),
    [
        ({}, "Infusion pump (volumetric) 10231: Occlusion alarm keeps coming", "repair_b", "biomed", ROUTINE),
        ({"symptoms": ["rate"]}, "Infusion pump (volumetric) 10231: Wrong rate or dose", "repair_b", "biomed", URGENT),
        (
            {"equipment": DEFIBRILLATOR, "symptoms": ["pads"], "safe": REMOVED},
            "Defibrillator 10260: Pads or paddles missing or out of date", "repair_a", "biomed", URGENT,
        ),
        (
            {"equipment": BED, "symptoms": ["brake", "rail"]},
            "Electric bed 10282: Side rail, Brake", "repair_c", "estates", ROUTINE,
        ),
        (
            {"equipment": "", "place": "SBG-MB-07-7B-B01", "symptoms": ["leak"], "clean": ""},
            "Bay 1, 7B: Leak or damp", "repair_building", "estates", ROUTINE,
        ),
        (
            {"equipment": "", "place": "SBG-MB-07-7B-B01", "thing": "Mr Smith's lamp", "symptoms": ["dead"]},
            "Something without a label, Bay 1, 7B: Not working", "repair_b", "triage", ROUTINE,
        ),
    ],
)  # fmt: skip
def test_team_service_priority_and_title_follow_from_the_answers(
    ward: SimpleNamespace, more: dict[str, Any], title: str, service: str, team: str, priority: str
) -> None:
    case = repairs.sent(ward, **more)
    assert (case.title, case.service, case.priority) == (title, service, priority)
    assert case.team == ward.teams[team]
    assert case.deliver_to is not None and case.released_at is not None, "nobody has to agree"
    row = case.repair
    assert ((row.equipment and row.equipment.tag) or "") == repairs.answers(**more).get("equipment", "")
    assert row.symptoms == repairs.answers(**more)["symptoms"]


@pytest.mark.django_db
def test_a_repair_in_an_acute_area_goes_one_step_up(ward: SimpleNamespace) -> None:
    Location.objects.filter(pk=ward.bay.pk).update(acute=True)
    case = repairs.sent(ward)
    assert case.priority == URGENT and case.priority_reason.endswith("; raised: this is an acute area")


@pytest.mark.django_db
def test_no_name_of_the_free_words_reaches_the_title_or_a_notice(ward: SimpleNamespace) -> None:
    case = repairs.sent(ward, symptoms=["else"], other="Mr Canary fell over it")
    assert "Canary" not in case.title
    assert not Notice.objects.filter(params__icontains="Canary").exists()
    assert "Canary" in dict(kind_of(case).said(case))["What is it?"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "more", "after"),
    [
        ("in_use", {}, "reported"),
        ("in_use", {"safe": REMOVED}, "out_of_use"),
        ("in_use", {"safe": IN_USE, **RANG}, "reported"),
        ("in_use", {"safe": REMOVED, "clean": "incident"}, "quarantined"),
        ("reported", {"safe": REMOVED}, "out_of_use"),
        ("out_of_use", {}, "out_of_use"),
        ("under_repair", {"safe": REMOVED}, "under_repair"),
        ("quarantined", {"safe": REMOVED}, "quarantined"),
    ],
)
def test_a_report_takes_the_piece_further_from_use_and_never_back(
    ward: SimpleNamespace, before: str, more: dict[str, Any], after: str
) -> None:
    Equipment.objects.filter(tag=PUMP).update(state=before)
    case = repairs.sent(ward, **more)
    assert fresh(ward.pieces[PUMP]).state == after
    told = Event.objects.filter(action__startswith="equipment.", case=case.public_id)
    assert [event.after["equipment_state"] for event in told] == ([after] if after != before else [])
    if before == "in_use":
        lifecycle.cancel(request=case, by=ward.nurse, reason="works again")
        assert fresh(ward.pieces[PUMP]).state == after, "only a technician sets it in use again"


@pytest.mark.django_db
def test_it_reads_as_it_was_asked_after_the_piece_was_given_up_and_changed_its_class(
    ward: SimpleNamespace,
) -> None:
    case = repairs.sent(ward, safe=REMOVED)
    before = kind_of(case).said(case)
    assert ("Which equipment?", "10231 Infusion pump") in before
    assert ("What is wrong?", "Occlusion alarm keeps coming") in before
    assert ("Safe to keep using?", "No, taken out of use") in before
    Equipment.objects.filter(tag=PUMP).update(active=False, class_code="bed_electric")
    again = ServiceRequest.objects.get(pk=case.pk)
    assert kind_of(again).said(again) == before


@pytest.mark.django_db
def test_sent_again_after_a_change_it_keeps_one_row(ward: SimpleNamespace) -> None:
    draft = repairs.drafted(ward)
    lifecycle.submit(public_id=draft.public_id, by=ward.nurse, seen="")
    lifecycle.submit(public_id=draft.public_id, by=ward.nurse, seen="")
    assert Repair.objects.count() == 1


# ---- harm ----


@pytest.mark.django_db
def test_after_harm_the_head_of_clinical_engineering_is_told_and_opens_the_way_to_closing(
    ward: SimpleNamespace,
) -> None:
    case = repairs.sent(
        ward, equipment=ECG, symptoms=["lead"], safe=REMOVED, clean="incident", incident_number="I-77"
    )
    assert case.repair.incident_number == "I-77"
    assert list(Notice.objects.filter(kind="harm_reported").values_list("user", flat=True)) == [
        ward.biomed.pk
    ]
    work.take(request=case, by=ward.engineer)
    with pytest.raises(WrongState):
        work.finish(request=fresh(case), by=ward.engineer, outcome="no_fault_found")
    for other in (ward.engineer, ward.nurse, ward.head):
        with pytest.raises(NotAllowed):
            harm.clear(request=fresh(case), by=other, reason="looked at")
    with pytest.raises(Invalid):
        harm.clear(request=fresh(case), by=ward.biomed, reason=" ")
    harm.clear(request=fresh(case), by=ward.biomed, reason="settings copied")
    work.finish(request=fresh(case), by=ward.engineer, outcome="no_fault_found")
    assert not fresh(case).is_open


@pytest.mark.django_db
def test_the_number_of_an_incident_is_kept_only_with_one(ward: SimpleNamespace) -> None:
    assert repairs.sent(ward, incident_number="I-77").repair.incident_number == ""
