"""One step of a rule as the second half of the sentence: who is asked, how many of them, until when, else whom."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.governing.choices import Choices
from approvals.governing.fields import Ticked, as_held
from approvals.governing.step_checking import LATEST_TURN, MOST_NEEDED
from approvals.governing.vocabulary import PERSON
from approvals.routing import StepRule
from requests_app.forms import VerbForm

UNIT_WORDS = (
    ("wh", _("working hours")),
    ("wd", _("working days")),
    ("h", _("hours")),
    ("min", _("minutes")),
)
NEXT = 10  # between two turns, so that others fit between them


class StepForm(VerbForm):
    role = forms.ChoiceField(label=_("Ask"), required=False)
    login = forms.CharField(label=_("Sign-in name, of a person by name"), max_length=50, required=False)
    needed = forms.TypedChoiceField(label=_("how many of them must agree"), coerce=int)
    sequence = forms.IntegerField(
        label=_("in turn"),
        min_value=1,
        max_value=LATEST_TURN,
        localize=False,
        required=False,
        help_text=_("Lower first; the same turn is asked at once, across all rules."),
    )
    time = forms.IntegerField(label=_("within"), min_value=1, max_value=9999, localize=False, required=False)
    unit = forms.ChoiceField(label=_("of time"), choices=UNIT_WORDS, required=False)
    escalate_to = forms.ChoiceField(label=_("after that, ask"), required=False)
    calendar = forms.ChoiceField(label=_("whose hours count"), required=False)
    documents = Ticked(_("What must be attached first"))
    distinct = forms.BooleanField(label=_("Not by who decided another step"), required=False)
    why = forms.CharField(
        label=_("Why they are asked, if it is not for the reason of the rule"), max_length=200, required=False
    )
    out = forms.BooleanField(label=_("Take this step out"), required=False)

    def __init__(self, data: Any, *, choices: Choices, step: StepRule | None, turn: int, prefix: str) -> None:
        super().__init__(data, prefix=prefix, initial=_initial(step) if step else _blank(turn))
        self.step = step
        self.fields["role"].choices = _with(choices.roles, self.initial["role"])  # type: ignore[attr-defined]
        self.fields["escalate_to"].choices = choices.escalations  # type: ignore[attr-defined]
        self.fields["calendar"].choices = _with(choices.calendars, self.initial["calendar"])  # type: ignore[attr-defined]
        self.fields["documents"].choices = choices.documents  # type: ignore[attr-defined]
        self.fields["needed"].choices = _counts()  # type: ignore[attr-defined]

    @property
    def counts(self) -> bool:
        """Does it ask somebody, once it is valid? A step left empty, or taken out, does not."""
        return bool(self.cleaned_data.get("role")) and not self.cleaned_data.get("out")

    def result(self) -> StepRule:
        """The step that the valid form says."""
        said = self.cleaned_data
        role = f"{PERSON}{said['login'].strip()}" if said["role"] == PERSON else said["role"]
        return StepRule(
            sequence=said["sequence"] or 0,
            role=role,
            calendar=said["calendar"],
            needed=said["needed"],
            why=said["why"].strip(),
            distinct=said["distinct"],
            within=f"{said['time']}{said['unit'] or 'wh'}" if said["time"] else "",
            escalate_to=said["escalate_to"],
            documents=tuple(as_held(said["documents"], self.initial.get("documents"))),
        )


def _initial(step: StepRule) -> dict[str, Any]:
    time = re.fullmatch(r"(\d+)([a-z]+)", step.within)
    by_name = step.role.startswith(PERSON)
    return {
        "role": PERSON if by_name else step.role,
        "login": step.role.removeprefix(PERSON) if by_name else "",
        "needed": step.needed,
        "sequence": step.sequence,
        "time": time[1] if time else None,
        "unit": time[2] if time else "wh",
        "escalate_to": step.escalate_to,
        "calendar": step.calendar,
        "documents": list(step.documents),
        "distinct": step.distinct,
        "why": step.why,
    }


def _blank(turn: int) -> dict[str, Any]:
    return {"role": "", "needed": 1, "sequence": turn, "unit": "wh", "calendar": "office", "distinct": True}


def _counts() -> list[tuple[int, Any]]:
    return [(1, _("one of them")), *((n, str(n)) for n in range(2, MOST_NEEDED + 1)), (0, _("all of them"))]


def _with(known: list[tuple[str, str]], held: str) -> list[tuple[str, str]]:
    return known if held in dict(known) else [*known, (held, held)]
