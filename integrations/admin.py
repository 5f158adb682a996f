"""The outbox can be looked at here, and not touched: messages change by verbs only."""

from typing import Any

from django.contrib import admin

from integrations.models import DeliveryAttempt, ExternalReference, OutboxMessage


class ReadOnly:
    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


class AttemptInline(ReadOnly, admin.TabularInline):
    model = DeliveryAttempt
    extra = 0


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("key", "state", "attempts", "next_attempt_at", "error_kind", "created_at", "done_at")
    list_filter = ("state", "error_kind")
    search_fields = ("key", "request__number")
    inlines = [AttemptInline]


@admin.register(ExternalReference)
class ExternalReferenceAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "external_id",
        "model",
        "record_id",
        "name",
        "state",
        "receipt_status",
        "polled_at",
        "closed_at",
    )
    list_filter = ("model", "state")
    list_select_related = True
    search_fields = ("external_id", "name", "request__number")
