"""For everybody, in every state that a decision can be in: what is offered on the page, in the API and by `options` is what the verbs do."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from approvals import (
    adjusting,
    break_glass,
    cover,
    decisions,
    options,
    passing,
    questioning,
    reresolving,
    running,
    undoing,
)
from approvals.models import ApprovalStep, StepApprover
from portal import clock
from portal.accounts import scopes
from portal.accounts.models import User
from portal.clock import now
from portal.errors import DomainError
from requests_app import lifecycle
from requests_app.models import ServiceRequest
from requests_app.supplies import fulfilment
from tests.api.calls import caller
from tests.hurrying import on_duty
from tests.journeys import approve, fresh, open_steps, seen, sent
from tests.personas import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.thorough, pytest.mark.timeout(300)]
PEOPLE = ("nurse", "colleague", "head", "ward_lead", "other_head", "finance", "procurement", "director")
PEOPLE += ("service_manager", "auditor", "stranger", "storekeeper")
HEADS, MONEY = {"head"}, {"finance", "procurement"}
Made = tuple[ServiceRequest, ApprovalStep]


def asked_for(world: SimpleNamespace, **lines: Any) -> ServiceRequest:
    """Sent a while ago: nobody decides in the instant of sending."""
    with clock.at(now() - timedelta(seconds=20)):
        return sent(world, **lines)


def first_step(world: SimpleNamespace) -> Made:
    request = asked_for(world, NPW_KIT=2)
    return request, open_steps(request)[0]


def two_at_once(world: SimpleNamespace) -> Made:
    """Finance and procurement are asked at the same time."""
    request = asked_for(world, note="many", NPW_KIT=24)
    approve(request, world.head)
    steps = open_steps(request)
    assert len(steps) == 2, [step.role for step in steps]
    return request, steps[0]


def returned(world: SimpleNamespace) -> Made:
    request, step = first_step(world)
    decisions.return_step(step_id=step.pk, by=world.head, seen=seen(request), reason="Which?")
    return request, step


def needs_routing(world: SimpleNamespace) -> Made:
    request, step = first_step(world)
    deciders = (world.head, world.ward_lead, world.finance_colleague, world.director, *world.executives)
    for person in deciders:
        for membership in person.memberships.exclude(role__in=("requester", "ward_lead")):
            scopes.revoke(membership=membership, by=world.system)
    reresolving.sweep()
    assert fresh(request).approvals.get().status == "needs_routing"
    return request, step


def agreed(world: SimpleNamespace) -> Made:
    request, _step = first_step(world)
    approve(request, world.head)
    return request, approve(request, world.procurement)


def first_agreed(world: SimpleNamespace) -> Made:
    request, _step = first_step(world)
    return request, approve(request, world.head)


def rejected(world: SimpleNamespace) -> Made:
    request, step = first_step(world)
    decisions.reject_step(step_id=step.pk, by=world.head, seen=seen(request), reason="No")
    return request, step


def cancelled(world: SimpleNamespace) -> Made:
    request, step = first_step(world)
    lifecycle.cancel(request=request, by=world.nurse, reason="found some")
    return request, step


def taken(world: SimpleNamespace) -> Made:
    request = asked_for(world, NPW_KIT=2, GLV_NIT_M=2)
    approve(request, world.head)
    step = approve(request, world.procurement)
    line = request.lines.get(code="GLV-NIT-M")
    fulfilment.pick(request=fresh(request), line_ids=[line.pk], by=world.storekeeper)
    assert fresh(request).state == "in_fulfilment"
    return request, step


def lent(world: SimpleNamespace) -> Made:
    """The head of another ward may decide in the head's name."""
    day = timedelta(days=1)
    cover.delegate(
        grantor=world.head, to=world.other_head, starts_at=now(), ends_at=now() + day, by=world.head
    )
    return first_step(world)


def away(world: SimpleNamespace) -> Made:
    """The head is away and left it to somebody; the sweep has passed on what was open."""
    made = first_step(world)
    cover.declare_absence(
        user=world.head,
        starts_at=now(),
        ends_at=now() + timedelta(days=1),
        by=world.head,
        delegate=world.other_head,
    )
    reresolving.sweep()
    return made


def did_not_wait(world: SimpleNamespace) -> Made:
    made = first_step(world)
    on_duty(world, "site_manager", world.service_manager)
    words = "A patient waits for it and nobody can be reached."
    break_glass.use(request=made[0], by=world.service_manager, reason="patient_safety", words=words)
    return made


def asked_the_ward(world: SimpleNamespace) -> Made:
    made = first_step(world)
    questioning.ask(step_id=made[1].pk, by=world.head, text="What for?")
    return made


def long_ago(made: Callable[[SimpleNamespace], Made]) -> Callable[[SimpleNamespace], Made]:
    def before(world: SimpleNamespace) -> Made:
        with clock.at(now() - timedelta(seconds=11)):
            return made(world)

    return before


STATES: dict[str, Callable[[SimpleNamespace], Made]] = {
    "asked": first_step,
    "two at once": two_at_once,
    "returned": returned,
    "returned long ago": long_ago(returned),
    "needs routing": needs_routing,
    "first agreed": first_agreed,
    "agreed": agreed,
    "agreed long ago": long_ago(agreed),
    "rejected": rejected,
    "rejected long ago": long_ago(rejected),
    "cancelled": cancelled,
    "taken": taken,
    "lent": lent,
    "away": away,
    "did not wait": did_not_wait,
    "asked the ward": asked_the_ward,
}


def tries(step: ApprovalStep, by: User, to: User) -> dict[str, Callable[[], Any]]:
    request = fresh(step).approval.request
    given = {"step_id": step.pk, "by": by}
    shown = {**given, "seen": seen(request)}
    line = request.lines.order_by("pk").first()
    return {
        "approve": lambda: decisions.approve_step(**shown, confirmed=True),
        "adjust": lambda: adjusting.adjust_and_approve(
            **shown, quantities={line.public_id: line.quantity - 1}, reason="Enough", confirmed=True
        ),
        "reject": lambda: decisions.reject_step(**shown, reason="No"),
        "return": lambda: decisions.return_step(**shown, reason="Which?"),
        "ask": lambda: questioning.ask(**given, text="What for?"),
        "pass": lambda: passing.pass_on(**given, to=to, reason="Away"),
        "undo": lambda: undoing.undo(**given),
    }


def does(act: Callable[[], Any], step: ApprovalStep) -> bool:
    """Does the verb do it, and does that change something? Nothing stays."""

    def stored() -> object:
        from approvals.models import Decision
        from portal.audit.models import Event

        return Decision.objects.count(), Event.objects.count()

    with transaction.atomic():
        before = stored()
        try:
            act()
            return stored() != before
        except DomainError:
            return False
        finally:
            transaction.set_rollback(True)


def run_of(step: ApprovalStep) -> running.Run:
    step = fresh(step)
    request = ServiceRequest.objects.get(pk=step.approval.request_id)
    return running.read(request, ApprovalStep.objects.filter(approval=step.approval_id), step.pk)


@pytest.mark.parametrize("state", STATES)
def test_what_is_offered_is_what_is_done(world: SimpleNamespace, state: str) -> None:
    with clock.at(now()):  # what may be taken back for ten seconds does not depend on how fast this runs
        compare(world, state)


def compare(world: SimpleNamespace, state: str) -> None:
    scopes.grant(user=world.ward_lead, role="head", place=world.ward, by=world.system)
    scopes.grant(user=world.finance_colleague, role="head", place=world.ward, by=world.system)
    request, step = STATES[state](world)
    shown = 0
    for name in PEOPLE:
        person = getattr(world, name)
        run = run_of(step)
        offered = {action for action, why in options.options(run, person).items() if not why}
        others = passing.candidates(run, person) if "pass" in offered else []
        to = others[0] if others else world.finance_colleague
        done = {action for action, act in tries(step, person, to).items() if does(act, step)}
        assert offered == done, f"{state}, {name}: offered {sorted(offered)}, done {sorted(done)}"

        asked = StepApprover.objects.filter(step=step, user=person, open=True).exists()
        page = signed_in(person).get(reverse("approvals:inbox"), {"open": step.ref}).content.decode()
        buttons = set(re.findall(rf"/approvals/{step.ref}/(\w+)/", page))
        if asked:
            assert buttons == offered - {"undo"}, f"{state}, {name}: buttons {sorted(buttons)}"
            shown += 1
        else:
            assert buttons <= offered, f"{state}, {name}: buttons {sorted(buttons)}, may {sorted(offered)}"
        answer = caller(person).send("GET", reverse("api:request", args=[request.public_id]))
        if answer.status_code == 200:
            actions = {
                one["name"]
                for one in answer.json()["allowed_actions"]
                if step.ref in one["href"] and not one["why_not"]
            }
            beside = {"ask", "pass"}  # that one waits, or nobody could take it over, says the call itself
            assert actions - beside == offered - beside, f"{state}, {name}: in the API {sorted(actions)}"
    assert shown or fresh(step).state != "open" or state == "needs routing"
