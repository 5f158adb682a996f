"""Less of some lines as part of a yes: who decides leaves fewer order units of a line, or strikes it.

Only less: who would raise a quantity, add a line or change an item or supplier becomes its writer, so that goes back to the
sender. A struck line stays on the request, and what was asked for stays on every line (`RequestItem.asked`).
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from approvals import decisions, opening, running, signals
from approvals.content import content_hash
from approvals.in_force import of_run
from approvals.models import ApprovalStep, Decision
from approvals.routing import PlannedStep, RoutingCase, RuleSet, plan_steps
from approvals.running import APPROVED, Run
from approvals.wording import priced
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid
from portal.facts import publish, verb
from portal.money import in_base
from requests_app.models import RequestItem, ServiceRequest
from requests_app.models.item import line_amount
from requests_app.states import LineState

if TYPE_CHECKING:
    from portal.accounts.models import User

COLUMNS = ("quantity", "asked_quantity", "approved_quantity", "amount", "state")
Change = dict[str, Any]  # {"line": code, "from": 6, "to": 4, "why": "enough"}; to 0: struck


@verb
def adjust_and_approve(
    *,
    step_id: int,
    by: "User",
    seen: str,
    quantities: Mapping[str, int],
    reason: str,
    confirmed: bool = False,
) -> ApprovalStep:
    """Agree to what was shown with less of some lines: `quantities` by public id of the line, in order units, 0 strikes it.

    The decision is bound to what is left. Steps that were not asked yet and that what is left no longer needs are withdrawn.
    Sending the same again answers with the first. Publishes `lines_adjusted` and as `approve_step`. Raises Invalid (reason,
    lines, line-<public id>: more than before, or not on it) and as `approve_step`.
    """
    reason = decisions.said(reason)
    run = running.locked(step_id)
    codes = {line.public_id: line.code for line in run.request.all_lines}
    left = {codes[key]: to for key, to in quantities.items() if key in codes}
    if running.same_before(run, by, APPROVED, left):
        return run.step
    claim = running.right(run, by)
    running.check_whole(run)
    running.check_seen(run, seen)
    changes = _changes(run.request, quantities, reason)
    earlier = sorted(run.deciders - {by.pk})
    before = _figures(run.request)
    _apply(run.request, {change["line"]: change["to"] for change in changes})
    decisions.check_ready(
        run, confirmed=confirmed
    )  # of what is left: a large amount made small takes no password
    events.record(
        action="lines.adjusted",
        by=by,
        on_behalf_of=claim.authority if claim.authority.pk != by.pk else None,
        case=run.request.public_id,
        subject=f"request:{run.request.pk}",
        before={"quantities": {change["line"]: change["from"] for change in changes}, **before},
        after={"quantities": {change["line"]: change["to"] for change in changes}, **_figures(run.request)},
        reason=reason,
    )
    bound = content_hash(run.request, run.request.all_lines)
    decision = running.record(
        run, by, claim, APPROVED, content_hash=bound, reason=reason, adjusted=changes, confirmed=confirmed
    )
    _withdraw_unneeded(run, by)
    publish(signals.lines_adjusted, request=run.request, changes=changes, decider_ids=earlier, by=by)
    decisions.agreed(run, decision)
    return run.step


def put_back(run: Run, decision: Decision) -> None:
    """`decision` is taken back: its lines and the amount are as before it, and who no longer had to be asked comes again.

    Only inside a verb that holds the lock of `run`, after its lines were set to asked.
    """
    if not decision.adjusted:
        return
    request = run.request
    others = [one for one in run.counted if one.pk != decision.pk]
    still = {change["line"] for one in others for change in one.adjusted}
    _apply(request, {change["line"]: change["from"] for change in decision.adjusted})
    lines = {line.code: line for line in request.all_lines}
    for change in decision.adjusted:
        if change["line"] not in still:
            lines[change["line"]].asked_quantity = None
    _store(request)
    back = [one for one in run.steps if one.state == one.State.WITHDRAWN and one.opened_at is None]
    why = {one.role: one.why for one in _plan(run, of_run(run.step.approval))} if back else {}
    for step in back:
        step.mark_undone(now())
        step.mark_recalled(now())
        step.why = priced(". ".join(why.get(step.role, (step.why,))), request)[:400]
        step.save()


def in_words(request: ServiceRequest, changes: list[Change]) -> str:
    """ "Dressing kit: 2 boxes instead of 6. Sensor: struck." of a request whose lines are loaded. No query then."""
    lines = {line.code: line for line in request.all_lines}
    said = []
    for change in changes:
        line = lines[change["line"]]
        words = {"name": line.name, "to": change["to"], "was": change["from"], "unit": line.unit_plural}
        said.append(
            _("%(name)s: %(to)s instead of %(was)s %(unit)s.") % words
            if change["to"]
            else _("%(name)s: struck.") % words
        )
    return " ".join(said)


def _changes(request: ServiceRequest, quantities: Mapping[str, int], reason: str) -> list[Change]:
    """What is really less, checked. Raises Invalid."""
    lines = {line.public_id: line for line in request.wanted_lines}
    errors: dict[str, list[str]] = {}
    changes = []
    for public_id, quantity in quantities.items():
        line = lines.get(public_id)
        if line is None:
            errors[f"line-{public_id}"] = [_("This line is not on the request, or it was struck.")]
        elif quantity > line.quantity:
            errors[f"line-{public_id}"] = [
                _("You can only make it less than %(most)s here. For more, ask its sender to change it.")
                % {"most": line.quantity}
            ]
        elif quantity < 0:
            errors[f"line-{public_id}"] = [_("Enter how many are left, 0 to strike the line.")]
        elif quantity < line.quantity:
            changes.append({"line": line.code, "from": line.quantity, "to": quantity, "why": reason})
    if not errors and not changes:
        errors["lines"] = [_("Make at least one line less, or approve it as it is.")]
    if not errors and len([change for change in changes if not change["to"]]) == len(lines):
        errors["lines"] = [_("Nothing would be left of it. Say no instead.")]
    if errors:
        raise Invalid(errors)
    return changes


def _apply(request: ServiceRequest, quantities: Mapping[str, int]) -> None:
    """So many order units of these lines from now on, 0 strikes one; the amount follows as it did when it was sent."""
    suppliers = _suppliers(request)
    for line in request.all_lines:
        if line.code in quantities:
            _set(line, quantities[line.code])
    now_of = _suppliers(request)
    request.carriage -= sum((cost for pk, cost in suppliers.items() if pk not in now_of), Decimal(0))
    request.carriage += sum((cost for pk, cost in now_of.items() if pk not in suppliers), Decimal(0))
    request.carriage = max(request.carriage, Decimal("0.00"))
    request.amount = sum((line.amount for line in request.wanted_lines), Decimal("0.00")) + request.carriage
    request.base_amount = in_base(request.amount, request.rate)
    request.updated_at = now()
    request.version += 1
    request.save(update_fields=["amount", "base_amount", "carriage", "updated_at", "version"])
    _store(request)


def _set(line: RequestItem, quantity: int) -> None:
    line.asked_quantity = line.asked
    if quantity:
        line.quantity, line.state, line.approved_quantity = quantity, LineState.ASKED, None
        line.amount = line_amount(quantity, line.unit_price)
    else:
        line.state, line.approved_quantity, line.amount = LineState.REJECTED, 0, Decimal("0.00")


def _suppliers(request: ServiceRequest) -> dict[int, Decimal]:
    """Who is ordered from, with what each charges for carriage."""
    return {
        line.vendor.pk: line.vendor.carriage
        for line in request.wanted_lines
        if line.is_bought and line.vendor
    }


def _store(request: ServiceRequest) -> None:
    RequestItem.objects.store(request.all_lines, *COLUMNS)


def _figures(request: ServiceRequest) -> dict[str, str]:
    return {"amount": f"{request.amount:.2f} {request.currency}"}


def _withdraw_unneeded(run: Run, by: "User") -> None:
    """Nobody is asked whom what is left does not need. Who was asked already, and who decided, stays."""
    waiting = [step for step in run.steps if step.state == ApprovalStep.State.WAITING]
    if not waiting:
        return
    rules = of_run(run.step.approval)
    needed = {step.role for step in _plan(run, rules)}
    for step in waiting:
        if step.role not in needed:
            step.why = f"{_unneeded(step.role, rules, run.request)}. {step.why}"[:400]
            opening.close_step(step, run.request, outcome="withdrawn", by=by)


def _plan(run: Run, rules: RuleSet) -> tuple[PlannedStep, ...]:
    """Whom the rules ask about the case as it was when the run was opened, with the lines and the amount of now."""
    case = RoutingCase.from_json(run.step.approval.case)
    left = {line.code: line for line in run.request.wanted_lines}
    lines = tuple(
        replace(one, quantity=left[one.code].quantity, amount=left[one.code].amount)
        for one in case.lines
        if one.code in left
    )
    return plan_steps(rules, replace(case, amount=run.request.base_amount, lines=lines)).steps


def _unneeded(role: str, rules: RuleSet, request: ServiceRequest) -> str:
    """ "No longer needed: below £1,000"."""
    limits = [
        Decimal(rule.conditions["amount_from"])
        for rule in rules.rules
        if "amount_from" in rule.conditions and role in {step.role for step in rule.steps}
    ]
    above = [limit for limit in limits if limit > request.base_amount]
    if not above:
        return _("No longer needed: what it was asked for was struck")
    return _("No longer needed: below %(limit)s") % {"limit": priced(f"{{{min(above):.0f}}}", request)}
