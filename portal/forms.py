"""Forms that refuse in this portal's own sentences, where a field has none of its own."""

from django import forms
from django.utils.translation import gettext_lazy

SENTENCES = {
    "required": gettext_lazy("Answer this question."),
    "invalid_choice": gettext_lazy("Choose from the list."),
    "max_length": gettext_lazy("Keep it to %(limit_value)d characters."),
    "max_value": gettext_lazy("Enter at most %(limit_value)s."),
    "min_value": gettext_lazy("Enter at least %(limit_value)s."),
}


class PlainForm(forms.Form):
    """Says what to do instead of what Django says; a field's own sentence stays."""

    def full_clean(self) -> None:
        for field in self.fields.values():
            stock = _stock(field)
            field.error_messages |= {
                code: said
                for code, said in SENTENCES.items()
                if field.error_messages.get(code) == stock.get(code)
            }
        super().full_clean()


def _stock(field: forms.Field) -> dict[str, object]:
    """What Django says for this kind of field."""
    found: dict[str, object] = {}
    for kind in reversed(type(field).__mro__):
        found |= getattr(kind, "default_error_messages", {})
    return found
