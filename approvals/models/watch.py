"""What the nightly looks find: requests that may have been split, duties that do not go together, and the monthly sample."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SplitSuspicion(models.Model):
    """Requests that together reach a band that none of them reaches alone. Never deleted; cleared only with a reason."""

    class Axis(models.TextChoices):
        REQUESTER = "requester", _("Asked for by one person")
        COLLEAGUES = "colleagues", _("Asked for by people of one ward")
        COST_CENTRE = "cost_centre", _("Paid by one cost centre")
        VENDOR = "vendor", _("From one supplier, by whatever name")

    key = models.CharField(
        max_length=64, unique=True, help_text=_("the same finding of another night has the same key")
    )
    axis = models.CharField(max_length=12, choices=Axis.choices)
    days = models.PositiveSmallIntegerField(help_text=_("the window: 1, 7 or 30 days"))
    threshold = models.DecimalField(max_digits=14, decimal_places=2, help_text=_("in the base currency"))
    total = models.DecimalField(max_digits=14, decimal_places=2, help_text=_("in the base currency"))
    found_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    cleared_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-found_at", "id"]


class SuspectedPart(models.Model):
    suspicion = models.ForeignKey(SplitSuspicion, on_delete=models.PROTECT, related_name="parts")
    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="split_suspicions"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["suspicion", "request"], name="suspected_part_once")]


class AcceptedConflict(models.Model):
    """Two duties that one person holds though they do not go together: by whom it is answered for, until when, and how."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    pair = models.CharField(
        max_length=60, help_text=_("two columns of the matrix, as approvals.separation names them")
    )
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    control = models.CharField(max_length=300, help_text=_("what is done instead"))
    accepted_at = models.DateTimeField()
    until = models.DateField()

    class Meta:
        ordering = ["until", "id"]


class SampledOrder(models.Model):
    """A request that a standing order decided, shown to the head once a month."""

    class Answer(models.TextChoices):
        RIGHT = "right", _("Looks right")
        QUERY = "query", _("Query this line")

    request = models.OneToOneField(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="sampled"
    )
    month = models.DateField(help_text=_("the first day of the month it was decided in"))
    answer = models.CharField(max_length=5, choices=Answer.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["month", "id"]
