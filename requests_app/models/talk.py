"""What people say to each other about a request, and with whom it is shared."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from requests_app.models.request import new_public_id


class Comment(models.Model):
    """Said by somebody who sees the request. `internal`: for its team only. Append-only."""

    ref = models.CharField(max_length=30, unique=True, default=new_public_id, editable=False)
    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="comments"
    )
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(max_length=2000)
    internal = models.BooleanField(default=False, help_text=_("only the team that does the work reads it"))
    mentions = models.ManyToManyField("accounts.User", blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.request}: {self.by}"


class RequestShare(UserObjectPermissionBase):
    """Guardian's row: this person may see this request, because somebody who sees it shared it. Written by `sharing`."""

    content_object = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.CASCADE, related_name="shares"
    )
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.content_object}: {self.user}"
