"""What can be asked for. The catalogue belongs to a hospital: its prices, its suppliers, its Odoo products."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.states import CONTROL_FLAGS, Source


class Category(models.Model):
    """A kind of request. Each active one needs an approval policy (a system check says so)."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


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


class CatalogueItem(models.Model):
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
    alternative = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True)
    search_text = models.TextField(editable=False)
    odoo_product_id = models.PositiveIntegerField(null=True, blank=True)
    odoo_uom_id = models.PositiveIntegerField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["hospital", "code"], name="item_code_once_per_hospital"),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="item_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.search_text = f"{self.name} {self.synonyms} {self.code} {self.group}".casefold()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def control_flags(self) -> list[str]:
        return [flag for flag in self.flags if flag in CONTROL_FLAGS]


class UsualList(models.Model):
    """What a ward usually orders together; its quantities are the par levels agreed with the store."""

    department = models.ForeignKey(
        "accounts.Department", on_delete=models.CASCADE, related_name="usual_lists"
    )
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["department", "name"], name="usual_list_once_per_department")
        ]

    def __str__(self) -> str:
        return self.name


class UsualLine(models.Model):
    usual_list = models.ForeignKey(UsualList, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(CatalogueItem, on_delete=models.PROTECT, related_name="usual_lines")
    quantity = models.PositiveIntegerField(help_text=_("par level, in order units"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["usual_list", "item"], name="usual_line_item_once"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="usual_line_quantity_positive"),
        ]
