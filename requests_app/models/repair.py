"""What a repair keeps beside its request: the thing or the room, what is wrong with it, and whether it is safe and clean."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Repair(models.Model):
    """One for each repair that was sent; sending it again after a change writes the same row.

    A piece of equipment, else a room; a thing without a label (`thing`) stands in a room. `symptoms` are codes of the
    set that was shown (`symptom_set` of `requests_app.equipment.symptoms`), so that it reads as it was asked.
    """

    class Needed(models.TextChoices):
        NOW = "now", _("Needed now and no other works")
        TODAY = "today", _("Needed today, we are managing with another")
        CAN_WAIT = "can_wait", _("Not needed today")

    class Safe(models.TextChoices):
        YES = "yes", _("Yes")
        REMOVED = "no_removed", _("No, taken out of use")
        IN_USE = "no_in_use", _("No, but it cannot be taken out yet")

    class Clean(models.TextChoices):
        CLEAN = "clean", _("Wiped down")
        NOT_CLEAN = "not_clean", _("Not cleaned")
        CANNOT_CLEAN = "cannot_clean", _("Cannot be cleaned or opened")
        INCIDENT = "incident", _("Left as it is: somebody was or could have been harmed")

    request = models.OneToOneField(
        "requests_app.ServiceRequest", on_delete=models.CASCADE, related_name="repair"
    )
    equipment = models.ForeignKey(
        "requests_app.Equipment", on_delete=models.PROTECT, null=True, blank=True, related_name="repairs"
    )
    location = models.ForeignKey(
        "accounts.Location", on_delete=models.PROTECT, null=True, blank=True, related_name="repairs"
    )
    thing = models.CharField(max_length=200, blank=True, help_text=_("what it is, where it has no label"))
    symptom_set = models.CharField(max_length=20)
    symptoms = models.JSONField(default=list)
    needed = models.CharField(max_length=10, choices=Needed.choices)
    safe = models.CharField(max_length=12, choices=Safe.choices)
    cleanliness = models.CharField(max_length=12, choices=Clean.choices, blank=True)
    incident_number = models.CharField(max_length=40, blank=True)
    cleared_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("after harm: who allowed that it is worked on and closed"),
    )
    cleared_at = models.DateTimeField(null=True, blank=True)

    made_safe_at = models.DateTimeField(
        null=True, blank=True, help_text=_("a loan or a work-around is in place")
    )
    made_safe_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_safe_how = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(equipment__isnull=False) | Q(location__isnull=False), name="repair_is_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(needed__in=["now", "today", "can_wait"])
                & Q(safe__in=["yes", "no_removed", "no_in_use"]),
                name="repair_answers_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.equipment or self.location}"

    @property
    def harmed(self) -> bool:
        """Somebody was or could have been harmed: it is left as it is."""
        return self.cleanliness == self.Clean.INCIDENT

    @property
    def out_of_use(self) -> bool:
        """It carries a tag that says so."""
        return self.equipment_id is not None and (self.safe == self.Safe.REMOVED or self.harmed)
