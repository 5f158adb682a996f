"""Why work waits: what people read, who is charged for the time, when it is asked again. One table, PURE."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WARD_ANSWER, APPROVAL_COST, AGREED_DATE = "ward_answer", "approval_cost", "agreed_date"
PARTS, STOCK_OUT, SUPPLIER = "parts", "stock_out", "supplier"
NOBODY = "nobody"  # charged to no party


@dataclass(frozen=True)
class Reason:
    """`words`: after "Waiting". `stops`: the clock of the work stands still. `charged`: the party whose minutes these are.

    `again`: when it is asked again, unless whoever says that they wait names a moment; None: they have to. `unless_critical`: the
    clock goes on all the same for equipment on which patients depend, until a loan or a work-around is recorded.
    `by_hand`: may be chosen; the others follow from something else.
    """

    words: str | Promise
    charged: str
    stops: bool = True
    again: timedelta | None = None
    unless_critical: bool = False
    by_hand: bool = True


def _not_ready(words: str | Promise, charged: str) -> Reason:
    """Of a move: asked again after half an hour, which is as long as it keeps its place among the others."""
    return Reason(words, charged, stops=charged != "porters", again=timedelta(minutes=30), by_hand=False)


REASONS: dict[str, Reason] = {
    WARD_ANSWER: Reason(_("for an answer from the ward"), "ward", again=timedelta(hours=4), by_hand=False),
    "ward_access": Reason(_("until the room or bed is free"), "ward"),
    "not_clean": Reason(_("until it is cleaned"), "ward", again=timedelta(hours=4)),
    "patient_in_use": Reason(_("while it is still connected to a patient"), NOBODY, again=timedelta(hours=4)),
    PARTS: Reason(_("for parts"), "supplier", unless_critical=True),
    SUPPLIER: Reason(_("for the supplier"), "supplier", unless_critical=True),
    "contractor": Reason(_("for an outside engineer"), "supplier", stops=False),
    STOCK_OUT: Reason(_("for stock, due on a date"), "supplier"),
    APPROVAL_COST: Reason(_("for agreement to the cost"), "approver", again=timedelta(days=1), by_hand=False),
    "other_team": Reason(_("for another team, which goes first"), "other_team", stops=False),
    "permit": Reason(_("for a permit or for infection advice"), "building"),
    AGREED_DATE: Reason(_("for the agreed date"), NOBODY),
    # What a porter finds not ready. What the porters themselves lack does not stop their clock.
    "patient_not_ready": _not_ready(_("for the patient to be ready"), "ward"),
    "escort_not_free": _not_ready(_("for a nurse or the escort"), "ward"),
    "papers_missing": _not_ready(_("for notes, slip or label"), "ward"),
    "no_cylinder": _not_ready(_("for an oxygen cylinder"), "ward"),
    "lift": _not_ready(_("for the lift"), "building"),
    "no_chair": _not_ready(_("for a chair, trolley or bed"), "porters"),
    "destination_not_ready": _not_ready(_("for the destination to be ready"), "destination"),
}
PARTIES: dict[str, str | Promise] = {
    "ward": _("The ward"),
    "supplier": _("The supplier"),
    "approver": _("Who decides the cost"),
    "other_team": _("Another team"),
    "building": _("The building"),
    "destination": _("The destination"),
    "porters": _("The porters"),
    NOBODY: _("Nobody"),
}


def in_words(reason: str) -> str:
    """ "Waiting for parts"; what is in no table, as it was written."""
    return str(_("Waiting %(why)s") % {"why": REASONS[reason].words}) if reason in REASONS else reason


def by_hand() -> dict[str, str | Promise]:
    """Code -> words of what somebody may choose."""
    return {code: one.words for code, one in REASONS.items() if one.by_hand}
