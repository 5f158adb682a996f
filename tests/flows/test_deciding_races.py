"""Deciding over HTTP against real web processes: whoever presses at the same moment, exactly one outcome.

TEST_DEEP=1 plays them in full (200 people x 20 rounds, the others x 100); else once and five times.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from threading import Event as Bell
from time import monotonic
from types import SimpleNamespace

import pytest
from django.urls import reverse

from approvals.models import ApprovalPolicy, ApprovalStep, Decision, StepApprover
from approvals.publishing import publish
from approvals.routing import Rule, StepRule
from integrations import dispatch
from integrations.models import OutboxMessage
from portal.accounts.models import User
from portal.audit.models import Event
from portal.clock import now
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from tests.browsing import Answer, Browser, at_once, in_turn
from tests.flows.test_http_race import buyers_in_chief
from tests.journeys import fresh, link, open_steps, seen, sent
from tests.racing import race
from tests.servers import web

DEEP = bool(os.environ.get("TEST_DEEP"))
MANY, ROUNDS, TIMES = 200, 20 if DEEP else 1, 100 if DEEP else 5
AGAIN = 20
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(3600 if DEEP else 900),
]
NAMED = re.compile(r"(approved|said no to) this first\.")


@pytest.fixture
def address(transactional_db: None) -> Iterator[tuple[str, int]]:
    with web(processes=2, threads=16) as found:
        yield found


def decided_by(world: SimpleNamespace, *steps: StepRule) -> None:
    """From now on supplies are decided by exactly these steps."""
    link(world)
    category = ApprovalPolicy.objects.get(code="supply-purchases", status="published").category
    rule = Rule(code="race", why="For the race", steps=steps)
    publish(category=category, code="race", name="Race", rules=(rule,), by=world.system)


def press(browser: Browser, name: str, ref: str, **fields: str) -> Answer:
    return browser.post(reverse(f"approvals:step-{name}", args=[ref]), **fields)


def healthy(answers: list[Answer], allowed: tuple[int, ...] = (302, 409)) -> Counter[int]:
    """Nobody sees a broken page: how many got which status."""
    statuses = Counter(answer.status for answer in answers)
    assert set(statuses) <= set(allowed), statuses
    return statuses


def browsers_of(address: tuple[str, int], people: list[User]) -> list[Browser]:
    """Signed in, with the guard of the inbox's forms."""
    found = [Browser(address, person) for person in people]
    pages = in_turn(found, lambda browser: browser.get(reverse("approvals:inbox")))
    assert all(page.status == 200 for page in pages)
    return found


def spread(number: int) -> None:
    """The quicker of two that race comes a little later, differently in each round, so that either may win."""
    Bell().wait(number % 5 * 0.03)


def events(request: ServiceRequest, action: str) -> int:
    return Event.objects.filter(case=request.public_id, action=action).count()


def test_two_hundred_approvers_of_one_step(world: SimpleNamespace, address: tuple[str, int]) -> None:
    people = buyers_in_chief(world, MANY)
    decided_by(world, StepRule(10, "procurement", "buying"))
    request = sent(world, NPW_KIT=1)
    browsers = browsers_of(address, people)
    took = []
    for number in range(ROUNDS):
        request = sent(world, NPW_KIT=1) if number else request
        [step] = open_steps(request)
        shown, began = seen(request), monotonic()
        answers = at_once(browsers, lambda browser: press(browser, "approve", step.ref, seen=shown))
        took.append(monotonic() - began)
        assert healthy(answers) == {302: 1, 409: MANY - 1}
        decision = Decision.objects.get(step=step)
        assert answers[people.index(decision.actor)].status == 302
        said = f"{decision.actor.get_full_name()} approved this first."
        assert all(said in answer.body for answer in answers if answer.status == 409)
        assert fresh(request).state == RequestState.APPROVED
        assert (events(request, "step.approved"), events(request, "request.approved")) == (1, 1)
        assert OutboxMessage.objects.filter(request=request).count() == 1
        assert not StepApprover.objects.filter(step=step, open=True).exists()
    print(f"{MANY} approvers x {ROUNDS}: {sum(took) / ROUNDS:.1f} s a round, the slowest {max(took):.1f} s")


def test_two_of_three_and_a_no_at_the_same_moment(world: SimpleNamespace, address: tuple[str, int]) -> None:
    decided_by(world, StepRule(10, "executive", "office", needed=2))
    browsers = browsers_of(address, world.executives)
    ends: Counter[tuple[str, int]] = Counter()
    for number in range(TIMES):
        request = sent(world, NPW_KIT=1)
        [step] = open_steps(request)
        assert step.needed == 2
        shown, refuser = seen(request), browsers[number % 3]

        def act(browser: Browser) -> Answer:
            if browser is refuser:
                return press(browser, "reject", step.ref, seen=shown, chip="no_budget", words="")
            spread(number // 3)
            return press(browser, "approve", step.ref, seen=shown)

        answers = at_once(browsers, act)
        statuses = healthy(answers)
        said = Counter(Decision.objects.filter(step=step).values_list("outcome", flat=True))
        assert statuses[302] == sum(said.values())
        assert all(NAMED.search(answer.body) for answer in answers if answer.status == 409)
        state = fresh(request).state
        assert (state, said["rejected"], said["approved"]) in {
            (RequestState.APPROVED, 0, 2),
            (RequestState.REJECTED, 1, 0),
            (RequestState.REJECTED, 1, 1),
        }
        assert OutboxMessage.objects.filter(request=request).count() == (state == RequestState.APPROVED)
        assert events(request, f"request.{state}") == 1
        ends[str(state), said["approved"]] += 1
    print(f"2 of 3 and a no, x {TIMES}: {dict(ends)}")


def test_approve_against_cancel(world: SimpleNamespace, address: tuple[str, int]) -> None:
    decided_by(world, StepRule(10, "procurement", "buying"))
    buyer, nurse = browsers_of(address, [world.procurement, world.nurse])
    ends: Counter[str] = Counter()
    for number in range(TIMES):
        request = sent(world, NPW_KIT=1)
        [step] = open_steps(request)
        shown, path = seen(request), reverse("requests:cancel", args=[request.public_id])

        def act(browser: Browser) -> Answer:
            if browser is nurse:
                return browser.post(path, reason="found some")
            spread(number)
            return press(browser, "approve", step.ref, seen=shown)

        answers = at_once([buyer, nurse], act)
        assert healthy(answers) == {302: 1, 409: 1}
        agreed = answers[0].status == 302
        assert fresh(request).state == (RequestState.APPROVED if agreed else RequestState.CANCELLED)
        assert Decision.objects.filter(step=step).count() == int(agreed)
        live = OutboxMessage.objects.filter(request=request).exclude(state="void").count()
        assert live == int(agreed)
        ends["approved" if agreed else "cancelled"] += 1
    print(f"approve against cancel, x {TIMES}: {dict(ends)}")


def test_undo_against_claim(world: SimpleNamespace, address: tuple[str, int]) -> None:
    """A sender whose clock is ahead takes the order at the moment when it is taken back."""
    decided_by(world, StepRule(10, "procurement", "buying"))
    [buyer] = browsers_of(address, [world.procurement])
    ends: Counter[str] = Counter()
    for number in range(TIMES):
        request = sent(world, NPW_KIT=1)
        [step] = open_steps(request)

        def claim(late: int = number) -> OutboxMessage | None:
            spread(late)
            return dispatch.claim()

        assert press(buyer, "approve", step.ref, seen=seen(request)).status == 302
        OutboxMessage.objects.filter(request=request).update(next_attempt_at=now() - timedelta(seconds=1))
        answer, claimed = race([lambda: press(buyer, "undo", step.ref), claim])
        assert not isinstance(answer, Exception) and not isinstance(claimed, Exception), (answer, claimed)
        message = OutboxMessage.objects.get(request=request)
        if claimed is None:
            assert (answer.status, message.state) == (302, "void")
            assert fresh(request).state == RequestState.SUBMITTED
        else:
            assert (answer.status, message.state) == (409, "claimed")
            assert fresh(request).state == RequestState.APPROVED
            OutboxMessage.objects.filter(pk=message.pk).update(next_attempt_at=now() + timedelta(days=1))
        taken_back = Decision.objects.filter(step=step, outcome="withdrawn").count()
        assert taken_back == (claimed is None)
        ends[str(message.state)] += 1
    print(f"undo against claim, x {TIMES}: {dict(ends)}")


def test_the_same_decision_twenty_times(world: SimpleNamespace, address: tuple[str, int]) -> None:
    decided_by(world, StepRule(10, "procurement", "buying"))
    [buyer] = browsers_of(address, [world.procurement])
    for name, fields in (("approve", {}), ("reject", {"chip": "no_budget", "words": ""})):
        request = sent(world, NPW_KIT=1)
        [step] = open_steps(request)
        tabs, shown = [buyer.again() for _ in range(AGAIN)], seen(request)
        answers = at_once(tabs, lambda tab: press(tab, name, step.ref, seen=shown, **fields))
        assert healthy(answers) == {302: AGAIN}
        assert Decision.objects.filter(step=step).count() == 1
        assert events(request, f"step.{name}d" if name == "approve" else "step.rejected") == 1
        assert (
            ApprovalStep.objects.get(pk=step.pk).state == {"approve": "approved", "reject": "rejected"}[name]
        )
