"""An emergency that was sent, and who has been told about it while nobody took it."""

from django.db import models
from django.db.models import Q


class EmergencyCall(models.Model):
    """One for each emergency; every rung is marked once. Written by `portal.desk.emergencies`."""

    request = models.OneToOneField(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="emergency"
    )
    duty_code = models.CharField(max_length=30, help_text="whose holder is told")
    raised_at = models.DateTimeField()
    again_at = models.DateTimeField(null=True, help_text="the holder was told a second time")
    manager_at = models.DateTimeField(null=True, help_text="the site manager was told")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("raised_at")),
                name="emergency_ends_after_it_is_raised",
            )
        ]
        indexes = [
            models.Index(fields=["raised_at"], condition=Q(ended_at__isnull=True), name="emergency_running")
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.duty_code}"
