"""What people type on the requester's pages, as values for the verbs; the messages of the verbs come back beside the fields."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import ids
from portal.accounts import scopes
from portal.accounts.models import Department, Location
from portal.errors import Invalid
from requests_app import drafting, fulfilment, lifecycle, listing
from requests_app.models import CatalogueItem, RequestItem, ServiceRequest
from requests_app.states import RunOut

if TYPE_CHECKING:
    from portal.accounts.models import User

LINE = "line-"


class Later:
    """An answer that is needed before sending, not before saving."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)  # type: ignore[misc]


class LaterChoice(Later, forms.ChoiceField):
    pass


class LaterDate(Later, forms.DateField):
    pass


class PlaceChoice(forms.ModelChoiceField):
    def label_from_instance(self, place: Any) -> str:
        return place.name


def line_field(code: str, *, most: int = drafting.MOST, least: int = 1) -> forms.IntegerField:
    """How many order units; every way to get it wrong has the same helpful sentence."""
    message = _("Enter how many, %(least)s to %(most)s.") % {"least": least, "most": most}
    kinds = ("required", "invalid", "min_value", "max_value")
    return forms.IntegerField(
        label=code,
        min_value=least,
        max_value=most,
        error_messages=dict.fromkeys(kinds, message),
        localize=False,
    )


class VerbForm(forms.Form):
    """A form whose verb may refuse what was typed."""

    def add_problems(self, errors: Mapping[str, Iterable[str]]) -> None:
        """Put the sentences of a verb beside the fields they are about."""
        for name, texts in errors.items():
            self.add_error(name if name in self.fields else None, list(texts))


class SupplyForm(VerbForm):
    """A draft as it stands on the page: its lines are fields `line-<code>`; `do` names the button that was pressed."""

    client_key = forms.UUIDField(
        widget=forms.HiddenInput,
        required=False,
        error_messages={"invalid": gettext_lazy("This page cannot be saved any more. Open it again.")},
    )
    run_out = LaterChoice(
        label=gettext_lazy("When will you run out?"), choices=RunOut.choices, widget=forms.RadioSelect
    )
    needed_by = LaterDate(
        label=gettext_lazy("Which date?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a date, such as 2027-05-14.")},
    )
    department = PlaceChoice(
        label=gettext_lazy("For which ward?"),
        queryset=Department.objects.none(),
        empty_label=None,
        error_messages={
            kind: gettext_lazy("Choose a ward of the hospital where you work.")
            for kind in ("required", "invalid_choice")
        },
    )
    deliver_to = PlaceChoice(
        label=gettext_lazy("Deliver to"),
        queryset=Location.objects.none(),
        required=False,
        empty_label=gettext_lazy("The ward's delivery point"),
        error_messages={"invalid_choice": gettext_lazy("Choose a place on this ward.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Anything they should know?"),
        required=False,
        max_length=drafting.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        by: "User",
        ward: Department | None = None,
        draft: ServiceRequest | None = None,
    ) -> None:
        """`ward`: where the person works today, for a new draft."""
        self.by, self.draft = by, draft
        self.ward = draft.department if draft else ward
        super().__init__(data, initial=self._initial())
        self.fields["department"].queryset = Department.objects.filter(  # type: ignore[attr-defined]
            hospital__in=scopes.hospitals_of(by), active=True
        )
        self.chosen = self._chosen_ward()
        self.fields["deliver_to"].queryset = Location.objects.filter(  # type: ignore[attr-defined]
            department__in=[ward.pk for ward in (self.ward, self.chosen) if ward], active=True
        )
        self.do, _colon, self.code = self.data.get("do", "save").partition(":")
        self.words = self.data.get("q", "").strip()
        self.added = ""  # the code of the line that the pressed button added
        self.kept: ServiceRequest | None = None  # the draft, once `keep` has saved it
        self.too_many = False
        self._add_lines()

    def _initial(self) -> dict[str, Any]:
        if self.draft is None:
            return {"client_key": ids.key(), "department": self.ward}
        kept = ("client_key", "department", "deliver_to", "run_out", "needed_by", "note")
        return {name: getattr(self.draft, name) for name in kept}

    def _chosen_ward(self) -> Department | None:
        """The ward that the page names now: its hospital's catalogue counts."""
        pk = self.data.get("department", "")
        if self.ward is not None and pk in ("", str(self.ward.pk)):
            return self.ward
        wards = self.fields["department"].queryset.select_related("hospital")  # type: ignore[attr-defined]
        return (wards.filter(pk=pk).first() if pk.isdecimal() else None) or self.ward

    def offer_places(self) -> None:
        """From here on only places of the chosen ward stand in the list."""
        places = Location.objects.filter(department=self.chosen, active=True)
        self.fields["deliver_to"].queryset = places  # type: ignore[attr-defined]

    def _add_lines(self) -> None:
        held = {line.code: line.quantity for line in self.draft.lines.all()} if self.draft else {}
        if self.is_bound:
            codes = [name.removeprefix(LINE) for name in self.data if name.startswith(LINE)]
            self.too_many = len(codes) > drafting.MOST_LINES
            codes = codes[: drafting.MOST_LINES]
        else:
            codes = list(held)
        for code in codes:
            if not (self.do == "remove" and code == self.code):
                self.fields[f"{LINE}{code}"] = line_field(code)
                self.initial[f"{LINE}{code}"] = held.get(code)

    @property
    def codes(self) -> list[str]:
        return [name.removeprefix(LINE) for name in self.fields if name.startswith(LINE)]

    def typed(self, code: str) -> int | None:
        """The quantity of a line as it stands on the page, or None while it cannot be read."""
        name = f"{LINE}{code}"
        if not self.is_bound:
            return self.initial[name]
        return None if name in self.errors else self.cleaned_data.get(name)

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        for text in self.errors.pop("client_key", []):  # nobody sees that field
            self.add_error(None, text)
        if self.too_many:
            self.add_error(None, _("At most %(most)s lines fit on one list.") % {"most": drafting.MOST_LINES})
        place, ward = cleaned.get("deliver_to"), cleaned.get("department")
        if place and ward and place.department_id != ward.pk:
            if self.ward and place.department_id == self.ward.pk:  # the ward was changed on this page
                cleaned["deliver_to"] = None
            else:
                self.add_error("deliver_to", _("Choose a place on this ward."))
        return cleaned

    def keep(self) -> ServiceRequest | None:
        """Save the draft with what was typed and the button pressed; None with messages beside the fields.

        Raises WrongState (`public_id`) when it was sent meanwhile.
        """
        if not self.is_valid():
            return None
        try:
            self.kept = drafting.save_draft(
                by=self.by,
                client_key=self.draft.client_key
                if self.draft
                else self.cleaned_data["client_key"] or ids.key(),
                quantities=self._quantities(),
                **{
                    name: self.cleaned_data[name]
                    for name in ("department", "deliver_to", "run_out", "needed_by", "note")
                },
            )
        except Invalid as refusal:
            self.add_problems(refusal.errors)
            return None
        return self.kept

    def only_searches(self) -> bool:
        """A search by words on a page that was never saved and can be read: there is nothing to keep yet."""
        asked = self.do == "search" and self.draft is None
        return asked and self.is_valid() and not self.codes and not self._scanned()

    def _quantities(self) -> dict[str, int]:
        wanted = {code: self.cleaned_data[f"{LINE}{code}"] for code in self.codes}
        self.added = self.code if self.do == "add" else self._scanned() if self.do == "search" else ""
        if self.added:
            wanted[self.added] = min(wanted.get(self.added, 0) + 1, drafting.MOST)
        return wanted

    def _scanned(self) -> str:
        """The code that was typed or scanned in full, or ''."""
        if not self.words or self.chosen is None:
            return ""
        items = CatalogueItem.objects.filter(
            hospital=self.chosen.hospital_id, code__iexact=self.words, active=True, stopped_reason=""
        )
        return items.values_list("code", flat=True).first() or ""


class ReceiveForm(VerbForm):
    """How many of each line arrived: one field a line that may be on its way, prefilled with what is expected."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, lines: Iterable[RequestItem]) -> None:
        super().__init__(data)
        self.lines = {f"{LINE}{line.pk}": line for line in lines if listing.expected(line) > 0}
        for name, line in self.lines.items():
            self.fields[name] = line_field(line.name, least=0, most=line.outstanding)
            self.initial[name] = listing.expected(line)

    @property
    def all_here(self) -> bool:
        return "all" in self.data

    def quantities(self) -> dict[int, int]:
        """Order units by line id: what was typed, or everything that is expected."""
        if self.all_here:
            return {line.pk: listing.expected(line) for line in self.lines.values()}
        return {line.pk: self.cleaned_data[name] for name, line in self.lines.items()}

    def receive(self, request: ServiceRequest, *, by: "User") -> bool:
        """Confirm what the valid form says; False with messages beside the fields."""
        try:
            fulfilment.receive(request=request, quantities=self.quantities(), by=by)
        except Invalid as refusal:
            self.add_problems(refusal.errors)
            return False
        return True

    def full_clean(self) -> None:
        if self.all_here:
            self._errors, self.cleaned_data = forms.utils.ErrorDict(), {}
            return
        super().full_clean()

    def rows(self) -> list[tuple[RequestItem, forms.BoundField]]:
        return [(line, self[name]) for name, line in self.lines.items()]


class SettleForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What was done about it?"),
        max_length=500,
        error_messages={"required": gettext_lazy("Say what was done, so that the record explains it.")},
    )


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is it no longer needed?"),
        max_length=lifecycle.LONGEST_REASON,
        error_messages={"required": gettext_lazy("Say why, so that everybody who follows it knows.")},
    )
