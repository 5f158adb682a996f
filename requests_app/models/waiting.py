"""What work waits for, which team had it, and what the ward was asked about it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from requests_app.models.request import new_public_id


class Wait(models.Model):
    """One stretch in which the work waited; the one that is not ended says why it waits now. Written by `waiting`."""

    request = models.ForeignKey("requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="waits")
    reason = models.SlugField(max_length=30, help_text=_("of requests_app.waiting_reasons"))
    note = models.CharField(max_length=200, blank=True)
    charged = models.SlugField(max_length=30, help_text=_("the party whose minutes these are"))
    stops_clock = models.BooleanField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    again_at = models.DateTimeField(help_text=_("when it is asked again"))
    asked_again_at = models.DateTimeField(null=True, blank=True, help_text=_("when that was done"))
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(ended_at__isnull=True), name="wait_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="wait_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["again_at"], condition=Q(ended_at=None), name="wait_again")]

    def __str__(self) -> str:
        return f"{self.request}: {self.reason}"


class TeamPass(models.Model):
    """The work went from one team to another, or back to the queue of its own (`to_team` is the same). Append-only."""

    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="passes"
    )
    from_team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    to_team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.request}: {self.from_team} > {self.to_team}"


class WardQuestion(models.Model):
    """What a team asked whoever asked for the work; the work waits until it is answered or goes on without.

    Or what was asked before a decision (`step_ref`). Without an answer it is over too once that was taken: `is_void`.
    """

    ref = models.CharField(max_length=30, unique=True, default=new_public_id, editable=False)
    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="questions"
    )
    wait = models.OneToOneField(
        Wait,
        on_delete=models.PROTECT,
        null=True,
        related_name="question",
        help_text=_("of the work, while it waits"),
    )
    step_ref = models.CharField(
        max_length=40, blank=True, help_text=_("asked by who decides, before they do: 'step:<id>'")
    )
    text = models.CharField(max_length=300)
    choices = models.JSONField(default=list, blank=True, help_text=_("answers that are one tap"))
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.request}: {self.text}"

    @property
    def is_void(self) -> bool:
        """Nobody waits for the answer any more, and there is none."""
        return self.answered_at is not None and self.answered_by_id is None


class WorkRecord(models.Model):
    """How one stretch of work ended: the outcome, the minutes, the parts. One for each time it was finished. Append-only."""

    class Test(models.TextChoices):
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Failed")
        NONE = "", _("None needed")

    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="work_records"
    )
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=40)
    note = models.CharField(max_length=500, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    parts = models.JSONField(
        default=list, blank=True, help_text=_('[{"name": "Battery", "quantity": 1, "price": "42.00"}]')
    )
    parts_cost = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    test = models.CharField(max_length=10, choices=Test.choices, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.request}: {self.outcome}"
