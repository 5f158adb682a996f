"""The form of a request that is made of answers: its fields are the questions of its kind.

No field refuses anything by itself: whatever was typed is saved. What keeps it from being sent stands beside the fields,
in the sentences of the verb.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from portal import ids
from portal.accounts import scopes
from portal.accounts.models import Department, Location, User
from portal.errors import Invalid
from portal.templatetags.ui import icon
from requests_app import asking, questions
from requests_app.forms import DraftForm
from requests_app.kinds import kind_of, references
from requests_app.models import Category, ServiceRequest
from requests_app.questions import Ask, Choice, Question
from requests_app.states import EmergencyReason, Priority

if TYPE_CHECKING:
    from uuid import UUID

ANSWER = "q-"  # before the key of a question, in the names of fields

EMERGENCY = (
    Question(
        key="answered_by",
        label=gettext_lazy("Who answered?"),
        hint=gettext_lazy("Name or desk; “nobody” if nobody did."),
        most=80,
    ),
    Question(
        key="emergency_reason",
        label=gettext_lazy("Why is it an emergency?"),
        ask=Ask.ONE,
        choices=tuple(Choice(code, label) for code, label in EmergencyReason.choices),
    ),
)


class AsTyped(forms.Field):
    """Takes everything."""

    def __init__(self, question: Question, widget: forms.Widget) -> None:
        super().__init__(
            label=str(question.label),
            help_text=str(question.hint),
            required=question.required,
            widget=widget,
        )
        self.question = question

    def validate(self, value: Any) -> None:
        """Not here: the verb says what is wrong."""


class Marked:
    """Choices that make it an emergency are marked for the page."""

    urgent: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        if str(value) in self.urgent:
            option["attrs"]["data-emergency"] = ""
        return option


class MarkedRadio(Marked, forms.RadioSelect):
    pass


class MarkedBoxes(Marked, forms.CheckboxSelectMultiple):
    pass


def _choices(question: Question, widget: type[MarkedRadio] | type[MarkedBoxes]) -> forms.Widget:
    """Every choice with its picture, word and hint."""
    made = widget(choices=[(one.code, _label(one)) for one in question.choices])
    made.urgent = frozenset(one.code for one in question.choices if one.emergency)
    return made


def _label(choice: Choice) -> str:
    picture = icon(choice.icon) if choice.icon else ""
    hint = format_html("<small>{}</small>", choice.hint) if choice.hint else ""
    return format_html("{}{}{}", picture, choice.label, hint)


class AskForm(DraftForm):
    """A draft as it stands on the page. `do` names the button that was pressed."""

    requester = forms.CharField(
        label=gettext_lazy("For a colleague who cannot sign in?"),
        help_text=gettext_lazy("Their name. They are told what happens, as you are."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "people"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Anything they should know?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: "MultiValueDict[str, str] | None" = None,
        *,
        by: User,
        category: Category,
        ward: Department,
        draft: ServiceRequest | None = None,
        given: Mapping[str, str] | None = None,
    ) -> None:
        """`ward`: where the person works today, for a new draft; `given`: answers that the address brings along."""
        self.by, self.category, self.kept = by, category, draft
        self.kind = kind_of(category)
        self.draft = draft or asking.empty_draft(
            by=by, category=category, department=ward, client_key=ids.key(), answers={}
        )
        wards = Department.objects.filter(hospital__in=scopes.hospitals_of(by), active=True)
        if data is not None:
            chosen = wards.filter(pk=_number(data.get("department")) or 0).select_related("hospital").first()
            self.draft.department = chosen or self.draft.department
            self.draft.hospital = self.draft.department.hospital
            self.draft.answers = _typed(data)
        elif draft is None:
            self.draft.answers = self.kind.prefill(self.draft, given or {})
        self.questions = self.kind.questions(self.draft)
        for question in self.questions:
            if question.ask == Ask.SEVERAL and question.key in self.draft.answers:
                self.draft.answers[question.key] = questions.several(self.draft.answers, question.key)
        super().__init__(data, initial=self._initial())
        self.fields["department"].queryset = wards  # type: ignore[attr-defined]
        self.fields["requester"].widget.attrs |= self._suggests("people", "accounts:people-find")
        for question in (*self.questions, *EMERGENCY):
            self.fields[f"{ANSWER}{question.key}"] = self._field(question)
        self.do = data.get("do", "save") if data is not None else "save"

    def _initial(self) -> dict[str, Any]:
        other = self.draft.requester if self.draft.requester_id != self.by.pk else None
        return {
            "client_key": self.draft.client_key,
            "department": self.draft.department_id,
            "requester": questions.text(self.draft.answers, asking.COLLEAGUE)
            or (other.username if other else ""),
            "note": self.draft.note,
        } | {f"{ANSWER}{key}": value for key, value in self.draft.answers.items()}

    def _field(self, question: Question) -> AsTyped:
        return AsTyped(question, self._widget(question))

    def _widget(self, question: Question) -> forms.Widget:
        match question.ask:
            case Ask.ONE:
                return _choices(question, MarkedRadio)
            case Ask.SEVERAL:
                return _choices(question, MarkedBoxes)
            case Ask.LONG:
                return forms.Textarea(attrs={"rows": 3})
            case Ask.NUMBER:
                return forms.TextInput(attrs={"inputmode": "numeric"})
            case Ask.DATE:
                return forms.TextInput(attrs={"type": "date"})
            case Ask.MOMENT:
                return forms.TextInput(attrs={"type": "datetime-local"})
            case Ask.PLACE:
                return forms.Select(choices=self._places())
            case Ask.WARD:
                return forms.Select(choices=self._wards())
            case Ask.EQUIPMENT:
                return forms.TextInput(attrs=self._suggests("equipment", "requests:equipment-find"))
            case Ask.PERSON:
                return forms.TextInput(attrs=self._suggests("people", "accounts:people-find"))
        return forms.TextInput()

    def _suggests(self, name: str, address: str) -> dict[str, str]:
        """A field whose list of suggestions (`name`) follows what is typed; without script it takes the whole name."""
        asks = {"hx-get": reverse(address), "hx-trigger": "input changed delay:300ms", "hx-swap": "innerHTML"}
        return {"autocomplete": "off", "list": name, "hx-target": f"#{name}"} | asks

    def _places(self) -> list[tuple[str, Any]]:
        """Own ward first, then the rest of the hospital, by ward."""
        rows = Location.objects.filter(hospital=self.draft.hospital_id, active=True)
        groups: dict[str, list[tuple[str, str]]] = {}
        own = self.draft.department_id
        for code, name, ward, ward_name in rows.order_by("department__name", "name").values_list(
            "code", "name", "department", "department__name"
        ):
            title = ward_name or str(self.draft.hospital)
            groups.setdefault(f" {title}" if ward == own else title, []).append((code, name))
        ordered = sorted(groups.items(), key=lambda group: group[0])
        return [("", gettext_lazy("Choose a place")), *((title.strip(), group) for title, group in ordered)]

    def _wards(self) -> list[tuple[str, Any]]:
        rows = Department.objects.filter(hospital=self.draft.hospital_id, active=True).order_by("name")
        return [("", gettext_lazy("Choose a ward")), *rows.values_list("code", "name")]

    # ---- what the page shows ----

    @property
    def main_rows(self) -> list[tuple[Question, forms.BoundField, bool]]:
        """Question, field, and whether it is asked now, given the other answers."""
        return self._rows(detail=False)

    @property
    def detail_rows(self) -> list[tuple[Question, forms.BoundField, bool]]:
        """The same of what stands behind "Add details"."""
        return self._rows(detail=True)

    def _rows(self, *, detail: bool) -> list[tuple[Question, forms.BoundField, bool]]:
        wanted = (one for one in self.questions if one.detail == detail)
        return [(one, self[f"{ANSWER}{one.key}"], self._is_asked(one)) for one in wanted]

    def _is_asked(self, question: Question) -> bool:
        return questions.applies(question, self.draft.answers) or f"{ANSWER}{question.key}" in self.errors

    @property
    def emergency_fields(self) -> list[forms.BoundField]:
        return [self[f"{ANSWER}{one.key}"] for one in EMERGENCY]

    @property
    def is_emergency(self) -> bool:
        """The answers so far make it one, or the sentence of a refusal says so."""
        asked = any(f"{ANSWER}{one.key}" in self.errors for one in EMERGENCY)
        return asked or self.kind.likely_priority(self.draft) == Priority.EMERGENCY

    @property
    def signature(self) -> str:
        """Which questions and choices stand on the page; when it changes, the page shows them anew."""
        return " ".join(
            f"{one.key}:{','.join(choice.code for choice in one.choices)}" for one in self.questions
        )

    @property
    def details_open(self) -> bool:
        """Something behind "Add details" is wrong, or was answered before: what was typed must not look lost."""
        hidden = [f"{ANSWER}{one.key}" for one in self.questions if one.detail] + ["note", "requester"]
        if any(name in self.errors for name in (*hidden, "department")):
            return True
        begun = self.is_bound or self.kept is not None
        return begun and any(self[name].value() for name in hidden)

    @property
    def texts(self) -> dict[str, str]:
        """What was typed freely, by its key."""
        free = (one.key for one in (*self.questions, *EMERGENCY) if one.ask in (Ask.TEXT, Ask.LONG))
        return {key: questions.text(self.draft.answers, key) for key in free} | {
            "note": self.cleaned_data.get("note", "")
        }

    # ---- saving and sending ----

    def keep(self) -> ServiceRequest | None:
        """Save the draft as it was typed; None with messages beside the fields.

        A name that nobody has and a note that is too long are saved as they are: only sending is refused.
        Raises WrongState (`public_id`) when it was sent meanwhile.
        """
        self.is_valid()
        errors = {name for name in self.errors if not name.startswith(ANSWER)}
        if errors:
            return None
        colleague = self._colleague()
        try:
            self.kept = asking.save_answers(
                by=self.by,
                client_key=self._key(),
                category=self.category,
                department=self.cleaned_data["department"],
                answers=self.draft.answers,
                note=self.cleaned_data["note"],
                requester=colleague,
            )
        except Invalid as refusal:
            self.add_problems(refusal.errors)
            return None
        if self.do != "send":  # sending says it by itself
            self.add_problems(asking.unfinished(self.kept))
        return self.kept

    def _key(self) -> "UUID":
        return self.cleaned_data.get("client_key") or self.draft.client_key

    def _colleague(self) -> User | None:
        """Whom the name means; where that is nobody here, the name stays among the answers, as it was typed."""
        self.draft.answers[asking.COLLEAGUE] = self.cleaned_data["requester"].strip()
        found = references.someone(self.draft, asking.COLLEAGUE)
        if found or not self.draft.answers[asking.COLLEAGUE]:
            del self.draft.answers[asking.COLLEAGUE]
        return found

    def add_problems(self, errors: Mapping[str, Any]) -> None:
        """Put the sentences of a verb beside the questions they are about."""
        known = {f"{ANSWER}{key}": texts for key, texts in errors.items() if f"{ANSWER}{key}" in self.fields}
        super().add_problems(
            {key: texts for key, texts in errors.items() if f"{ANSWER}{key}" not in known} | known
        )


def _typed(data: "MultiValueDict[str, str]") -> dict[str, str | list[str]]:
    """Every answer of the page, as typed."""
    found: dict[str, str | list[str]] = {}
    for name in data:
        if name.startswith(ANSWER):
            values = data.getlist(name)
            found[name.removeprefix(ANSWER)] = values[0] if len(values) == 1 else values
    return found


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 10 else None
