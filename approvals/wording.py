"""Why a decision is asked for and what it does, as sentences."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.inbox import Card
from portal.money import in_words
from requests_app.models import ServiceRequest
from requests_app.states import Kind

# What a decider must know about a line. The other flags (must not run out, latex ...) are for the store and the ward.
FLAGS = {
    "capital": gettext_lazy("Equipment, paid as an investment"),
    "regulated": gettext_lazy("Regulated"),
    "hazardous": gettext_lazy("Hazardous"),
    "off_contract": gettext_lazy("Not on a contract"),
    "new_vendor": gettext_lazy("A new supplier"),
    "rationed": gettext_lazy("Rationed at the moment"),
    "hire": gettext_lazy("Hired"),
    "personal_data": gettext_lazy("Holds personal data"),
    "safety_critical": gettext_lazy("Safety-critical"),
    "free_text": gettext_lazy("Not in the catalogue"),
}


def flag_words(flags: list[str]) -> str:
    """The flags of a line that a decider must know, in words; '' when there is none."""
    return " · ".join(str(FLAGS[flag]) for flag in flags if flag in FLAGS)


def priced(why: str, request: ServiceRequest) -> str:
    """The sentence of a policy with its limits in the currency of `request`: "from {1000}" -> "from €1,000".

    Limits are in the base currency; the rate of the request says what that is in its own.
    """

    def limit(found: re.Match[str]) -> str:
        return in_words(Decimal(found[1]) / request.rate, request.currency, whole=True)

    return re.sub(r"\{(\d+)\}", limit, why)


def effect(card: Card) -> str:
    """ "Approving sends 2 lines to the store and an order to Albion Surgical." Or who is asked next, and then that."""
    parts = []
    if card.store_lines:
        parts.append(
            ngettext("%(n)d line to the store", "%(n)d lines to the store", card.store_lines)
            % {"n": card.store_lines}
        )
    parts += [_("an order to %(vendor)s") % {"vendor": vendor} for vendor in card.vendors]
    if card.request.team:
        parts.append(_("it to %(team)s") % {"team": card.request.team})
    elif card.request.category.kind == Kind.BUNDLE:
        parts.append(_("its tasks to their teams"))
    what = _join(parts) or _("it on its way")
    if card.last:
        return _("Approving sends %(what)s.") % {"what": what}
    return _("Somebody else decides as well. After that, %(what)s.") % {"what": what}


def _join(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
