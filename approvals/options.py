"""What one person may do to one step now, and why not: the only place that says so to pages and to the API.

The verbs judge again under the lock, by the same functions.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from approvals import documents, passing, questioning, running
from approvals.models import ApprovalStep, Decision
from approvals.running import Run
from requests_app.states import RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User
    from requests_app.models import RequestItem

OF_PRICES = ("approve", "reject", "pass")  # about the price of an order
DECIDING = ("approve", "adjust", "reject", "return", "ask", "pass")


def options(
    run: Run, user: "User", *, lines: "Iterable[RequestItem] | None" = None, whole: bool = True
) -> dict[str, str]:
    """Action -> why not, '' where it is allowed: of DECIDING while the step is open, `undo` of what was just decided.

    An action that makes no sense in this state is left out. `whole` False spares who may be passed it and what was asked
    already (two to six queries); both are then judged by the verb alone. Without those: one query for an own right, two
    and more for a lent one, one more where documents are needed, and one unless the `lines` of the request are given.
    """
    found: dict[str, str] = {}
    if run.step.state == ApprovalStep.State.OPEN:
        refusal = running.refusal(run, user)
        if refusal:
            found = dict.fromkeys(DECIDING, refusal.message)
        else:
            lacking = documents.missing(run.step, run.request)
            found = dict.fromkeys(DECIDING, "") | {"approve": lacking, "adjust": lacking}
            if whole:
                found |= {"ask": _not_to_ask(run), "pass": _not_to_pass(run, user)}
        if run.step.approval.about_price:
            return {name: why for name, why in found.items() if name in OF_PRICES}
        if not run.request.is_supply or _at_its_least(run.request.lines.all() if lines is None else lines):
            del found["adjust"]
    if can_undo(run, user) and not run.step.approval.about_price:
        found["undo"] = ""
    return found


def _at_its_least(lines: "Iterable[RequestItem]") -> bool:
    """One piece of one line: with less of it, nothing would be left."""
    return sum(line.quantity for line in lines if not line.is_struck) < 2


def can_undo(run: Run, user: "User") -> bool:
    """Did `user` decide this step a moment ago, with nothing gone out since? No query."""
    from approvals import undoing

    last = _last(run, user)
    return last is not None and undoing.until(last, run.request) is not None


def _last(run: Run, user: "User") -> Decision | None:
    """What `user` decided on the step, if nobody decided after that."""
    if run.request.state == RequestState.DRAFT or not run.decisions:
        return None
    last = max(run.decisions, key=lambda one: one.pk)
    mine = last.step_id == run.step.pk and last.actor_id == user.pk and last.round == run.step.round
    return last if mine and last.withdraws_id is None else None


def _not_to_ask(run: Run) -> str:
    waiting = questioning.of(run.step)
    return questioning.already(waiting) if waiting else ""


def _not_to_pass(run: Run, user: "User") -> str:
    return "" if passing.candidates(run, user) else passing.nobody(run.step)
