"""From a draft to what decides: always by a second person; later days, ways back, and what was overtaken."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from approvals import publishing
from approvals.governing import kept, releasing, revising
from approvals.in_force import in_force
from approvals.models import Approval, ApprovalPolicy
from portal.accounts import scopes
from portal.accounts.models import User
from portal.audit.models import Event
from portal.clock import at, now
from portal.errors import Invalid, NotAllowed, StaleState, WrongState
from requests_app.models import Category
from tests.approvals.governing.conftest import change, handed_over, noted, published, seen
from tests.journeys import open_steps, sent

pytestmark = pytest.mark.django_db


def release(policy: ApprovalPolicy, by: User, **more: Any) -> ApprovalPolicy:
    return releasing.release(policy_id=policy.pk, seen=seen(policy), by=by, **more)


def deciding(supply: Category, world: SimpleNamespace) -> ApprovalPolicy | None:
    return in_force(supply.pk, world.hospital.pk).policy


def test_a_second_person_publishes(
    world: SimpleNamespace, supply: Category, second: User, draft: ApprovalPolicy
) -> None:
    by = world.policy_owner
    change(draft, "S2", by, amount_to="6000")
    handed_over(draft, by)
    with pytest.raises(NotAllowed, match="You wrote to this version"):
        release(draft, by)
    with pytest.raises(NotAllowed):
        releasing.refuse(policy_id=draft.pk, reason="No", by=by)
    done = release(draft, second)
    assert (done.status, done.published_by) == ("published", second)
    assert deciding(supply, world) == done
    assert ApprovalPolicy.objects.get(category=supply, version=1).status == "superseded"
    event = Event.objects.get(action="policy.in_force", subject=f"policy:{draft.pk}")
    assert event.actor == second and event.after["instead_of"] == "supply-purchases v1"
    assert "£6,000" in event.after["differs"][0]


def test_everybody_who_wrote_is_an_author(
    world: SimpleNamespace, second: User, draft: ApprovalPolicy
) -> None:
    """The second person put one word right: then a third one publishes."""
    change(draft, "S2", second, amount_to="6000")
    handed_over(draft, world.policy_owner)
    with pytest.raises(NotAllowed):
        release(draft, second)
    third = User.objects.get(username="claire.dubois")
    scopes.grant(user=third, role="policy_owner", place=None, by=world.system)
    assert release(draft, third).status == "published"


def test_another_account_of_the_author_is_the_author(
    world: SimpleNamespace, second: User, draft: ApprovalPolicy
) -> None:
    handed_over(draft, world.policy_owner)
    User.objects.filter(pk__in=[second.pk, world.policy_owner.pk]).update(person_key="p-1")
    second.refresh_from_db()
    with pytest.raises(NotAllowed, match="another account"):
        release(draft, second)


def test_what_was_reviewed_is_what_is_published(
    world: SimpleNamespace, second: User, draft: ApprovalPolicy
) -> None:
    by = world.policy_owner
    handed_over(draft, by)
    shown = seen(draft)
    releasing.take_back(policy_id=draft.pk, by=by)
    change(draft, "S2", by, amount_to="9000")
    releasing.submit(policy_id=draft.pk, seen=seen(draft), by=by)
    with pytest.raises(StaleState):
        releasing.release(policy_id=draft.pk, seen=shown, by=second)


def test_only_what_is_in_review(world: SimpleNamespace, second: User, draft: ApprovalPolicy) -> None:
    noted(draft, world.policy_owner)
    with pytest.raises(WrongState):
        release(draft, second)
    published(draft, world.policy_owner, second)
    with pytest.raises(WrongState):
        release(draft, second)


def test_refused_with_a_reason(world: SimpleNamespace, second: User, draft: ApprovalPolicy) -> None:
    handed_over(draft, world.policy_owner)
    with pytest.raises(Invalid):
        releasing.refuse(policy_id=draft.pk, reason=" ", by=second)
    releasing.refuse(policy_id=draft.pk, reason="S2 leaves a gap", by=second)
    assert kept.policy(draft.pk).status == "draft"
    assert Event.objects.get(action="policy.refused").reason == "S2 leaves a gap"
    change(draft, "S2", world.policy_owner, amount_to="6000")


def test_from_a_later_day_on(
    world: SimpleNamespace, supply: Category, second: User, draft: ApprovalPolicy
) -> None:
    handed_over(draft, world.policy_owner)
    with pytest.raises(Invalid):
        release(draft, second, effective_from=now() - timedelta(seconds=1))
    day = now() + timedelta(days=2)
    assert release(draft, second, effective_from=day).status == "scheduled"
    assert deciding(supply, world) != draft
    assert releasing.sweep(by=world.system) == 0
    with at(day - timedelta(seconds=1)):
        assert releasing.sweep(by=world.system) == 0
    with at(day):
        assert releasing.sweep(by=world.system) == 1
        assert releasing.sweep(by=world.system) == 0
    assert deciding(supply, world) == draft
    assert kept.policy(draft.pk).published_by == second


def test_a_later_day_can_be_taken_back(world: SimpleNamespace, second: User, draft: ApprovalPolicy) -> None:
    handed_over(draft, world.policy_owner)
    day = now() + timedelta(days=2)
    release(draft, second, effective_from=day)
    releasing.take_back(policy_id=draft.pk, by=world.policy_owner)
    with at(day):
        assert releasing.sweep(by=world.system) == 0
    found = kept.policy(draft.pk)
    assert (found.status, found.effective_from, found.published_by) == ("draft", None, None)


def test_what_was_overtaken_never_decides(
    world: SimpleNamespace, supply: Category, second: User, draft: ApprovalPolicy
) -> None:
    """Something else was published in between: the later version would undo it unseen."""
    handed_over(draft, world.policy_owner)
    day = now() + timedelta(days=2)
    release(draft, second, effective_from=day)
    rules = kept.version(draft).rules[1:]
    publishing.publish(category=supply, code=draft.code, name="By hand", rules=rules, by=world.system)
    with at(day):
        assert releasing.sweep(by=world.system) == 0
    assert kept.policy(draft.pk).status == "draft"
    assert "was published since" in Event.objects.get(action="policy.overtaken").reason
    releasing.submit(policy_id=draft.pk, seen=seen(draft), by=world.policy_owner)
    with pytest.raises(StaleState, match="begin again"):
        release(draft, second)


def test_back_to_an_older_version_through_review(
    world: SimpleNamespace, supply: Category, second: User, draft: ApprovalPolicy
) -> None:
    change(draft, "S2", world.policy_owner, amount_to="6000")
    first = ApprovalPolicy.objects.get(category=supply, version=1)
    with pytest.raises(WrongState):
        releasing.roll_back(policy_id=first.pk, note="", by=second)
    published(draft, world.policy_owner, second)
    back = releasing.roll_back(policy_id=first.pk, note="", by=second)
    assert (back.status, back.version, back.note) == ("review", 3, "Back to version 1")
    with pytest.raises(NotAllowed):
        release(back, second)
    release(back, world.policy_owner)
    assert kept.version(kept.policy(back.pk)) == kept.version(kept.policy(first.pk))
    assert deciding(supply, world) == back


def test_running_cases_keep_their_copy(
    world: SimpleNamespace, supply: Category, second: User, draft: ApprovalPolicy
) -> None:
    before = sent(world, NPW_KIT=1)
    roles = [step.role for step in open_steps(before)]
    run = Approval.objects.get(request=before)
    for rule in kept.version(draft).rules:
        if rule.code != "S1":
            revising.drop_rule(policy_id=draft.pk, code=rule.code, by=world.policy_owner)
    published(draft, world.policy_owner, second)
    assert [step.role for step in open_steps(before)] == roles
    run.refresh_from_db()
    assert run.policy is not None and run.policy.version == 1
    after = sent(world, NPW_KIT=1)
    assert Approval.objects.get(request=after).policy == draft
