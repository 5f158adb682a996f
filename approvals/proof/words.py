"""What a finding says to the people who own the policy."""

from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from approvals import authority
from approvals.proof.finding import Finding
from approvals.proof.world import World


def sentence(finding: Finding, world: World) -> str:
    """One or two sentences: what is wrong, and where."""
    return str(_said(finding.code)) % _parts(finding, world)


def _said(code: str) -> str:
    return {
        "unknown_condition": _("Rule %(rule)s asks about “%(condition)s”, which no request can answer."),
        "bad_value": _("Rule %(rule)s has a value for “%(condition)s” that cannot be read: %(value)s."),
        "unknown_value": _("Rule %(rule)s names “%(value)s”, which is not there. It never holds for it."),
        "unknown_role": _("Rule %(rule)s names the role “%(value)s”, which is not there."),
        "unknown_group": _("Rule %(rule)s asks a group that is not there: “%(value)s”."),
        "unknown_person": _("Rule %(rule)s asks a person who is not there: “%(value)s”."),
        "unknown_calendar": _("Rule %(rule)s counts time by hours that are not there: “%(value)s”."),
        "empty_band": _("No amount is in the band of rule %(rule)s: from %(from)s up to %(to)s."),
        "limits_never_meet": _("The limits of rule %(rule)s never meet: from %(from)s, and below %(to)s."),
        "never_holds": _("Rule %(rule)s never holds: its conditions exclude each other."),
        "unreachable_rule": _("Rule %(rule)s never counts: wherever it holds, %(other)s comes before it."),
        "unreachable_step": _(
            "Rule %(rule)s never asks the %(role)s: another rule leaves them out, or it decides itself."
        ),
        "asks_nobody": _("Rule %(rule)s changes nothing: it asks nobody and does not decide."),
        "gap": _("From %(from)s%(to_words)s there are requests that nobody is asked about."),
        "overlap": _("Rules %(rule)s and %(other)s both ask at %(amount)s: their bands overlap."),
        "control_goods": _("Rule %(rule)s decides by itself about “%(flag)s”, where a person must decide."),
        "nobody": _("Nobody may decide as %(role)s at %(places)s, and nobody in their place."),
        "too_few": _("%(needed)s must agree as %(role)s at %(places)s; only %(there)s may."),
        "no_holder": _("Nobody is %(role)s at %(places)s: the %(instead)s would be asked every time."),
        "self_approval": _self_approval(),
        "one_person": _("Without %(away)s nothing that needs the %(role)s goes on at %(places)s."),
        "same_eyes": _("%(who)s may decide as %(role)s what they decided as %(other_role)s before."),
    }[code]


def _self_approval() -> str:
    return _("%(requester)s could only be decided about by themselves: %(how)s.")


def _parts(finding: Finding, world: World) -> dict[str, Any]:
    facts, case = finding.facts, finding.case
    names = [*finding.rules, "", ""]
    places = list(facts.get("places", {f"{case.hospital}/{case.department}": None}))
    more = _(" and %(n)s more") % {"n": len(places) - 2} if len(places) > 2 else ""
    end = facts.get("to")
    return {
        **facts,
        "rule": names[0],
        "other": names[1],
        "other_role": authority.label(facts["other"]).lower() if "other" in facts else "",
        "role": authority.label(finding.role).lower() if finding.role else "",
        "instead": authority.label(facts["instead"]).lower() if "instead" in facts else "",
        "places": ", ".join(places[:2]) + more,
        "from": money(facts.get("from") or Decimal(0)),
        "to": money(end) if end is not None else "",
        "to_words": _(" and below %s") % money(end) if end is not None else _(" on"),
        "amount": money(case.amount),
        "flag": next((flag for line in case.lines for flag in line.control_flags), ""),
        "away": world.names.get(finding.away, finding.away),
        "who": world.names.get(facts.get("who", ""), facts.get("who", "")),
        "requester": world.names.get(finding.requester, finding.requester) or _("Whoever asks"),
        "how": _how(finding, world),
    }


def _how(finding: Finding, world: World) -> str:
    role = authority.label(finding.role).lower() if finding.role else ""
    return {
        "rule": _("the role of who asks decides in rule %s") % "".join(finding.rules[:1]),
        "holder": _("nobody else is %s, and nobody comes after") % role,
        "chain": _("they are all that is left after %s") % role,
        "lent": _("they stand in for %s") % world.names.get(finding.away, finding.away),
    }.get(finding.facts.get("how", ""), "")


def money(amount: Decimal) -> str:
    """In the base currency: "1,000", "999.99"."""
    whole = amount == amount.to_integral_value()
    return number_format(amount, decimal_pos=0 if whole else 2, use_l10n=True, force_grouping=True)
