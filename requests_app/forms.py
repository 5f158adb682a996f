"""What people type on the requester's pages, as values for the verbs; the messages of the verbs come back beside the fields."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Department
from portal.errors import Invalid
from portal.forms import PlainForm
from requests_app import lifecycle, listing, screening
from requests_app.models import RequestItem, ServiceRequest
from requests_app.supplies import drafting, fulfilment

if TYPE_CHECKING:
    from portal.accounts.models import User

LINE = "line-"


class Later:
    """An answer that is needed before sending, not before saving."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)  # type: ignore[misc]


class LaterChoice(Later, forms.ChoiceField):
    pass


class LaterDate(Later, forms.DateField):
    pass


class PlaceChoice(forms.ModelChoiceField):
    def label_from_instance(self, place: Any) -> str:
        return place.name


def line_field(code: str, *, most: int = drafting.MOST, least: int = 1) -> forms.IntegerField:
    """How many order units; every way to get it wrong has the same helpful sentence."""
    message = _("Enter how many, %(least)s to %(most)s.") % {"least": least, "most": most}
    kinds = ("required", "invalid", "min_value", "max_value")
    return forms.IntegerField(
        label=code,
        min_value=least,
        max_value=most,
        error_messages=dict.fromkeys(kinds, message),
        localize=False,
    )


class VerbForm(PlainForm):
    """A form whose verb may refuse what was typed."""

    def add_problems(self, errors: Mapping[str, Iterable[str]]) -> None:
        """Put the sentences of a verb beside the fields they are about."""
        for name, texts in errors.items():
            self.add_error(name if name in self.fields else None, list(texts))


class DraftForm(VerbForm):
    """What every draft has: the key of its form, so that two posts make one, and the ward that it is for."""

    client_key = forms.UUIDField(
        widget=forms.HiddenInput,
        required=False,
        error_messages={"invalid": gettext_lazy("This page cannot be saved any more. Open it again.")},
    )
    department = PlaceChoice(
        label=gettext_lazy("For which ward?"),
        queryset=Department.objects.none(),
        empty_label=None,
        error_messages={
            kind: gettext_lazy("Choose a ward of the hospital where you work.")
            for kind in ("required", "invalid_choice")
        },
    )


class ReceiveForm(VerbForm):
    """How many of each line arrived: one field a line that may be on its way, prefilled with what is expected."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, lines: Iterable[RequestItem]) -> None:
        super().__init__(data)
        self.lines = {f"{LINE}{line.pk}": line for line in lines if listing.expected(line) > 0}
        for name, line in self.lines.items():
            self.fields[name] = line_field(line.name, least=0, most=line.outstanding)
            self.initial[name] = listing.expected(line)

    @property
    def all_here(self) -> bool:
        return "all" in self.data

    def quantities(self) -> dict[int, int]:
        """Order units by line id: what was typed, or everything that is expected."""
        if self.all_here:
            return {line.pk: listing.expected(line) for line in self.lines.values()}
        return {line.pk: self.cleaned_data[name] for name, line in self.lines.items()}

    def receive(self, request: ServiceRequest, *, by: "User") -> bool:
        """Confirm what the valid form says; False with messages beside the fields."""
        try:
            fulfilment.receive(request=request, quantities=self.quantities(), by=by)
        except Invalid as refusal:
            self.add_problems(refusal.errors)
            return False
        return True

    def full_clean(self) -> None:
        if self.all_here:
            self._errors, self.cleaned_data = forms.utils.ErrorDict(), {}
            return
        super().full_clean()

    def rows(self) -> list[tuple[RequestItem, forms.BoundField]]:
        return [(line, self[name]) for name, line in self.lines.items()]


class SettleForm(PlainForm):
    reason = forms.CharField(
        label=gettext_lazy("What was done about it?"),
        max_length=500,
        error_messages={"required": gettext_lazy("Say what was done, so that the record explains it.")},
    )


class Screened(PlainForm):
    """Asks before it sends what looks like data of a patient. `FREE`: the fields that take any words."""

    FREE: tuple[str, ...] = ("reason",)

    @property
    def texts(self) -> dict[str, str]:
        return {name: str(self.cleaned_data.get(name, "")) for name in self.FREE}

    def clean(self) -> dict[str, Any]:
        for name, said in screening.warned(self.texts, agreed=screening.AGREED in self.data).items():
            self.add_error(name, said)
        return self.cleaned_data


class CancelForm(Screened):
    reason = forms.CharField(
        label=gettext_lazy("Why is it no longer needed?"),
        max_length=lifecycle.LONGEST_REASON,
        error_messages={"required": gettext_lazy("Say why, so that everybody who follows it knows.")},
    )


class ReopenForm(Screened):
    FREE = ("words",)
    REASONS = (
        ("again", gettext_lazy("Same fault again")),
        ("unfinished", gettext_lazy("Not finished")),
        ("wrong", gettext_lazy("Wrong item or place")),
        ("missing", gettext_lazy("Something is missing")),
        ("damage", gettext_lazy("Something was broken by the work")),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("What is not right?"),
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what is not right, so that the team knows.")},
    )
    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=150,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @property
    def said(self) -> str:
        """The chosen reason and the words, as one sentence for the record."""
        chosen = str(dict(self.REASONS)[self.cleaned_data["reason"]])
        return ". ".join(filter(None, (chosen, self.cleaned_data["words"].strip())))
