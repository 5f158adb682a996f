"""One question of a type, typed without JSON."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.configured import schema, schema_rules
from requests_app.configured.schema import PICKED, Asked, Form
from requests_app.forms import VerbForm
from requests_app.questions import LONGEST_LONG, Ask, Choice, Question
from requests_app.states import Priority

ASKS = (
    (Ask.TEXT, gettext_lazy("A short text")),
    (Ask.LONG, gettext_lazy("A longer text")),
    (Ask.ONE, gettext_lazy("One of a list")),
    (Ask.SEVERAL, gettext_lazy("Several of a list")),
    (Ask.NUMBER, gettext_lazy("A number")),
    (Ask.DATE, gettext_lazy("A date")),
    (Ask.MOMENT, gettext_lazy("A day and a time")),
    (Ask.PLACE, gettext_lazy("A place of the hospital")),
    (Ask.WARD, gettext_lazy("A ward")),
    (Ask.PERSON, gettext_lazy("A person who works here")),
    (Ask.EQUIPMENT, gettext_lazy("Equipment, by its label")),
)
MEANINGS = (
    ("", gettext_lazy("Nothing else")),
    ("due", gettext_lazy("When it is needed")),
    ("start", gettext_lazy("When the tasks count from")),
    ("until", gettext_lazy("Its last day")),
    ("person", gettext_lazy("For whom it is")),
    ("precautions", gettext_lazy("Infection precautions")),
)
MARK = "|"  # between the label of an answer and what it leads to


class QuestionForm(VerbForm):
    label = forms.CharField(
        label=gettext_lazy("What is asked?"),
        max_length=schema_rules.LONGEST_LABEL,
        error_messages={"required": gettext_lazy("Enter the question.")},
    )
    ask = forms.ChoiceField(label=gettext_lazy("How is it answered?"), choices=ASKS, initial=Ask.TEXT.value)
    options = forms.CharField(
        label=gettext_lazy("Answers to choose from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One a line. Where an answer says how soon it is needed, add “| urgent”, “| routine”, “| planned” or “| emergency”."
        ),
    )
    required = forms.BooleanField(label=gettext_lazy("It has to be answered"), required=False, initial=True)
    detail = forms.BooleanField(label=gettext_lazy("Only under “Add details”"), required=False)
    hint = forms.CharField(label=gettext_lazy("A hint"), required=False, max_length=200)
    least = forms.IntegerField(
        label=gettext_lazy("Smallest number"), required=False, min_value=0, localize=False
    )
    most = forms.IntegerField(
        label=gettext_lazy("Largest number, or most characters"), required=False, min_value=1, localize=False
    )
    means = forms.ChoiceField(label=gettext_lazy("What else does it say?"), required=False, choices=MEANINGS)
    only_if = forms.MultipleChoiceField(
        label=gettext_lazy("Ask it only after one of these answers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, form: Form, asked: Asked | None = None) -> None:
        """`form`: all questions of the type; `asked`: the one that is changed, None for a new one."""
        super().__init__(data, initial=_initial(asked) if asked else None)
        self.form, self.asked = form, asked
        before = form.asked[: form.asked.index(asked)] if asked else form.asked
        conditions = [
            (f"{one.key}:{choice.code}", f"{one.question.label} {choice.label}")
            for one in before
            if one.question.ask in PICKED and one.question.only_if is None
            for choice in one.question.choices
        ]
        self.fields["only_if"].choices = conditions  # type: ignore[attr-defined]
        if not conditions:
            del self.fields["only_if"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        picked = cleaned.get("ask") in PICKED
        for sentence in _wrong_options(cleaned.get("options", "")) if picked else ():
            self.add_error("options", sentence)
        self._check_bounds(cleaned)
        if len({value.split(":")[0] for value in cleaned.get("only_if", ())}) > 1:
            self.add_error("only_if", _("Choose answers of one question."))
        return cleaned

    def _check_bounds(self, cleaned: dict[str, Any]) -> None:
        least, most = cleaned.get("least"), cleaned.get("most")
        if cleaned.get("ask") in (Ask.TEXT, Ask.LONG) and (most or 0) > LONGEST_LONG:
            self.add_error("most", _("At most %(most)s characters.") % {"most": LONGEST_LONG})
        if cleaned.get("ask") != Ask.NUMBER:
            return
        for name, value in (("least", least), ("most", most)):
            if (value or 0) > schema.LARGEST:
                self.add_error(name, _("At most %(most)s.") % {"most": schema.LARGEST})
        if least is not None and most is not None and least > most:
            self.add_error("most", _("The largest number is below the smallest."))

    def result(self) -> Asked:
        """The question that the valid form says."""
        said = self.cleaned_data
        choices, effects = self._choices() if said["ask"] in PICKED else ((), {})
        question = Question(
            key=self.asked.key if self.asked else _key(said["label"], self.form),
            label=said["label"].strip(),
            ask=Ask(said["ask"]),
            choices=choices,
            required=said["required"],
            hint=said["hint"].strip(),
            least=said["least"] if said["ask"] == Ask.NUMBER else None,
            most=said["most"] if said["ask"] in (Ask.NUMBER, Ask.TEXT, Ask.LONG) else None,
            only_if=self._only_if(),
            detail=said["detail"],
        )
        return Asked(question, said["means"], effects)

    @property
    def repeats(self) -> bool:
        """A new question that stands there already, the same in everything but its key."""
        if self.asked:
            return False
        *before, wanted = schema.write(self.form.put(self.result()))["properties"].values()
        return wanted in before

    def _only_if(self) -> tuple[str, tuple[str, ...]] | None:
        chosen = [value.partition(":") for value in self.cleaned_data.get("only_if", ())]
        return (chosen[0][0], tuple(code for _key, _colon, code in chosen)) if chosen else None

    def _choices(self) -> tuple[tuple[Choice, ...], dict[str, dict[str, str]]]:
        """An answer that was there keeps its code, its picture and where it leads."""
        held = {str(one.label): one for one in self.asked.question.choices} if self.asked else {}
        effects: dict[str, dict[str, str]] = {}
        found: list[Choice] = []
        for line in _lines(self.cleaned_data["options"]):
            label, priority = _split(line)
            known = held.get(label)
            code = (
                known.code if known else _free(slugify(label)[:26] or "answer", (one.code for one in found))
            )
            before = dict(self.asked.effects.get(code, {})) if self.asked and known else {}
            before.pop("priority", None)
            if priority:
                before["priority"] = priority
            if before:
                effects[code] = before
            emergency = priority == Priority.EMERGENCY
            icon = known.icon if known else ""
            found.append(
                Choice(code, label, hint=known.hint if known else "", icon=icon, emergency=emergency)
            )
        return tuple(found), effects


def _initial(asked: Asked) -> dict[str, Any]:
    question = asked.question
    lines = []
    for choice in question.choices:
        priority = asked.effects.get(choice.code, {}).get("priority")
        lines.append(f"{choice.label} {MARK} {priority}" if priority else str(choice.label))
    key, codes = question.only_if or ("", ())
    return {
        "label": question.label,
        "ask": question.ask.value,
        "options": "\n".join(lines),
        "required": question.required,
        "detail": question.detail,
        "hint": question.hint,
        "least": question.least,
        "most": question.most,
        "means": asked.means,
        "only_if": [f"{key}:{code}" for code in codes],
    }


def _wrong_options(text: str) -> list[str]:
    """What is wrong with the answers to choose from, before they are kept."""
    rows = [_split(line) for line in _lines(text)]
    labels = [label for label, _mark in rows]
    wrong = []
    if len(labels) < 2:
        wrong.append(_("Enter at least two answers, one a line."))
    if len(labels) > schema_rules.MOST_OPTIONS:
        wrong.append(_("At most %(most)s answers.") % {"most": schema_rules.MOST_OPTIONS})
    if len({label.casefold() for label in labels}) < len(labels):
        wrong.append(_("Two answers read the same."))
    if any(len(label) > schema_rules.LONGEST_ANSWER for label in labels):
        wrong.append(_("Keep each answer to %(most)s characters.") % {"most": schema_rules.LONGEST_ANSWER})
    for mark in {mark: "" for _label, mark in rows if mark and mark not in Priority.values}:
        wrong.append(_("“%(mark)s” says nothing about how soon it is needed.") % {"mark": mark[:40]})
    return wrong


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _split(line: str) -> tuple[str, str]:
    label, _mark, priority = line.rpartition(MARK)
    return (label.strip(), priority.strip().lower()) if label else (line, "")


def _key(label: str, form: Form) -> str:
    """A name for a new question, made from its words and not taken yet."""
    words = slugify(label).replace("-", "_").strip("_")[:24]
    if not words or not words[0].isalpha():
        words = f"q_{words}".strip("_")
    taken = {one.key for one in form.asked} | schema_rules.TAKEN
    return _free(words, taken)


def _free(wanted: str, taken: Iterable[str]) -> str:
    known = set(taken)
    return next(name for n in range(len(known) + 1) if (name := f"{wanted}{n or ''}") not in known)
