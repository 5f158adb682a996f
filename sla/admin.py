"""Hours, holidays and targets are edited here; clocks are evidence and only shown."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from sla import calendars
from sla.models import ApprovalTarget, BusinessCalendar, Clock, ClockEvent, Holiday, SlaTarget


@admin.register(BusinessCalendar)
class BusinessCalendarAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "hospital", "version")
    list_filter = ("hospital",)
    list_select_related = ("hospital",)
    readonly_fields = ("version", "days_off")

    def get_readonly_fields(self, request: HttpRequest, obj: BusinessCalendar | None = None) -> Any:
        return (*self.readonly_fields, "hospital", "code") if obj else self.readonly_fields

    def save_model(self, request: Any, obj: BusinessCalendar, form: ModelForm, change: bool) -> None:
        saved = calendars.publish_calendar(
            hospital=obj.hospital,
            code=obj.code,
            name=obj.name,
            windows=obj.windows,
            holidays=obj.holidays,
            by=request.user,
        )
        obj.pk = saved.pk


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):
    list_display = ("date", "name", "hospital")
    list_filter = ("hospital",)
    list_select_related = ("hospital",)

    def save_model(self, request: Any, obj: Holiday, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        calendars.follow_holidays(hospital=obj.hospital, by=request.user)

    def delete_model(self, request: Any, obj: Holiday) -> None:
        super().delete_model(request, obj)
        calendars.follow_holidays(hospital=obj.hospital, by=request.user)

    def delete_queryset(self, request: Any, queryset: Any) -> None:
        for holiday in list(queryset):
            self.delete_model(request, holiday)


@admin.register(SlaTarget)
class SlaTargetAdmin(admin.ModelAdmin):
    list_display = ("service", "priority", "hospital", "calendar")
    list_filter = ("service", "hospital")
    list_select_related = ("hospital",)


@admin.register(ApprovalTarget)
class ApprovalTargetAdmin(admin.ModelAdmin):
    list_display = ("priority", "amount", "unit", "calendar")


class Shown:
    """Nothing can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ClockEventInline(Shown, admin.TabularInline):
    model = ClockEvent
    extra = 0


@admin.register(Clock)
class ClockAdmin(Shown, admin.ModelAdmin):
    list_display = ("request", "kind", "about", "state", "due_at", "outcome")
    list_filter = ("kind", "state", "outcome")
    list_select_related = ("request",)
    inlines = (ClockEventInline,)
