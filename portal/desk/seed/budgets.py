"""The budgets of a hospital's cost centres; those of the whole group stand with the first hospital."""

from decimal import Decimal

from approvals.models import Budget
from portal.accounts.models import Hospital
from portal.desk.seed.tables import rows_of
from portal.facts import verb


@verb
def sow_budgets(*, hospital: Hospital) -> int:
    """Make the budgets of budgets.csv that are missing; count them."""
    known = set(Budget.objects.values_list("cost_centre", "spend_group", "period"))
    new = [
        row
        for row in rows_of("budgets", hospital.code)
        if (row["cost_centre"], row["spend_group"], row["period"]) not in known
    ]
    for row in new:
        Budget.objects.create(
            amount=Decimal(row["amount"]),
            check_kind=row["check"],
            **{key: row[key] for key in ("cost_centre", "spend_group", "period", "currency")},
        )
    return len(new)
