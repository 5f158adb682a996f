"""Why a suspicion is none."""

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.watching.suspecting import LONGEST, SHORTEST
from requests_app.forms import Screened


class ClearForm(Screened):
    reason = forms.CharField(
        label=_("Why is it no split?"),
        help_text=_(
            "At least 20 characters. It stays on record with your name; nobody who asked or decided may say it."
        ),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": SHORTEST}),
        error_messages={
            "required": _("Say why it is no split."),
            "min_length": _("Say a little more: at least %(limit_value)d characters."),
        },
    )
