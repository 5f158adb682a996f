"""What teams type about their work, as values for the verbs, and what the ward answers; messages come back beside the fields."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Team, User
from portal.clock import now
from portal.errors import Invalid
from requests_app import outcomes, queueing, quick_questions, waiting, waiting_reasons, ward_questions
from requests_app import work as working
from requests_app.forms import Screened, VerbForm
from requests_app.kinds import kind_of
from requests_app.models import ServiceRequest, WardQuestion, WorkRecord
from requests_app.states import Kind

if TYPE_CHECKING:
    from django.utils.functional import Promise

NOTE = gettext_lazy("What should be known about it?")
OWN_WORDS = gettext_lazy("In your own words")
MORNING = 9  # o'clock: when "tomorrow" is asked again


def _words(rows: int, label: Any = OWN_WORDS, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **more)


class ActForm(VerbForm, Screened):
    """One act of the team on one piece of work. `title` asks, `button` answers; `said` is told once it is done."""

    title: "ClassVar[str | Promise]"
    button: "ClassVar[str | Promise]"
    icon: ClassVar[str]
    said = ""

    def __init__(self, data: Mapping[str, Any] | None = None, *, case: ServiceRequest, by: User) -> None:
        super().__init__(data)
        self.case, self.by = case, by
        self.zone = ZoneInfo(case.hospital.time_zone)
        self.build()

    def build(self) -> None:
        """Add the fields that depend on the piece of work."""

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """Those that stand one below the other."""
        return list(self)

    def do(self) -> str:
        """Call the verb with what the valid form says; what is told then."""
        raise NotImplementedError

    def act(self) -> bool:
        """Do it; False with the sentences of the verb beside the fields."""
        try:
            self.said = self.do()
        except Invalid as refusal:
            self.add_problems(refusal.errors)
            return False
        return True


class WaitForm(ActForm):
    title, button = gettext_lazy("What does it wait for?"), gettext_lazy("Let it wait")
    icon = "circle-pause"
    FREE = ("note",)
    AGAIN = (
        ("", gettext_lazy("As usual for the reason")),
        ("1", gettext_lazy("In an hour")),
        ("4", gettext_lazy("In 4 hours")),
        ("morning", gettext_lazy("Tomorrow at 9")),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("It waits"),
        choices=waiting_reasons.by_hand().items,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what it waits for.")},
    )
    again = forms.ChoiceField(
        label=gettext_lazy("Ask again"), choices=AGAIN, widget=forms.RadioSelect, required=False, initial=""
    )
    again_at = forms.CharField(
        label=gettext_lazy("Or at a time"),
        required=False,
        max_length=20,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    note = _words(2, gettext_lazy("What should the ward know?"), max_length=waiting.LONGEST_NOTE)

    def clean_again_at(self) -> datetime | None:
        """What was typed is the time of the hospital."""
        typed = self.cleaned_data["again_at"]
        if not typed:
            return None
        try:
            return datetime.fromisoformat(typed).replace(tzinfo=self.zone)
        except (ValueError, OverflowError):
            raise forms.ValidationError(_("Enter a day and a time, such as 14/05/2027 14:30.")) from None

    def _again(self) -> datetime | None:
        chosen, typed = self.cleaned_data["again"], self.cleaned_data["again_at"]
        if typed or not chosen:
            return typed
        if chosen == "morning":
            tomorrow = now().astimezone(self.zone) + timedelta(days=1)
            return tomorrow.replace(hour=MORNING, minute=0, second=0, microsecond=0)
        return now() + timedelta(hours=int(chosen))

    def do(self) -> str:
        given = self.cleaned_data
        waiting.wait(
            request=self.case, reason=given["reason"], by=self.by, again_at=self._again(), note=given["note"]
        )
        said = {"number": self.case.number, "why": waiting_reasons.in_words(given["reason"])}
        return _("%(number)s: %(why)s.") % said


class AskForm(ActForm):
    title, button = gettext_lazy("What do you want to know from the ward?"), gettext_lazy("Ask the ward")
    icon = "message-circle-question-mark"
    FREE = ("text",)
    question = forms.ChoiceField(
        label=gettext_lazy("Often asked"), choices=(), widget=forms.RadioSelect, required=False
    )
    text = _words(2, max_length=ward_questions.LONGEST_QUESTION)

    def build(self) -> None:
        self.offered = quick_questions.of(self.case.category.kind)
        self.fields["question"].choices = [(code, one.text) for code, one in self.offered.items()]  # type: ignore[attr-defined]

    def do(self) -> str:
        chosen = self.offered.get(self.cleaned_data["question"])
        text, answers = self.cleaned_data["text"].strip(), []
        if chosen and not text:
            text, answers = str(chosen.text), [str(answer) for answer in chosen.answers]
        waiting.ask_ward(request=self.case, text=text, choices=answers, by=self.by)
        return _("%(place)s is asked. %(number)s waits for the answer.") % {
            "place": self.case.department.name,
            "number": self.case.number,
        }


class GiveForm(ActForm):
    title, button = gettext_lazy("Who is to have it?"), gettext_lazy("Give it")
    icon = "user-round"
    FREE = ()
    to = forms.ChoiceField(
        label=gettext_lazy("Give it to"),
        choices=(),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose somebody of the team.")},
    )

    def build(self) -> None:
        assert self.case.team
        found = [one for one in queueing.members(self.case.team) if one.pk != self.case.assignee_id]
        self.people = {str(one.pk): one for one in found}
        self.fields["to"].choices = [(pk, self._with_load(one)) for pk, one in self.people.items()]  # type: ignore[attr-defined]
        self.initial["to"] = next(iter(self.people), "")

    @staticmethod
    def _with_load(one: Any) -> str:
        return _("%(name)s, has %(has)s") % {"name": one.get_full_name(), "has": one.has}

    def do(self) -> str:
        to = self.people[self.cleaned_data["to"]]
        working.assign(request=self.case, to=to, by=self.by)
        return _("%(name)s has %(number)s.") % {"name": to.get_full_name(), "number": self.case.number}


class PassForm(ActForm):
    title, button = gettext_lazy("Pass it to another team?"), gettext_lazy("Pass it on")
    icon = "forward"
    FREE = ("words",)
    REASONS = (
        ("not_ours", gettext_lazy("Not ours")),
        ("unsafe", gettext_lazy("Cannot be done safely")),
        ("not_agreed", gettext_lazy("Not in the service agreement")),
        ("beyond_repair", gettext_lazy("Beyond repair")),
        ("purchase_first", gettext_lazy("Needs a purchase first")),
        ("wrong_details", gettext_lazy("Wrong details")),
    )
    team = forms.ChoiceField(label=gettext_lazy("To"), choices=())
    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"), choices=REASONS, widget=forms.RadioSelect, required=False
    )
    words = _words(2, max_length=150)

    def build(self) -> None:
        teams = Team.objects.filter(hospital=self.case.hospital_id, active=True).order_by("name")
        kind = kind_of(self.case)
        self.teams = {str(team.pk): team for team in teams if not kind.not_for_team(self.case, team)}
        others = [(pk, team.name) for pk, team in self.teams.items() if team.pk != self.case.team_id]
        back = (str(self.case.team_id), _("Back to the list of your own team"))
        self.fields["team"].choices = [("", _("Choose a team")), *others, back]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if not (self.cleaned_data.get("reason") or self.cleaned_data.get("words")):
            self.add_error("reason", _("Choose why, or say it in your own words."))
        return super().clean()

    def do(self) -> str:
        chosen = str(dict(self.REASONS).get(self.cleaned_data["reason"], ""))
        said = ". ".join(filter(None, (chosen, self.cleaned_data["words"].strip())))
        team = self.teams[self.cleaned_data["team"]]
        working.pass_on(request=self.case, team=team, reason=said, by=self.by)
        return _("%(number)s is with %(team)s now.") % {"number": self.case.number, "team": team.name}


class FinishForm(ActForm):
    title, button = gettext_lazy("How did it end?"), gettext_lazy("Done")
    icon = "check"
    FREE = ("note",)
    PARTS = 3  # rows
    NOT_A_PART = gettext_lazy("Enter name, number and price of the part.")
    outcome = forms.ChoiceField(
        label=gettext_lazy("It ended so"),
        choices=(),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose how it ended.")),
    )
    minutes = forms.CharField(
        label=gettext_lazy("Minutes of work"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    note = _words(2, NOTE, max_length=working.LONGEST_NOTE)

    def build(self) -> None:
        ends = outcomes.of(self.case.category.kind)
        self.fields["outcome"].choices = list(ends.items())  # type: ignore[attr-defined]
        self.initial["outcome"] = next(iter(ends))
        if self.case.category.kind == Kind.REPAIR:
            self._ask_about_repairs()

    def _ask_about_repairs(self) -> None:
        self.fields["test"] = forms.ChoiceField(
            label=_("Test after the work"),
            choices=WorkRecord.Test.choices,
            widget=forms.RadioSelect,
            required=False,
            initial="",
        )
        for row in range(self.PARTS):
            self.fields[f"part-{row}"] = forms.CharField(
                label=_("Part"), max_length=working.LONGEST_PART, required=False
            )
            self.fields[f"count-{row}"] = forms.IntegerField(
                label=_("How many"), required=False, min_value=1, max_value=working.MOST_OF_A_PART
            )
            self.fields[f"price-{row}"] = forms.DecimalField(
                label=_("Price of one, %(currency)s") % {"currency": self.case.currency},
                required=False,
                min_value=Decimal(0),
                max_value=working.DEAREST_PART,
                decimal_places=2,
                max_digits=8,
            )

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        beside = {field.name for row in self.part_rows for field in row}
        return [self[name] for name in self.fields if name not in beside]

    @property
    def part_rows(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        if "part-0" not in self.fields:
            return []
        rows = range(self.PARTS)
        return [(self[f"part-{row}"], self[f"count-{row}"], self[f"price-{row}"]) for row in rows]

    @property
    def texts(self) -> dict[str, str]:
        named = {
            name: str(self.cleaned_data.get(name) or "") for name in self.fields if name.startswith("part-")
        }
        return super().texts | named

    def clean_minutes(self) -> int | None:
        typed = self.cleaned_data["minutes"].strip()
        if not typed:
            return None
        if not (typed.isascii() and typed.isdecimal() and int(typed[:9]) <= working.MOST_MINUTES):
            raise forms.ValidationError(_("Enter whole minutes, such as 20, or leave it empty."))
        return int(typed)

    def clean(self) -> dict[str, Any]:
        for part, count, price in self.part_rows:
            typed = [self.cleaned_data.get(field.name) not in (None, "") for field in (part, count, price)]
            wrong = part.name in self.errors or count.name in self.errors or price.name in self.errors
            if any(typed) and not all(typed) and not wrong:
                self.add_error(part.name, str(self.NOT_A_PART))
        return super().clean()

    def _parts(self) -> Iterator[dict[str, Any]]:
        for part, count, price in self.part_rows:
            if name := self.cleaned_data[part.name].strip():
                yield {
                    "name": name,
                    "quantity": self.cleaned_data[count.name],
                    "price": self.cleaned_data[price.name],
                }

    def do(self) -> str:
        given = self.cleaned_data
        working.finish(
            request=self.case,
            by=self.by,
            outcome=given["outcome"],
            note=given["note"],
            minutes=given["minutes"],
            parts=list(self._parts()),
            test=given.get("test", ""),
        )
        return _("%(number)s is done.") % {"number": self.case.number}


ACTS: dict[str, type[ActForm]] = {
    "wait": WaitForm,
    "ask": AskForm,
    "give": GiveForm,
    "pass": PassForm,
    "finish": FinishForm,
}


class AnswerForm(VerbForm, Screened):
    """What the ward answers: one of the answers that were offered, at one press, or a reply."""

    FREE = ("reply",)
    answer = forms.CharField(required=False, max_length=ward_questions.LONGEST_CHOICE)
    reply = _words(2, gettext_lazy("Reply"), max_length=waiting.LONGEST_ANSWER)

    def __init__(self, data: Mapping[str, Any] | None = None, *, question: WardQuestion, by: User) -> None:
        super().__init__(data)
        self.question, self.by = question, by

    def clean_answer(self) -> str:
        answer = self.cleaned_data["answer"]
        if answer and answer not in self.question.choices:
            raise forms.ValidationError(_("Choose an answer or write one."))
        return answer

    def act(self) -> bool:
        """Hand it to the team; False with the sentences of the verb beside the field."""
        text = self.cleaned_data["answer"] or self.cleaned_data["reply"]
        try:
            waiting.answer(question=self.question, text=text, by=self.by)
        except Invalid as refusal:
            self.add_problems({"reply": refusal.errors.get("text", [])})
            return False
        return True

    @property
    def cancels(self) -> bool:
        return quick_questions.cancels(self.cleaned_data["answer"])
