"""What people say when they are away or let somebody decide for them."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.clock import now
from portal.forms import PlainForm
from requests_app.models import Category

TODAY, WEEK, UNTIL = "today", "week", "until"
ALL, BELOW, TYPES = "all", "below", "types"


class Deputy(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name()


class ScopeForm(PlainForm):
    """Who, and within which limits; `limit` and `categories` of the cleaned data are what the verbs take."""

    to = Deputy(queryset=User.objects.none(), required=False, label=_("Who stands in for you?"))
    scope = forms.ChoiceField(
        label=_("What may they decide?"),
        choices=[
            (ALL, _("Everything that you may")),
            (BELOW, _("Only below an amount")),
            (TYPES, _("Only some types of request")),
        ],
        initial=ALL,
        required=False,
        widget=forms.RadioSelect,
    )
    limit = forms.DecimalField(
        label=_("Below which amount?"),
        max_digits=12,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
        error_messages={"invalid": _("Enter an amount, such as 500.")},
    )
    categories = forms.MultipleChoiceField(
        label=_("Which types?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]
        self.fields["to"].empty_label = str(self.nobody)  # type: ignore[attr-defined]
        types = Category.objects.order_by("name").values_list("code", "name")
        self.fields["categories"].choices = list(types)  # type: ignore[attr-defined]

    nobody = _("Choose who stands in")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        scope = cleaned.get("scope") or ALL
        if scope == BELOW and not cleaned.get("limit") and "limit" not in self.errors:
            self.add_error("limit", _("Enter an amount, such as 500."))
        if scope == TYPES and not cleaned.get("categories") and "categories" not in self.errors:
            self.add_error("categories", _("Choose at least one type."))
        cleaned["limit"] = cleaned.get("limit") if scope == BELOW else None
        cleaned["categories"] = cleaned.get("categories", []) if scope == TYPES else []
        return cleaned


class AwayForm(ScopeForm):
    """Away from now or a day on, until the end of today, of this week or of a day."""

    nobody = _("Nobody: my colleagues, then the next authority")
    until = forms.ChoiceField(
        label=_("Until when are you away?"),
        choices=[(TODAY, _("Today")), (WEEK, _("This week")), (UNTIL, _("Until a date"))],
        initial=TODAY,
        widget=forms.RadioSelect,
    )
    first = forms.DateField(
        label=_("From"),
        help_text=_("Empty: from now on."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter a date, such as 2030-05-31.")},
    )
    last = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter a date, such as 2030-05-31.")},
    )

    field_order = ("until", "first", "last", "to", "scope", "limit", "categories")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        today = timezone.localtime(now()).date()
        first, last = cleaned.get("first") or today, cleaned.get("last")
        if cleaned.get("until") == UNTIL and last is None and "last" not in self.errors:
            self.add_error("last", _("Choose the last day."))
        if cleaned.get("until") == TODAY:
            last = first
        elif cleaned.get("until") == WEEK:
            last = first + timedelta(days=6 - first.weekday())
        cleaned["starts_at"] = now() if first == today else midnight(first)
        cleaned["ends_at"] = end_of(last) if last else None
        return cleaned


class LendForm(AwayForm):
    """The same for a right that is lent while one is here: somebody has to be named."""

    nobody = _("Choose who stands in")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].required = True
        self.fields["to"].label = _("Who may decide for you?")
        self.fields["until"].label = _("Until when?")
        self.fields["to"].error_messages["required"] = _("Choose who stands in.")


class AlternateForm(PlainForm):
    to = Deputy(
        queryset=User.objects.none(),
        required=False,
        label=_("Who stands in?"),
        help_text=_("Stands in whenever you are away, and where you did not decide in time."),
        empty_label=_("Nobody"),
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


def midnight(day: date) -> datetime:
    """The first moment of `day` where the reader's clock hangs."""
    return datetime.combine(day, time(), timezone.get_current_timezone())


def end_of(day: date) -> datetime:
    """The first moment after `day`. Days after the year 9998 are none: the verb refuses them as too long."""
    return midnight(min(day, date(9998, 12, 31)) + timedelta(days=1))
