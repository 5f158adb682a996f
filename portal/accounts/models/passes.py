"""Passes of temporary staff: an account for one shift."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import ids
from portal.accounts.models.places import Department


class TemporaryPass(models.Model):
    """Who let whom work on which ward, until when. Written by `accounts.passes`; ended, never deleted."""

    ref = models.CharField(max_length=30, unique=True, default=ids.token, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="temporary_pass"
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="passes")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text=_("the first moment without it"))
    closed_at = models.DateTimeField(null=True, help_text=_("when its account was closed"))
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-issued_at", "-id"]
        verbose_name = _("pass")
        verbose_name_plural = _("passes")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=models.F("issued_at")), name="pass_ends_after_it_begins"
            )
        ]
        indexes = [
            models.Index(fields=["department", "-issued_at"], name="pass_of_ward"),
            models.Index(fields=["ends_at"], condition=Q(closed_at__isnull=True), name="pass_running"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.department}"
