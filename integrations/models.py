"""What the world is owed (the outbox), every try to pay it, and what it gave us to refer to."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OutboxMessage(models.Model):
    """The promise that the world will hear about a decision, written in the decision's own transaction.

    The payload is what was approved, so that a later change of the catalogue changes no order. `key` makes the promise
    unique; the external ids inside the payload make keeping it twice harmless.
    """

    class Kind(models.TextChoices):
        PURCHASE_ORDER = "odoo.purchase_order", _("Order in Odoo")
        MAINTENANCE_REQUEST = "odoo.maintenance_request", _("Maintenance request in Odoo")
        MAINTENANCE_STAGE = "odoo.maintenance_stage", _("Stage of a maintenance request in Odoo")

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be sent")
        CLAIMED = "claimed", _("Being sent")
        DONE = "done", _("Sent")
        DEAD = "dead", _("Refused")
        VOID = "void", _("No longer needed")

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="outbox_messages"
    )
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(
        default=0, help_text=_("counted when claimed, so that crashes count")
    )
    not_before = models.DateTimeField()
    next_attempt_at = models.DateTimeField(help_text=_("while claimed: when the lease ends"))
    claimed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    token = models.CharField(
        max_length=32, blank=True, help_text=_("of the claim; a result without it is refused")
    )
    last_error = models.TextField(blank=True)
    error_kind = models.CharField(max_length=30, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state__in=["pending", "claimed"]),
                name="outbox_due",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "claimed", "done", "dead", "void"]),
                name="outbox_state_known",
            )
        ]

    def __str__(self) -> str:
        return self.key


class DeliveryAttempt(models.Model):
    """One row per claim, added when it ended: by whoever held it, or by whoever found its lease run out."""

    class Outcome(models.TextChoices):
        DELIVERED = "delivered", _("Accepted")
        FAILED = "failed", _("Failed, will be tried again")
        REFUSED = "refused", _("Refused")
        LOST = "lost", _("The worker stopped before the answer was recorded")
        VOID = "void", _("No longer needed")

    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="deliveries")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    error = models.TextField(blank=True)

    class Meta:
        default_permissions = ("view",)
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="attempt_number_once")]

    def __str__(self) -> str:
        return f"{self.message_id} #{self.number} {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("attempts are only ever added")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("attempts are only ever added")


class ExternalReference(models.Model):
    """A record elsewhere that belongs to a request: an order, a line of one (`parent` is its order), a maintenance request.

    `state` and what follows is what Odoo last said, and when. `closed_at` ends the asking.
    """

    ORDER = "purchase.order"
    ORDER_LINE = "purchase.order.line"
    MAINTENANCE = "maintenance.request"

    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="references"
    )
    line = models.ForeignKey(
        "requests_app.RequestItem", on_delete=models.PROTECT, null=True, related_name="references"
    )
    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="references")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")
    system = models.CharField(max_length=20, default="odoo")
    model = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120, unique=True)
    record_id = models.PositiveBigIntegerField()
    name = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=30, blank=True)
    stage = models.CharField(
        max_length=80, blank=True, help_text=_("of a maintenance request: what Odoo calls where it stands")
    )
    receipt_status = models.CharField(max_length=20, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    version = models.PositiveSmallIntegerField(default=0, help_text=_("of the system, for links"))
    drift = models.TextField(blank=True, help_text=_("the difference that its owner was told about"))
    created_at = models.DateTimeField()
    polled_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["system", "model", "record_id"], name="reference_record_once"),
        ]
        indexes = [
            models.Index(
                fields=["polled_at", "id"],
                condition=Q(model="purchase.order", closed_at__isnull=True),
                name="reference_open_orders",
            ),
            models.Index(
                fields=["polled_at", "id"],
                condition=Q(model="maintenance.request", closed_at__isnull=True),
                name="reference_open_maintenance",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class TeamLink(models.Model):
    """Which maintenance team in Odoo a team of the portal is. Written by `integrations.linking`; without one nothing leaves."""

    team = models.OneToOneField("accounts.Team", on_delete=models.PROTECT, related_name="odoo_link")
    odoo_team_id = models.PositiveIntegerField()
    company_id = models.PositiveIntegerField(null=True, help_text=_("in Odoo; empty: of every company"))
    linked_at = models.DateTimeField()

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.team} = maintenance.team {self.odoo_team_id}"
