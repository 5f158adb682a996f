"""What a cost centre may spend on a group of things in a period. Master data; no decision looks at it yet."""

from django.db import models
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
        help_text=_("what going over it is to do; nothing in the portal looks at it yet"),
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
