"""A part of a suspected split is decided as the whole would be: who the policy asks for that amount is asked as well."""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals import opening, running
from approvals.in_force import of_run
from approvals.models import Approval, ApprovalStep
from approvals.routing import PlannedStep, RoutingCase, plan_steps
from portal.audit import events
from portal.money import in_words
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

OPEN, WAITING = ApprovalStep.State.OPEN, ApprovalStep.State.WAITING


def route_up(request: ServiceRequest, *, total: Decimal, by: "User") -> list[str]:
    """Add the steps that an amount of `total` has and the running approval lacks; those that it has stay. Only in a verb.

    `request` is locked. Returns the roles that are asked now and were not before; the same total again adds nothing.
    """
    approval = (
        request.approvals.filter(status=Approval.Status.OPEN).select_related("policy", "site_policy").first()
    )
    if approval is None or approval.policy is None or approval.about_price:
        return []
    case = RoutingCase.from_json(approval.case)
    if case.amount + case.beside >= total:
        return []
    case = replace(case, beside=total - case.amount)
    plan = plan_steps(of_run(approval), case)
    run = running.read(request, approval.steps.all()) if approval.steps.exists() else None
    if run is None or plan.decided_by:
        return []
    known = {step.role: step for step in run.steps}
    _stricter(known, plan.steps)
    missing = replace(plan, steps=tuple(step for step in plan.steps if step.role not in known))
    approval.case, approval.rules = case.as_json(), list(plan.rules)
    approval.save(update_fields=["case", "rules"])
    added = opening.copied(approval, missing)
    for step in added:
        step.why = _why(step.why, request, total)
    _insert(run, added, approval, by)
    roles = [step.role for step in added]
    after = {"roles": roles, "together": f"{total:.2f}"}
    events.record(
        action="approval.routed_up",
        by=by,
        case=request.public_id,
        subject=f"approval:{approval.pk}",
        after=after,
        policy=approval.version,
    )
    return roles


def _insert(run: running.Run, added: list[ApprovalStep], approval: Approval, by: "User") -> None:
    """Who has the same turn as those who are asked now is asked now, who comes later waits; nobody's turn is over."""
    turn = next((step.sequence for step in run.steps if step.state == OPEN), None)
    if turn is None:
        ApprovalStep.objects.bulk_create(added)
        return
    for step in added:
        step.sequence = max(step.sequence, turn)
    ApprovalStep.objects.bulk_create(step for step in added if step.sequence > turn)
    at_once = [step for step in added if step.sequence == turn]
    if at_once:
        opening.ask_next(approval=approval, request=run.request, steps=at_once, deciders=run.deciders, by=by)
        opening.show_still_asked(request=run.request, steps=[*run.steps, *at_once], deciders=run.deciders)


def _stricter(known: dict[str, ApprovalStep], planned: tuple[PlannedStep, ...]) -> None:
    """More people of a role that is asked already, where the whole would have needed more."""
    for plan in planned:
        step = known.get(plan.role)
        if step and step.state in (OPEN, WAITING) and not step.of_all and plan.needed > step.needed:
            step.needed = plan.needed
            step.save()


def _why(why: str, request: ServiceRequest, total: Decimal) -> str:
    whole = in_words(total / request.rate, request.currency)
    said = _("%(why)s. With others that belong to it this one comes to %(whole)s")
    return (said % {"why": why, "whole": whole})[:400]
