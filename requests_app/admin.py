"""Equipment is set up here until it comes from elsewhere; its state is shown only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from requests_app.equipment.equipment_classes import CLASSES
from requests_app.models import Equipment, ItSystem


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
        """The team of its class, by code."""
        return CLASSES[obj.class_code].team if obj.class_code in CLASSES else ""


@admin.register(ItSystem)
class ItSystemAdmin(admin.ModelAdmin):
    """Systems that people may ask access to. Who owns one needs the role of a system owner to decide."""

    list_display = ["name", "code", "hospital", "clinical", "needs_training", "owner", "active"]
    list_filter = ["hospital", "clinical", "active"]
    list_select_related = ["hospital", "owner"]
    search_fields = ["name", "code"]
    raw_id_fields = ["owner"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
