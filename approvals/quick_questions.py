"""What who decides often has to ask first, with the answers that are one tap. One table, PURE; a reply is always possible."""

from django.utils.translation import gettext_lazy as _

from requests_app.quick_questions import Quick
from requests_app.states import Kind

QUESTIONS: dict[str, Quick] = {
    "left": Quick(
        _("How much of it is left on the ward?"), (_("None"), _("For today"), _("For a week")), (Kind.SUPPLY,)
    ),
    "wait": Quick(_("Can it wait for the next order?"), (_("Yes"), _("No")), (Kind.SUPPLY,)),
    "standard": Quick(_("Is the standard item all right?"), (_("Yes"), _("No")), (Kind.SUPPLY,)),
    "for_what": Quick(_("What is it for?"), ()),
    "until": Quick(_("By when do you need it at the latest?"), (_("Today"), _("This week"), _("This month"))),
    "needed": Quick(_("Still needed?"), (_("Yes"), _("No"))),
}


def of(kind: str) -> dict[str, Quick]:
    """Code -> question of those that fit a kind of request."""
    return {code: one for code, one in QUESTIONS.items() if not one.kinds or kind in one.kinds}
