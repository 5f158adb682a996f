"""Fields of the form of a rule: amounts and codes as people type them, lists as boxes to tick."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")


class Amount(forms.CharField):
    """ "5,000" or "12.50" -> "5000", "12.50"; whether it is an amount is for the verb."""

    def __init__(self, label: Any, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, required=False, max_length=16, widget=widget, **more)

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value)).lstrip("£").strip()
        return text.replace(",", "") if GROUPED.fullmatch(text) else text


class Codes(forms.CharField):
    """ "7B, 5C" -> ["7B", "5C"]."""

    def __init__(self, label: Any, **more: Any) -> None:
        help_text = gettext_lazy("Codes, with commas between them.")
        super().__init__(label=label, required=False, max_length=2000, help_text=help_text, **more)

    def to_python(self, value: Any) -> Any:
        return list(dict.fromkeys(str(super().to_python(value)).replace(",", " ").split()))

    def run_validators(self, value: Any) -> None:
        """The verb looks at every code."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class Ticked(forms.MultipleChoiceField):
    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(label=label, required=False, widget=forms.CheckboxSelectMultiple, **more)


def as_held(values: list[str], held: Iterable[str] | None) -> list[str]:
    """`values` in the order in which they stand there, if they are the same: boxes have an order of their own."""
    known = list(held or ())
    return known if set(known) == set(values) else values


class YesNo(forms.ChoiceField):
    """True, False, or None where it does not matter."""

    def __init__(self, label: Any, yes: Any, no: Any) -> None:
        choices = [("", gettext_lazy("does not matter")), ("yes", yes), ("no", no)]
        super().__init__(label=label, required=False, choices=choices)

    def clean(self, value: Any) -> Any:
        return {"yes": True, "no": False}.get(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
