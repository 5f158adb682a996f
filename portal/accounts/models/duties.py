"""Duties of a hospital or ward, and who held each of them from when until when."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.duty_kinds import choices
from portal.accounts.models.places import Department, Hospital


class Duty(models.Model):
    """A duty as it exists at one hospital, or on one of its wards. Emergencies and exceptions go to whoever has it."""

    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="duties")
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="duties",
        help_text=_("the ward, for a duty that each ward has"),
    )
    code = models.CharField(max_length=30, choices=choices)
    calendar = models.SlugField(
        max_length=30,
        help_text=_("always, or the service calendar outside whose hours somebody is on call"),
    )
    phone = models.CharField(
        max_length=30, blank=True, help_text=_("goes with the duty, not with a person: telephone or bleep")
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["hospital", "code", "department", "id"]
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        constraints = [
            models.UniqueConstraint(
                fields=["hospital", "code"],
                condition=Q(department__isnull=True),
                name="duty_once_per_hospital",
            ),
            models.UniqueConstraint(
                fields=["department", "code"],
                condition=Q(department__isnull=False),
                name="duty_once_per_ward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()}, {self.department or self.hospital}"


class DutyHolder(models.Model):
    """One person's time on a duty. Written by `accounts.duties` only: ended, never changed or deleted."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="holders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duties_held")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True, help_text=_("the first moment without it"))

    class Meta:
        ordering = ["-since", "-id"]
        verbose_name = _("holder of a duty")
        verbose_name_plural = _("holders of duties")
        constraints = [
            models.UniqueConstraint(
                fields=["duty"], condition=Q(until__isnull=True), name="duty_one_holder_now"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="duty_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(until__isnull=True), name="duty_held_now_by"),
        ]

    def __str__(self) -> str:
        return f"{self.duty}: {self.user}"
