"""What a head answers about one order of the sample."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.models import SampledOrder
from approvals.sampling.answering import LONGEST
from requests_app.forms import Screened
from requests_app.models import RequestItem


class QueryForm(Screened):
    FREE = ("note",)
    line = forms.ChoiceField(label=_("Which line?"), error_messages={"required": _("Choose the line.")})
    note = forms.CharField(
        label=_("What is not right with it?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what is not right, so that somebody can look at it.")},
    )

    def __init__(self, data: Any = None, *, sampled: SampledOrder, lines: list[RequestItem]) -> None:
        super().__init__(data, auto_id=f"id_{sampled.pk}_%s")
        choices = [(one.public_id, f"{one.quantity} {one.unit_plural}, {one.name}") for one in lines]
        self.fields["line"].choices = choices if len(choices) == 1 else [("", "…"), *choices]  # type: ignore[attr-defined]
