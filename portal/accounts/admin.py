"""The set-up of people and places.

Roles are given and ended through `scopes`, so that rows and record follow.
"""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts import scopes
from portal.accounts.models import Department, Duty, DutyHolder, Hospital, Location, Membership, Team, User


class KeptAdmin(admin.ModelAdmin):
    """Nothing here is deleted: requests and the record name it. Switch it off instead."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class PersonAdmin(KeptAdmin, UserAdmin):
    list_display = ["username", "first_name", "last_name", "email", "is_active"]
    list_filter = ["is_active", "memberships__role"]
    readonly_fields = ["kind", "last_login", "date_joined"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "kind"]}),
        (_("Account"), {"fields": ["is_active", "is_staff", "is_superuser", "last_login", "date_joined"]}),
    ]


@admin.register(Hospital)
class HospitalAdmin(KeptAdmin):
    list_display = ["code", "name", "time_zone", "currency"]


@admin.register(Department)
class DepartmentAdmin(KeptAdmin):
    list_display = ["code", "name", "hospital", "cost_centre", "active"]
    list_filter = ["hospital", "active"]
    search_fields = ["code", "name"]


@admin.register(Location)
class LocationAdmin(KeptAdmin):
    list_display = ["code", "name", "department", "kind", "delivery_point", "acute", "active"]
    list_filter = ["hospital", "kind", "delivery_point", "acute"]
    search_fields = ["code", "name"]


@admin.register(Team)
class TeamAdmin(KeptAdmin):
    list_display = ["code", "name", "hospital", "active"]
    list_filter = ["hospital"]


@admin.register(Membership)
class MembershipAdmin(KeptAdmin):
    list_display = ["user", "role", "hospital", "department", "team", "valid_from", "valid_until"]
    list_filter = ["role", "hospital"]
    search_fields = ["user__username", "user__last_name"]
    list_select_related = ["user", "hospital", "department", "team"]
    actions = ["end_now"]

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        granted = scopes.grant(
            user=obj.user,
            role=obj.role,
            place=obj.place,
            by=cast("User", request.user),
            valid_from=obj.valid_from,
            valid_until=obj.valid_until,
            skills=obj.skills,
        )
        obj.pk = granted.pk

    @admin.action(description=_("End the chosen roles now"), permissions=["add"])
    def end_now(self, request: HttpRequest, chosen: Any) -> None:
        for membership in chosen:
            scopes.revoke(membership=membership, by=cast("User", request.user))


class DutyHolderInline(admin.TabularInline):
    """Who had it when: taken on a person's own page, only shown here."""

    model = DutyHolder
    extra = 0
    can_delete = False
    readonly_fields = ["user", "since", "until"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Duty)
class DutyAdmin(KeptAdmin):
    list_display = ["code", "hospital", "department", "calendar", "active"]
    list_filter = ["hospital", "code", "active"]
    list_select_related = ["hospital", "department"]
    inlines = [DutyHolderInline]
