"""How work can end, by kind of request: the first is the usual end. One table, PURE."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.states import Kind

OUTCOMES: dict[str, dict[str, str | Promise]] = {
    Kind.REPAIR: {
        "fixed_on_ward": _("Fixed on the ward"),
        "fixed_in_workshop": _("Fixed in the workshop"),
        "part_replaced": _("Part replaced"),
        "accessory_replaced": _("Accessory replaced"),
        "cleaned_or_reset": _("Cleaned or reset"),
        "no_fault_found": _("No fault found"),
        "shown_how_to_use": _("Shown how to use it"),
        "sent_to_supplier": _("Sent to the supplier"),
        "exchanged": _("Exchanged"),
        "not_worth_repairing": _("Not worth repairing"),
        "not_found": _("Not found"),
        "duplicate": _("Reported twice"),
        "other_team": _("Another team's work"),
    },
    Kind.IT: {
        "fixed": _("Fixed"),
        "exchanged": _("Exchanged"),
        "shown_how_to_use": _("Shown how to use it"),
        "no_fault_found": _("No fault found"),
        "supplier": _("With the supplier"),
        "duplicate": _("Reported twice"),
    },
    Kind.ACCESS: {
        "given": _("Access given"),
        "had_it": _("Had it already"),
        "not_given": _("Not given"),
    },
    Kind.TRANSPORT: {
        "handed_over": _("Handed over"),
        "not_there": _("Patient not there"),
        "declined": _("Patient declined"),
        "wrong_details": _("Wrong place or details"),
        "refused": _("Refused at the destination"),
        "nothing_to_collect": _("Not found or not labelled"),
        "unsafe": _("Unsafe to move"),
        "no_skill": _("No porter with the skill"),
        "accident": _("Accident on the way"),
    },
}
MENDED = frozenset(
    ("fixed_on_ward", "fixed_in_workshop", "part_replaced", "accessory_replaced", "cleaned_or_reset")
)  # of repairs: what failed its test after the work did not end so
OTHERS: dict[str, str | Promise] = {
    "done": _("Done"),
    "not_possible": _("Not possible"),
    "not_needed": _("No longer needed"),
    "duplicate": _("Asked for twice"),
}


def of(kind: str) -> dict[str, str | Promise]:
    """Code -> words of every way in which work of this kind ends."""
    return OUTCOMES.get(kind, OTHERS)


def in_words(kind: str, outcome: str) -> str:
    """How it ended, as people read it; what is in no table, as it was written."""
    return str(of(kind).get(outcome, outcome))
