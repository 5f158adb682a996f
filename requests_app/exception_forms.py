"""What is asked when an exception is put on record or settled."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from portal.forms import PlainForm
from requests_app import casework
from requests_app.forms import Screened
from requests_app.models import CaseException


class SettleForm(PlainForm):
    reason = forms.CharField(
        label=gettext_lazy("What was done about it?"),
        max_length=casework.LONGEST,
        error_messages={"required": gettext_lazy("Say what was done, so that the record explains it.")},
    )


class DeviationForm(Screened):
    FREE = ("detail",)
    kind = forms.ChoiceField(label=gettext_lazy("What happened?"), widget=forms.RadioSelect)
    detail = forms.CharField(
        label=gettext_lazy("What is not as it should be?"),
        max_length=casework.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say what is not as it should be.")},
    )

    def __init__(self, data: Any = None, *, kinds: list[str]) -> None:
        super().__init__(data)
        self.fields["kind"].choices = [(kind, CaseException.Kind(kind).label) for kind in kinds]  # type: ignore[attr-defined]
