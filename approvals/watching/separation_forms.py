"""Answering for duties that do not go together, for a while."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.watching.separation import SHORTEST_CONTROL, Conflict
from portal.forms import PlainForm


class AcceptForm(PlainForm):
    conflict = forms.ChoiceField(label=_("Which one?"), error_messages={"required": _("Choose one.")})
    control = forms.CharField(
        label=_("What is done instead?"),
        help_text=_("For example: who looks at their decisions, and how often."),
        min_length=SHORTEST_CONTROL,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until = forms.DateField(
        label=_("Until"), help_text=_("90 days at most."), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, data: Any = None, *, conflicts: list[Conflict]) -> None:
        super().__init__(data)
        free = [one for one in conflicts if one.accepted is None]
        choices = [(one.key, f"{one.user.get_full_name()}: {', '.join(one.duties)}") for one in free]
        self.fields["conflict"].choices = [("", "…"), *choices]  # type: ignore[attr-defined]

    @property
    def accepted(self) -> dict[str, Any]:
        """What `separation.accept` takes."""
        user, _colon, pair = self.cleaned_data["conflict"].partition(":")
        kept = {name: self.cleaned_data[name] for name in ("control", "until")}
        return {"user_id": int(user), "pair": pair, **kept}
