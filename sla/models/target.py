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
    """What is shipped. A configured type may have target times of its own: its service is its code."""

    SUPPLY_STORE = "supply_store", _("Supplies from the store")
    SUPPLY_BOUGHT = "supply_bought", _("Supplies that are bought")
    REPAIR_A = "repair_a", _("Repair of a device that patients depend on")
    REPAIR_B = "repair_b", _("Repair of an important device")
    REPAIR_C = "repair_c", _("Repair of another device")
    REPAIR_BUILDING = "repair_building", _("Repair of building and plant")
    IT_FAULT = "it_fault", _("IT fault")
    IT_ACCESS = "it_access", _("IT access")
    IT_EQUIPMENT = "it_equipment", _("IT equipment")
    MOVE_PATIENT = "move_patient", _("Move of a patient")
    MOVE_SAMPLE = "move_sample", _("Move of a sample")
    MOVE_BLOOD = "move_blood", _("Blood from the blood fridge")
    MOVE_GOODS = "move_goods", _("Move of equipment, a bed or goods")
    MOVE_AFTER_DEATH = "move_after_death", _("Transfer after death")
    CLEAN_SPILL = "clean_spill", _("Cleaning of a spill")
    CLEAN_BED = "clean_bed", _("Cleaning of a bed after discharge")
    CLEAN_ISOLATION = "clean_isolation", _("Cleaning of an isolation room")
    CLEAN_OTHER = "clean_other", _("Other cleaning")
    LOAN = "loan", _("Loan of equipment")
    LINEN_WASTE = "linen_waste", _("Linen or waste")
    TASK = "task", _("A bundle and its tasks")
    OTHER = "other", _("All other types of request")


class Anchor(models.TextChoices):
    SENT = "sent", _("after sending, or after the approval that releases it")
    AGREED = "agreed", _("the agreed time")


def service_label(service: str) -> str:
    """The service in words; of a configured type its code."""
    return str(Service(service).label) if service in Service.values else service


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
    service = models.SlugField(
        max_length=50, help_text=_("what is promised: one of those that are shipped, or the code of a type")
    )
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
        return f"{service_label(self.service)}, {self.get_priority_display()}"


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
