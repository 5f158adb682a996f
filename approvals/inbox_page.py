"""The inbox as its page shows it: the wanted card open, the others slim, and what was decided a moment ago."""

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from approvals import history, inbox, open_card, running
from approvals.inbox import Card
from approvals.running import APPROVED, Run
from portal.errors import AlreadyDecided, DomainError, NotFound, WrongState
from portal.live import marks
from portal.money import in_words

if TYPE_CHECKING:
    from portal.accounts.models import User

UNDER = Decimal(200)  # "Select all under £200", in the currency of the request


@dataclass(frozen=True)
class Asked:
    """A filter, the ref of the card to open, the one just decided; `select`: boxes to choose several, `chosen` are ticked."""

    show: str = ""
    first: str = ""
    done: str = ""
    select: bool = False
    chosen: frozenset[str] = frozenset()


def context(user: "User", asked: Asked, *, refusal: DomainError | None = None) -> dict[str, Any]:
    """What the templates need. Five queries with what `open_card` takes, one more for a card that was just decided,

    two or three more for one that ended.
    """
    waiting = inbox.waiting(user, show=asked.show)
    cards = inbox.cards_at(user, waiting.keys)
    if asked.first and all(card.step.ref != asked.first for card in cards):
        cards = inbox.cards_of(user, [asked.first]) + cards
    cards.sort(key=lambda card: card.step.ref != asked.first)  # stable: the others stay by due
    ended = None if asked.first in {"", *(card.step.ref for card in cards)} else _ended(user, asked.first)
    run = open_card.run_of(ended) if ended else None
    if cards and not ended and not asked.select:
        cards[0] = open_card.opened(cards[0], user)
    return {
        "cards": cards,
        "ended": ended,
        "refusal": refusal,
        "why_ended": refusal or (_why_ended(run, user) if run else None),
        "how_ended": history.shown(run.on_step[-1:])[-1] if run and run.on_step else None,
        "to_decide": waiting.total,
        "pressing": waiting.counts["soon"],
        "chips": waiting.chips,
        "show": waiting.show,
        "shown": marks(card.step.ref for card in cards),
        "wanted": bool(asked.first) and not ended,
        "select": asked.select,
        "chosen": asked.chosen,
        "under": in_words(UNDER, cards[0].request.currency, whole=True) if cards else "",
        "done": history.just_decided(user, asked.done) if asked.done else None,
    }


def under(cards: list[Card]) -> frozenset[str]:
    """Refs of those that cost less than UNDER."""
    return frozenset(card.step.ref for card in cards if 0 < card.request.amount < UNDER)


def _ended(user: "User", ref: str) -> Card | None:
    """The card that is no longer asked: decided by somebody, passed on, taken back. None where there is none to see."""
    with suppress(NotFound):
        return inbox.card(user, ref)
    return None


def _why_ended(run: Run, user: "User") -> DomainError:
    """Why a card asks nothing of `user` any more: who decided it, or who has it now."""
    if run.on_step and (last := run.on_step[-1]).actor_id == user.pk:
        said = _("You approved this.") if last.outcome == APPROVED else _("You said no to this.")
        return AlreadyDecided(said, at=last.decided_at)
    elsewhere = _("It is not with you any more. %(who)s has it.") % {"who": run.request.held_by}
    return running.refusal(run, user) or WrongState(elsewhere)
