"""The clocks of a request. Time decides here, so there is no state machine: timestamps, and the next moment to look."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Clock(models.Model):
    """One promise that is being kept or not. Written by `sla.clocks` and `sla.escalation` only.

    `warned_at` and `breached_at` say when the sweep marked it: after an outage, later than `warn_at` and `due_at`.
    What was late for less than the pause between two sweeps is only told by its outcome. A clock that stands still runs on
    from `paused_at` as if no time had passed: its times are derived again from its events (sla.replay).
    """

    class Kind(models.TextChoices):
        APPROVAL = "approval", _("decision")
        RESPONSE = "response", _("taken")
        FULFILMENT = "fulfilment", _("on the ward")

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")

    class Outcome(models.TextChoices):
        MET = "met", _("in time")
        LATE = "late", _("late")
        CANCELLED = "cancelled", _("no longer needed")

    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="clocks"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    about = models.CharField(
        max_length=40, blank=True, help_text=_("what it times within the request, as step:12")
    )
    calendar = models.ForeignKey(
        "sla.BusinessCalendar", on_delete=models.PROTECT, null=True, help_text=_("empty: the wall clock")
    )
    calendar_version = models.PositiveIntegerField(default=0)
    target_seconds = models.PositiveBigIntegerField(help_text=_("open time from start to due"))
    started_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    stopped_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    warned_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True, help_text=_("stands still since then"))
    paused_seconds = models.PositiveBigIntegerField(default=0, help_text=_("stood still before that"))
    fixed = models.BooleanField(default=False, help_text=_("for an agreed time, which waiting does not move"))
    round = models.PositiveSmallIntegerField(default=1, help_text=_("one more for each other promise"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "kind", "about"], condition=Q(state="running"), name="clock_runs_once"
            ),
            models.CheckConstraint(
                condition=Q(state="running", stopped_at=None, outcome="")
                | Q(state="stopped", stopped_at__isnull=False, next_check_at=None),
                name="clock_stopped_or_running",
            ),
            models.CheckConstraint(
                condition=Q(paused_at=None) | Q(state="running", next_check_at=None, fixed=False),
                name="clock_stands_still_quietly",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_check_at"],
                condition=Q(state="running", next_check_at__isnull=False),
                name="clock_next_check",
            ),
            models.Index(
                fields=["stopped_at"],
                condition=Q(stopped_at__isnull=False),
                name="clock_done",
            ),
        ]
        ordering = ["pk"]
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.about}".strip()

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def promised_at(self) -> datetime | None:
        """When it is due; None while it stands still and that is not known. What was late before stays late."""
        return None if self.paused_at and self.due_at > self.paused_at else self.due_at


class ClockEvent(models.Model):
    """What happened to a clock and who did it. Append-only."""

    class Kind(models.TextChoices):
        STARTED = "started", _("started")
        WARNED = "warned", _("likely late")
        BREACHED = "breached", _("late")
        PAUSED = "paused", _("stands still")
        RESUMED = "resumed", _("goes on")
        RETARGETED = "retargeted", _("another time is promised")
        STOPPED = "stopped", _("stopped")

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    about = models.CharField(
        max_length=60,
        blank=True,
        help_text=_("why it stands still, as in requests_app.waiting_reasons; what is promised now"),
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class ClockRung(models.Model):
    """A rung of the ladder that a clock has come to; each once for a promise (sla.ladder). Append-only."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="rungs")
    round = models.PositiveSmallIntegerField()
    rung = models.CharField(max_length=20, help_text=_("of sla.ladder"))
    at = models.DateTimeField()
    told = models.BooleanField(help_text=_("somebody was told; else it was passed over"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "round", "rung"], name="clock_rung_once")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.rung} {self.at:%Y-%m-%d %H:%M}"
