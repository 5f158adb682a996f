"""What a storekeeper enters: which lines were picked, how many of each, and when the rest comes; why one will not come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.errors import Invalid, WrongState
from portal.forms import PlainForm
from requests_app import lifecycle
from requests_app.forms import VerbForm, line_field
from requests_app.models import RequestItem, ServiceRequest
from requests_app.supplies import fulfilment, stock

if TYPE_CHECKING:
    from portal.accounts.models import User

COUNT, SEEN = "n-", "of-"


@dataclass(frozen=True)
class PickRow:
    line: RequestItem
    bound: forms.BoundField
    ticked: bool
    none: bool  # the store is known to have none of it
    seen: str  # name of the field that says how much of it was in the store when the page was shown


class PickForm(VerbForm):
    """A number for each line of one request that is in the store; only those that are ticked count."""

    expected_on = forms.DateField(
        label=gettext_lazy("The rest comes on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "input"}),
        error_messages={"invalid": gettext_lazy("Choose a day to come, within a year.")},
    )

    def __init__(self, data: Any = None, *, lines: Iterable[RequestItem], request: ServiceRequest) -> None:
        super().__init__(data, auto_id=f"id_{request.public_id}_%s")
        self.lines = {line.public_id: line for line in lines if line.in_store}
        for public_id, line in self.lines.items():
            self.fields[f"{COUNT}{public_id}"] = line_field(line.name, least=0, most=line.in_store)
            self.fields[f"{COUNT}{public_id}"].required = False
            self.initial[f"{COUNT}{public_id}"] = line.to_pick or line.follow_quantity
        self.posted: list[str] = data.getlist("line") if data else []
        self.chosen = [one for one in self.posted if one in self.lines]

    @property
    def nothing(self) -> bool:
        """Was it sent without a tick?"""
        return self.is_bound and not self.chosen

    def rows(self) -> list[PickRow]:
        return [
            PickRow(
                line,
                self[f"{COUNT}{public_id}"],
                public_id in self.chosen
                if self.is_bound
                else bool(line.to_pick) and not stock.is_out(line.item),
                stock.is_out(line.item),
                f"{SEEN}{public_id}",
            )
            for public_id, line in self.lines.items()
        ]

    def clean(self) -> dict[str, Any]:
        """Raises WrongState where a second press, or somebody else, was first: the numbers are of another shelf."""
        for one in self.posted:
            now = str(self.lines[one].in_store) if one in self.lines else ""
            if self.data.get(f"{SEEN}{one}", now) != now or not now:
                raise WrongState(_("A line of this request has changed. Look again."))
        for public_id in set(self.lines) - set(self.chosen):
            self.errors.pop(f"{COUNT}{public_id}", None)  # of what is not ticked nothing is asked
        return self.cleaned_data

    def pick(self, request: ServiceRequest, *, by: "User") -> bool:
        """Record what the valid form says; False with messages beside the fields. Raises what the verb raises."""
        wanted = {self.lines[one].pk: one for one in self.chosen}
        counted = {pk: self.cleaned_data.get(f"{COUNT}{one}") for pk, one in wanted.items()}
        try:
            fulfilment.pick(
                request=request,
                line_ids=wanted,
                by=by,
                quantities={pk: count for pk, count in counted.items() if count is not None},
                expected_on=self.cleaned_data.get("expected_on"),
            )
        except Invalid as refusal:
            self.add_problems(_by_field(refusal.errors, wanted))
            return False
        return True


def _by_field(errors: Mapping[str, Any], wanted: Mapping[int, str]) -> dict[str, Any]:
    names = {f"line-{pk}": f"{COUNT}{public_id}" for pk, public_id in wanted.items()}
    return {names.get(name, name): texts for name, texts in errors.items()}


class StrikeForm(PlainForm):
    reason = forms.CharField(
        label=gettext_lazy("Why will it not come?"),
        max_length=lifecycle.LONGEST_REASON,
        error_messages={
            "required": gettext_lazy("Say why it will not come, so that the ward can look elsewhere.")
        },
    )
