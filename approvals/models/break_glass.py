"""An approval that did not wait: who used it, why, and what an independent person says of it afterwards."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import ids


class BreakGlass(models.Model):
    """One use of the emergency path. Written by `break_glass`; the review is written once."""

    class Reason(models.TextChoices):
        PATIENT_SAFETY = "patient_safety", _("Patient safety")
        UTILITIES = "utilities", _("Power, water, gases or heating")
        IT_OUTAGE = "it_outage", _("IT outage")
        SUPPLY_FAILURE = "supply_failure", _("Supply failure")

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", _("It was right")
        NOT_JUSTIFIED = "not_justified", _("It should have waited")

    ref = models.CharField(max_length=30, unique=True, default=ids.token, editable=False)
    approval = models.OneToOneField("approvals.Approval", on_delete=models.PROTECT, related_name="broken")
    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="broken_glass"
    )
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    duty = models.SlugField(max_length=30, help_text=_("the duty that allowed it"))
    reason = models.CharField(max_length=20, choices=Reason.choices)
    words = models.CharField(max_length=500)
    amount = models.DecimalField(max_digits=14, decimal_places=2, help_text=_("in the base currency"))
    ceiling = models.DecimalField(max_digits=14, decimal_places=2)
    content_hash = models.CharField(max_length=64)
    told = models.JSONField(default=list, help_text=_("keys of the people who were told at once"))
    used_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text=_("what did not leave by then needs the usual approval"))
    review_due_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verdict = models.CharField(max_length=15, choices=Verdict.choices, blank=True)
    review_words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, verdict="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(verdict=""),
                name="break_glass_review_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=models.F("by")),
                name="break_glass_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(amount__lt=models.F("ceiling")), name="break_glass_below_ceiling"
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_due_at"], condition=Q(reviewed_at=None), name="break_glass_to_review"
            )
        ]
