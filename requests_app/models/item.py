"""A line of a request. It keeps what was shown when it was asked: name, unit, price, supplier."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Subquery, Value, When

from portal.accounts.models import Team
from requests_app.models.catalogue import CatalogueItem, UsualLine
from requests_app.models.request import new_public_id
from requests_app.states import LineState, Source

CENT = Decimal("0.01")
# Something of the line is still to come from the supplier or, to follow, from the store.
AWAITED = (
    LineState.WITH_BUYER,
    LineState.ORDERED,
    LineState.AT_GOODS_IN,
    LineState.PART_RECEIVED,
    LineState.TO_FOLLOW,
    LineState.PICKED,
    LineState.ON_THE_WAY,
)
RECEIVABLE = (LineState.ON_THE_WAY, LineState.AT_GOODS_IN, LineState.PART_RECEIVED)
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

    def with_differed(self) -> Self:
        """Add `differed`: did something of it not arrive as it was agreed?"""
        from requests_app.models.receipt import ReceiptDifference

        return self.annotate(differed=Exists(ReceiptDifference.objects.filter(line=OuterRef("pk"))))

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
    differed: bool  # only after `with_differed`
    serving_team: int | None  # only after `with_serving_team`
    team_code: str
    public_id = models.CharField(max_length=30, unique=True, default=new_public_id, editable=False)
    request = models.ForeignKey("requests_app.ServiceRequest", on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey("requests_app.CatalogueItem", on_delete=models.PROTECT)
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    quantity = models.PositiveIntegerField(
        help_text="asked for, or what a decider left of it; in order units"
    )
    asked_quantity = models.PositiveIntegerField(
        null=True, help_text="what was asked for, where who decided made it less"
    )
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
    # Of a line from the store: agreed = to pick + to follow + picked + on its way (sent - received) + received, always.
    follow_quantity = models.PositiveIntegerField(default=0, help_text="the store has none of these yet")
    picked_quantity = models.PositiveIntegerField(default=0, help_text="from the store, not yet sent")
    sent_quantity = models.PositiveIntegerField(
        default=0, help_text="from the store, in all, without what did not arrive or could not be used"
    )
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
    expected_on = models.DateField(null=True, help_text="promised by the supplier, or by the store")
    late_told_on = models.DateField(null=True, help_text="the promised day of which was said that it is late")

    objects = RequestItemQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="line_position_once"),
            models.UniqueConstraint(fields=["request", "item"], name="line_item_once"),
            models.CheckConstraint(condition=models.Q(state__in=LineState.values), name="line_state_known"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="line_quantity_positive"),
            models.CheckConstraint(
                condition=models.Q(source=Source.STORE, received_quantity__lte=models.F("sent_quantity"))
                | (
                    ~models.Q(source=Source.STORE)
                    & models.Q(follow_quantity=0, picked_quantity=0, sent_quantity=0)
                ),
                name="line_arrives_after_it_was_sent",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    approved_quantity__gte=models.F("sent_quantity")
                    + models.F("picked_quantity")
                    + models.F("follow_quantity")
                )
                | models.Q(
                    approved_quantity__isnull=True, sent_quantity=0, picked_quantity=0, follow_quantity=0
                ),
                name="line_gives_no_more_than_agreed",
            ),
        ]
        indexes = [
            models.Index(fields=["team", "state"], name="line_team_state"),
            models.Index(
                fields=["expected_on"],
                condition=models.Q(expected_on__isnull=False, state__in=AWAITED),
                name="line_promised",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name}"

    def swap(self, item: "CatalogueItem") -> None:
        """Let `item` stand in the place of what was asked for (not saved)."""
        self.substituted_for = self.substituted_for or self.item
        self.item, self.code, self.name = item, item.code, item.name
        self.unit, self.unit_plural = item.order_unit, item.order_unit_plural
        self.contains_quantity, self.contains_unit = item.contains_quantity, item.contains_unit

    @property
    def asked(self) -> int:
        """Order units that were asked for, whatever was made of them."""
        return self.quantity if self.asked_quantity is None else self.asked_quantity

    @property
    def is_struck(self) -> bool:
        """Who decided left nothing of it, and let the rest of the request go on."""
        return self.state == LineState.REJECTED and self.approved_quantity == 0

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

    @property
    def in_store(self) -> int:
        """Order units of a line from the store that nobody picked yet: to pick, and to follow."""
        if self.is_bought or self.approved_quantity is None:
            return 0
        return self.approved_quantity - self.sent_quantity - self.picked_quantity

    @property
    def to_pick(self) -> int:
        """Order units that the store has still to pick, without those that it has none of (`follow_quantity`)."""
        return self.in_store - self.follow_quantity

    @property
    def on_its_way(self) -> int:
        """Order units that left the store and that nobody on the ward confirmed yet."""
        return self.sent_quantity - self.received_quantity

    @property
    def expected(self) -> int:
        """Order units that are on their way to the ward now: what left the store, or what stands at goods-in."""
        if not self.is_bought:
            return self.on_its_way
        if self.state not in RECEIVABLE:
            return 0
        return max(min(self.goods_in_quantity - self.received_quantity, self.outstanding), 0)

    @property
    def state_in_store(self) -> LineState:
        """Where a line from the store stands, by its quantities: what is nearest to the ward counts."""
        if self.on_its_way:
            return LineState.ON_THE_WAY
        if self.picked_quantity:
            return LineState.PICKED
        if self.to_pick:
            return LineState.TO_PICK
        if self.follow_quantity:
            return LineState.TO_FOLLOW
        return LineState.RECEIVED if self.received_quantity else LineState.CANCELLED
