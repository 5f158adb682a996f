"""Waiting, asking, giving out, passing on: the verbs of a team, who may, in which state, and who came second."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal import clock
from portal.audit.models import Event
from portal.errors import DomainError, Invalid, NotAllowed, WrongState
from requests_app import lifecycle, waiting, waiting_reasons, work
from requests_app.models import CaseException, ServiceRequest, Wait, WardQuestion
from requests_app.states import RequestState
from tests import personas, repairs
from tests.journeys import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(world: SimpleNamespace) -> SimpleNamespace:
    repairs.equip(world)
    world.second = personas.person("dan.holt", role="fulfiller", place=world.teams["biomed"])
    world.lead = personas.person("lea.stone", role="team_lead", place=world.teams["biomed"])
    world.plumber = personas.person("gwen.park", role="fulfiller", place=world.teams["estates"])
    world.case = repairs.sent(world)
    return world


def wait(shop: SimpleNamespace, **more: Any) -> Wait:
    return waiting.wait(**{"request": shop.case, "reason": "not_clean", "by": shop.engineer} | more)


def ask(shop: SimpleNamespace, **more: Any) -> WardQuestion:
    asked = {"request": shop.case, "text": "Is it clean?", "choices": ["Yes", "No"], "by": shop.engineer}
    return waiting.ask_ward(**asked | more)


def actions(request: ServiceRequest) -> list[str]:
    return list(Event.objects.filter(case=request.public_id).order_by("pk").values_list("action", flat=True))


ACTS: dict[str, Callable[[SimpleNamespace, Any], object]] = {
    "take": lambda shop, by: work.take(request=shop.case, by=by),
    "wait": lambda shop, by: wait(shop, by=by),
    "resume": lambda shop, by: waiting.resume(request=shop.case, by=by),
    "ask": lambda shop, by: ask(shop, by=by),
    "assign": lambda shop, by: work.assign(request=shop.case, to=shop.second, by=by),
    "pass": lambda shop, by: work.pass_on(
        request=shop.case, team=shop.teams["estates"], reason="Not ours", by=by
    ),
    "finish": lambda shop, by: work.finish(request=shop.case, by=by, outcome="fixed_on_ward"),
}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("who", ["nurse", "head", "plumber", "storekeeper", "stranger", "administrator"])
def test_only_its_team(shop: SimpleNamespace, name: str, who: str) -> None:
    before = actions(shop.case)
    with pytest.raises(NotAllowed):
        ACTS[name](shop, getattr(shop, who))
    assert actions(shop.case) == before
    assert fresh(shop.case).state == RequestState.APPROVED


@pytest.mark.parametrize("name", ACTS)
def test_nothing_is_done_to_what_ended(shop: SimpleNamespace, name: str) -> None:
    lifecycle.cancel(request=shop.case, by=shop.nurse, reason="No longer needed")
    with pytest.raises(WrongState):
        ACTS[name](shop, shop.engineer)
    assert not Wait.objects.exists()


def test_what_nobody_had_is_taken_by_who_waits(shop: SimpleNamespace) -> None:
    begun = wait(shop)
    case = fresh(shop.case)
    assert (case.state, case.assignee) == (RequestState.ON_HOLD, shop.engineer)
    assert case.held_by.startswith("Waiting until it is cleaned: until ")
    assert begun.again_at - begun.started_at == timedelta(hours=4)
    with pytest.raises(WrongState, match="It waits already"):
        wait(shop, by=shop.second)


@pytest.mark.parametrize("reason", waiting_reasons.REASONS)
def test_every_wait_has_an_end_and_a_party(shop: SimpleNamespace, reason: str) -> None:
    if waiting_reasons.REASONS[reason].again is None:
        with pytest.raises(Invalid) as refused:
            wait(shop, reason=reason)
        assert list(refused.value.errors) == ["again_at"]
    begun = wait(shop, reason=reason, again_at=clock.now() + timedelta(hours=5))
    assert begun.charged == waiting_reasons.REASONS[reason].charged
    assert begun.again_at > begun.started_at


@pytest.mark.parametrize("hours", [-1, 0, 24 * 400])
def test_it_is_asked_again_in_the_time_to_come(shop: SimpleNamespace, hours: int) -> None:
    with pytest.raises(Invalid) as refused:
        wait(shop, again_at=clock.now() + timedelta(hours=hours))
    assert list(refused.value.errors) == ["again_at"]


def test_the_answer_lets_it_go_on_and_the_second_is_told_the_first(shop: SimpleNamespace) -> None:
    question = ask(shop)
    waiting.answer(question=question, text=" Yes ", by=shop.colleague)
    case, question = fresh(shop.case), fresh(question)
    assert (case.state, question.answer, question.answered_by) == (
        RequestState.IN_FULFILMENT,
        "Yes",
        shop.colleague,
    )
    assert waiting.answer(question=question, text="Yes", by=shop.colleague) == question  # pressed twice
    with pytest.raises(WrongState, match="This was answered already: Yes"):
        waiting.answer(question=question, text="No", by=shop.nurse)
    said = actions(shop.case)
    assert (said.count("question.asked"), said.count("question.answered"), said.count("request.resumed")) == (
        1,
        1,
        1,
    )


@pytest.mark.parametrize("who", ["engineer", "other_nurse", "storekeeper", "stranger", "administrator"])
def test_only_the_ward_answers(shop: SimpleNamespace, who: str) -> None:
    question = ask(shop)
    with pytest.raises(NotAllowed):
        waiting.answer(question=question, text="Yes", by=getattr(shop, who))
    assert fresh(question).answered_at is None


def test_an_answer_after_the_team_went_on_is_kept_and_moves_nothing(shop: SimpleNamespace) -> None:
    question = ask(shop)
    waiting.resume(request=shop.case, by=shop.engineer)
    again = wait(shop, reason="permit", again_at=clock.now() + timedelta(days=1))
    waiting.answer(question=question, text="No", by=shop.nurse)
    assert fresh(question).answer == "No"
    assert fresh(again).ended_at is None
    assert fresh(shop.case).state == RequestState.ON_HOLD


@pytest.mark.parametrize(
    "more", [{"text": " "}, {"text": "x" * 301}, {"choices": list("abcde")}, {"choices": ["x" * 41]}]
)
def test_a_question_that_cannot_be_asked_leaves_nothing(shop: SimpleNamespace, more: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        ask(shop, **more)
    assert not Wait.objects.exists()


def test_given_by_the_lead_taken_by_who_was_given_it(shop: SimpleNamespace) -> None:
    with pytest.raises(NotAllowed, match="Who leads the team gives it out"):
        work.assign(request=shop.case, to=shop.second, by=shop.engineer)
    work.assign(request=shop.case, to=shop.second, by=shop.lead)
    assert (
        actions(work.assign(request=shop.case, to=shop.second, by=shop.lead)).count("request.assigned") == 1
    )
    with pytest.raises(WrongState, match="It was given to Dan Holt"):
        work.take(request=shop.case, by=shop.engineer)
    work.take(request=shop.case, by=shop.second)
    work.assign(request=shop.case, to=shop.engineer, by=shop.second)  # who has it hands it on
    assert fresh(shop.case).assignee == shop.engineer
    for nobody in (shop.plumber, shop.nurse):
        with pytest.raises(Invalid) as refused:
            work.assign(request=shop.case, to=nobody, by=shop.lead)
        assert list(refused.value.errors) == ["to"]


def test_passed_on_it_is_the_other_teams_and_no_longer_waits(shop: SimpleNamespace) -> None:
    wait(shop)
    passed = work.pass_on(
        request=shop.case, team=shop.teams["estates"], reason=" Not ours ", by=shop.engineer
    )
    case = fresh(shop.case)
    assert (case.team, case.state, case.assignee) == (shop.teams["estates"], RequestState.APPROVED, None)
    assert (passed.from_team.code, passed.to_team.code, passed.reason) == ("biomed", "estates", "Not ours")
    assert not Wait.objects.filter(ended_at=None).exists()
    with pytest.raises(NotAllowed):
        work.pass_on(request=case, team=shop.teams["biomed"], reason="Yours", by=shop.engineer)
    work.take(request=case, by=shop.plumber)
    work.pass_on(request=case, team=shop.teams["estates"], reason="Shift ends", by=shop.plumber)
    assert "request.put_back" in actions(case)
    assert fresh(case).assignee is None


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_passing_on_needs_a_reason(shop: SimpleNamespace, reason: str) -> None:
    with pytest.raises(Invalid):
        work.pass_on(request=shop.case, team=shop.teams["estates"], reason=reason, by=shop.engineer)
    foreign = shop.other_hospital.teams.first()
    with pytest.raises(Invalid) as refused:
        work.pass_on(request=shop.case, team=foreign, reason="Not ours", by=shop.engineer)
    assert list(refused.value.errors) == ["team"]


def test_done_while_it_waits_ends_the_wait(shop: SimpleNamespace) -> None:
    ask(shop)
    work.finish(request=shop.case, by=shop.engineer, outcome="fixed_on_ward")
    assert fresh(shop.case).state == RequestState.CLOSED
    assert Wait.objects.get().ended_at
    question = WardQuestion.objects.get()
    waiting.answer(question=question, text="Yes", by=shop.nurse)
    assert fresh(shop.case).state == RequestState.CLOSED


def test_a_wait_that_lasts_is_asked_about_once(shop: SimpleNamespace) -> None:
    begun = wait(shop)
    with clock.at(begun.again_at - timedelta(seconds=1)):
        assert waiting.sweep() == 0
    with clock.at(begun.again_at + timedelta(days=1)):
        assert waiting.sweep() == 1
        assert waiting.sweep() == 0
    found = CaseException.objects.get(request=shop.case, kind=CaseException.Kind.STILL_WAITING)
    assert "Waiting until it is cleaned" in found.detail
    assert Wait.objects.get().asked_again_at


def test_who_comes_second_is_told_who_was_first(shop: SimpleNamespace) -> None:
    stale = ServiceRequest.objects.get(pk=shop.case.pk)  # as the second person's page shows it
    work.take(request=shop.case, by=shop.engineer)
    with pytest.raises(DomainError, match="Eva Berg took it before you"):
        work.take(request=stale, by=shop.second)
    assert fresh(shop.case).assignee == shop.engineer
