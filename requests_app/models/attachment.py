"""A file that belongs to a request. The content lies under MEDIA_ROOT; this row says what it is and whether it may be read."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import ids

if TYPE_CHECKING:
    from datetime import datetime


class Attachment(models.Model):
    """`path`: where the content lies under MEDIA_ROOT; '' once it is deleted, and the row stays as its tombstone."""

    class State(models.TextChoices):
        UNSCANNED = "unscanned", _("Not checked for viruses: no scanner is set")
        HELD = "held", _("Being checked for viruses")
        CLEAN = "clean", _("Checked")
        INFECTED = "infected", _("Deleted: it carried a virus")

    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.CASCADE, related_name="attachments"
    )
    ref = models.CharField(max_length=30, unique=True, default=ids.token, editable=False)
    name = models.CharField(max_length=120, help_text=_("as people see it, cleaned"))
    mime = models.CharField(max_length=40)
    size = models.PositiveIntegerField(help_text=_("bytes, as stored"))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of what is stored"))
    path = models.CharField(max_length=40, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    scanned_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["added_by", "added_at"], name="attachment_of_a_day"),
            models.Index(
                fields=["id"],
                condition=models.Q(state__in=["unscanned", "held"], removed_at__isnull=True),
                name="attachment_to_scan",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_there(self) -> bool:
        """Its content can be read by those who see the request: not removed, and checked where a scanner is set."""
        if self.removed_at is not None or not self.path:
            return False
        return self.state == self.State.CLEAN or (
            self.state == self.State.UNSCANNED and not settings.CLAMD_URL
        )

    @property
    def waits(self) -> bool:
        """Held back until a scanner has looked at it."""
        return self.removed_at is None and bool(self.path) and not self.is_there

    def was_there(self, sent_at: "datetime | None") -> bool:
        """Removed after others could have seen it: the page goes on to say that it was there."""
        return self.removed_at is not None and sent_at is not None and self.removed_at >= sent_at
