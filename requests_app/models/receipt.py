"""What did not arrive as it was agreed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReceiptDifference(models.Model):
    """One line of one delivery that was not right. Its exception is owned by the store or the buyer. Append-only."""

    class Kind(models.TextChoices):
        SHORT = "short", _("Fewer than ordered")
        OVER = "over", _("More than ordered")
        WRONG_ITEM = "wrong_item", _("Wrong item")
        WRONG_UNIT = "wrong_unit", _("Wrong pack size")
        DAMAGED = "damaged", _("Damaged")
        EXPIRED = "expired", _("Out of date or short date")
        COLD_CHAIN = "cold_chain", _("Too warm")
        NOT_ORDERED = "not_ordered", _("Not ordered by us")
        WRONG_PLACE = "wrong_place", _("Left in the wrong place")
        NO_PAPER = "no_paper", _("No delivery note")

    line = models.ForeignKey("requests_app.RequestItem", on_delete=models.PROTECT, related_name="differences")
    exception = models.ForeignKey(
        "requests_app.CaseException", on_delete=models.PROTECT, null=True, related_name="differences"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    quantity = models.PositiveIntegerField(default=0, help_text=_("order units that were not right"))
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.line}: {self.kind}"
