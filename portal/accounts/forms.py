"""What people type on their own page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import ApiToken
from portal.accounts.tokens import DAYS


class TokenForm(forms.Form):
    """A token to be made; the verb judges what was typed."""

    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("Only you read this, to know later which one it is."),
        max_length=80,
        error_messages={"required": _("Say in up to 80 characters what it is for.")},
    )
    scope = forms.ChoiceField(
        label=_("What may it do?"),
        choices=ApiToken.Scope.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it may do.")},
    )
    days = forms.TypedChoiceField(
        label=_("How long does it last?"),
        choices=[(days, _("%(n)s days") % {"n": days}) for days in DAYS],
        coerce=int,
        initial=90,
        widget=forms.RadioSelect,
    )
