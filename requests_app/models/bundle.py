"""The tasks of a bundle: one request that makes several, for several teams."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OffsetUnit(models.TextChoices):
    MINUTES = "min", _("minutes")
    HOURS = "h", _("hours")
    WORKING_DAYS = "wd", _("working days")
    DAYS = "d", _("days")


class BundleTask(models.Model):
    """Becomes a request of its own when the bundle is agreed: of the type `category`, or plain work for a team.

    `answers`: what the type is told beside the answers of the bundle to questions with the same key. `only_if_key`: made
    only if that question of the bundle was answered, with one of `only_if_codes` if any are named.
    """

    bundle = models.ForeignKey("requests_app.Category", on_delete=models.CASCADE, related_name="tasks")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    category = models.ForeignKey(
        "requests_app.Category", on_delete=models.RESTRICT, null=True, blank=True, related_name="+"
    )
    team_code = models.SlugField(max_length=30, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    only_if_key = models.SlugField(max_length=30, blank=True)
    only_if_codes = models.JSONField(default=list, blank=True)
    offset_amount = models.SmallIntegerField(
        null=True, blank=True, help_text=_("from the start of the bundle; empty: its own target times")
    )
    offset_unit = models.CharField(max_length=3, choices=OffsetUnit.choices, default=OffsetUnit.WORKING_DAYS)
    calendar = models.SlugField(max_length=30, default="office", help_text=_("whose working days count"))

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("task of a bundle")
        verbose_name_plural = _("tasks of bundles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category__isnull=False) | ~models.Q(team_code=""),
                name="task_has_a_type_or_a_team",
            )
        ]

    def __str__(self) -> str:
        return self.title
