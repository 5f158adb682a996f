"""What can be asked for. The catalogue belongs to a hospital: its prices, its suppliers, its Odoo products."""

from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from requests_app.finding import words
from requests_app.models.search import Findable, SearchWord
from requests_app.states import CONTROL_FLAGS, Kind, LineState, Source

NOT_GIVEN = (LineState.DRAFT, LineState.REJECTED, LineState.CANCELLED, LineState.SUPPLIER_CANCELLED)


class Category(models.Model):
    """A type of request. Each active one needs an approval policy (a system check says so).

    `active`: published, people may ask for it. `team_code` names the team of each hospital that serves it (supplies are
    served by line). Its questions are in `FormVersion`, those of the shipped kinds in `requests_app.kinds`.
    """

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FORM)
    hint = models.CharField(max_length=120, blank=True, help_text=_("what it is for, in the ward's words"))
    icon = models.CharField(max_length=40, blank=True, help_text=_("name of a Lucide icon"))
    team_code = models.SlugField(max_length=30, blank=True)
    service = models.SlugField(
        max_length=50, blank=True, help_text=_("whose target times it has; empty: those of all other types")
    )
    position = models.PositiveSmallIntegerField(default=100)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("type of request")
        verbose_name_plural = _("types of request")
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="category_kind_known")
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        SearchWord.objects.learn(words.indexed([self.name]))
        super().save(*args, **kwargs)


class Vendor(models.Model):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    on_contract = models.BooleanField(default=True)
    minimum_order = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    carriage = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    odoo_partner_id = models.PositiveIntegerField(null=True, blank=True)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class CatalogueItem(Findable):
    hospital = models.ForeignKey("accounts.Hospital", on_delete=models.PROTECT, related_name="catalogue")
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    synonyms = models.CharField(
        max_length=300, blank=True, help_text=_("what people also call it, comma separated")
    )
    group = models.CharField(max_length=40)
    order_unit = models.CharField(max_length=30)
    order_unit_plural = models.CharField(max_length=30)
    contains_quantity = models.PositiveIntegerField(default=1)
    contains_unit = models.CharField(max_length=40, blank=True)
    price = models.DecimalField(max_digits=12, decimal_places=4, help_text=_("net, per order unit"))
    source = models.CharField(max_length=10, choices=Source.choices)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, null=True, blank=True)
    lead_days = models.PositiveSmallIntegerField(default=0, help_text=_("working days when bought"))
    usual_max = models.PositiveIntegerField(default=1)
    flags = models.JSONField(default=list, blank=True)
    stopped_reason = models.CharField(max_length=200, blank=True)
    barcode = models.CharField(max_length=40, blank=True, help_text=_("GTIN or what the shelf label says"))
    one_off = models.BooleanField(
        default=False, help_text=_("asked for once in somebody's own words; never found again")
    )
    description = models.CharField(max_length=300, blank=True, help_text=_("what it is for, in those words"))
    odoo_product_id = models.PositiveIntegerField(null=True, blank=True)
    odoo_uom_id = models.PositiveIntegerField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["hospital", "code"], name="item_code_once_per_hospital"),
            models.UniqueConstraint(
                fields=["hospital", "barcode"],
                condition=~models.Q(barcode=""),
                name="item_barcode_once_per_hospital",
            ),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="item_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def found_by(self) -> list[str]:
        """Nothing for what somebody wrote in their own words: it is asked for once and never found."""
        if self.one_off:
            return []
        return [self.name, *self.synonyms.split(","), self.code, self.group, self.barcode]

    @property
    def control_flags(self) -> list[str]:
        return [flag for flag in self.flags if flag in CONTROL_FLAGS]

    @property
    def alternative(self) -> "CatalogueItem | None":
        """The first thing to offer in its place, equal before similar; prefetch `substitutes__other` for many."""
        return next((one.other for one in self.substitutes.all() if one.other.is_sold), None)

    @property
    def is_sold(self) -> bool:
        """May be ordered today."""
        return self.active and not self.stopped_reason


class UsualList(models.Model):
    """What a ward usually orders together; its quantities are the par levels agreed with the store."""

    department = models.ForeignKey(
        "accounts.Department", on_delete=models.CASCADE, related_name="usual_lists"
    )
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    counted_on = models.CharField(
        max_length=7,
        blank=True,
        help_text=_("days on which the store counts it, 0 is Monday; empty: it does not"),
    )

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["department", "name"], name="usual_list_once_per_department")
        ]

    def __str__(self) -> str:
        return self.name


class UsualLineQuerySet(models.QuerySet["UsualLine"]):
    def with_last(self) -> Self:
        """Add `last`: how many the ward was given when it last asked for this line of this list, None if it never did.

        What was taken in place of the item counts as the item.
        """
        from requests_app.models.item import RequestItem

        given = RequestItem.objects.filter(
            Q(item=OuterRef("item")) | Q(substituted_for=OuterRef("item")),
            request__usual_list=OuterRef("usual_list"),
            request__submitted_at__isnull=False,
        ).exclude(state__in=NOT_GIVEN)
        latest = given.order_by("-request__submitted_at", "-pk")
        agreed = Coalesce("approved_quantity", "quantity")
        return self.annotate(last=Subquery(latest.annotate(given=agreed).values("given")[:1]))


class UsualLine(models.Model):
    last: int | None  # only after `with_last`
    usual_list = models.ForeignKey(UsualList, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(CatalogueItem, on_delete=models.PROTECT, related_name="usual_lines")
    quantity = models.PositiveIntegerField(help_text=_("par level, in order units"))
    position = models.PositiveSmallIntegerField(default=0)

    objects = UsualLineQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["usual_list", "item"], name="usual_line_item_once"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="usual_line_quantity_positive"),
        ]

    @property
    def proposed(self) -> int:
        """What a draft of the list begins with: what the ward was given last, else par. Needs `with_last`."""
        return self.last or self.quantity
