"""What people type on their own page."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal import ids
from portal.accounts.models import ApiToken, Department, User
from portal.accounts.passes import LONGEST_NAME
from portal.accounts.tokens import DAYS
from portal.forms import PlainForm


class TokenForm(PlainForm):
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


class PassForm(PlainForm):
    """A pass to be given out; the verb judges what was typed."""

    key = forms.RegexField(
        r"^[A-Za-z0-9_-]{16,30}$",
        widget=forms.HiddenInput,
        required=False,
        initial=ids.token,
        error_messages={"invalid": _("This page cannot be used any more. Open it again.")},
    )
    first_name = forms.CharField(
        label=_("First name"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Enter the first name.")},
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=LONGEST_NAME, error_messages={"required": _("Enter the last name.")}
    )
    department = forms.ModelChoiceField(
        label=_("On which ward?"), queryset=Department.objects.none(), empty_label=None
    )

    def __init__(
        self, *args: Any, wards: QuerySet[Department], today: Department | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = wards  # type: ignore[attr-defined]
        self.fields["department"].initial = today


class Colleague(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name()


class HandOverForm(PlainForm):
    user = Colleague(
        label=_("Who takes it over?"),
        queryset=User.objects.none(),
        empty_label=_("Choose a colleague"),
        error_messages={"required": _("Choose who takes it over.")},
    )

    def __init__(self, data: Any = None, *, people: QuerySet[User]) -> None:
        super().__init__(data)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
