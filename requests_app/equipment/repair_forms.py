"""What is typed about a repair, a check, a loan or a cost; the messages of the verbs come back beside the fields."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy

from portal.accounts.models import Department, Hospital
from portal.errors import Invalid
from requests_app import costs
from requests_app.equipment import keeping, loans, safety
from requests_app.forms import PlaceChoice, Screened, VerbForm
from requests_app.models import Equipment, ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

DATE = forms.DateInput(attrs={"type": "date"})
DAY = {"invalid": gettext_lazy("Enter a day, such as 14/05/2027.")}


class Refusing(VerbForm):
    """A form whose `do` calls the verb; False with its sentences beside the fields."""

    def attempt(self, do: Any, **values: Any) -> bool:
        try:
            do(**values)
        except Invalid as refusal:
            self.add_problems(refusal.errors)
            return False
        return True


class SafeForm(Refusing, Screened):
    FREE = ("how",)
    how = forms.CharField(
        label=gettext_lazy("What does the ward do meanwhile?"),
        help_text=gettext_lazy("A work-around, another device, another room."),
        max_length=safety.LONGEST_HOW,
        error_messages={"required": gettext_lazy("Say what the ward does meanwhile.")},
    )

    def make_safe(self, case: ServiceRequest, *, by: "User") -> bool:
        return self.attempt(safety.make_safe, request=case, how=self.cleaned_data["how"], by=by)


class CostForm(Refusing, Screened):
    FREE = ("what", "supplier", "quotation")
    amount = forms.CharField(
        label=gettext_lazy("How much, without tax?"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter an amount, such as 420 or 420.50.")},
    )
    what = forms.CharField(
        label=gettext_lazy("What for?"),
        max_length=costs.LONGEST["what"],
        error_messages={"required": gettext_lazy("Say what it is for.")},
    )
    supplier = forms.CharField(
        label=gettext_lazy("From whom?"), max_length=costs.LONGEST["supplier"], required=False
    )
    quotation = forms.CharField(
        label=gettext_lazy("What does the quotation say?"),
        max_length=costs.LONGEST["quotation"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def file(self, case: ServiceRequest, *, by: "User") -> bool:
        return self.attempt(costs.estimate, request=case, by=by, **self.cleaned_data_of_verb)

    @property
    def cleaned_data_of_verb(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("amount", "what", "supplier", "quotation")}


class CheckForm(Refusing):
    safety = forms.BooleanField(label=gettext_lazy("Safety test passed"), required=False)
    function = forms.BooleanField(label=gettext_lazy("Function test passed"), required=False)
    next_service_on = forms.DateField(
        label=gettext_lazy("Next service due, once both are passed"),
        required=False,
        widget=DATE,
        error_messages=DAY,
    )

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [self["safety"], self["function"]]

    def check_piece(self, piece: Equipment, *, by: "User") -> bool:
        given = self.cleaned_data
        return self.attempt(
            keeping.check,
            equipment=piece,
            by=by,
            safety=given["safety"],
            function=given["function"],
            next_service_on=given["next_service_on"],
        )


class LendForm(Refusing):
    to = PlaceChoice(
        label=gettext_lazy("To which ward?"),
        queryset=Department.objects.none(),
        empty_label=gettext_lazy("Choose a ward"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose the ward.")),
    )
    due_back = forms.DateField(label=gettext_lazy("Back by"), required=False, widget=DATE, error_messages=DAY)

    def __init__(self, data: Mapping[str, Any] | None = None, *, hospital: Hospital) -> None:
        super().__init__(data)
        wards = Department.objects.filter(hospital=hospital, active=True).order_by("name")
        self.fields["to"].queryset = wards  # type: ignore[attr-defined]

    def lend(self, piece: Equipment, *, by: "User") -> bool:
        given = self.cleaned_data
        return self.attempt(loans.lend, equipment=piece, to=given["to"], due_back=given["due_back"], by=by)
