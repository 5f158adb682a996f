"""Policies are published as whole versions: the one before is superseded, and running approvals keep their steps."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from auditlog.context import disable_auditlog

from approvals.models import ApprovalPolicy, PolicyRule, PolicyStep
from approvals.routing import Rule
from portal.audit import events
from portal.clock import now
from portal.facts import verb
from requests_app.models import Category

if TYPE_CHECKING:
    from portal.accounts.models import User

DRAFT, PUBLISHED = ApprovalPolicy.Status.DRAFT, ApprovalPolicy.Status.PUBLISHED


@verb
def publish(*, category: Category, code: str, name: str, rules: Iterable[Rule], by: "User") -> ApprovalPolicy:
    """Write `rules` as the next version of the policy `code` and let it decide for `category` from now on."""
    return release(policy=draft(category=category, code=code, name=name, rules=rules, by=by), by=by)


@verb
def draft(*, category: Category, code: str, name: str, rules: Iterable[Rule], by: "User") -> ApprovalPolicy:
    """Keep `rules` as what will decide for `category` once it is released; an earlier draft of it is replaced."""
    ApprovalPolicy.objects.filter(category=category, hospital=None, author=None, status=DRAFT).delete()
    latest = ApprovalPolicy.objects.filter(code=code).order_by("-version").first()
    policy = ApprovalPolicy.objects.create(
        code=code, category=category, name=name, version=latest.version + 1 if latest else 1
    )
    write_rules(policy, rules)
    return policy


def write_rules(policy: ApprovalPolicy, rules: Iterable[Rule]) -> None:
    """Keep `rules` as those of `policy`, in this order; part of a verb, whose event says what differs."""
    wanted = list(rules)
    with disable_auditlog():
        policy.rules.all().delete()
    rows = PolicyRule.objects.bulk_create(
        PolicyRule(
            policy=policy,
            position=position,
            code=rule.code,
            why=rule.why,
            conditions=rule.conditions,
            decides=rule.decides,
            replaces=list(rule.replaces),
        )
        for position, rule in enumerate(wanted)
    )
    PolicyStep.objects.bulk_create(
        PolicyStep(rule=row, **{**asdict(step), "documents": list(step.documents)})
        for row, rule in zip(rows, wanted, strict=True)
        for step in rule.steps
    )


@verb
def release(*, policy: ApprovalPolicy, by: "User") -> ApprovalPolicy:
    """Let a draft decide from now on, in place of the one that its type had, for the group or at the same hospital."""
    same = {"category": policy.category_id, "hospital": policy.hospital_id}
    held = ApprovalPolicy.objects.select_for_update().filter(**same, status=PUBLISHED)
    held.exclude(pk=policy.pk).update(status=ApprovalPolicy.Status.SUPERSEDED)
    policy.status, policy.published_at = PUBLISHED, now()
    policy.save(update_fields=["status", "published_at"])
    events.record(
        action="policy.published", by=by, subject=f"policy:{policy.pk}", after={"policy": str(policy)}
    )
    return policy
