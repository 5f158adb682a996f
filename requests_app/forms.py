"""What people type on the requester's pages, as values for the verbs; the messages of the verbs come back beside the fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Department
from portal.forms import PlainForm
from requests_app import lifecycle, screening
from requests_app.supplies import drafting

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
