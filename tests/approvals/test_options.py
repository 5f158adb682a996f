"""What is offered is what the verbs do, for everybody and every action, on the card, on the request and in the API."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from approvals import adjusting, decisions, options, passing, questioning, running
from approvals.models import ApprovalStep
from portal.accounts import scopes
from portal.accounts.models import User
from portal.clock import at, now
from portal.errors import DomainError, Invalid
from requests_app import costs, lifecycle, work
from requests_app.models import ServiceRequest
from tests import personas, repairs
from tests.api.calls import caller
from tests.journeys import approve, fresh, open_steps, seen, sent

pytestmark = pytest.mark.django_db
PEOPLE = (
    "nurse",
    "colleague",
    "head",
    "ward_lead",
    "other_head",
    "procurement",
    "director",
    "auditor",
    "stranger",
)


def run_of(step: ApprovalStep) -> running.Run:
    step = fresh(step)
    request = ServiceRequest.objects.get(pk=step.approval.request_id)
    return running.read(request, ApprovalStep.objects.filter(approval=step.approval_id), step.pk)


def tried(name: str, step: ApprovalStep, by: User, world: SimpleNamespace) -> str:
    """What the verb refuses with, '' where it does it; nothing stays."""
    from django.db import transaction

    request = fresh(step).approval.request
    given = {"step_id": step.pk, "by": by}
    shown = {**given, "seen": seen(request)}
    line = request.lines.first()
    acts = {
        "approve": lambda: decisions.approve_step(**shown),
        "reject": lambda: decisions.reject_step(**shown, reason="No"),
        "return": lambda: decisions.return_step(**shown, reason="Which?"),
        "adjust": lambda: adjusting.adjust_and_approve(
            **shown, quantities={line.public_id: line.quantity - 1}, reason="Enough"
        ),
        "ask": lambda: questioning.ask(**given, text="What for?"),
        "pass": lambda: passing.pass_on(**given, to=world.ward_lead, reason="Away"),
    }
    with transaction.atomic():
        try:
            acts[name]()
        except DomainError as refusal:
            return refusal.message
        finally:
            transaction.set_rollback(True)
    return ""


@pytest.fixture
def two(world: SimpleNamespace) -> SimpleNamespace:
    scopes.grant(user=world.ward_lead, role="head", place=world.ward, by=world.system)
    return world


@pytest.mark.parametrize("name", PEOPLE)
def test_the_verbs_do_what_is_offered_and_refuse_the_rest_in_the_same_words(
    two: SimpleNamespace, name: str
) -> None:
    person, step = getattr(two, name), open_steps(sent(two, NPW_KIT=2))[0]
    offered = options.options(run_of(step), person)
    assert set(offered) == set(options.DECIDING)
    for action, why_not in offered.items():
        if action == "pass" and person == two.ward_lead:
            continue  # to whom it is tried to be passed
        assert tried(action, step, person, two) == why_not, action


def test_after_the_decision_only_the_way_back_and_only_for_a_moment(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    step = open_steps(request)[0]
    moment = now()
    with at(moment):
        approve(request, world.head)
        assert options.options(run_of(step), world.head) == {"undo": ""}
        assert options.options(run_of(step), world.procurement) == {}
    with at(moment + timedelta(seconds=10)):
        assert options.options(run_of(step), world.head) == {}


def test_a_cancelled_request_offers_nothing(world: SimpleNamespace) -> None:
    request = sent(world, NPW_KIT=2)
    step = open_steps(request)[0]
    lifecycle.cancel(request=request, by=world.nurse, reason="found some")
    assert options.options(run_of(step), world.head) == {}


def test_nobody_to_pass_it_to_and_a_question_that_waits_say_so(world: SimpleNamespace) -> None:
    step = open_steps(sent(world, NPW_KIT=2))[0]
    offered = options.options(run_of(step), world.head)
    assert offered["pass"] == passing.nobody(step) and offered["ask"] == ""
    questioning.ask(step_id=step.pk, by=world.head, text="What for?")
    assert "What for?" in options.options(run_of(step), world.head)["ask"]


def test_what_has_no_lines_cannot_be_made_less(world: SimpleNamespace) -> None:
    ward = repairs.equip(world)
    lead = personas.person("lena.fischer", role="team_lead", place=ward.teams["biomed"])
    case = repairs.sent(ward)
    work.take(request=case, by=ward.engineer)
    cost = costs.estimate(request=case, amount="420", what="Mainboard", supplier="Thistle", by=ward.engineer)
    step = open_steps(fresh(cost).decision)[0]
    offered = options.options(run_of(step), lead)
    assert "adjust" not in offered and offered["approve"] == ""
    with pytest.raises(Invalid):
        adjusting.adjust_and_approve(
            step_id=step.pk, by=lead, seen=seen(fresh(cost).decision), quantities={}, reason="Less"
        )


def test_the_request_says_the_same_in_the_api(two: SimpleNamespace) -> None:
    request = sent(two, NPW_KIT=2)
    step = open_steps(request)[0]
    for name in ("head", "nurse"):
        person = getattr(two, name)
        found = caller(person).get(f"requests/{request.public_id}")["allowed_actions"]
        said = {one["name"]: one for one in found if f"/approvals/{step.ref}/" in one["href"]}
        offered = options.options(run_of(step), person)
        assert {action: one["allowed"] for action, one in said.items()} == {
            action: not why for action, why in offered.items()
        }
        assert all(
            bool(one["seen"]) == (one["name"] in ("approve", "adjust", "reject", "return"))
            for one in said.values()
            if one["allowed"]
        )
