"""What the form of a rule offers to choose from."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from approvals.governing import known
from approvals.governing.vocabulary import CALENDARS, DOCUMENTS, LISTED, PERSON, ROLES, Vocabulary
from approvals.routing import Rule

Pairs = list[tuple[str, str]]
LONGEST_ELSE = 30


@dataclass(frozen=True)
class Choices:
    words: Vocabulary
    roles: Pairs
    escalations: Pairs
    calendars: Pairs
    documents: Pairs

    def of(self, condition: str) -> Pairs:
        return list(self.words.names[condition].items())


def load(rule: Rule | None) -> Choices:
    """Everything that is known, and what `rule` names although nobody knows it any more: it is shown, and refused when kept."""
    words = known.load([rule] if rule else [])
    roles = [(code, name) for code, name in words.names[ROLES].items() if not code.startswith(PERSON)]
    escalations = [("", _("the next authority")), *(one for one in roles if len(one[0]) <= LONGEST_ELSE)]
    named = (
        {step.escalate_to for step in rule.steps} - {code for code, _name in escalations} if rule else set()
    )
    return Choices(
        words=Vocabulary({**words.names, **{name: _with(words, name, rule) for name in LISTED}}),
        roles=[("", _("nobody")), *roles, (PERSON, _("a person by name"))],
        escalations=[*escalations, *((code, words.name(ROLES, code)) for code in sorted(named))],
        calendars=list(words.names[CALENDARS].items()),
        documents=list(words.names[DOCUMENTS].items()),
    )


def _with(words: Vocabulary, name: str, rule: Rule | None) -> dict[str, str]:
    held = rule.conditions.get(name, []) if rule else []
    return {**words.names[name], **{code: words.name(name, code) for code in held}}
