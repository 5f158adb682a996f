"""Budgets are set up here. Nothing is checked against them yet: their help texts say so."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from approvals.models import Budget


@admin.register(Budget)
class BudgetAdmin(admin.ModelAdmin):
    list_display = ["cost_centre", "spend_group", "period", "amount", "currency", "check_kind", "active"]
    list_filter = ["spend_group", "period", "check_kind", "active"]
    search_fields = ["cost_centre"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
