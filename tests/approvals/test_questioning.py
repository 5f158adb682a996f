"""What who decides asks first: the ward sees it, one tap answers it, and it is over once the decision was taken."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse

from approvals import questioning
from portal.clock import at
from portal.errors import Invalid, NotAllowed, WrongState
from portal.notify.models import Notice
from requests_app import lifecycle, waiting, ward_questions
from requests_app.models import ServiceRequest, WardQuestion
from sla.models import Clock
from tests.journeys import approve, fresh, open_steps, sent
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2030, 5, 14, 9, 0, tzinfo=UTC)


def ask(request: ServiceRequest, by: object, text: str = "Can it wait?", *choices: str) -> WardQuestion:
    return questioning.ask(step_id=open_steps(request)[0].pk, by=by, text=text, choices=choices)  # type: ignore[arg-type]


def test_the_ward_sees_it_at_home_and_on_the_page_and_answers_with_one_tap(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    question = ask(request, world.head, "Can it wait?", "Yes", "No")
    assert ward_questions.open_for(world.nurse) == [question]
    assert ward_questions.open_for(world.other_nurse) == []
    nurse = signed_in(world.nurse)
    for page in (reverse("desk:home"), reverse("desk:request-detail", args=[request.public_id])):
        said = nurse.get(page).content.decode()
        assert "Can it wait?" in said and 'value="Yes"' in said
    answer = nurse.post(reverse("requests:answer", args=[question.ref]), {"answer": "Yes"})
    assert answer.status_code == 302
    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("Yes", world.nurse)
    assert ward_questions.open_for(world.nurse) == []
    assert Notice.objects.get(kind="question_answered").user == world.head
    assert open_steps(request), "the step waits for its decision as before"


def test_only_who_may_decide_asks(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    for person in (world.nurse, world.procurement, world.stranger):
        with pytest.raises(NotAllowed):
            ask(request, person)
    with pytest.raises(Invalid):
        ask(request, world.head, " ")


def test_one_at_a_time_and_the_same_one_once(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=1)
    first = ask(request, world.head)
    assert ask(request, world.head) == first
    with pytest.raises(WrongState) as refusal:
        ask(request, world.head, "What is it for?")
    assert "Can it wait?" in refusal.value.message
    waiting.answer(question=first, text="No", by=world.nurse)
    assert ask(request, world.head, "What is it for?") != first


@pytest.mark.parametrize("end", ["decided", "cancelled"])
def test_once_it_is_over_nobody_has_to_answer(world: SimpleNamespace, end: str) -> None:
    request = sent(world, NPW_KIT=1)
    question = ask(request, world.head)
    if end == "decided":
        approve(request, world.head)
    else:
        lifecycle.cancel(request=fresh(request), by=world.nurse, reason="found some")
    question.refresh_from_db()
    assert question.is_void
    assert ward_questions.open_for(world.nurse) == []
    assert not Notice.objects.filter(kind="question_asked", read_at=None).exists()
    with pytest.raises(WrongState):
        waiting.answer(question=question, text="No", by=world.nurse)
    page = signed_in(world.nurse).get(reverse("desk:request-detail", args=[request.public_id]))
    assert "Can it wait?" not in page.content.decode().split("<h2")[1]


def test_the_time_to_decide_stands_still_until_the_answer(world: SimpleNamespace) -> None:
    with at(TUESDAY):
        request = sent(world, NPW_KIT=1)
        clock = Clock.objects.get(request=request, kind="approval")
    with at(TUESDAY + timedelta(minutes=10)):
        question = ask(request, world.head)
        clock_now = fresh(clock)
        assert clock_now.paused_at == TUESDAY + timedelta(minutes=10)
        assert fresh(request).due_at is None
    with at(TUESDAY + timedelta(minutes=70)):
        waiting.answer(question=question, text="No", by=world.nurse)
    assert fresh(clock).paused_at is None
    assert fresh(clock).due_at == clock.due_at + timedelta(hours=1)
    assert fresh(request).due_at == fresh(clock).due_at


def test_deciding_without_the_answer_stops_the_clock(world: SimpleNamespace) -> None:
    request = sent(world, GLV_NIT_L=200, note="x")
    ask(request, world.head)
    approve(request, world.head)
    clock = Clock.objects.filter(request=request, kind="approval").earliest("pk")
    assert (clock.state, clock.outcome, clock.paused_at) == ("stopped", "met", None)


def test_two_who_decide_at_once_each_ask_their_own(world: SimpleNamespace) -> None:
    from decimal import Decimal

    item = world.items["SPO-SEN"]
    item.price, item.flags = Decimal(700), []
    item.save()
    request = sent(world, SPO_SEN=8, note="x")
    approve(request, world.head)
    by = {step.role: step for step in open_steps(request)}
    for role, person in (("finance", world.finance), ("procurement", world.procurement)):
        questioning.ask(step_id=by[role].pk, by=person, text=f"{role}?")
    assert len(ward_questions.all_of(request)) == 2
    approve(request, world.finance, "finance")
    assert [one.text for one in ward_questions.all_of(request)] == ["procurement?"]
