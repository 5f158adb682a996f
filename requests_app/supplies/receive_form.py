"""What the ward enters about a delivery: how many of each line are here and right, and what is not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy

from portal.errors import Invalid
from requests_app import screening
from requests_app.forms import LINE, Screened, VerbForm, line_field
from requests_app.models import ReceiptDifference, RequestItem, ServiceRequest
from requests_app.supplies import differing, fulfilment
from requests_app.supplies.differing import Difference

if TYPE_CHECKING:
    from portal.accounts.models import User

WHAT, NOTE = "what-", "note-"
Kind = ReceiptDifference.Kind


@dataclass(frozen=True)
class ReceiveRow:
    line: RequestItem
    count: forms.BoundField
    what: forms.BoundField
    note: forms.BoundField
    high: int

    @property
    def open(self) -> bool:
        """Was something said about it that is not right?"""
        return bool(self.what.value() or self.note.value() or self.what.errors or self.note.errors)


class ReceiveForm(Screened, VerbForm):
    """A number for each line that may be on its way, prefilled with what is expected, and what is not right with it."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, lines: Iterable[RequestItem]) -> None:
        super().__init__(data)
        self.lines = {line.pk: line for line in lines if line.expected > 0}
        self.FREE = tuple(f"{NOTE}{pk}" for pk in self.lines)
        for pk, line in self.lines.items():
            over = data is not None and data.get(f"{WHAT}{pk}") == Kind.OVER
            most = differing.MOST if over else self.high(line)
            self.fields[f"{LINE}{pk}"] = line_field(line.name, least=0, most=most)
            self.initial[f"{LINE}{pk}"] = line.expected
            self.fields[f"{WHAT}{pk}"] = forms.ChoiceField(
                label=gettext_lazy("What is not right?"),
                choices=[("", gettext_lazy("It is all right")), *Kind.choices],
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": gettext_lazy("Choose what is not right.")},
            )
            self.fields[f"{NOTE}{pk}"] = forms.CharField(
                label=gettext_lazy("In your own words"),
                required=False,
                max_length=differing.LONGEST_NOTE,
                widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
            )

    @staticmethod
    def high(line: RequestItem) -> int:
        """As many as may be confirmed without more having come than was agreed."""
        return line.outstanding if line.is_bought else line.on_its_way

    @property
    def all_here(self) -> bool:
        """One press for everything, where nothing was marked as not right: what was said of a line is never thrown away."""
        marked = (self.data.get(f"{name}{pk}", "") for pk in self.lines for name in (WHAT, NOTE))
        return "all" in self.data and not any(marked)

    def quantities(self) -> dict[int, int]:
        """Order units by line id: what was typed, or everything that is expected."""
        if self.all_here:
            return {pk: line.expected for pk, line in self.lines.items()}
        return {pk: self.cleaned_data[f"{LINE}{pk}"] for pk in self.lines}

    def differences(self) -> dict[int, Difference]:
        """What is not right, by line id; a note alone says nothing about a line."""
        if self.all_here:
            return {}
        said = {pk: (self.cleaned_data[f"{WHAT}{pk}"], self.cleaned_data[f"{NOTE}{pk}"]) for pk in self.lines}
        return {pk: Difference(kind, note) for pk, (kind, note) in said.items() if kind}

    @property
    def aside(self) -> bool:
        """Does it say that something is to be put aside?"""
        return any(one.kind in differing.PUT_ASIDE for one in self.differences().values())

    def receive(self, request: ServiceRequest, *, by: "User") -> bool:
        """Confirm what the valid form says; False with messages beside the fields."""
        try:
            fulfilment.receive(
                request=request, quantities=self.quantities(), differences=self.differences(), by=by
            )
        except Invalid as refusal:
            self.add_problems(refusal.errors)
            return False
        screening.record_kept(request=request, by=by, texts={} if self.all_here else self.texts)
        return True

    def full_clean(self) -> None:
        if self.all_here:
            self._errors, self.cleaned_data = forms.utils.ErrorDict(), {}
            return
        super().full_clean()

    def rows(self) -> list[ReceiveRow]:
        return [
            ReceiveRow(line, self[f"{LINE}{pk}"], self[f"{WHAT}{pk}"], self[f"{NOTE}{pk}"], self.high(line))
            for pk, line in self.lines.items()
        ]
