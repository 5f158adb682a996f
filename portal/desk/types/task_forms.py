"""One task of a bundle."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Team
from portal.desk.types.forms import named, offered_types
from requests_app import asking, questions
from requests_app.configured import publishing, schema
from requests_app.forms import VerbForm
from requests_app.models import BundleTask, Category
from requests_app.models.bundle import OffsetUnit
from requests_app.questions import Question
from sla.models import BusinessCalendar

TYPE, TEAM = "type:", "team:"


class TaskForm(VerbForm):
    title = forms.CharField(
        label=gettext_lazy("What is to be done?"),
        max_length=120,
        error_messages={"required": gettext_lazy("Enter what is to be done.")},
    )
    whose = forms.ChoiceField(
        label=gettext_lazy("Who does it?"),
        help_text=gettext_lazy("A team, or a type of request that brings its own questions and team."),
    )
    amount = forms.IntegerField(
        label=gettext_lazy("Due so long after the start"),
        help_text=gettext_lazy("Before the start: with a minus. Empty: within its usual times."),
        required=False,
        min_value=-500,
        max_value=500,
        localize=False,
    )
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=OffsetUnit.choices, required=False)
    calendar = forms.ChoiceField(label=gettext_lazy("Whose working days count?"), required=False)
    only_if = forms.MultipleChoiceField(
        label=gettext_lazy("Only after one of these answers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, bundle: Category, task: BundleTask | None = None) -> None:
        super().__init__(data, initial=_initial(task) if task else {"unit": "wd", "calendar": "office"})
        self.bundle, self.task = bundle, task
        teams = [(f"{TEAM}{code}", name) for code, name in named(Team.objects.filter(active=True))]
        types = [(f"{TYPE}{code}", name) for code, name in offered_types()]
        self.fields["whose"].choices = [(_("Teams"), teams), (_("Types of request"), types)]  # type: ignore[attr-defined]
        self.fields["calendar"].choices = named(BusinessCalendar.objects.all())  # type: ignore[attr-defined]
        self.asked = publishing.form_of(bundle).questions
        conditions = [pair for question in self.asked for pair in _conditions(question)]
        self.fields["only_if"].choices = conditions  # type: ignore[attr-defined]
        if not conditions:
            del self.fields["only_if"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        keys = {value.split(":")[0] for value in cleaned.get("only_if", ())}
        if len(keys) > 1:
            self.add_error("only_if", _("Choose answers of one question."))
        for sentence in self._unanswered(cleaned.get("whose", "")):
            self.add_error("whose", sentence)
        return cleaned

    def _type(self, whose: str) -> Category | None:
        return (
            Category.objects.filter(code=whose.removeprefix(TYPE)).first() if whose.startswith(TYPE) else None
        )

    def _unanswered(self, whose: str) -> list[str]:
        """Questions of the type that neither the bundle nor the task answers."""
        chosen = self._type(whose)
        published = asking.published_form(chosen) if chosen else None
        if published is None:
            return []
        told = {question.key for question in self.asked if question.required} | set(self._answers())
        return [
            _("Nobody answers “%(question)s” there: the bundle has to ask it, with the name “%(key)s”.")
            % {"question": one.label, "key": one.key}
            for one in questions.visible(schema.read(published.schema).questions)
            if one.required and one.key not in told
        ]

    def _answers(self) -> dict[str, Any]:
        return self.task.answers if self.task else {}

    def values(self) -> dict[str, Any]:
        """The columns of the task that the valid form says."""
        said = self.cleaned_data
        chosen = self._type(said["whose"])
        pairs = [value.partition(":") for value in said.get("only_if", ())]
        return {
            "title": said["title"].strip(),
            "category": chosen,
            "team_code": "" if chosen else said["whose"].removeprefix(TEAM),
            "answers": self._answers() if chosen else {},
            "offset_amount": said["amount"],
            "offset_unit": said["unit"] or OffsetUnit.WORKING_DAYS,
            "calendar": said["calendar"] or "office",
            "only_if_key": pairs[0][0] if pairs else "",
            "only_if_codes": [code for _key, _colon, code in pairs if code],
        }


def _conditions(question: Question) -> list[tuple[str, str]]:
    """Each of its answers, or that it was answered at all."""
    if question.choices:
        return [(f"{question.key}:{one.code}", f"{question.label} {one.label}") for one in question.choices]
    if question.required:
        return []
    return [(f"{question.key}:", _("%(question)s: if it was answered") % {"question": question.label})]


def _initial(task: BundleTask) -> dict[str, Any]:
    return {
        "title": task.title,
        "whose": f"{TYPE}{task.category.code}" if task.category else f"{TEAM}{task.team_code}",
        "amount": task.offset_amount,
        "unit": task.offset_unit,
        "calendar": task.calendar,
        "only_if": [f"{task.only_if_key}:{code}" for code in task.only_if_codes or [""]]
        if task.only_if_key
        else [],
    }
