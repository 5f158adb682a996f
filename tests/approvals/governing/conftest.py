"""Two policy owners, the policy of supplies, and the ways to a draft."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from approvals.governing import kept, releasing, revising
from approvals.models import ApprovalPolicy
from portal.accounts.models import User
from requests_app.models import Category
from tests import personas


@pytest.fixture
def second(world: SimpleNamespace) -> User:
    """The policy owner who agrees to what the first one wrote."""
    return personas.person("ruth.castell", role="policy_owner")


@pytest.fixture
def supply(world: SimpleNamespace) -> Category:
    return Category.objects.get(code="supply")


@pytest.fixture
def draft(world: SimpleNamespace, supply: Category) -> ApprovalPolicy:
    return revising.start(category=supply, by=world.policy_owner)


@pytest.fixture
def site(world: SimpleNamespace, supply: Category) -> ApprovalPolicy:
    """A draft of what St Brigid's does otherwise."""
    return revising.start(category=supply, hospital=world.hospital, by=world.policy_owner)


@pytest.fixture
def owner(world: SimpleNamespace) -> Client:
    return personas.signed_in(world.policy_owner)


@pytest.fixture
def other(second: User) -> Client:
    return personas.signed_in(second)


def change(draft: ApprovalPolicy, code: str, by: User, **more: Any) -> None:
    """Conditions of one rule, as named; what is None goes."""
    rule = kept.version(draft).find(code)
    assert rule is not None
    said = {name: value for name, value in {**rule.conditions, **more}.items() if value is not None}
    after = type(rule)(rule.code, rule.why, said, rule.steps, rule.decides, rule.replaces)
    revising.put_rule(policy_id=draft.pk, rule=after, instead_of=code, seen=revising.rule_seen(rule), by=by)


def seen(policy: ApprovalPolicy) -> str:
    return kept.seen(kept.policy(policy.pk))


def noted(draft: ApprovalPolicy, by: User, note: str = "For a test") -> None:
    found = kept.policy(draft.pk)
    revising.describe(
        policy_id=draft.pk, name=found.name, mode=found.mode, note=note, seen=kept.seen(found), by=by
    )


def handed_over(draft: ApprovalPolicy, by: User) -> None:
    noted(draft, by)
    releasing.submit(policy_id=draft.pk, seen=seen(draft), by=by)


def published(draft: ApprovalPolicy, by: User, other: User) -> ApprovalPolicy:
    handed_over(draft, by)
    return releasing.release(policy_id=draft.pk, seen=seen(draft), by=other)
