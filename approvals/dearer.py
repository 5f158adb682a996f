"""An order that costs more than was agreed: whoever agreed last of the band says yes or no to its price.

It is one more round of the request, with one step and the content that was agreed, with the prices of the order in it.
The request itself goes on meanwhile: the order stands, and the exception says who looks after it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import opening
from approvals.content import content_of
from approvals.models import Approval, ApprovalStep
from approvals.models.run import PRICE_RULE
from portal.audit import events
from portal.clock import now
from portal.facts import verb
from portal.money import in_words
from requests_app import access, casework
from requests_app.models import CaseException, ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

KIND = CaseException.Kind.PRICE_ABOVE_APPROVAL
_OVER = gettext_lazy("The order costs something else now.")
RUNNING = (Approval.Status.OPEN, Approval.Status.NEEDS_ROUTING)


@verb
def ask(
    *,
    request: ServiceRequest,
    order: str,
    prices: Sequence[dict[str, str]],
    by: "User",
    arrived: bool = False,
) -> None:
    """The lines `prices` of the order named `order` cost more than was agreed; [] when none does (any more).

    `prices`: {line, name, agreed, price} each, with decimals as text in the currency of the request. Opens the exception
    and a round with one step for the role that agreed last; another order that waits for an answer is asked about with it.
    Prices that somebody agreed to before ask nobody, and the same prices again change nothing. `arrived`: it all came, so
    nobody is asked any more, and the exception stays with the buyer. Publishes `step_opened`, `step_closed`.
    """
    request = access.locked(request)
    rounds = list(request.approvals.order_by("pk"))
    asked = next((one for one in rounds if one.status in RUNNING), None)
    if asked and not asked.about_price:
        return
    before = asked.content["prices"] if asked else []
    fresh = [{"order": order, **row} for row in prices]
    fresh = [row for row in fresh if not _agreed_to(rounds, row)]
    rows = [row for row in before if row["order"] != order] + fresh
    if rows == before:
        return
    if asked:
        _take_back(asked, request, by)
    if not fresh and not arrived:
        _settle(request, order, by, str(_OVER))
    if fresh:
        said = " ".join(_said(row, request) for row in fresh)
        casework.open_exception(kind=KIND, request=request, key=order, detail=f"{order}: {said}", by=by)
    if rows:
        _open(request, rounds, rows, by)


def _open(request: ServiceRequest, rounds: list[Approval], rows: list[dict[str, str]], by: "User") -> None:
    approval = Approval.objects.create(
        request=request,
        policy=rounds[-1].policy if rounds else None,
        rules=[PRICE_RULE],
        case=rounds[-1].case if rounds else {},
        content={**content_of(request, request.all_lines), "prices": rows},
        round=len(rounds) + 1,
        opened_at=now(),
    )
    said = " ".join(_said(row, request) for row in rows)
    why = _("%(said)s That is more than 5 %% or 50 above what was agreed.") % {"said": said}
    step = _step(approval, _last_agreed(rounds), why)
    opening.ask_next(approval=approval, request=request, steps=[step], deciders=set(), by=by)


@verb
def answered(*, request: ServiceRequest, approval: Approval, agreed: bool, reason: str, by: "User") -> None:
    """Somebody said yes or no to the price. A yes settles the exception; after a no the buyer has it, with the reason."""
    rows = approval.content["prices"]
    events.record(
        action="price.agreed" if agreed else "price.refused",
        by=by,
        case=request.public_id,
        subject=f"approval:{approval.pk}",
        after={"order": orders(approval), "prices": {row["line"]: row["price"] for row in rows}},
        reason=reason,
    )
    if agreed:
        said = _("%(who)s agreed to the price.") % {"who": by.get_full_name()}
        for order in {row["order"] for row in rows}:
            _settle(request, order, by, said)


def orders(approval: Approval) -> str:
    """The names of the orders that a round about prices is about."""
    return ", ".join(dict.fromkeys(row["order"] for row in approval.content["prices"]))


def _agreed_to(rounds: list[Approval], row: dict[str, str]) -> bool:
    """Did somebody agree to this price of this line, or to a higher one?"""
    return any(
        (one["order"], one["line"]) == (row["order"], row["line"])
        and Decimal(row["price"]) <= Decimal(one["price"])
        for given in rounds
        if given.about_price and given.status == Approval.Status.APPROVED
        for one in given.content["prices"]
    )


def _last_agreed(rounds: list[Approval]) -> ApprovalStep | None:
    """The last step that a person agreed to; None where a policy decided alone."""
    latest = next((one for one in reversed(rounds) if not one.about_price), None)
    return (
        latest.steps.filter(state=ApprovalStep.State.APPROVED).order_by("-sequence", "-pk").first()
        if latest
        else None
    )


def _step(approval: Approval, last: ApprovalStep | None, why: str) -> ApprovalStep:
    role = last.role if last else "head"
    return ApprovalStep(
        approval=approval,
        sequence=1,
        role=role,
        asked_role=role,
        distinct=False,
        escalate_to=last.escalate_to if last else "",
        calendar=last.calendar if last else "office",
        why=why[:400],
    )


def _said(row: dict[str, str], request: ServiceRequest) -> str:
    prices = {name: in_words(Decimal(row[name]), request.currency) for name in ("price", "agreed")}
    return _("%(line)s: %(price)s at the order, agreed was %(agreed)s.") % {"line": row["name"], **prices}


def _take_back(approval: Approval, request: ServiceRequest, by: "User") -> None:
    """The orders say something else now: this question is over."""
    for step in approval.steps.all():
        opening.close_step(step, request, outcome="withdrawn", by=by)
    opening.routed(request, by=by, reason=str(_OVER))
    approval.status, approval.closed_at = Approval.Status.WITHDRAWN, now()
    approval.save(update_fields=["status", "closed_at"])


def _settle(request: ServiceRequest, order: str, by: "User", reason: str) -> None:
    """Close the exception about this order, if it is open."""
    for one in request.exceptions.filter(kind=KIND, key=order, closed_at=None):
        casework.close_exception(exception=one, by=by, reason=reason)
