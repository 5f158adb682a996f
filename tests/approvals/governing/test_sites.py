"""What one hospital does otherwise: rules inherited, overridden, added, withdrawn; told apart on the page, and in force."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from approvals.governing import kept, origins, revising
from approvals.in_force import in_force
from approvals.models import ApprovalPolicy
from approvals.routing import Rule, StepRule
from portal.accounts.models import User
from portal.errors import NotFound
from requests_app.models import Category
from tests.approvals.governing.conftest import published

pytestmark = pytest.mark.django_db
ONLY_HERE = Rule("local", "Local", {"amount_from": "10"}, (StepRule(5, "product_lead", "office"),))


@pytest.fixture
def changed(world: SimpleNamespace, supply: Category, site: ApprovalPolicy) -> ApprovalPolicy:
    """S1 otherwise, hires without a rule, one rule more."""
    by = world.policy_owner
    group = kept.published(supply.pk, None)
    assert group is not None
    s1 = kept.version(group).find("S1")
    assert s1 is not None
    revising.put_rule(policy_id=site.pk, rule=replace(s1, conditions={"amount_to": "700"}), by=by)
    revising.put_rule(policy_id=site.pk, rule=ONLY_HERE, by=by)
    revising.withdraw(policy_id=site.pk, code="flag-hire", by=by)
    return site


def placed(site: ApprovalPolicy, supply: Category) -> dict[str, str]:
    group = kept.published(supply.pk, None)
    assert group is not None
    return {
        one.rule.code: one.origin
        for one in origins.placed(kept.version(kept.policy(site.pk)), kept.version(group))
    }


def test_a_first_version_differs_in_nothing(
    world: SimpleNamespace, site: ApprovalPolicy, supply: Category
) -> None:
    assert set(placed(site, supply).values()) == {"inherited"}
    assert (site.code, site.version, site.based_on) == ("supply-purchases-sbg", 1, None)


def test_each_rule_says_where_it_comes_from(
    world: SimpleNamespace, changed: ApprovalPolicy, supply: Category, owner: Client
) -> None:
    found = placed(changed, supply)
    assert (found["local"], found["S1"], found["flag-hire"], found["S2"]) == (
        "added", "overridden", "withdrawn", "inherited",
    )  # fmt: skip
    page = owner.get(reverse("policies:policy", args=[changed.pk])).content.decode()
    for words, times in (
        ("Only here", 1),
        ("Otherwise here than", 1),
        ("Does not hold here", 1),
        ("As in the group<", list(found.values()).count("inherited")),
    ):
        assert page.count(words) == times, words


def test_what_is_shown_is_what_decides(
    world: SimpleNamespace, changed: ApprovalPolicy, supply: Category, second: User
) -> None:
    group = kept.published(supply.pk, None)
    assert group is not None
    shown = origins.placed(kept.version(kept.policy(changed.pk)), kept.version(group))
    held = tuple(one.rule for one in shown if one.origin != "withdrawn")
    published(changed, world.policy_owner, second)
    assert in_force(supply.pk, world.hospital.pk).rules.rules == held
    assert in_force(supply.pk, world.other_hospital.pk).site is None


def test_back_to_the_group(world: SimpleNamespace, changed: ApprovalPolicy, supply: Category) -> None:
    by = world.policy_owner
    revising.drop_rule(policy_id=changed.pk, code="S1", by=by)
    revising.restore(policy_id=changed.pk, code="flag-hire", by=by)
    assert {placed(changed, supply)[code] for code in ("S1", "flag-hire")} == {"inherited"}


def test_a_rule_of_its_own_takes_a_withdrawal_back(
    world: SimpleNamespace, changed: ApprovalPolicy, supply: Category
) -> None:
    rule = replace(ONLY_HERE, code="flag-hire")
    revising.put_rule(policy_id=changed.pk, rule=rule, by=world.policy_owner)
    assert placed(changed, supply)["flag-hire"] == "overridden"
    assert kept.policy(changed.pk).withdraws == []


def test_only_rules_of_the_group_are_withdrawn(
    world: SimpleNamespace, draft: ApprovalPolicy, site: ApprovalPolicy
) -> None:
    for policy, code in ((site, "nothing"), (draft, "S1")):
        with pytest.raises(NotFound):
            revising.withdraw(policy_id=policy.pk, code=code, by=world.policy_owner)
