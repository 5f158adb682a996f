"""What people type about a usual list: what is left on the shelf, and when it is drafted again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import ids
from requests_app.forms import VerbForm
from requests_app.models import Recurring, UsualLine, UsualList
from requests_app.supplies import counting, drafting
from requests_app.supplies.stock import OnHand, on_hand

if TYPE_CHECKING:
    from portal.accounts.models import User

LEFT = "left-"


class CountForm(VerbForm):
    """One field a line: order units that are left. An empty one was not counted."""

    client_key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, usual: UsualList) -> None:
        super().__init__(data, initial={"client_key": ids.key()})
        self.lines: list[UsualLine] = list(drafting.usual_lines(usual))
        message = _("Enter how many are left, 0 to %(most)s.") % {"most": counting.MOST}
        for line in self.lines:
            self.fields[f"{LEFT}{line.item.code}"] = forms.IntegerField(
                label=line.item.name,
                required=False,
                min_value=0,
                max_value=counting.MOST,
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), message),
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input"}),
            )

    def left(self) -> dict[str, int]:
        """What was counted, by item code."""
        typed = {line.item.code: self.cleaned_data[f"{LEFT}{line.item.code}"] for line in self.lines}
        return {code: number for code, number in typed.items() if number is not None}

    def key(self) -> UUID:
        """Of the draft that this page makes, so that a second press makes no second one."""
        try:
            return UUID(self.cleaned_data["client_key"])
        except ValueError:
            return ids.key()

    def rows(self) -> list[tuple[UsualLine, forms.BoundField, OnHand | None]]:
        return [(line, self[f"{LEFT}{line.item.code}"], on_hand(line.item)) for line in self.lines]


class RepeatForm(VerbForm):
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("On which days?"),
        choices=[(str(number), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day.")},
    )
    hour = forms.ChoiceField(
        label=gettext_lazy("At what time?"), choices=[(str(hour), f"{hour:02}:00") for hour in range(24)]
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, usual: UsualList, by: "User") -> None:
        self.current = Recurring.objects.filter(usual_list=usual, owner=by, active=True).first()
        known = self.current
        initial = {"weekdays": list(known.weekdays), "hour": str(known.hour)} if known else {"hour": "7"}
        super().__init__(data, initial=initial)
