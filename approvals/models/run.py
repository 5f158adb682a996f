"""The run of one approval: its steps are copied from the policy and live on their own."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from approvals.models.policy import ApprovalPolicy
from portal import ids
from portal.fsm import GuardedState, StateQuerySet


def new_ref() -> str:
    return ids.token()


class Approval(models.Model):
    """One run. `case` is the RoutingCase as it was, so that the route can be explained and replayed."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        APPROVED = "approved", _("Agreed")
        REJECTED = "rejected", _("Said no")
        RETURNED = "returned", _("Needs more from its sender")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        NEEDS_ROUTING = "needs_routing", _("Nobody can decide this yet")

    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="approvals"
    )
    policy = models.ForeignKey(ApprovalPolicy, on_delete=models.PROTECT, null=True)
    rules = models.JSONField(default=list, help_text=_("codes of the rules that held"))
    case = models.JSONField(default=dict)
    status = models.CharField(max_length=15, choices=Status.choices, default=Status.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(status__in=["open", "needs_routing"]),
                name="approval_running_once_per_request",
            )
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(status="needs_routing"), name="approval_needs_routing"
            )
        ]


class ApprovalStep(GuardedState, models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("Not yet asked")
        OPEN = "open", _("Waiting for a decision")
        APPROVED = "approved", _("Agreed")
        REJECTED = "rejected", _("Said no")
        WITHDRAWN = "withdrawn", _("No longer needed")

    ref = models.CharField(max_length=30, unique=True, default=new_ref, editable=False)
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="steps")
    sequence = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=30)
    asked_role = models.CharField(max_length=30, help_text=_("the role that was asked in the end"))
    needed = models.PositiveSmallIntegerField(default=1)
    calendar = models.CharField(max_length=30)
    why = models.CharField(max_length=400)
    state = FSMField(default=State.WAITING, choices=State.choices, protected=True)
    round = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = StateQuerySet.as_manager()

    class Meta:
        ordering = ["sequence", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "open", "approved", "rejected", "withdrawn"]),
                name="step_state_known",
            )
        ]

    @transition(state, State.WAITING, State.OPEN)
    def mark_open(self, moment: Any) -> None:
        self.opened_at = moment

    @transition(state, State.OPEN, State.APPROVED)
    def mark_approved(self, moment: Any) -> None:
        self.closed_at = moment

    @transition(state, State.OPEN, State.REJECTED)
    def mark_rejected(self, moment: Any) -> None:
        self.closed_at = moment

    @transition(state, [State.WAITING, State.OPEN], State.WITHDRAWN)
    def mark_withdrawn(self, moment: Any) -> None:
        self.closed_at = moment


class StepApprover(models.Model):
    """Who was asked when the step opened: the inbox. Whether they may decide is judged again when they do."""

    step = models.ForeignKey(ApprovalStep, on_delete=models.CASCADE, related_name="approvers")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    open = models.BooleanField(default=True, help_text=_("still in this person's inbox"))
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "user"], name="approver_once_per_step")]
        indexes = [
            models.Index(
                fields=["user", "opened_at", "id"], condition=models.Q(open=True), name="approver_inbox"
            )
        ]


class DecisionQuerySet(models.QuerySet["Decision"]):
    def update(self, **values: Any) -> int:
        raise TypeError("decisions are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("decisions are never deleted")


class Decision(models.Model):
    """Append-only: who decided, with whose authority, on exactly what content."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("Agreed")
        REJECTED = "rejected", _("Said no")
        RETURNED = "returned", _("Needs more")

    step = models.ForeignKey(ApprovalStep, on_delete=models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField()
    actor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=500, blank=True)
    content_hash = models.CharField(max_length=64)
    decided_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step", "round", "authority"], name="decision_once_per_authority"
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("decisions are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("decisions are never deleted")
