"""What this app does when the core says that something became true."""

from contextlib import suppress
from typing import Any

from approvals import authority, dearer, escalation, opening, reresolving
from approvals.budgets import ledger
from portal.accounts import scopes
from portal.errors import NotFound

ESCALATES = ("very_late", "too_late")  # rungs of a clock, after which once more somebody is asked


def on_request_submitted(*, request: Any, by: Any, **_: Any) -> None:
    opening.open_approval(request=request, by=by)


def on_request_extended(*, request: Any, by: Any, **_: Any) -> None:
    opening.withdraw(request=request, by=by)
    opening.open_approval(request=request, by=by, again=True)


def on_file_removed(*, request: Any, by: Any, **_: Any) -> None:
    """Who decided saw a file that is not there any more: a new round, in which `carrying` asks them again."""
    on_request_extended(request=request, by=by)


def on_request_cancelled(*, request: Any, by: Any, **_: Any) -> None:
    opening.withdraw(request=request, by=by)


def on_request_returned(*, request: Any, by: Any, **_: Any) -> None:
    opening.withdraw(request=request, by=by)


def on_money_moved(*, request: Any, by: Any, **_: Any) -> None:
    """What it holds of budgets follows: agreed, said no to, taken back, made less, ordered, ended."""
    ledger.settle(request=request, by=by)


def on_membership_changed(*, membership: Any, **_: Any) -> None:
    """Granted, revoked, begun or over: the next sweep looks at the open steps that this concerns."""
    if reresolving.decides(membership.role):
        reresolving.mark({membership.user_id})


def on_duty_changed(*, held: Any, former: Any = None, **_: Any) -> None:
    if held.duty.code in authority.DUTY_LIMITS:
        reresolving.mark({held.user_id, former.pk if former else held.user_id})


def on_decision_late(*, clock_kind: str, about: str, **_: Any) -> None:
    """A decision did not come in time: more people are asked for it."""
    if clock_kind == "approval":
        with suppress(NotFound):  # a clock about a step that is not there: its own alarm says so
            escalation.escalate(step_id=int(about.partition(":")[2]), by=scopes.system_user())


def on_rung_reached(*, rung: str, clock_kind: str, about: str, **_: Any) -> None:
    """It still did not come: the next authority after that."""
    if rung in ESCALATES:
        on_decision_late(clock_kind=clock_kind, about=about)


def on_order_priced(
    *, request: Any, order: str, prices: list[dict[str, str]], arrived: bool, by: Any, **_: Any
) -> None:
    dearer.ask(request=request, order=order, prices=prices, arrived=arrived, by=by)


def on_price_answered(*, request: Any, approval: Any, agreed: bool, reason: str, by: Any, **_: Any) -> None:
    dearer.answered(request=request, approval=approval, agreed=agreed, reason=reason, by=by)
