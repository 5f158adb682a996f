"""Is a step one that can be kept? PURE."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from approvals.governing.vocabulary import CALENDARS, DOCUMENTS, ROLES, UNITS, Vocabulary
from approvals.routing import StepRule

Path = tuple[str | int, ...]
Problem = tuple[Path, str]
TIME = re.compile(rf"[1-9]\d{{0,3}}({'|'.join(UNITS)})")
LATEST_TURN, MOST_NEEDED, LONGEST_WHY, LONGEST_ELSE = 1000, 20, 200, 30


def problems(step: StepRule, words: Vocabulary) -> Iterator[Problem]:
    """What is wrong with it: which part, and a sentence."""
    unknown = _("“%(code)s” is not known.")
    if not words.knows(ROLES, step.role):
        yield ("role",), unknown % {"code": step.role} if step.role else _("Choose who is asked.")
    if not words.knows(CALENDARS, step.calendar):
        said = unknown % {"code": step.calendar} if step.calendar else _("Choose whose hours count.")
        yield ("calendar",), said
    if step.escalate_to and not words.knows(ROLES, step.escalate_to):
        yield ("escalate_to",), unknown % {"code": step.escalate_to}
    elif len(step.escalate_to) > LONGEST_ELSE:
        yield ("escalate_to",), _("At most 30 characters.")
    elif step.escalate_to and step.escalate_to == step.role:
        yield ("escalate_to",), _("They are asked already: choose somebody else.")
    for at, code in enumerate(step.documents):
        if not words.knows(DOCUMENTS, code):
            yield ("documents", at), unknown % {"code": code}
    if step.within and not TIME.fullmatch(step.within):
        yield ("within",), _("Enter a time, such as 2wh, 1wd, 4h or 30min.")
    if not _whole(step.sequence, 1, LATEST_TURN):
        yield ("sequence",), _("Enter a whole number from 1 to 1000.")
    if not _whole(step.needed, 0, MOST_NEEDED):
        yield ("needed",), _("Enter how many must agree: 1 to 20, or 0 for all.")
    if not isinstance(step.distinct, bool):
        yield ("distinct",), _("Say true or false.")
    if not isinstance(step.why, str) or len(step.why) > LONGEST_WHY:
        yield ("why",), _("At most 200 characters.")


def _whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most
