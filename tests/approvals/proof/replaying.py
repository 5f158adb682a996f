"""Each finding shown by what really happens: the plan of the real rules, the people of the real authority."""

from dataclasses import replace
from datetime import timedelta
from decimal import InvalidOperation

from approvals import authority
from approvals.models import Absence, ApprovalStep
from approvals.proof.finding import Finding
from approvals.routing import PlannedStep, Rule, RuleSet, matches, plan_steps
from portal.accounts.models import Department, User
from portal.clock import now
from requests_app.models import Category, ServiceRequest


def shows(finding: Finding, rules: RuleSet) -> bool:
    """Does the case of the finding have the defect that it names?"""
    case, code = finding.case, finding.code
    own = next(
        (rule for rule in rules.rules if finding.rules and rule.code == finding.rules[0]), Rule("", "")
    )
    if code in ("unknown_condition", "bad_value"):
        return cannot_be_planned(rules, finding)
    if code in ("empty_band", "never_holds") or (code == "limits_never_meet" and not finding.role):
        return not matches(own.conditions, case)
    if code == "limits_never_meet":
        return not authority.holders(finding.role, request_of(finding)).exists()
    plan = plan_steps(rules, case)
    if code == "unreachable_rule":
        return matches(own.conditions, case) and own.code not in plan.rules
    if code == "unreachable_step":
        return own.code in plan.rules and finding.role not in [step.role for step in plan.steps]
    if code == "asks_nobody":
        others = replace(rules, rules=tuple(rule for rule in rules.rules if rule is not own))
        return own.code in plan.rules and plan_steps(others, case).steps == plan.steps
    if code == "gap":
        return not plan.steps and plan.decided_by is None
    if code == "overlap":
        return set(finding.rules) <= set(plan.rules) and bool(plan.steps)
    if code == "control_goods":
        return plan.decided_by == own and any(line.control_flags for line in case.lines)
    if finding.facts.get("how") == "rule":
        return plan.decided_by == own and bool(case.requester_roles)
    return by_people(finding, next(step for step in plan.steps if step.role == finding.role))


def cannot_be_planned(rules: RuleSet, finding: Finding) -> bool:
    try:
        plan_steps(rules, finding.case)
    except (ValueError, TypeError, InvalidOperation):
        return True
    return False


def by_people(finding: Finding, step: PlannedStep) -> bool:
    away = User.objects.filter(username=finding.away).first()
    there = people_of(finding, step)
    if away:
        absence = Absence.objects.create(
            user=away, by=away, made_at=now(), starts_at=now() - timedelta(hours=1), ends_at=now() + timedelta(days=1)
        )  # fmt: skip
    asked = people_of(finding, step)
    if away and finding.code == "one_person":
        absence.delete()
    needed = step.needed
    own = authority.may_be_asked(step.role, request_of(finding), without=set())
    return {
        "nobody": not asked,
        "one_person": bool(there) and not asked,
        "too_few": len({one.authority.pk for one in own}) < needed and bool(asked),
        "no_holder": not authority.holders(step.role, request_of(finding)).exists() and bool(asked),
        "self_approval": not asked and bool(people_of(replace(finding, requester=""), step)),
        "same_eyes": finding.facts.get("who") in {one.user.username for one in asked},
    }[finding.code]


def people_of(finding: Finding, step: PlannedStep) -> list[authority.Asked]:
    asked = ApprovalStep(
        role=step.role, needed=step.needed or 1, of_all=step.needed == 0, escalate_to=step.escalate_to
    )
    request = request_of(finding)
    return authority.resolve(request, asked, without=authority.subjects(request))[1]


def request_of(finding: Finding) -> ServiceRequest:
    """A request as its case says, of the person whom the finding names; not stored."""
    case = finding.case
    ward = Department.objects.select_related("hospital").get(
        hospital__code=case.hospital, code=case.department
    )
    user = User.objects.filter(username=finding.requester or "pat.nobody").first()
    return ServiceRequest(
        category=Category.objects.get(code=case.category), hospital=ward.hospital, department=ward,
        requester=user, filed_by=user, base_amount=case.amount, amount=case.amount,
    )  # fmt: skip
