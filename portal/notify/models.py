"""One notice to one person. The words are rendered when it is read, in the reader's language."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.notify.texts import ICONS, sentence


class Notice(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=30, help_text="one of notify.texts.KINDS; `notify` refuses others")
    case = models.CharField(max_length=30, blank=True)
    params = models.JSONField(default=dict, blank=True)
    url = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notice_key_once_per_person"),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notice_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["created_at"], condition=Q(mailed_at__isnull=True), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def text(self) -> str:
        """What it says, in the language that is active."""
        return sentence(self.kind, self.params)

    @property
    def icon(self) -> str:
        """Name of the picture beside it."""
        return ICONS[self.kind]
