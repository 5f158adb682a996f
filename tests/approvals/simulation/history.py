"""Requests that were sent and decided, for a rehearsal to look back on."""

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

from approvals.models import Approval, ApprovalPolicy, PolicyRule, PolicyStep
from approvals.publishing import publish, release
from approvals.routing import Rule, RuleSet, StepRule
from approvals.shipped import CODE, RULES
from requests_app.models import CatalogueItem, Category, ServiceRequest, Vendor
from tests import journeys

AMOUNTS = ("0.50", "799.99", "800", "800.01", "999.99", "1000", "1200", "4999.99", "5000", "26000", "120000")


def of_amount(world: SimpleNamespace, amount: str) -> ServiceRequest:
    """A request for one item that costs so much, sent."""
    item = world.items["TON-BLK"]
    Vendor.objects.filter(pk=item.vendor_id).update(carriage=0)
    CatalogueItem.objects.filter(pk=item.pk).update(price=Decimal(amount))
    return journeys.fresh(journeys.send(journeys.draft(world, TON_BLK=1)))


def some(world: SimpleNamespace) -> list[ServiceRequest]:
    """One for each amount, and some with flags, on the usual list, and decided."""
    sent = [of_amount(world, amount) for amount in AMOUNTS]
    sent += [
        journeys.sent(world, DIS_SCO=1),
        journeys.sent(world, PMP_SYR=1),
        journeys.sent(world, GLV_NIT_M=2),
    ]
    decided = of_amount(world, "1500")
    for person in (world.head, world.finance):
        journeys.approve(decided, person)
    return [*sent, decided]


def supplies() -> Category:
    return Category.objects.get(code="supply")


def next_version(world: SimpleNamespace, rules: tuple[Rule, ...]) -> ApprovalPolicy:
    return publish(category=supplies(), code=CODE, name="Purchases", rules=rules, by=world.policy_owner)


def at_site(world: SimpleNamespace, *rules: Rule, withdraws: tuple[str, ...] = ()) -> ApprovalPolicy:
    """What St Brigid's does otherwise, in force from now on."""
    site = ApprovalPolicy.objects.create(
        code="purchases-sbg",
        category=supplies(),
        hospital=world.hospital,
        name="Ours",
        withdraws=list(withdraws),
    )
    for at, rule in enumerate(rules):
        row = PolicyRule.objects.create(
            policy=site, position=at, code=rule.code, why=rule.why, conditions=rule.conditions
        )
        for step in rule.steps:
            PolicyStep.objects.create(
                rule=row, sequence=step.sequence, role=step.role, calendar=step.calendar, needed=step.needed
            )
    return release(policy=site, by=world.policy_owner)


def lower(limit: str) -> RuleSet:
    """The shipped rules with finance from `limit` on, not from 1,000."""

    def moved(rule: Rule) -> Rule:
        if rule.code == "S1":
            return replace(rule, conditions=rule.conditions | {"amount_to": limit})
        return (
            replace(rule, conditions=rule.conditions | {"amount_from": limit}) if rule.code == "S2" else rule
        )

    return RuleSet(tuple(moved(rule) for rule in RULES))


def with_rule(role: str, **step: object) -> RuleSet:
    """The shipped rules and one that asks `role` about everything that a person decides."""
    asked = StepRule(60, role, "office", **step)
    return RuleSet((*RULES, Rule("more", "More", {"amount_from": "0"}, (asked,))))


def recorded(number: str) -> list[tuple[int, str, int]]:
    """How its first round was planned, from the rows."""
    approval = Approval.objects.get(request__number=number, round=1)
    return [
        (step.sequence, step.role, 0 if step.of_all else step.needed)
        for step in approval.steps.order_by("sequence", "role")
    ]
