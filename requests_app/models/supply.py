"""What stands beside the catalogue: substitutes, stops, stock on hand, favourites, counts, and lists that come again."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Substitute(models.Model):
    """What may be had in place of an item. Only an equal one is ever taken without asking a clinician."""

    class Kind(models.TextChoices):
        EQUAL = "equal", _("Equal: another make of the same thing")
        SIMILAR = "similar", _("Similar: a clinician agrees")

    item = models.ForeignKey(
        "requests_app.CatalogueItem", on_delete=models.CASCADE, related_name="substitutes"
    )
    other = models.ForeignKey("requests_app.CatalogueItem", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SIMILAR)
    note = models.CharField(max_length=120, blank=True, help_text=_("what to mind, in the ward's words"))

    class Meta:
        ordering = ["kind", "id"]  # equal ones first
        constraints = [
            models.UniqueConstraint(fields=["item", "other"], name="substitute_once"),
            models.CheckConstraint(condition=~Q(item=F("other")), name="substitute_is_another"),
            models.CheckConstraint(condition=Q(kind__in=["equal", "similar"]), name="substitute_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} -> {self.other_id}"


class ItemStop(models.Model):
    """From `at` until `lifted_at` nobody may order the item. The sentence itself is on the item."""

    item = models.ForeignKey("requests_app.CatalogueItem", on_delete=models.PROTECT, related_name="stops")
    reason = models.CharField(max_length=160)
    lots = models.CharField(max_length=120, blank=True, help_text=_("comma separated; empty: all"))
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    wards = models.PositiveSmallIntegerField(default=0, help_text=_("how many were told"))
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    lifted_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(lifted_at=None), name="item_stopped_once")
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.reason}"


class StockOnHand(models.Model):
    """What the central store had of an item when the purchasing system was last asked, in order units."""

    item = models.OneToOneField(
        "requests_app.CatalogueItem", on_delete=models.CASCADE, related_name="on_hand"
    )
    quantity = models.IntegerField()
    read_at = models.DateTimeField()

    class Meta:
        verbose_name = _("stock on hand")
        verbose_name_plural = _("stock on hand")

    def __str__(self) -> str:
        return f"{self.item_id}: {self.quantity}"


class Favourite(models.Model):
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="favourites")
    item = models.ForeignKey("requests_app.CatalogueItem", on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "item"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.item_id}"


class ParCount(models.Model):
    """What somebody counted on the shelf: order units left, by item code. Old by nature: never shown without `at`."""

    usual_list = models.ForeignKey("requests_app.UsualList", on_delete=models.CASCADE, related_name="counts")
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    left = models.JSONField(default=dict)
    draft_key = models.UUIDField(help_text=_("of the draft that was made from it"))

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["by", "draft_key"], name="par_count_once")]

    def __str__(self) -> str:
        return f"{self.usual_list_id}: {self.at}"


class Recurring(models.Model):
    """A usual list that makes a draft for its owner at these times. It never sends by itself."""

    usual_list = models.ForeignKey(
        "requests_app.UsualList", on_delete=models.CASCADE, related_name="recurring"
    )
    owner = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    weekdays = models.CharField(max_length=7, help_text=_("0 is Monday: 024"))
    hour = models.PositiveSmallIntegerField(help_text=_("on the clock of the hospital"))
    active = models.BooleanField(default=True)
    next_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, help_text=_("when it made its last draft"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["usual_list", "owner"], name="recurring_once_per_owner"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="recurring_hour"),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(active=True), name="recurring_due"),
        ]

    def __str__(self) -> str:
        return f"{self.usual_list_id}: {self.weekdays} {self.hour}"
