"""Out of the ordinary: typed, owned and due, so that nothing waits without somebody who knows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.exception_kinds import SETTLED
from requests_app.models.request import new_public_id


class CaseException(models.Model):
    class Kind(models.TextChoices):
        NEEDS_ROUTING = "needs_routing", _("Nobody can decide this")
        NO_CALENDAR = "no_calendar", _("No service hours are set")
        NO_TARGET = "no_target", _("No target time is set")
        NO_TEAM = "no_team", _("No team serves this")
        SYNC_REJECTED = "sync_rejected", _("The purchasing system refused the order")
        DRIFT = "drift", _("The order was changed in the purchasing system")
        NO_PRODUCT = "no_product", _("The item is not linked to the purchasing system")
        ITEM_STOPPED = "item_stopped", _("An item in use was stopped")
        RECURRING_PAUSED = "recurring_paused", _("A list that comes again has nobody to send it")
        DUTY_NOT_COVERED = "duty_not_covered", _("Nobody is on duty")
        URGENT_SUPPLY = "urgent_supply", _("Urgent, and none in stock")
        MISSING_APPROVAL = "missing_approval", _("Ordered without an approval")
        POLICY_DEVIATION = "policy_deviation", _("Not as the policy says")
        EQUIPMENT_DOWN = "equipment_down", _("Out of use, and no loan")
        REPEAT_FAILURE = "repeat_failure", _("It fails again and again")
        RECEIPT_DIFFERENCE = "receipt_difference", _("Not delivered as agreed")
        LATE_SUPPLY = "late_supply", _("The supplier is late")
        HIRE_OVERDUE = "hire_overdue", _("A loan or hire past its end")
        PRICE_ABOVE_APPROVAL = "price_above_approval", _("Ordered at more than was agreed")
        STILL_WAITING = "still_waiting", _("It has waited long enough")
        SPLIT_SUSPECTED = "split_suspected", _("It may be part of a larger order")
        OVER_BUDGET = "over_budget", _("Its budget does not have the money")

    # What a person may settle with a reason. The others end when their cause does: somebody may decide, the order is taken.
    BY_HAND = SETTLED

    ref = models.CharField(max_length=30, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    hospital = models.ForeignKey("accounts.Hospital", on_delete=models.PROTECT)
    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, null=True, related_name="exceptions"
    )
    key = models.CharField(max_length=120, blank=True, help_text=_("tells several of one kind apart"))
    owner_role = models.CharField(max_length=30)
    detail = models.TextField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    assignee = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    escalated_at = models.DateTimeField(null=True, blank=True, help_text=_("told to whoever comes next"))
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    resolution = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "request", "key"],
                condition=models.Q(closed_at__isnull=True),
                name="exception_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["hospital", "owner_role", "due_at"], name="exception_owner"),
            models.Index(fields=["due_at", "id"], condition=models.Q(closed_at=None), name="exception_open"),
        ]
