"""What pages say of work that is not supplies: times, dates, ends and who decides, as people of the ward say it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from approvals.wording import effect
from portal import clock
from portal.audit.models import Event
from portal.notify.models import Notice
from requests_app import questions, work
from requests_app.models import Category, ServiceRequest, WorkRecord
from requests_app.questions import Ask, Question
from sla import words
from tests import it_desk, journeys, moving, personas
from tests.it_desk import EMERGENCY

pytestmark = pytest.mark.django_db
MORNING = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def porters(world: SimpleNamespace) -> SimpleNamespace:
    return moving.porters(world)


def page(who: object, request: ServiceRequest) -> str:
    return personas.signed_in(who).get(reverse("desk:request-detail", args=[request.public_id])).text


@pytest.mark.parametrize(
    ("ask", "typed", "said"),
    [
        (Ask.DATE, "2027-11-22", "Mon 22 Nov 2027"),
        (Ask.MOMENT, "2026-11-22T17:38", "Sun 22 Nov, 17:38"),
        (Ask.DATE, "tomorrow", "tomorrow"),
        (Ask.TEXT, "2027-11-22", "2027-11-22"),
    ],
)
def test_a_date_is_said_in_words(ask: Ask, typed: str, said: str) -> None:
    assert questions.in_words(Question("when", "When?", ask), {"when": typed}) == said


def test_a_move_for_a_time_waits_for_it(porters: SimpleNamespace) -> None:
    with clock.at(MORNING):
        move = moving.sent(porters, when="at", agreed_at="2027-03-10T15:38")
        shown = page(porters.nurse, move)
        assert words.request_chip(move, MORNING).words == "At 15:38"
    assert words.request_chip(move, MORNING - timedelta(days=2)).words == "At Wed 10 Mar, 15:38"
    assert "Waits for its time" in shown
    assert "Wed 10 Mar, 15:38" in shown
    for wrong in (
        "No time set yet",
        "To be agreed",
        "2027-03-10T15:38</dd>",
        "Agreed time",
        "For an agreed date",
    ):
        assert wrong not in shown


def test_work_is_done_and_supplies_are_here(porters: SimpleNamespace) -> None:
    move = moving.sent(porters)
    work.take(request=move, by=porters.porter)
    moving.delivered(move, porters.porter)
    shown = page(porters.nurse, journeys.fresh(move))
    assert "In progress → Done" in shown
    for wrong in ("All here", "Everything is here"):
        assert wrong not in shown


def test_who_decides_a_bundle_reads_what_it_sends() -> None:
    def card(kind: str, *, last: bool) -> SimpleNamespace:
        request = SimpleNamespace(team=None, category=Category(kind=kind))
        step = SimpleNamespace(approval=SimpleNamespace(about_price=False))
        return SimpleNamespace(store_lines=0, vendors=[], request=request, last=last, step=step)

    assert effect(card("bundle", last=True)) == "Approving sends its tasks to their teams."
    assert effect(card("form", last=True)) == "Approving sends it on its way."


def test_what_nobody_has_to_agree_to_is_not_told_as_agreed(porters: SimpleNamespace) -> None:
    moving.sent(porters)
    assert not Notice.objects.filter(kind="request_approved").exists()
    approved = journeys.approved(porters, SET_PMP=2)
    assert list(Notice.objects.filter(kind="request_approved").values_list("case", flat=True)) == [
        approved.public_id
    ]


def test_an_emergency_is_seen_as_one_and_comes_first(world: SimpleNamespace) -> None:
    it_desk.add(world)
    late = journeys.sent(world, SET_PMP=1)
    ServiceRequest.objects.filter(pk=late.pk).update(due_at=clock.now() - timedelta(days=3))
    assert "Emergency</span>" not in page(world.nurse, late)
    emergency = it_desk.sent(world, "it", **EMERGENCY)
    rows = personas.signed_in(world.nurse).get("/").context["rows"]
    assert [row.pk for row in rows] == [emergency.pk, late.pk]
    assert personas.signed_in(world.nurse).get("/").text.count("Emergency</span>") == 1
    shown = page(world.nurse, emergency)
    assert "Emergency</span>" in shown
    assert "Somebody takes it: due in " in shown


def test_home_shows_a_bundle_once_and_its_task_to_who_does_it(porters: SimpleNamespace) -> None:
    parent, child = journeys.sent(porters, SET_PMP=1), journeys.sent(porters, SET_PMP=1)
    ServiceRequest.objects.filter(pk=child.pk).update(parent=parent, team=porters.porters)
    for who, seen in ((porters.nurse, [parent.pk]), (porters.porter, [child.pk])):
        assert [row.pk for row in personas.signed_in(who).get("/").context["rows"]] == seen


# ---- somebody who works on no ward asks for one ----


def test_a_porter_chooses_a_ward_first(porters: SimpleNamespace) -> None:
    porter: Client = personas.signed_in(porters.porter)
    for there in (reverse("requests:ask"), reverse("requests:ask-new", args=["lost_property"])):
        answer = porter.get(there)
        assert answer.status_code == 200
        assert "For which ward?" in answer.text
    form = porter.get(reverse("requests:ask-new", args=["document"]), {"department": porters.ward.pk})
    assert form.context["ward"] == porters.ward
    chosen = porter.get(reverse("requests:ask"), {"department": porters.ward.pk})
    assert f"?department={porters.ward.pk}" in chosen.text
    data = {
        "client_key": form.context["form"]["client_key"].value(),
        "department": porters.ward.pk,
        "do": "save",
    }
    assert porter.post(reverse("requests:ask-new", args=["document"]), data).status_code == 302
    assert ServiceRequest.objects.get(filed_by=porters.porter).department == porters.ward


def test_a_ward_of_another_hospital_is_not_to_be_had(porters: SimpleNamespace) -> None:
    answer = personas.signed_in(porters.porter).get(
        reverse("requests:ask-new", args=["document"]), {"department": porters.foreign_ward.pk}
    )
    assert "For which ward?" in answer.text
    assert porters.foreign_ward.name not in answer.text


# ---- words at the end of work ----


def finish(porters: SimpleNamespace, **typed: str) -> tuple[int, ServiceRequest, str]:
    move = moving.sent(porters, what="bed", condition="used")
    work.take(request=move, by=porters.porter)
    data = {"outcome": "handed_over"} | typed
    answer = personas.signed_in(porters.porter).post(reverse("requests:finish", args=[move.public_id]), data)
    return answer.status_code, journeys.fresh(move), answer.text


def test_the_end_takes_words(porters: SimpleNamespace) -> None:
    status, move, _text = finish(porters, minutes="12", note="The lift was out of order.")
    assert (status, move.state) == (302, "closed")
    said = Event.objects.get(case=move.public_id, action="request.fulfilled").reason
    assert said == "The lift was out of order."
    assert WorkRecord.objects.get(request=move).minutes == 12


def test_words_at_the_end_are_screened(porters: SimpleNamespace) -> None:
    status, move, text = finish(porters, note="NHS 943 476 5919 was late")
    assert (status, move.state) == (422, "in_fulfilment")
    assert "looks like an NHS number" in text
    assert "NHS 943 476 5919 was late</textarea>" in text
    assert 'name="patient_data_ok"' in text
    status, move, _text = finish(porters, note="NHS 943 476 5919 was late", patient_data_ok="on")
    assert (status, move.state) == (302, "closed")
    assert Event.objects.filter(case=move.public_id, action="request.patient_data_kept").exists()
    status, move, text = finish(porters, note="x" * 501)
    assert (status, move.state) == (422, "in_fulfilment")
    assert "500 characters" in text
