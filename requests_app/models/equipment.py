"""Equipment with a label: what can break. Master data, but for its state, which `equipment_state` moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.equipment.equipment_classes import choices


class Equipment(models.Model):
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
