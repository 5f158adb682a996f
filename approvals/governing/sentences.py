"""A rule in words: when it holds, and who is asked then. PURE: the names come with the vocabulary."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.governing.vocabulary import CALENDARS, DOCUMENTS, ROLES, Vocabulary
from approvals.routing import Rule, StepRule
from portal.money import in_words

BASE = "GBP"  # the currency that limits are kept in
# A condition over values as the beginning of a sentence that its values end.
AMONG_WORDS = {
    "categories": gettext_lazy("the type is %(values)s"),
    "hospitals": gettext_lazy("the hospital is %(values)s"),
    "departments": gettext_lazy("the department is %(values)s"),
    "locations": gettext_lazy("it goes to %(values)s"),
    "priorities": gettext_lazy("the priority is %(values)s"),
    "services": gettext_lazy("its target times are those of %(values)s"),
    "any_mark": gettext_lazy("it is marked %(values)s"),
    "any_vendor": gettext_lazy("a supplier is %(values)s"),
    "any_vendor_state": gettext_lazy("a supplier is %(values)s"),
    "any_requester_role": gettext_lazy("who asks is %(values)s"),
    "any_exception": gettext_lazy("it is open that: %(values)s"),
    "budget_states": gettext_lazy("of its budget %(values)s"),
}
YES_NO_WORDS = {
    "out_of_hours": (gettext_lazy("the office is closed"), gettext_lazy("the office is open")),
    "cannot_wait": (gettext_lazy("it cannot wait"), gettext_lazy("it can wait")),
}


def amount(value: Any) -> str:
    return in_words(Decimal(value), BASE, whole=True)


def priced(why: str) -> str:
    """The sentence of a rule with its limits in the base currency: "from {1000}" -> "from £1,000"."""
    return re.sub(r"\{(\d+)\}", lambda found: amount(found[1]), why)


def conditions(said: dict[str, Any], words: Vocabulary) -> list[str]:
    """Each condition as half a sentence, in a fixed order; [] for a rule that always holds."""
    return [
        *_standing_order(said),
        *_amount(said),
        *_flags(said, words),
        *(str(YES_NO_WORDS[name][0 if said[name] else 1]) for name in YES_NO_WORDS if name in said),
        *(
            str(start) % {"values": either(words.name(name, code) for code in said[name])}
            for name, start in AMONG_WORDS.items()
            if name in said
        ),
    ]


def when(rule: Rule, words: Vocabulary) -> str:
    """ "When the amount is from £1,000 up to £5,000 and it cannot wait", or "Always"."""
    parts = conditions(rule.conditions, words)
    return _("When %(conditions)s") % {"conditions": both(parts)} if parts else _("Always")


def then(rule: Rule, words: Vocabulary) -> list[str]:
    """What follows, a sentence each: nobody decides, or who is asked in which order."""
    if rule.decides:
        return [_("nobody needs to agree")]
    said = [in_turn(step, words, later=at > 0) for at, step in enumerate(turns(rule.steps))]
    if rule.replaces:
        names = both(words.name(ROLES, code) for code in rule.replaces)
        said.append(_("not asked then: %(names)s") % {"names": names})
    return said or [_("nobody more is asked")]


def whole(rule: Rule, words: Vocabulary) -> str:
    """The rule as one sentence."""
    return f"{when(rule, words)}: {'; '.join(then(rule, words))}."


def turns(steps: Iterable[StepRule]) -> list[list[StepRule]]:
    """Steps that are asked at once, by their number."""
    found: dict[int, list[StepRule]] = {}
    for step in sorted(steps, key=lambda step: (step.sequence, step.role)):
        found.setdefault(step.sequence, []).append(step)
    return list(found.values())


def in_turn(steps: list[StepRule], words: Vocabulary, *, later: bool) -> str:
    """ "ask Head of department" or "then ask Finance partner and, at the same time, Procurement lead"."""
    who = _(" and, at the same time, ").join(asked(step, words) for step in steps)
    return (_("then ask %(who)s") if later else _("ask %(who)s")) % {"who": who}


def asked(step: StepRule, words: Vocabulary) -> str:
    """ "Executive (2 of them), within 2 working hours, else Director"."""
    parts = [words.name(ROLES, step.role) + how_many(step.needed)]
    if step.within:
        parts.append(_("within %(time)s") % {"time": time_in_words(step.within)})
    if step.escalate_to:
        parts.append(_("else %(who)s") % {"who": words.name(ROLES, step.escalate_to)})
    if step.documents:
        parts.append(
            _("with %(documents)s attached")
            % {"documents": both(words.name(DOCUMENTS, d) for d in step.documents)}
        )
    if not step.distinct:
        parts.append(_("also by who decided another step"))
    return ", ".join(parts)


def details(step: StepRule, words: Vocabulary) -> str:
    """What a sentence about the step leaves out: its turn, its hours and why it is asked."""
    said = _("turn %(turn)s, hours of %(calendar)s") % {
        "turn": step.sequence,
        "calendar": words.name(CALENDARS, step.calendar),
    }
    return f"{said} · {priced(step.why)}" if step.why else said


def how_many(needed: int) -> str:
    if needed == 0:
        return _(" (all of them)")
    return "" if needed == 1 else _(" (%(n)s of them)") % {"n": needed}


def time_in_words(within: str) -> str:
    """ "2wh" -> "2 working hours"; what is no time is said as it is."""
    found = re.fullmatch(r"(\d{1,4})(min|h|wh|wd)", within)
    if not found:
        return within
    number, unit = int(found[1]), found[2]
    if unit == "min":
        said = ngettext("%(n)d minute", "%(n)d minutes", number)
    elif unit == "h":
        said = ngettext("%(n)d hour", "%(n)d hours", number)
    elif unit == "wh":
        said = ngettext("%(n)d working hour", "%(n)d working hours", number)
    else:
        said = ngettext("%(n)d working day", "%(n)d working days", number)
    return said % {"n": number}


def either(names: Iterable[str]) -> str:
    return _joined(list(names), _(" or "))


def both(names: Iterable[str]) -> str:
    return _joined(list(names), _(" and "))


def _joined(names: list[str], last: str) -> str:
    return last.join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _amount(said: dict[str, Any]) -> list[str]:
    low, high = said.get("amount_from"), said.get("amount_to")
    if low is not None and Decimal(low) == 0:
        low = None if high is not None else low
    if low is not None and high is not None:
        words = _("the amount is from %(low)s up to, not including, %(high)s")
    elif high is not None:
        words = _("the amount is under %(high)s")
    elif low is not None:
        words = _("the amount is %(low)s or more")
    else:
        return []
    return [words % {"low": amount(low or 0), "high": amount(high or 0)}]


def _flags(said: dict[str, Any], words: Vocabulary) -> list[str]:
    if "any_flag" not in said:
        return []
    found = _("a line is: %(flags)s") % {
        "flags": either(words.name("any_flag", code) for code in said["any_flag"])
    }
    if "groups" in said:
        groups = either(words.name("groups", code) for code in said["groups"])
        found += " " + _("(of the catalogue group %(groups)s)") % {"groups": groups}
    if said.get("first_order"):
        found += " " + _("(for the first time in twelve months)")
    return [found]


def _standing_order(said: dict[str, Any]) -> list[str]:
    limits = said.get("standing_order")
    if not limits:
        return []
    words = _(
        "all lines are routine, under %(amount)s or within the agreed list, and under %(weekly)s in seven days"
    )
    return [words % {"amount": amount(limits["amount_below"]), "weekly": amount(limits["weekly_below"])}]
