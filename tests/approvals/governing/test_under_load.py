"""Many at the same moment on PostgreSQL: one draft, one publishing, and running cases that keep their copy through all of it."""

from types import SimpleNamespace
from typing import Any

import pytest

from approvals.decisions import approve_step
from approvals.governing import kept, releasing, revising
from approvals.models import Approval, ApprovalPolicy, ApprovalStep, StepApprover
from portal.accounts.models import User
from portal.errors import StaleState, WrongState
from requests_app.models import Category, ServiceRequest
from tests import personas
from tests.approvals.governing.conftest import change, handed_over, published, seen
from tests.journeys import draft as drafted
from tests.journeys import open_steps, send, sent
from tests.journeys import seen as seen_by_decider
from tests.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
MANY = 12


def test_one_draft_of_many_that_are_begun(world: SimpleNamespace, supply: Category) -> None:
    results = race([lambda: revising.start(category=supply, by=world.policy_owner)] * MANY)
    assert sum(isinstance(one, ApprovalPolicy) for one in results) == 1
    assert sum(isinstance(one, WrongState) for one in results) == MANY - 1
    assert ApprovalPolicy.objects.filter(category=supply, status="draft").count() == 1


def test_one_publishing_of_many(world: SimpleNamespace, supply: Category, second: User) -> None:
    draft = revising.start(category=supply, by=world.policy_owner)
    handed_over(draft, world.policy_owner)
    shown = seen(draft)
    others = [personas.person(f"owner.{n}", role="policy_owner") for n in range(MANY)]
    results = race([lambda by=by: releasing.release(policy_id=draft.pk, seen=shown, by=by) for by in others])
    assert sum(isinstance(one, ApprovalPolicy) for one in results) == 1, results
    assert sum(isinstance(one, WrongState) for one in results) == MANY - 1
    assert ApprovalPolicy.objects.filter(category=supply, status="published").count() == 1


def test_no_writing_is_lost(world: SimpleNamespace, supply: Category) -> None:
    """Everybody changes a rule of their own at once: all changes stand."""
    draft = revising.start(category=supply, by=world.policy_owner)
    codes = [rule.code for rule in kept.version(draft).rules if rule.code.startswith("flag-")]
    results = race([lambda c=code: change(draft, c, world.policy_owner, cannot_wait=True) for code in codes])
    assert not [one for one in results if one is not None]
    assert all(kept.version(draft).find(code).conditions["cannot_wait"] for code in codes)  # type: ignore[union-attr]


def test_one_rule_and_many_writers(world: SimpleNamespace, supply: Category) -> None:
    draft = revising.start(category=supply, by=world.policy_owner)
    rule = kept.version(draft).find("S2")
    assert rule is not None
    shown = revising.rule_seen(rule)

    def write(amount: int) -> Any:
        after = type(rule)(rule.code, rule.why, {**rule.conditions, "amount_to": str(amount)}, rule.steps)
        return revising.put_rule(
            policy_id=draft.pk, rule=after, instead_of="S2", seen=shown, by=world.policy_owner
        )

    results = race([lambda n=n: write(6000 + n) for n in range(MANY)])
    assert sum(isinstance(one, ApprovalPolicy) for one in results) == 1
    assert sum(isinstance(one, StaleState) for one in results) == MANY - 1


def route(approval: Approval) -> list[tuple[str, int, int]]:
    return sorted(approval.steps.values_list("role", "sequence", "needed"))


def test_running_cases_keep_their_copy_through_publish_and_roll_back(
    world: SimpleNamespace, supply: Category, second: User
) -> None:
    """Requests are sent and decided while versions are published and rolled back: each run has the route of its own version."""
    first = ApprovalPolicy.objects.get(category=supply, hospital=None, version=1)
    waiting = [sent(world, NPW_KIT=1) for _ in range(6)]
    held = {one.pk: route(Approval.objects.get(request=one)) for one in waiting}
    drafts = [drafted(world, NPW_KIT=1) for _ in range(6)]

    def publish_and_go_back() -> None:
        for _turn in range(3):
            made = revising.start(category=supply, by=world.policy_owner)
            change(made, "S1", world.policy_owner, amount_to="100")
            change(made, "S2", world.policy_owner, amount_from="100")
            published(made, world.policy_owner, second)
            back = releasing.roll_back(policy_id=first.pk, note="", by=world.policy_owner)
            releasing.release(policy_id=back.pk, seen=seen(back), by=second)

    def decide(one: ServiceRequest) -> Any:
        step = open_steps(one)[0]
        by = StepApprover.objects.filter(step=step, open=True).first()
        assert by is not None
        return approve_step(step_id=step.pk, by=by.user, seen=seen_by_decider(one))

    jobs = [
        publish_and_go_back,
        *(lambda o=one: send(o) for one in drafts),
        *(lambda o=one: decide(o) for one in waiting),
    ]
    refused = [one for one in race(jobs) if isinstance(one, Exception)]
    assert not refused
    for one in waiting:
        assert route(Approval.objects.get(request=one)) == held[one.pk]
    for one in drafts:
        run = Approval.objects.get(request=one)
        assert run.policy is not None
        version = kept.version(kept.policy(run.policy_id or 0))
        strict = version.find("S1").conditions["amount_to"] == "100"  # type: ignore[union-attr]
        assert ("finance" in {role for role, _turn, _needed in route(run)}) is strict, run.policy
    assert ApprovalStep.objects.filter(approval__request__in=waiting, decisions__isnull=False).count() == len(
        waiting
    )
    assert kept.policies().filter(category=supply, status="published").count() == 1
