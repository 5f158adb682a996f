"""What IT offers and looks after: systems that people get access to, outages that are known, and who has them too."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.models.request import new_public_id


class ItSystem(models.Model):
    """A system that somebody may ask access to. `owner` decides who gets into it."""

    hospital = models.ForeignKey("accounts.Hospital", on_delete=models.PROTECT, related_name="it_systems")
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=120)
    clinical = models.BooleanField(default=False, help_text=_("holds records of patients"))
    needs_training = models.BooleanField(
        default=False, help_text=_("asks for the day of the training before anybody gets in")
    )
    owner = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="systems_owned"
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["hospital", "name"]
        verbose_name = _("system")
        verbose_name_plural = _("systems")
        constraints = [
            models.UniqueConstraint(fields=["hospital", "code"], name="it_system_code_once_per_hospital")
        ]

    def __str__(self) -> str:
        return self.name


class Outage(models.Model):
    """Trouble that IT knows about already. Written by `requests_app.it.outages`; ended, never deleted."""

    ref = models.CharField(max_length=30, unique=True, default=new_public_id, editable=False)
    hospital = models.ForeignKey("accounts.Hospital", on_delete=models.PROTECT, related_name="outages")
    service_code = models.SlugField(max_length=30, help_text=_("of the services that IT offers"))
    title = models.CharField(max_length=120)
    what_to_do = models.TextField(blank=True, max_length=500, help_text=_("how the wards manage meanwhile"))
    started_at = models.DateTimeField()
    expected_at = models.DateTimeField(null=True, blank=True, help_text=_("when it is likely to work again"))
    ended_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-started_at", "-id"]
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
                name="outage_ends_after_it_begins",
            )
        ]
        indexes = [
            models.Index(
                fields=["hospital", "-started_at"], condition=Q(ended_at__isnull=True), name="outage_now"
            ),
            models.Index(fields=["hospital", "-started_at", "-id"], name="outage_all"),
        ]

    def __str__(self) -> str:
        return self.title


class OutageReport(models.Model):
    """Somebody has the same trouble, on which ward: it counts, and they are told when it is over."""

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="reports")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outage", "user"], name="outage_report_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.outage}"
