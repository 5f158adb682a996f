"""Which rules decide about a request: the published ones of the group, and what its hospital does otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.db.models import Q, QuerySet

from approvals.models import Approval, ApprovalPolicy
from approvals.routing import Rule, RuleSet, StepRule

RULE = ("code", "why", "conditions", "decides", "replaces")
STEP = tuple(one.name for one in fields(StepRule))
POLICY = ("pk", "code", "version", "hospital_id", "mode", "withdraws")


@dataclass(frozen=True)
class InForce:
    """The versions that decide, and their rules joined; `policy` is None where nothing was published for the group."""

    policy: ApprovalPolicy | None = None
    site: ApprovalPolicy | None = None
    rules: RuleSet = field(default_factory=RuleSet)


def in_force(category_id: int, hospital_id: int) -> InForce:
    """What decides about requests of this type at this hospital now. One query."""
    here = Q(hospital=None) | Q(hospital=hospital_id)
    return joined(
        ApprovalPolicy.objects.filter(here, category=category_id, status=ApprovalPolicy.Status.PUBLISHED)
    )


def of_run(approval: Approval) -> RuleSet:
    """The rules that a run was opened by, also after others were published. One query."""
    return joined(ApprovalPolicy.objects.filter(pk__in=[approval.policy_id, approval.site_policy_id])).rules


def joined(policies: QuerySet[ApprovalPolicy]) -> InForce:
    """At most one policy of the group and one of a hospital, read and joined. One query."""
    found = read(policies)
    policy = next((one for one in found if one.hospital_id is None), None)
    site = next((one for one in found if one.hospital_id is not None), None)
    if policy is None:
        return InForce()
    return InForce(policy, site, overridden(policy.mode, found[policy], site, found[site] if site else ()))


def overridden(
    mode: str, rules: Iterable[Rule], site: ApprovalPolicy | None, own: Iterable[Rule] = ()
) -> RuleSet:
    """`rules` of the group with those of a hospital in them.

    A rule with the same code stands in place of the group's, what the hospital withdraws is left out, and what only the
    hospital has comes first, so that it also counts where only the first rule does.
    """
    if site is None:
        return RuleSet(tuple(rules), mode)
    theirs = {rule.code: rule for rule in own}
    kept = [theirs.pop(rule.code, rule) for rule in rules if rule.code not in site.withdraws]
    return RuleSet((*theirs.values(), *kept), mode)


def read(policies: QuerySet[ApprovalPolicy]) -> dict[ApprovalPolicy, list[Rule]]:
    """Each of `policies` with its rules as plain values, in their order. One query.

    The policies carry only POLICY: enough to point at them and to name them.
    """
    rows = policies.order_by(
        "pk", "rules__position", "rules__steps__sequence", "rules__steps__id"
    ).values_list(*POLICY, *(f"rules__{one}" for one in RULE), *(f"rules__steps__{one}" for one in STEP))
    found: dict[ApprovalPolicy, dict[str, Rule]] = {}
    for row in rows:
        policy = ApprovalPolicy(**dict(zip(POLICY, row, strict=False)))
        rules = found.setdefault(policy, {})
        code, why, conditions, decides, replaces, *step = row[len(POLICY) :]
        if code is None:
            continue
        rule = rules.get(code) or Rule(code, why, conditions, decides=decides, replaces=tuple(replaces))
        if step[0] is not None:
            rule = replace(rule, steps=(*rule.steps, step_rule(step)))
        rules[code] = rule
    return {policy: list(rules.values()) for policy, rules in found.items()}


def step_rule(values: list[Any]) -> StepRule:
    """A stored step as the plain value that routing works with."""
    named = dict(zip(STEP, values, strict=True))
    return StepRule(**{**named, "documents": tuple(named["documents"])})
