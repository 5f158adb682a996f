"""The supply form: what stands on the page as values for the verbs; their messages come back beside the fields."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import ids
from portal.accounts import scopes
from portal.accounts.models import Department, Location
from portal.errors import Invalid
from requests_app import screening
from requests_app.ask_form import AsTyped
from requests_app.forms import LINE, DraftForm, LaterChoice, LaterDate, PlaceChoice, line_field
from requests_app.models import CatalogueItem, Equipment, ServiceRequest
from requests_app.questions import Ask, Question
from requests_app.states import EmergencyReason, RunOut
from requests_app.supplies import drafting, item_questions, own_words

if TYPE_CHECKING:
    from portal.accounts.models import User

KEPT = ("department", "deliver_to", "run_out", "needed_by", "note", "answered_by", "emergency_reason")
FREE = ("note", "answered_by", "own_name", "own_purpose")  # fields that take any words
OWN = ("own_key", "own_name", "own_quantity", "own_purpose", "own_price")
TAKE = "take-"  # before the code of a line: something similar is agreed to in its place
GTIN = (8, 12, 13, 14)  # digits


class SupplyForm(DraftForm):
    """A draft as it stands on the page: its lines are fields `line-<code>`; `do` names the button that was pressed."""

    run_out = LaterChoice(
        label=gettext_lazy("When will you run out?"), choices=RunOut.choices, widget=forms.RadioSelect
    )
    answered_by = forms.CharField(
        label=gettext_lazy("Who answered?"),
        help_text=gettext_lazy("Name or desk; “nobody” if nobody did."),
        required=False,
        max_length=80,
    )
    emergency_reason = LaterChoice(
        label=gettext_lazy("Why is it an emergency?"),
        choices=EmergencyReason.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    needed_by = LaterDate(
        label=gettext_lazy("Which date?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a date, such as 2027-05-14.")},
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
    own_key = forms.CharField(widget=forms.HiddenInput, required=False)
    own_name = forms.CharField(
        label=gettext_lazy("What is it?"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    own_quantity = forms.CharField(
        label=gettext_lazy("How many?"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    own_purpose = forms.CharField(
        label=gettext_lazy("What is it for?"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    own_price = forms.CharField(
        label=gettext_lazy("What might one cost?"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
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
        self.held = list(draft.lines.select_related("substituted_for")) if draft else []
        if draft:
            draft.department.hospital = draft.hospital
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
        self.items = self._read_items()
        self.questions = item_questions.read(item.asks for item in self.items.values())
        self._add_questions()

    def _initial(self) -> dict[str, Any]:
        if self.draft is None:
            return {"client_key": ids.key(), "department": self.ward, "own_key": ids.key()}
        kept = ("client_key", "department", "deliver_to", "run_out", "needed_by", "note")
        answered = {
            name: self.draft.answers.get(name, "") for name in ("answered_by", "emergency_reason", *OWN)
        }
        answered["own_key"] = answered["own_key"] or ids.key()
        return {name: getattr(self.draft, name) for name in kept} | answered

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
        held = {line.code: line.quantity for line in self.held}
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

    def _read_items(self) -> dict[str, Any]:
        """The catalogue items of the lines, with what the store has and the questions they bring. One query."""
        hospital = self.chosen.hospital_id if self.chosen else None
        found = CatalogueItem.objects.filter(hospital=hospital, code__in=self.codes)
        items = found.select_related("vendor", "on_hand").annotate(asks=item_questions.published("pk"))
        read = {item.code: item for item in items}
        for line in self.held:
            if line.form_version_id and line.code in read:
                read[
                    line.code
                ].asks = line.form_version_id  # a line keeps the questions that it was first asked
        return read

    def _add_questions(self) -> None:
        kept = {line.code: line.answers for line in self.held}
        for code, item in self.items.items():
            for question in self.questions.get(item.asks, []):
                name = item_questions.name_of(code, question.key)
                self.fields[name] = AsTyped(question, _widget(question))
                self.initial[name] = kept.get(code, {}).get(question.key, "")

    def questions_of(self, code: str) -> list[forms.BoundField]:
        """The fields that are asked with this line."""
        item = self.items.get(code)
        asked = self.questions.get(item.asks, []) if item else []
        return [self[item_questions.name_of(code, question.key)] for question in asked]

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
                instead=self.agreed,
                begun={}
                if self._adds_own()
                else {name: self.cleaned_data[name] for name in OWN if self._has_own()},
                own=self._own() if self._adds_own() else None,
                asked=self._asked(),
                **{name: self.cleaned_data[name] for name in KEPT},
            )
        except Invalid as refusal:
            self.add_problems(refusal.errors)
            return None
        return self.kept

    def only_searches(self) -> bool:
        """A search by words on a page that was never saved and can be read: there is nothing to keep yet."""
        asked = self.do in ("search", "star") and self.draft is None
        return asked and self.is_valid() and not self.codes and not self._scanned()

    def _quantities(self) -> dict[str, int]:
        wanted: dict[str, int] = {}
        for code in self.codes:
            put = self.agreed_for(code) or code
            wanted[put] = min(wanted.get(put, 0) + self.cleaned_data[f"{LINE}{code}"], drafting.MOST)
        self.added = self.code if self.do == "add" else self._scanned() if self.do == "search" else ""
        if self.added:
            wanted[self.added] = min(wanted.get(self.added, 0) + 1, drafting.MOST)
        return wanted

    def agreed_for(self, code: str) -> str:
        """The code of what the clinician ticked in place of this line, or ''."""
        return str(self.data.get(f"{TAKE}{code}", "")) if self.is_bound else ""

    @property
    def agreed(self) -> dict[str, str]:
        """What is on the list -> what it is taken in place of."""
        return {self.agreed_for(code): code for code in self.codes if self.agreed_for(code)}

    @property
    def texts(self) -> dict[str, str]:
        """What was typed freely, by name of the field."""
        found = {name: str(self.data.get(name, "")) for name in FREE}
        for code, item in self.items.items():
            for question in self.questions.get(item.asks, []):
                if question.ask in (Ask.TEXT, Ask.LONG):
                    name = item_questions.name_of(code, question.key)
                    found[name] = str(self.data.get(name, ""))
        return found

    @property
    def own_texts(self) -> dict[str, str]:
        """Those of them that become an item when own words are added."""
        return {name: text for name, text in self.texts.items() if name in OWN}

    @property
    def chosen_anyway(self) -> bool:
        """Somebody saw that it looks like data of a patient, and chose to send it."""
        return screening.AGREED in self.data

    def _has_own(self) -> bool:
        return any(self.cleaned_data[name].strip() for name in ("own_name", "own_purpose"))

    def _adds_own(self) -> bool:
        """Own words go onto the list when that is pressed, and are not forgotten when it is checked; never while they look
        like data of a patient."""
        if screening.warned(self.own_texts, agreed=self.chosen_anyway):
            return False
        return self.do == "own" or (self.do == "review" and self._has_own())

    def _own(self) -> own_words.OwnWords:
        typed = {name.removeprefix("own_"): self.cleaned_data[name] for name in OWN if name != "own_key"}
        try:
            key = UUID(self.cleaned_data["own_key"])
        except ValueError:
            key = ids.key()
        return own_words.OwnWords(key=key, **typed)

    def _asked(self) -> dict[str, dict[str, Any]]:
        """What was typed below the lines, by code and key of the question."""
        found: dict[str, dict[str, Any]] = {}
        for code, item in self.items.items():
            for question in self.questions.get(item.asks, []):
                name = item_questions.name_of(code, question.key)
                every = getattr(self.data, "getlist", None) if question.ask == Ask.SEVERAL else None
                typed = every(name) if every else self.data.get(name, "")
                found.setdefault(self.agreed_for(code) or code, {})[question.key] = typed
        return found

    def _scanned(self) -> str:
        """The code of the item whose code or barcode was typed or scanned in full, or ''."""
        if not self.words or self.chosen is None:
            return ""
        here = CatalogueItem.objects.filter(hospital=self.chosen.hospital_id, one_off=False)
        named = Q(code__iexact=self.words) | Q(barcode__in=_barcodes(self.words))
        items = here.filter(named, active=True, stopped_reason="")
        return items.values_list("code", flat=True).first() or ""

    def scanned_equipment(self) -> str:
        """The number on the label of a piece of equipment that was scanned into the search, or ''."""
        if self.do != "search" or not self.words or self.chosen is None:
            return ""
        pieces = Equipment.objects.filter(
            hospital=self.chosen.hospital_id, active=True, tag__iexact=self.words
        )
        return pieces.values_list("tag", flat=True).first() or ""


def _barcodes(words: str) -> set[str]:
    """How a barcode may be kept: as scanned, and a GTIN with and without its leading zeros."""
    if not (words.isascii() and words.isdecimal() and len(words) in GTIN):
        return {words}
    return {words, *(words.lstrip("0").zfill(digits) for digits in GTIN)}


def _widget(question: Question) -> forms.Widget:
    choices = [(one.code, one.label) for one in question.choices]
    match question.ask:
        case Ask.ONE:
            return forms.RadioSelect(choices=choices)
        case Ask.SEVERAL:
            return forms.CheckboxSelectMultiple(choices=choices)
        case Ask.LONG:
            return forms.Textarea(attrs={"rows": 2})
        case Ask.DATE:
            return forms.TextInput(attrs={"type": "date"})
        case Ask.MOMENT:
            return forms.TextInput(attrs={"type": "datetime-local"})
        case Ask.NUMBER:
            return forms.TextInput(attrs={"inputmode": "numeric"})
    return forms.TextInput()
