"""People who follow a request that somebody else filed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Watcher(models.Model):
    """Follows a request; gives no right to see it. `joined`: says that they have the same trouble."""

    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.CASCADE, related_name="watchers"
    )
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    joined = models.BooleanField(default=False, help_text=_("has the same trouble, and counts"))
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "user"], name="watcher_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.request}"
