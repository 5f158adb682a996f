"""A key by which a program acts as a person. Only its hash is kept."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import ids


class ApiToken(models.Model):
    """Written by `accounts.tokens` only. A token is revoked, never deleted: the list says when it was last used."""

    class Scope(models.TextChoices):
        READ = "read", _("Only read")
        ACT = "act", _("Read and act")

    ref = models.CharField(max_length=30, unique=True, default=ids.token, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.READ)
    prefix = models.CharField(max_length=12, help_text=_("its first characters, to tell tokens apart"))
    digest = models.CharField(max_length=64, unique=True, help_text=_("SHA-256 of the token"))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, help_text=_("within the hour"))
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=["read", "act"]), name="token_scope_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="token_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def counts(self, moment: datetime) -> bool:
        """Neither revoked nor expired at `moment`."""
        return self.revoked_at is None and moment < self.expires_at
