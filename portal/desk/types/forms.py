"""What an administrator types about a type of request, as values for the verbs."""

import json
from io import BytesIO
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException

from portal.accounts.models import Team
from portal.desk.types.publishing import ROUTES
from portal.strict_json import StrictJSONParser
from requests_app.configured.publishing import CONFIGURED
from requests_app.forms import VerbForm
from requests_app.models import Category
from requests_app.states import Kind, Priority
from sla.models import BusinessCalendar
from sla.models.target import Unit

ICONS = (
    "clipboard-list", "file-text", "sparkles", "wrench", "hammer", "stethoscope", "bed-double", "shirt", "key-round",
    "id-card", "user-plus", "users", "calendar", "mail", "phone", "printer", "utensils", "car", "box", "store",
)  # fmt: skip


class TypeForm(VerbForm):
    """What a type is called."""

    name = forms.CharField(
        label=gettext_lazy("What is it called?"),
        max_length=80,
        error_messages={"required": gettext_lazy("Enter what people will read.")},
    )
    hint = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("One line"),
    )
    icon = forms.ChoiceField(
        label=gettext_lazy("Picture"),
        choices=[(name, name.replace("-", " ")) for name in ICONS],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = self.initial.get("icon")
        if held and held not in ICONS:
            self.fields["icon"].choices = [(held, held.replace("-", " ")), *self.fields["icon"].choices]  # type: ignore[attr-defined]


class NewTypeForm(TypeForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            (Kind.FORM.value, gettext_lazy("Questions for one team")),
            (Kind.BUNDLE.value, gettext_lazy("Several tasks for several teams")),
        ],
        initial=Kind.FORM.value,
        widget=forms.RadioSelect,
    )
    code = forms.SlugField(
        label=gettext_lazy("Short name for addresses"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Empty: made from the name"),
    )
    field_order = ("name", "hint", "kind", "icon", "code")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["code"] = cleaned.get("code") or slugify(cleaned.get("name", ""))[:40]
        if not cleaned["code"] and not self.errors:
            self.add_error("code", _("Enter a short name of letters and digits."))
        return cleaned


def _time(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=500, required=False, localize=False)


def _unit() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("Unit"), choices=Unit.choices, required=False)


class TermsForm(VerbForm):
    """Who does it, who decides, and how long it may take. What is left empty stays as it is."""

    team = forms.ChoiceField(label=gettext_lazy("Which team does it?"), required=False)
    route = forms.ChoiceField(label=gettext_lazy("Who decides?"), required=False)
    response = _time(gettext_lazy("Somebody has taken it within"))
    response_unit = _unit()
    fulfilment = _time(gettext_lazy("It is done within"))
    fulfilment_unit = _unit()
    urgent_response = _time(gettext_lazy("If it is urgent: taken within"))
    urgent_response_unit = _unit()
    urgent_fulfilment = _time(gettext_lazy("If it is urgent: done within"))
    urgent_fulfilment_unit = _unit()
    calendar = forms.ChoiceField(label=gettext_lazy("Whose hours count?"), required=False)

    def __init__(self, *args: Any, category: Category, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if category.kind == Kind.BUNDLE:
            del self.fields["team"]
        else:
            self._choose("team", named(Team.objects.filter(active=True)))
        self._choose("route", [(code, label) for code, (label, _roles) in ROUTES.items()])
        self._choose("calendar", named(BusinessCalendar.objects.all()))

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = [("", _("Choose, or leave it as it is")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for start in ("", "urgent_"):
            given = [cleaned.get(f"{start}{name}") for name in ("response", "fulfilment")]
            if any(given) and not all(given):
                self.add_error(f"{start}{'fulfilment' if given[0] else 'response'}", _("Enter both times."))
        if cleaned.get("urgent_response") and not cleaned.get("response"):
            self.add_error("response", _("Enter the usual times too."))
        if cleaned.get("response") and not cleaned.get("calendar"):
            self.add_error("calendar", _("Choose whose hours count."))
        return cleaned

    @property
    def terms(self) -> dict[str, Any]:
        """What the valid form says."""
        said = self.cleaned_data
        return {
            "team": said.get("team", ""),
            "route": said["route"],
            "times": self.times,
            "calendar": said["calendar"],
        }

    @property
    def times(self) -> dict[str, tuple[tuple[int, str], tuple[int, str]]]:
        """Response and fulfilment by priority, of those that were entered."""
        found = {}
        for priority, start in ((Priority.ROUTINE, ""), (Priority.URGENT, "urgent_")):
            if self.cleaned_data.get(f"{start}response"):
                found[str(priority)] = (self._of(f"{start}response"), self._of(f"{start}fulfilment"))
        return found

    def _of(self, name: str) -> tuple[int, str]:
        return self.cleaned_data[name], self.cleaned_data[f"{name}_unit"] or Unit.WORKING_HOURS.value


def named(rows: Any) -> list[tuple[str, str]]:
    """Code and name, each code once: teams and calendars of several hospitals share their codes."""
    found: dict[str, str] = {}
    for code, name in rows.order_by("hospital", "name").values_list("code", "name"):
        found.setdefault(code, name)
    return sorted(found.items(), key=lambda pair: pair[1])


class Definition(forms.CharField):
    """JSON as strict as in the API; shown as somebody reads it, one thing a line."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return text
        try:
            return StrictJSONParser().parse(BytesIO(text.encode()))
        except APIException as wrong:
            raise forms.ValidationError(
                _("This is not JSON that can be kept: %(why)s") % {"why": wrong.detail}
            ) from None

    def run_validators(self, value: Any) -> None:
        """The parser has looked at every character."""

    def prepare_value(self, value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False, indent=2) if isinstance(value, dict) else value


class DefinitionForm(VerbForm):
    """A form definition written elsewhere."""

    definition = Definition(
        label=gettext_lazy("Form definition (JSON Schema)"),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "num"}),
        error_messages={
            "required": gettext_lazy("Paste a form definition."),
        },
    )


def offered_types() -> list[tuple[str, str]]:
    """Types that a task may be of: configured ones that people can ask for."""
    rows = Category.objects.filter(active=True, kind=CONFIGURED[0])
    return list(rows.values_list("code", "name"))
