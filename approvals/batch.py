"""Several decisions with one press: an exact list of what is in it, and for the rest why each is looked at by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals import decisions, documents, inbox, open_card, running, step_up, wording
from approvals.inbox import Card
from portal.errors import DomainError
from requests_app.states import CONTROL_FLAGS, Priority

if TYPE_CHECKING:
    from portal.accounts.models import User

MOST = 50  # in one press


@dataclass(frozen=True)
class Sheet:
    included: list[Card]
    excluded: list[tuple[Card, str]]  # and why
    totals: list[tuple[str, Decimal, str]]  # cost centre, amount, currency: of what is included

    @property
    def amount(self) -> Decimal:
        """Of all included; only of use where they are in one currency."""
        return sum((amount for _centre, amount, _currency in self.totals), Decimal("0.00"))


@dataclass(frozen=True)
class Result:
    """What became of one item; `message` says why not."""

    ref: str
    title: str
    number: str
    approved: bool
    message: str = ""


def sheet(user: "User", refs: Iterable[str]) -> Sheet:
    """What of `refs` one press can approve, of those that wait for this person; others are left out silently.

    Two queries, and for each card one for its right (two and more for a lent one), one where somebody decided in it.
    """
    included, excluded = [], []
    for card in inbox.cards_of(user, list(dict.fromkeys(refs))[:MOST]):
        if why := _by_itself(card) or _not_now(card, user):
            excluded.append((card, why))
        else:
            included.append(card)
    totals: dict[tuple[str, str], Decimal] = {}
    for card in included:
        key = (card.request.department.cost_centre, card.request.currency)
        totals[key] = totals.get(key, Decimal("0.00")) + card.request.amount
    return Sheet(
        included, excluded, [(centre, totals[centre, money], money) for centre, money in sorted(totals)]
    )


def approve(*, by: "User", items: Iterable[tuple[str, str]]) -> list[Result]:
    """Approve each (ref, seen) for itself, in its own transaction: one that is refused holds up no other.

    What belongs on no list (see `sheet`) is refused here too. A result for each ref, in order; never raises for one.
    """
    wanted = dict(list(items)[:MOST])
    waiting = {card.step.ref: card for card in inbox.cards_of(by, list(wanted))}
    return [_one(by, ref, seen, waiting.get(ref)) for ref, seen in wanted.items()]


def _one(by: "User", ref: str, seen: str, card: Card | None) -> Result:
    try:
        step = card.step if card else inbox.asked_step(by, ref)
        request = step.approval.request
    except DomainError as refusal:
        return Result(ref, "", "", approved=False, message=refusal.message)
    if why := _by_itself(card or inbox.card(by, ref)):
        return Result(ref, request.title, request.number or "", approved=False, message=why)
    try:
        decisions.approve_step(step_id=step.pk, by=by, seen=seen)
    except DomainError as refusal:
        return Result(ref, request.title, request.number or "", approved=False, message=refusal.message)
    return Result(ref, request.title, request.number or "", approved=True)


def _by_itself(card: Card) -> str:
    """Why this is looked at by itself, by what it is; or ''. One query where documents are needed."""
    return alone(card) or documents.missing(card.step, card.request)


def fits(card: Card) -> bool:
    """Can it be among several, as far as the card knows? `sheet` finds files that are still checked for viruses. No query."""
    return not alone(card) and card.files >= len(card.step.documents)


def alone(card: Card) -> str:
    """Why this is looked at by itself, whatever is attached to it; or ''. No query."""
    request, step = card.request, card.step
    if step_up.needed(request):
        return _("It takes your password once more.")
    if request.priority == Priority.EMERGENCY:
        return _("It is an emergency.")
    flags = sorted(
        {flag for line in card.lines if not line.is_struck for flag in line.flags if flag in CONTROL_FLAGS}
    )
    if flags:
        return _("Look at it by itself: %(flags)s.") % {"flags": wording.flag_words(flags)}
    if step.approval.round > 1:
        return _("It was changed and sent again.")
    if card.question and not card.question.answer and step.state == step.State.OPEN:
        return _("Nobody has answered yet what was asked about it.")
    return ""


def _not_now(card: Card, user: "User") -> str:
    refusal = running.refusal(open_card.run_of(card), user)
    return refusal.message if refusal else ""
