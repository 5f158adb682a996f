"""What breaking the glass asks, and its review."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.glass_rules import LONGEST, SHORTEST
from approvals.models import BreakGlass
from requests_app.forms import Screened


class GlassForm(Screened):
    FREE = ("words",)
    reason = forms.ChoiceField(
        label=_("What makes it an emergency?"),
        choices=BreakGlass.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what makes it an emergency.")},
    )
    words = forms.CharField(
        label=_("Why can it not wait?"),
        help_text=_("At least 20 characters. Who reviews it reads this; leave patients' names out."),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": SHORTEST}),
        error_messages={
            "required": _("Say why it cannot wait."),
            "min_length": _("Say a little more: at least %(limit_value)d characters."),
        },
    )


class ReviewForm(Screened):
    FREE = ("words",)
    verdict = forms.ChoiceField(
        label=_("Was it right not to wait?"),
        choices=BreakGlass.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you think of it.")},
    )
    words = forms.CharField(
        label=_("In your own words"),
        help_text=_("Needed if it should have waited: say what would have been in time."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        missing = not cleaned.get("words", "").strip() and "words" not in self.errors
        if cleaned.get("verdict") == BreakGlass.Verdict.NOT_JUSTIFIED and missing:
            self.add_error("words", _("Say why it should have waited."))
        return cleaned
