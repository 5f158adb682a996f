"""A line of a request. It keeps what was shown when it was asked: name, unit, price, supplier."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Case, OuterRef, Subquery, Value, When

from portal.accounts.models import Team
from requests_app.models.catalogue import CatalogueItem, UsualLine
from requests_app.models.request import new_public_id
from requests_app.states import LineState, Source

CENT = Decimal("0.01")
# What an equal item brings along when it takes the place of what was asked for.
SWAPPED = (
    "item",
    "code",
    "name",
    "unit",
    "unit_plural",
    "contains_quantity",
    "contains_unit",
    "substituted_for",
)


def line_amount(quantity: int, unit_price: Decimal) -> Decimal:
    """Quantity x price, rounded half up to the cent."""
    return (quantity * unit_price).quantize(CENT, ROUND_HALF_UP)


class RequestItemQuerySet(models.QuerySet["RequestItem"]):
    def with_par(self, department_id: int) -> Self:
        """Add `par`: how many this department agreed to hold of it, None where it is on none of its usual lists."""
        agreed = UsualLine.objects.filter(usual_list__department=department_id, item=OuterRef("item"))
        return self.annotate(par=Subquery(agreed.order_by("-quantity").values("quantity")[:1]))

    def store(self, lines: list[Any], *columns: str) -> None:
        """Write these columns of lines that were read under the lock of their request. One statement.

        An insert that finds each row there: bulk_update would build a CASE for every value, at many times the cost.
        """
        self.bulk_create(lines, update_conflicts=True, unique_fields=["id"], update_fields=list(columns))

    def with_serving_team(self, hospital_id: int) -> Self:
        """Add `serving_team`: the id of the team of this hospital that serves such a line, None where there is none."""
        code = Case(When(item__source=Source.STORE, then=Value(Team.STORE)), default=Value(Team.BUYING))
        teams = Team.objects.filter(hospital=hospital_id, active=True, code=OuterRef("team_code"))
        return self.annotate(team_code=code).annotate(serving_team=Subquery(teams.values("pk")[:1]))


class RequestItem(models.Model):
    par: int | None  # only after `with_par`
    serving_team: int | None  # only after `with_serving_team`
    team_code: str
    public_id = models.CharField(max_length=30, unique=True, default=new_public_id, editable=False)
    request = models.ForeignKey("requests_app.ServiceRequest", on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey("requests_app.CatalogueItem", on_delete=models.PROTECT)
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    quantity = models.PositiveIntegerField(help_text="asked for, in order units")
    unit = models.CharField(max_length=30)
    unit_plural = models.CharField(max_length=30)
    contains_quantity = models.PositiveIntegerField(default=1)
    contains_unit = models.CharField(max_length=40, blank=True)
    unit_price = models.DecimalField(max_digits=12, decimal_places=4)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    source = models.CharField(max_length=10, choices=Source.choices)
    vendor = models.ForeignKey("requests_app.Vendor", on_delete=models.PROTECT, null=True)
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True)
    flags = models.JSONField(default=list)
    usual_max = models.PositiveIntegerField(default=1)
    lead_days = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=20, choices=LineState.choices, default=LineState.DRAFT)
    approved_quantity = models.PositiveIntegerField(null=True)
    goods_in_quantity = models.PositiveIntegerField(default=0)
    received_quantity = models.PositiveIntegerField(default=0)
    order_name = models.CharField(max_length=60, blank=True)
    substituted_for = models.ForeignKey(
        "requests_app.CatalogueItem",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="what was asked for first, where another item stands in its place",
    )
    agreed_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="who agreed to a similar item; empty for an equal one",
    )
    answers = models.JSONField(default=dict, blank=True, help_text="to the questions of the item, as typed")
    form_version = models.ForeignKey(
        "requests_app.FormVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    expected_on = models.DateField(null=True)

    objects = RequestItemQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="line_position_once"),
            models.UniqueConstraint(fields=["request", "item"], name="line_item_once"),
            models.CheckConstraint(condition=models.Q(state__in=LineState.values), name="line_state_known"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="line_quantity_positive"),
        ]
        indexes = [models.Index(fields=["team", "state"], name="line_team_state")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name}"

    def swap(self, item: "CatalogueItem") -> None:
        """Let `item` stand in the place of what was asked for (not saved)."""
        self.substituted_for = self.substituted_for or self.item
        self.item, self.code, self.name = item, item.code, item.name
        self.unit, self.unit_plural = item.order_unit, item.order_unit_plural
        self.contains_quantity, self.contains_unit = item.contains_quantity, item.contains_unit

    @property
    def is_bought(self) -> bool:
        return self.source != Source.STORE

    @property
    def outstanding(self) -> int:
        """Order units agreed and not yet confirmed on the ward."""
        return max(
            (self.quantity if self.approved_quantity is None else self.approved_quantity)
            - self.received_quantity,
            0,
        )
