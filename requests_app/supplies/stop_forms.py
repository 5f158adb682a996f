"""What is typed to stop an item, and to lift that."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Hospital
from portal.errors import Invalid, NotFound, WrongState
from requests_app.forms import VerbForm
from requests_app.models import CatalogueItem, ItemStop
from requests_app.supplies import stops

if TYPE_CHECKING:
    from portal.accounts.models import User


class OfHospital(VerbForm):
    """A form about an item of one of `hospitals`; the hospital is asked only where there are several."""

    hospital = forms.ModelChoiceField(
        label=gettext_lazy("Hospital"), queryset=Hospital.objects.none(), empty_label=None
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, hospitals: list[Hospital]) -> None:
        super().__init__(data, initial={"hospital": hospitals[0]})
        field = self.fields["hospital"]
        field.queryset = Hospital.objects.filter(pk__in=[one.pk for one in hospitals])  # type: ignore[attr-defined]
        if len(hospitals) == 1:
            field.widget = forms.HiddenInput()

    def item(self, name: str) -> CatalogueItem | None:
        """The item whose code was typed into the field `name`; None with a message beside it, or where it is empty."""
        code = self.cleaned_data[name].strip()
        try:
            return stops.find(self.cleaned_data["hospital"], code) if code else None
        except NotFound:
            self.add_error(name, _("There is no “%(code)s” in the catalogue.") % {"code": code})
            return None


class StopForm(OfHospital):
    code = forms.CharField(
        label=gettext_lazy("Code of the item"),
        max_length=30,
        error_messages={"required": gettext_lazy("Enter the code of the item.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("Every ward reads this: say what to do with what they have."),
        max_length=stops.LONGEST_REASON,
        error_messages={"required": gettext_lazy("Say why, so that the wards know what to do.")},
    )
    lots = forms.CharField(
        label=gettext_lazy("Lots"),
        help_text=gettext_lazy("Separated by commas; empty: all of them."),
        required=False,
        max_length=stops.LONGEST_LOTS,
    )
    alternative = forms.CharField(
        label=gettext_lazy("Code of what may be had in its place"), required=False, max_length=30
    )

    def stop(self, *, by: "User") -> ItemStop | None:
        """Stop it; None with messages beside the fields."""
        item, other = self.item("code"), self.item("alternative")
        if item is None or self.errors:
            return None
        reason, lots = self.cleaned_data["reason"], self.cleaned_data["lots"]
        try:
            return stops.stop(item=item, reason=reason, lots=lots, alternative=other, by=by)
        except WrongState as refusal:
            self.add_error("code", refusal.message)
        except Invalid as refusal:
            self.add_problems(refusal.errors)
        return None


class LiftForm(OfHospital):
    code = forms.CharField(widget=forms.HiddenInput, max_length=30)
    reason = forms.CharField(
        label=gettext_lazy("Why may it be ordered again?"),
        max_length=stops.LONGEST_WHY,
        error_messages={"required": gettext_lazy("Say why it may be ordered again.")},
    )

    def lift(self, *, by: "User") -> bool:
        """Lift the stop; False with messages beside the fields."""
        item = self.item("code")
        if item is None:
            return False
        try:
            stops.lift(item=item, reason=self.cleaned_data["reason"], by=by)
        except (WrongState, Invalid) as refusal:
            self.add_error("reason", refusal.message)
            return False
        return True
