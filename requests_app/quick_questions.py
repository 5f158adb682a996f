"""What a team often has to ask a ward, with the answers that are one tap. One table, PURE.

An own reply is always possible and stands in no row.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.states import Kind

NO_LONGER = _("No, cancel it")


@dataclass(frozen=True)
class Quick:
    """`kinds`: of requests that it fits; none: of all."""

    text: str | Promise
    answers: tuple[str | Promise, ...]
    kinds: tuple[str, ...] = ()


QUESTIONS: dict[str, Quick] = {
    "connected": Quick(_("Is it still connected to a patient?"), (_("No"), _("Yes")), (Kind.REPAIR,)),
    "clean": Quick(
        _("Is it clean and ready to collect?"), (_("Yes"), _("In 15 min")), (Kind.REPAIR, Kind.FORM)
    ),
    "where": Quick(
        _("Where is it now?"),
        (_("Dirty utility"), _("Store room"), _("With patient")),
        (Kind.REPAIR, Kind.FORM, Kind.TRANSPORT),
    ),
    "access": Quick(_("May we come in now?"), (_("Yes"), _("After rounds (11:00)"))),
    "other_make": Quick(
        _("Is the next size or make all right?"),
        (_("Yes"), _("No"), _("Ask the ward lead")),
        (Kind.SUPPLY, Kind.FORM),
    ),
    "how_much": Quick(
        _("Whole ward or one device?"), (_("One"), _("Room"), _("Whole ward")), (Kind.IT, Kind.REPAIR)
    ),
    "needed": Quick(_("Still needed?"), (_("Yes"), NO_LONGER)),
}


def of(kind: str) -> dict[str, Quick]:
    """Code -> question of those that fit a kind of request."""
    return {code: one for code, one in QUESTIONS.items() if not one.kinds or kind in one.kinds}


def cancels(answer: str) -> bool:
    """Does this answer say that it is no longer needed?"""
    return answer == str(NO_LONGER)
