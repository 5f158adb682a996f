"""Service calendars of a hospital and its holidays."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from sla import windows as notation


class BusinessCalendar(models.Model):
    """When a service of one hospital is open. Only `sla.calendars` writes it, so that `version` counts each change."""

    hospital = models.ForeignKey("accounts.Hospital", on_delete=models.PROTECT)
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=80)
    windows = models.JSONField(help_text=_("opening times, as in sla/windows.py"))
    holidays = models.JSONField(
        default=notation.site,
        help_text=_(
            '"site": closed on holidays; "none": holidays do not matter; or the opening times of a holiday'
        ),
    )
    days_off = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text=_("the hospital's holidays, copied for this version"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hospital", "code"], name="calendar_code_once")]
        ordering = ["hospital", "code"]
        verbose_name = _("service calendar")
        verbose_name_plural = _("service calendars")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            notation.check(self.windows, self.holidays)
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from wrong


class Holiday(models.Model):
    hospital = models.ForeignKey("accounts.Hospital", on_delete=models.PROTECT)
    date = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hospital", "date"], name="holiday_once")]
        ordering = ["hospital", "date"]
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")

    def __str__(self) -> str:
        return f"{self.date}, {self.name}"
