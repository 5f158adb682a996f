"""Why a decision is asked for and what it does, as sentences."""

import re
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.inbox import Card
from approvals.models import Decision
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


def must_know(card: Card) -> list[str]:
    """Each thing that a decider must know about its lines, once, in words."""
    lines = [line for line in card.lines if not line.is_struck]
    flags = dict.fromkeys(flag for line in lines for flag in line.flags)
    known = [str(FLAGS[flag]) for flag in flags if flag in FLAGS]
    return known + ([_("More than usual")] if any(line.quantity > line.usual_max for line in lines) else [])


def among(card: Card) -> str:
    """ "Only you were asked.", or how many of those who were have to agree, and who did."""
    if card.step.needed < 2:
        return _("Only you were asked.") if card.alone else _("The first of you to decide counts.")
    if card.step.of_all:
        said = _("All of you must agree.")
    else:
        said = _("%(n)s of you must agree.") % {"n": card.step.needed}
    names = [one.actor.get_full_name() for one in card.agreed]
    return " ".join([said, *([_("%(who)s did already.") % {"who": _join(names)}] if names else [])])


def done(decision: Decision) -> str:
    """ "SR-20411 approved": what was decided just now."""
    request = decision.step.approval.request
    if decision.step.approval.about_price:
        yes = decision.outcome == Decision.Outcome.APPROVED
        said = _("%(number)s: price agreed") if yes else _("%(number)s: price not agreed. The buyer has it")
        return said % {"number": request.number}
    said = {
        Decision.Outcome.APPROVED: _("%(number)s approved")
        if not decision.adjusted
        else _("%(number)s approved, %(amount)s"),
        Decision.Outcome.REJECTED: _("%(number)s rejected. The ward is told why"),
        Decision.Outcome.RETURNED: _("%(number)s is with its sender again"),
    }[Decision.Outcome(decision.outcome)]
    return said % {"number": request.number, "amount": in_words(request.amount, request.currency)}


def in_all(totals: Iterable[tuple[str, Decimal, str]]) -> str:
    """ "£612.00" of rows of (cost centre, amount, currency); one sum for each currency."""
    sums: dict[str, Decimal] = {}
    for _centre, amount, currency in totals:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return " + ".join(in_words(amount, currency) for currency, amount in sums.items())


def priced(why: str, request: ServiceRequest) -> str:
    """The sentence of a policy with its limits in the currency of `request`: "from {1000}" -> "from €1,000".

    Limits are in the base currency; the rate of the request says what that is in its own.
    """

    def limit(found: re.Match[str]) -> str:
        return in_words(Decimal(found[1]) / request.rate, request.currency, whole=True)

    return re.sub(r"\{(\d+)\}", limit, why)


def effect(card: Card) -> str:
    """ "Approving sends 2 lines to the store and an order to Albion Surgical." Or who is asked next, and then that."""
    if card.step.approval.about_price:
        return _("It is only about the price: a yes agrees to it, a no goes to the buyer with your reason.")
    if card.request.category.kind == Kind.COST:
        said = _("Approving lets the work go on.")
        return said if card.last else _("Somebody else decides as well. After that, the work goes on.")
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
