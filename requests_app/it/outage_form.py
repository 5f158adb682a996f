"""What the IT team types about an outage; the verb judges it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Hospital
from requests_app import questions
from requests_app.forms import VerbForm
from requests_app.it import it_services


class OutageForm(VerbForm):
    """`hospital` is asked of people who work at several IT desks only; times are meant on its clock."""

    service_code = forms.ChoiceField(
        label=_("What does not work?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what does not work.")},
    )
    title = forms.CharField(
        label=_("What do people notice?"),
        help_text=_("One line, in the words of the wards."),
        max_length=120,
        error_messages={"required": _("Say in up to 120 characters what does not work.")},
    )
    what_to_do = forms.CharField(
        label=_("What should they do meanwhile?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    expected_at = forms.CharField(
        label=_("When is it likely to work again?"),
        required=False,
        widget=forms.TextInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, hospitals: list[Hospital]) -> None:
        super().__init__(data)
        self.hospitals = {hospital.code: hospital for hospital in hospitals}
        self.fields["service_code"].choices = it_services.choices()  # type: ignore[attr-defined]
        if len(hospitals) > 1:
            at = [(hospital.code, hospital.name) for hospital in hospitals]
            self.fields["hospital"] = forms.ChoiceField(label=_("At which hospital?"), choices=at)

    def clean_expected_at(self) -> datetime | None:
        typed = self.cleaned_data["expected_at"].strip()
        local = questions.as_moment(typed) if typed else None
        if typed and local is None:
            raise forms.ValidationError(_("Enter a day and a time."))
        return local.replace(tzinfo=ZoneInfo(self._hospital().time_zone)) if local else None

    def values(self) -> dict[str, Any]:
        """The arguments of `outages.open_outage`."""
        return {key: value for key, value in self.cleaned_data.items() if key != "hospital"} | {
            "hospital": self._hospital()
        }

    def _hospital(self) -> Hospital:
        chosen = self.data.get("hospital", "")
        return self.hospitals.get(chosen) or next(iter(self.hospitals.values()))
