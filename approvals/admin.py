"""Budgets are entered here as a table imports them, and what stands in their periods is read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from approvals.budgets import keeping
from approvals.models import Budget, BudgetPeriod


class BudgetForm(forms.ModelForm):
    class Meta:
        model = Budget
        fields = (
            "cost_centre",
            "spend_group",
            "period",
            "amount",
            "currency",
            "check_kind",
            "owner",
            "active",
        )

    def clean(self) -> dict[str, Any]:
        """What is promised already stays promised."""
        cleaned = super().clean() or {}
        kept = ("amount", "check_kind")
        if self.instance.pk and all(name in cleaned for name in kept):
            as_it_will_be = Budget(
                pk=self.instance.pk, period=self.instance.period, **{name: cleaned[name] for name in kept}
            )
            if why := keeping.too_little(as_it_will_be):
                self.add_error("amount", why)
        return cleaned


@admin.register(Budget)
class BudgetAdmin(admin.ModelAdmin):
    form = BudgetForm
    list_display = ["cost_centre", "spend_group", "period", "amount", "currency", "check_kind", "active"]
    list_filter = ["spend_group", "period", "check_kind", "active"]
    search_fields = ["cost_centre"]

    def get_readonly_fields(self, request: HttpRequest, obj: Budget | None = None) -> Any:
        return ("cost_centre", "spend_group", "period", "currency") if obj else ()

    def save_model(self, request: Any, obj: Budget, form: Any, change: bool) -> None:
        kept = keeping.keep(
            cost_centre=obj.cost_centre,
            spend_group=obj.spend_group,
            period=obj.period,
            amount=obj.amount,
            currency=obj.currency,
            check=obj.check_kind,
            owner=obj.owner,
            active=obj.active,
            by=request.user,
        )
        obj.pk = kept.budget.pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(BudgetPeriod)
class BudgetPeriodAdmin(admin.ModelAdmin):
    list_display = ["budget", "starts", "amount", "stops", "reserved", "committed", "ordered"]
    list_filter = ["budget__spend_group", "stops"]
    list_select_related = ["budget"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
