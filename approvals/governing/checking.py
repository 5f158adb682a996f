"""Is a rule one that can be kept? Each problem with the place where it stands. PURE."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from approvals.governing import step_checking
from approvals.governing.step_checking import Path, Problem
from approvals.governing.vocabulary import AMOUNTS, LISTED, ROLES, TYPED, YES_NO, Vocabulary
from approvals.routing import CONDITIONS, Rule

LARGEST = Decimal(1_000_000_000)
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,50}")
MOST_STEPS, LONGEST_WHY = 12, 200
LIMITS = ("amount_below", "weekly_below")


def problems(rule: Rule, words: Vocabulary) -> dict[Path, list[str]]:
    """What is wrong, by place: ("why",), ("conditions", "amount_to"), ("steps", 0, "role"); {} when nothing is."""
    found: dict[Path, list[str]] = {}
    for path, text in (*_of_rule(rule, words), *_conditions(rule.conditions, words)):
        found.setdefault(path, []).append(text)
    for at, step in enumerate(rule.steps):
        for path, text in step_checking.problems(step, words):
            found.setdefault(("steps", at, *path), []).append(text)
    return found


def money(value: Any) -> Decimal | None:
    """The amount that `value` says, None where it says none that can be kept."""
    try:
        said = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    if said is None or not said.is_finite() or not 0 <= said <= LARGEST:
        return None
    return said if said == said.quantize(Decimal("0.01")) else None


def _of_rule(rule: Rule, words: Vocabulary) -> Iterator[Problem]:
    if not isinstance(rule.code, str) or not SLUG.fullmatch(rule.code):
        yield ("code",), _("A code has letters, digits, - and _, at most 50.")
    if not isinstance(rule.why, str) or not 0 < len(rule.why.strip()) <= LONGEST_WHY:
        yield ("why",), _("Say in 1 to 200 characters why it is asked: people read this.")
    if not isinstance(rule.decides, bool):
        yield ("decides",), _("Say true or false.")
    if rule.decides and rule.steps:
        yield ("decides",), _("Where nobody needs to agree, nobody is asked: take the steps out.")
    if not rule.decides and not rule.steps and not rule.replaces:
        yield ("decides",), _("Name who is asked, or say that nobody needs to agree.")
    if len(rule.steps) > MOST_STEPS:
        yield ("steps",), _("A rule may ask at most 12 times.")
    asked = [step.role for step in rule.steps]
    for at, role in enumerate(asked):
        if role in asked[:at]:
            yield ("steps", at, "role"), _("This rule asks them already.")
    for at, code in enumerate(rule.replaces):
        if not words.knows(ROLES, code):
            yield ("replaces", at), _("“%(code)s” is not known.") % {"code": code}


def _conditions(said: dict[str, Any], words: Vocabulary) -> Iterator[Problem]:
    for name, value in said.items():
        path: Path = ("conditions", name)
        if name not in CONDITIONS:
            yield path, _("There is no condition “%(name)s”.") % {"name": name}
        elif name in AMOUNTS and money(value) is None:
            yield path, _("Enter an amount, such as 1000 or 12.50.")
        elif name in YES_NO and not isinstance(value, bool):
            yield path, _("Say true or false.")
        elif name in (*LISTED, *TYPED):
            yield from _values(path, name, value, words)
    yield from _together(said)
    if "standing_order" in said:
        yield from _standing_order(said["standing_order"])


def _values(path: Path, name: str, value: Any, words: Vocabulary) -> Iterator[Problem]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one for one in value):
        yield path, _("Name at least one.")
        return
    for at, code in enumerate(value):
        if not words.knows(name, code):
            yield (*path, at), _("“%(code)s” is not known.") % {"code": code}


def _together(said: dict[str, Any]) -> Iterator[Problem]:
    low, high = (money(said.get(name)) for name in AMOUNTS)
    if low is not None and high is not None and high <= low:
        yield (
            ("conditions", "amount_to"),
            _("No amount is from %(low)s and under %(high)s.") % {"low": low, "high": high},
        )
    for name in ("groups", "first_order"):
        if name in said and "any_flag" not in said:
            yield ("conditions", name), _("This counts only together with what a line is: choose that too.")


def _standing_order(limits: Any) -> Iterator[Problem]:
    if not isinstance(limits, dict) or set(limits) != set(LIMITS):
        yield ("conditions", "standing_order"), _("Enter both limits of the standing order.")
        return
    for name in LIMITS:
        if money(limits[name]) is None:
            yield ("conditions", "standing_order", name), _("Enter an amount, such as 1000 or 12.50.")
