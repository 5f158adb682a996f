"""What work costs outside, asked for while it is under way."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CostApproval(models.Model):
    """An estimate of a team. `decision` is the request of its own on which somebody decides (`requests_app.costs`)."""

    class Outcome(models.TextChoices):
        OPEN = "", _("Waiting for a decision")
        AGREED = "agreed", _("Agreed")
        REFUSED = "refused", _("Said no")
        WITHDRAWN = "withdrawn", _("Taken back")

    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="costs", help_text=_("the work")
    )
    decision = models.OneToOneField(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="cost_of"
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text=_("in the hospital's currency"))
    what = models.CharField(max_length=200)
    supplier = models.CharField(max_length=80, blank=True)
    quotation = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(outcome=""), name="cost_one_at_a_time"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cost_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.amount}"
