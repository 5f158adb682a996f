"""Equipment is set up here until it comes from elsewhere; its state is shown only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from requests_app.equipment_classes import CLASSES
from requests_app.models import Equipment


@admin.register(Equipment)
class EquipmentAdmin(admin.ModelAdmin):
    list_display = [
        "tag",
        "name",
        "class_code",
        "department",
        "repaired_by",
        "criticality",
        "state",
        "active",
    ]
    list_filter = ["hospital", "criticality", "state", "active"]
    list_select_related = ["hospital", "department"]
    search_fields = ["tag", "name", "serial"]
    readonly_fields = ["repaired_by"]

    def get_readonly_fields(self, request: HttpRequest, obj: Equipment | None = None) -> Any:
        """The label and the state of a piece that exists are not typed over."""
        return [*self.readonly_fields, "hospital", "tag", "state"] if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("repaired by"))
    def repaired_by(self, obj: Equipment) -> str:
        """The team of its class, by code. No request is sent there yet."""
        return CLASSES[obj.class_code].team if obj.class_code in CLASSES else ""
