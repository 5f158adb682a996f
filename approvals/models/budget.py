"""What a cost centre may spend on a group of things in a period, and the ledger of what was promised of it."""

from django.db import models
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _


class Budget(models.Model):
    class SpendGroup(models.TextChoices):
        CONSUMABLES = "consumables", _("Medical consumables")
        OFFICE = "office", _("Office and other")
        EQUIPMENT = "equipment", _("Equipment under 5,000")
        CAPITAL = "capital", _("Capital programme")
        REPAIR = "repair", _("Parts and outside repair")
        IT = "it", _("IT equipment")

    class Period(models.TextChoices):
        MONTH = "month", _("Month")
        QUARTER = "quarter", _("Quarter")
        YEAR = "year", _("Year")

    class Check(models.TextChoices):
        ADVISE = "advise", _("Advise: say so, stop nothing")
        STOP = "stop", _("Stop: nothing beyond it")

    cost_centre = models.CharField(max_length=20, blank=True, help_text=_("empty: the whole group"))
    spend_group = models.CharField(max_length=20, choices=SpendGroup.choices)
    period = models.CharField(max_length=10, choices=Period.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2, help_text=_("net, for one period"))
    currency = models.CharField(max_length=3, default="GBP")
    check_kind = models.CharField(
        _("check"),
        max_length=10,
        choices=Check.choices,
        help_text=_("what going over it does"),
    )
    owner = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("who decides where a policy asks the budget owner"),
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["cost_centre", "spend_group", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cost_centre", "spend_group", "period"], name="budget_once_per_cost_centre"
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="budget_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.cost_centre or _('Group')}, {self.get_spend_group_display()}"


class BudgetPeriod(models.Model):
    """One budget in one period: the row that is locked while money of it is promised. Only `approvals.budgets` makes it.

    `reserved` waits for a decision, `committed` was agreed to, `ordered` has an order; all three are sums of its entries,
    and the database adds each entry to them (migration 0010).
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="periods")
    starts = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    stops = models.BooleanField(help_text=_("nothing is agreed to beyond it"))
    reserved = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    committed = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    ordered = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        ordering = ["budget", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "starts"], name="budget_period_once"),
            models.CheckConstraint(
                condition=models.Q(reserved__gte=0, committed__gte=0, ordered__gte=0),
                name="budget_period_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(stops=False)
                | models.Q(amount__gte=Round(models.F("committed") + models.F("ordered"), precision=2)),
                name="budget_period_stops",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget}, {self.starts}"


class BudgetEntry(models.Model):
    """One line of the ledger, only ever added: what a request changed in a period."""

    class Kind(models.TextChoices):
        RESERVE = "reserve", _("Asked for")
        COMMIT = "commit", _("Agreed")
        CONVERT = "convert", _("Ordered")
        RELEASE = "release", _("Given back")

    period = models.ForeignKey(BudgetPeriod, on_delete=models.PROTECT, related_name="entries")
    request = models.ForeignKey(
        "requests_app.ServiceRequest", on_delete=models.PROTECT, related_name="budget_entries"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reserved = models.DecimalField(max_digits=14, decimal_places=2, default=0, help_text=_("added to it"))
    committed = models.DecimalField(max_digits=14, decimal_places=2, default=0, help_text=_("added to it"))
    ordered = models.DecimalField(max_digits=14, decimal_places=2, default=0, help_text=_("added to it"))
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
