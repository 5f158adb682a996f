"""The run of one approval: its steps are copied from the policy and live on their own."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from approvals.models.policy import ApprovalPolicy
from portal import ids
from portal.fsm import GuardedState, StateQuerySet

PRICE_RULE = "price-after-approval"  # the one rule of a round about the price of an order


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
    site_policy = models.ForeignKey(
        ApprovalPolicy,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("what its hospital did otherwise"),
    )
    rules = models.JSONField(default=list, help_text=_("codes of the rules that held"))
    case = models.JSONField(default=dict)
    content = models.JSONField(default=dict, help_text=_("what is decided about, as `content.shown` says it"))
    round = models.PositiveSmallIntegerField(
        default=1, help_text=_("the first, the second ... run of its request")
    )
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

    @property
    def version(self) -> str:
        """ "purchases v3", or "purchases v3 with purchases-sbg v2": the versions that it was planned by."""
        return " with ".join(str(one) for one in (self.policy, self.site_policy) if one)

    @property
    def about_price(self) -> bool:
        """Is it about what an order costs, after the request was agreed to?"""
        return self.rules == [PRICE_RULE]


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
    role = models.CharField(max_length=60)
    asked_role = models.CharField(max_length=60, help_text=_("the role that was asked in the end"))
    also = models.JSONField(default=list, help_text=_("roles asked as well since it was not decided in time"))
    late = models.BooleanField(default=False, help_text=_("not decided in time: alternates count"))
    needed = models.PositiveSmallIntegerField(default=1)
    of_all = models.BooleanField(default=False, help_text=_("everybody who is asked must agree"))
    distinct = models.BooleanField(default=True)
    within = models.CharField(max_length=8, blank=True)
    escalate_to = models.CharField(max_length=30, blank=True)
    documents = models.JSONField(default=list)
    calendar = models.CharField(max_length=30)
    why = models.CharField(max_length=400)
    state = FSMField(default=State.WAITING, choices=State.choices, protected=True)
    round = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    carried_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("agreed in an earlier round; what changed since does not concern it"),
    )
    recheck = models.BooleanField(default=False, help_text=_("who may decide changed: look again"))

    objects = StateQuerySet.as_manager()

    class Meta:
        ordering = ["sequence", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "open", "approved", "rejected", "withdrawn"]),
                name="step_state_known",
            )
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(recheck=True), name="step_to_recheck")]

    @transition(state, State.WAITING, State.OPEN)
    def mark_open(self, moment: Any) -> None:
        self.opened_at = moment

    @transition(state, State.OPEN, State.APPROVED)
    def mark_approved(self, moment: Any) -> None:
        self.closed_at = moment

    @transition(state, State.WAITING, State.APPROVED)
    def mark_carried(self, moment: Any) -> None:
        """Agreed in an earlier round, and nothing that concerns it changed since."""
        self.closed_at = moment

    @transition(state, [State.OPEN, State.APPROVED, State.REJECTED, State.WITHDRAWN], State.OPEN)
    def mark_undone(self, moment: Any) -> None:
        """A decision on it was taken back at once: it is asked in one more round, since when it was asked first."""
        self.round += 1
        self.closed_at = None

    @transition(state, [State.OPEN, State.WITHDRAWN], State.WAITING)
    def mark_recalled(self, moment: Any) -> None:
        """The decision before it was taken back: it is not its turn."""
        self.opened_at = self.closed_at = None

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
    on_behalf_of = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("who lent the right; empty: an own one"),
    )
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
        WITHDRAWN = "withdrawn", _("Taken back")

    step = models.ForeignKey(ApprovalStep, on_delete=models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField()
    actor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    delegation = models.ForeignKey(
        "approvals.Delegation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    role = models.CharField(max_length=60, blank=True, help_text=_("the role that gave the right"))
    reason = models.CharField(max_length=500, blank=True)
    adjusted = models.JSONField(
        default=list, blank=True, help_text=_('[{"line": code, "from": 6, "to": 4, "why": "enough"}]')
    )
    content_hash = models.CharField(max_length=64, help_text=_("of what was agreed, after adjusting"))
    confirmed = models.BooleanField(default=False, help_text=_("the password was asked again"))
    withdraws = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="withdrawn_by",
        help_text=_("what is taken back"),
    )
    decided_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step", "round", "authority"],
                condition=~models.Q(outcome="withdrawn"),
                name="decision_once_per_authority",
            ),
            models.UniqueConstraint(
                fields=["step", "round", "actor"],
                condition=~models.Q(outcome="withdrawn"),
                name="decision_once_per_actor",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="withdrawn", withdraws__isnull=False)
                | ~models.Q(outcome="withdrawn") & models.Q(withdraws=None),
                name="decision_withdraws_one",
            ),
            models.CheckConstraint(
                condition=models.Q(actor=models.F("authority")) | models.Q(delegation__isnull=False),
                name="decision_for_another_is_delegated",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("decisions are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("decisions are never deleted")
