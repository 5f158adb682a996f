"""The questions of a type of request or of a catalogue item, as they were at each time."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FormVersion(models.Model):
    """One version of the questions, a JSON-Schema form definition (`configured.schema`). Published ones never change.

    A request keeps the version that it was asked with.
    """

    category = models.ForeignKey(
        "requests_app.Category", on_delete=models.CASCADE, null=True, blank=True, related_name="forms"
    )
    item = models.ForeignKey(
        "requests_app.CatalogueItem", on_delete=models.CASCADE, null=True, blank=True, related_name="forms"
    )
    version = models.PositiveIntegerField(default=1)
    schema = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-version"]
        verbose_name = _("version of a form")
        verbose_name_plural = _("versions of forms")
        constraints = [
            models.UniqueConstraint(fields=["category", "version"], name="form_version_once_per_category"),
            models.UniqueConstraint(fields=["item", "version"], name="form_version_once_per_item"),
            models.CheckConstraint(
                condition=Q(category__isnull=False, item__isnull=True)
                | Q(category__isnull=True, item__isnull=False),
                name="form_of_a_category_or_an_item",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category or self.item} {self.version}"
