"""What a decision asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import PlainForm

OTHER = "other"
REASONS = [
    ("in_stock", _("Not needed: stock is there")),
    ("standard_item", _("Use the standard item instead")),
    ("ordered_already", _("Ordered already")),
    ("no_budget", _("No budget this period")),
    ("wrong_route", _("Another team or form")),
    ("not_allowed", _("Not allowed by our rules")),
    ("unsafe", _("Unsafe or not approved for use")),
    (OTHER, _("Another reason")),
]


MISSING = [
    ("quantity", _("Quantity or unit not clear")),
    ("purpose", _("What it is for")),
    ("document", _("Quotation or document")),
    ("cost_centre", _("Cost centre or project")),
    ("training", _("Who is trained to use it")),
    ("where_when", _("Where it goes and when")),
    ("specialist", _("Agreement of the specialist")),
    (OTHER, _("Something else")),
]


class RejectForm(PlainForm):
    """A reason chip, words of one's own, or both; `cleaned_data["reason"]` is the sentence that the ward reads."""

    chips = REASONS
    chip = forms.ChoiceField(label=_("Why not?"), choices=REASONS, widget=forms.RadioSelect, required=False)
    words = forms.CharField(
        label=_("In your own words"),
        help_text=_("The ward reads this. Say what they can do instead."),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chip, words = cleaned.get("chip", ""), cleaned.get("words", "").strip()
        if not (chip or words) and not self.errors:
            self.add_error("chip", _("Choose a reason or write one, so that the ward knows why."))
        elif chip == OTHER and not words:
            self.add_error("words", _("Write the reason, so that the ward knows why."))
        said = [] if chip in ("", OTHER) else [str(dict(self.chips)[chip])]
        cleaned["reason"] = ". ".join([*said, words] if words else said)
        return cleaned


class ReturnForm(RejectForm):
    """The same, of what is missing."""

    chips = MISSING
    chip = forms.ChoiceField(
        label=_("What is missing?"), choices=MISSING, widget=forms.RadioSelect, required=False
    )
