"""The buttons of an open card besides its yes: only what the person may do now."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from approvals.inbox import Card

# action -> words, icon, the key that presses it
KNOWN: dict[str, tuple[Promise, str, str]] = {
    "ask": (gettext_lazy("Ask"), "message-circle", "e"),
    "adjust": (gettext_lazy("Adjust"), "sliders-horizontal", "d"),
    "reject": (gettext_lazy("Reject"), "x", "r"),
    "return": (gettext_lazy("Needs more"), "undo-2", "m"),
    "pass": (gettext_lazy("Pass on"), "forward", "p"),
}


@dataclass(frozen=True)
class Act:
    name: str
    words: Promise
    icon: str
    key: str
    url: str


def acts(card: Card) -> list[Act]:
    """What stands beside the yes."""
    return _offered(card, ("ask", "adjust", "reject"))


def more(card: Card) -> list[Act]:
    """What is rare and stands behind *More*."""
    return _offered(card, ("return", "pass"))


def _offered(card: Card, names: Iterable[str]) -> list[Act]:
    ref = card.step.ref
    return [
        Act(name, *KNOWN[name], reverse(f"approvals:step-{name}", args=[ref]))
        for name in names
        if card.may.get(name) == "" and not (name == "ask" and card.answer_due)
    ]
