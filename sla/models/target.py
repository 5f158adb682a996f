"""What is promised: how long a decision, the first answer and the whole service may take."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.states import Priority


class Unit(models.TextChoices):
    MINUTES = "min", _("minutes")
    HOURS = "h", _("hours")
    WORKING_HOURS = "wh", _("working hours")
    WORKING_DAYS = "wd", _("working days")


class Service(models.TextChoices):
    SUPPLY_STORE = "supply_store", _("Supplies from the store")
    SUPPLY_BOUGHT = "supply_bought", _("Supplies that are bought")


class Anchor(models.TextChoices):
    SENT = "sent", _("after sending, or after the approval that releases it")
    AGREED = "agreed", _("the agreed time")


class SlaTarget(models.Model):
    """Minutes and hours run on the wall clock; working hours and days on `calendar`.

    Anchored at the agreed time, the response is due its amount *before* that time, and the fulfilment at it.
    """

    hospital = models.ForeignKey(
        "accounts.Hospital",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("empty: for all hospitals"),
    )
    service = models.CharField(max_length=30, choices=Service.choices)
    priority = models.CharField(max_length=10, choices=Priority.choices)
    response_amount = models.PositiveSmallIntegerField()
    response_unit = models.CharField(max_length=3, choices=Unit.choices)
    response_anchor = models.CharField(max_length=10, choices=Anchor.choices, default=Anchor.SENT)
    fulfilment_amount = models.PositiveSmallIntegerField(default=0)
    fulfilment_unit = models.CharField(max_length=3, choices=Unit.choices, default=Unit.WORKING_HOURS)
    anchor = models.CharField(max_length=10, choices=Anchor.choices, default=Anchor.SENT)
    plus_lead_time = models.BooleanField(
        default=False, help_text=_("add the longest lead time of what is bought")
    )
    calendar = models.SlugField(max_length=30)
    lead_calendar = models.SlugField(
        max_length=30,
        blank=True,
        help_text=_("whose working days a lead time counts; empty: the same calendar"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hospital", "service", "priority"], name="target_once_per_hospital"
            ),
            models.UniqueConstraint(
                fields=["service", "priority"], condition=Q(hospital__isnull=True), name="target_once_for_all"
            ),
        ]
        ordering = ["service", "priority", "hospital"]
        verbose_name = _("target time")
        verbose_name_plural = _("target times")

    def __str__(self) -> str:
        return f"{self.get_service_display()}, {self.get_priority_display()}"


class ApprovalTarget(models.Model):
    """How long one approval step may take."""

    priority = models.CharField(max_length=10, choices=Priority.choices, unique=True)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=3, choices=Unit.choices)
    calendar = models.SlugField(max_length=30, blank=True, help_text=_("empty: the calendar of the step"))

    class Meta:
        ordering = ["priority"]
        verbose_name = _("target time of a decision")
        verbose_name_plural = _("target times of decisions")

    def __str__(self) -> str:
        return self.get_priority_display()
