"""Equipment that is lent while another piece is repaired, and the check that brings a piece back into use."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Loan(models.Model):
    """A piece of the loan pool that a ward has for a while."""

    equipment = models.ForeignKey("requests_app.Equipment", on_delete=models.PROTECT, related_name="loans")
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(
        "requests_app.ServiceRequest",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="loans",
        help_text=_("the repair or the loan that it was given for"),
    )
    given_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    due_back = models.DateField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["equipment"], condition=Q(returned_at__isnull=True), name="loan_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gte=F("given_at")),
                name="loan_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.equipment}: {self.department}"


class EquipmentCheck(models.Model):
    """A technician says that a piece is fit for use; criticality A needs a second signature before it is."""

    equipment = models.ForeignKey("requests_app.Equipment", on_delete=models.PROTECT, related_name="checks")
    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, null=True, blank=True, related_name="checks"
    )
    safety = models.BooleanField(help_text=_("the safety test was passed"))
    function = models.BooleanField(help_text=_("the function test was passed"))
    next_service_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    second_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True, blank=True)
    void_at = models.DateTimeField(
        null=True, blank=True, help_text=_("it was reported again before it was in use")
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | ~Q(second_by=F("by")),
                name="check_two_signatures_differ",
            )
        ]

    def __str__(self) -> str:
        return f"{self.equipment}: {self.by}"
