"""Equipment with a label: what can break. Master data, but for its state, which `equipment_state` moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.equipment.equipment_classes import CLASSES, choices
from requests_app.models.search import Findable


class Equipment(Findable):
    """One labelled piece. It stands at a location, and belongs to a department or to the hospital's library."""

    class Criticality(models.TextChoices):
        A = "A", _("A: keeps a patient alive")
        B = "B", _("B: treats, monitors or diagnoses")
        C = "C", _("C: supports care")
        D = "D", _("D: convenience or comfort")

    class State(models.TextChoices):
        IN_USE = "in_use", _("In use")
        REPORTED = "reported", _("Reported broken")
        OUT_OF_USE = "out_of_use", _("Out of use")
        UNDER_REPAIR = "under_repair", _("Being repaired")
        AWAITING_CHECK = "awaiting_check", _("Repaired, being checked")
        QUARANTINED = "quarantined", _("Do not use")
        ON_LOAN = "on_loan", _("On loan")
        LOST = "lost", _("Lost")
        CONDEMNED = "condemned", _("Cannot be repaired")

    hospital = models.ForeignKey("accounts.Hospital", on_delete=models.PROTECT, related_name="equipment")
    tag = models.CharField(_("number on the label"), max_length=20)
    name = models.CharField(max_length=120)
    class_code = models.CharField(_("class"), max_length=30, choices=choices)
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="equipment"
    )
    location = models.ForeignKey(
        "accounts.Location", on_delete=models.PROTECT, null=True, blank=True, related_name="equipment"
    )
    maker = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=80, blank=True)
    serial = models.CharField(max_length=60, blank=True)
    criticality = models.CharField(max_length=1, choices=Criticality.choices)
    state = models.CharField(
        max_length=20,
        choices=State.choices,
        default=State.IN_USE,
        help_text=_("moved by repairs; only a technician sets it in use again"),
    )
    active = models.BooleanField(default=True)
    next_service_on = models.DateField(null=True, blank=True)
    odoo_equipment_id = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["hospital", "tag"]
        verbose_name = _("piece of equipment")
        verbose_name_plural = _("equipment")
        constraints = [
            models.UniqueConstraint(fields=["hospital", "tag"], name="equipment_tag_once_per_hospital"),
            models.CheckConstraint(
                condition=models.Q(criticality__in=["A", "B", "C", "D"]), name="equipment_criticality_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tag} {self.name}"

    def found_by(self) -> list[str]:
        kind = str(CLASSES[self.class_code].label) if self.class_code in CLASSES else ""
        return [self.tag, self.name, f"{self.maker} {self.model}", self.model, self.serial, kind]


class EquipmentChange(models.Model):
    """A piece went from one state to another: its history, and how long it could not be used. Append-only."""

    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="changes")
    from_state = models.CharField(max_length=20, choices=Equipment.State.choices)
    to_state = models.CharField(max_length=20, choices=Equipment.State.choices)
    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed = models.ForeignKey(
        "requests_app.EquipmentCheck",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("the check that set it in use again"),
    )
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.equipment}: {self.from_state} > {self.to_state}"
