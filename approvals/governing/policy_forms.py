"""What the acts of the editor ask for, rules aside."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import ApprovalPolicy
from portal.accounts.models import Hospital
from portal.clock import now
from requests_app.forms import VerbForm
from requests_app.models import Category


class StartForm(VerbForm):
    """For which type, and for the group or one hospital, somebody begins a new version."""

    category = forms.ModelChoiceField(
        label=gettext_lazy("Type of request"), queryset=Category.objects.none(), to_field_name="code"
    )
    hospital = forms.ModelChoiceField(
        label=gettext_lazy("Where"),
        queryset=Hospital.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=gettext_lazy("The whole group"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["hospital"].queryset = Hospital.objects.order_by("name")  # type: ignore[attr-defined]


class DescribeForm(VerbForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Enter a name.")},
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Which rules count?"),
        choices=ApprovalPolicy.Mode.choices,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Why is it changed?"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever reviews it reads this first."),
    )
    seen = forms.CharField(widget=forms.HiddenInput)


class ReasonForm(VerbForm):
    reason = forms.CharField(
        label=gettext_lazy("What has to be different?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say what has to be different.")},
    )


class NoteForm(VerbForm):
    note = forms.CharField(
        label=gettext_lazy("Why go back to it?"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PublishForm(VerbForm):
    """At once, or from the morning of a day on, in the zone of the reader."""

    day = forms.DateField(
        label=gettext_lazy("From which day on?"),
        required=False,
        help_text=gettext_lazy("Left empty, it decides at once."),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Enter a day, such as 2027-04-01.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def clean_day(self) -> datetime | None:
        day = self.cleaned_data["day"]
        if day is None:
            return None
        moment = timezone.make_aware(datetime.combine(day, time.min))
        if moment <= now():
            raise forms.ValidationError(_("Choose a day that is still to come."))
        return moment


class ImportForm(VerbForm):
    text = forms.CharField(
        label=gettext_lazy("The text of the bundle"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "num"}),
        error_messages={"required": gettext_lazy("Paste the text of a bundle.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=300,
        help_text=gettext_lazy("Whoever reviews the drafts reads this first."),
        error_messages={"required": gettext_lazy("Say why.")},
    )
