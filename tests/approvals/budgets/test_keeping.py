"""Budgets entered by hand and imported from a table."""

from decimal import Decimal
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from approvals.budgets import keeping
from approvals.budgets.due import Sums
from approvals.budgets.importing import Refused, import_budgets
from approvals.models import Budget, BudgetPeriod
from portal.audit.models import Event
from portal.errors import Invalid
from tests import journeys
from tests.approvals.budgets.money import a_budget, sums_of
from tests.personas import signed_in

pytestmark = pytest.mark.django_db
HEAD = "cost_centre,spend_group,period,amount,currency,check,owner"


def table(*rows: str) -> list[str]:
    return [HEAD, *rows]


def kept(world: SimpleNamespace, amount: str, check: str = "stop") -> keeping.Kept:
    return keeping.keep(
        cost_centre=world.ward.cost_centre,
        spend_group="consumables",
        period="month",
        amount=Decimal(amount),
        check=check,
        by=world.finance,
    )


def test_a_table_is_imported_and_again_changes_nothing(world: SimpleNamespace) -> None:
    ward = world.ward.cost_centre
    rows = table(f"{ward},consumables,month,9000,GBP,advise,priya.shah", ",capital,year,1200000.50,GBP,stop,")
    first = import_budgets(lines=rows, by=world.finance)
    assert (first.new, first.changed, first.same) == (2, 0, 0)
    assert Budget.objects.get(spend_group="capital").amount == Decimal("1200000.50")
    assert Budget.objects.get(spend_group="consumables").owner == world.finance
    again = import_budgets(lines=rows, by=world.finance)
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    rows[1] = rows[1].replace("9000", "8000")
    third = import_budgets(lines=rows, by=world.finance)
    assert (third.new, third.changed, third.same) == (0, 1, 1)
    assert Event.objects.filter(action="budget.kept").count() == 3


def test_every_mistake_is_named_with_its_line_and_nothing_is_kept(world: SimpleNamespace) -> None:
    ward = world.ward.cost_centre
    rows = table(
        f"{ward},consumables,month,9000,GBP,advise,",
        f"{ward},sweets,week,9000,GBP,perhaps,",
        "999999,office,quarter,nine,gbp,stop,nobody.here",
        f"{ward},office,quarter,-1,GBP,stop,",
    )
    with pytest.raises(Refused) as refused:
        import_budgets(lines=rows, by=world.finance)
    lines = [number for number, _said in refused.value.mistakes]
    assert sorted(set(lines)) == [3, 4, 5] and lines.count(3) == 3 and lines.count(4) == 4
    assert not Budget.objects.exists()
    with pytest.raises(Refused, match="line 1: These columns are missing: check"):
        import_budgets(lines=[HEAD.replace("check,", "")], by=world.finance)
    with pytest.raises(Refused, match="line 3: The same budget stands in line 2"):
        import_budgets(lines=[*rows[:2], rows[1]], by=world.finance)


def test_the_command(world: SimpleNamespace, tmp_path: Path) -> None:
    file, out = tmp_path / "budgets.csv", StringIO()
    file.write_text("\n".join(table(",capital,year,5,GBP,stop,")), encoding="utf-8")
    call_command("import_budgets", str(file), "--by", "priya.shah", stdout=out)
    assert out.getvalue() == "1 new, 0 changed, 0 as they were.\n"
    assert Event.objects.get(action="budget.kept").actor == world.finance
    file.write_text("\n".join(table(",capital,year,five,GBP,stop,")), encoding="utf-8")
    with pytest.raises(CommandError, match=r"Nothing was changed\.\nline 2: “five” is no amount"):
        call_command("import_budgets", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_budgets", str(tmp_path / "missing.csv"))


def test_the_running_period_follows(world: SimpleNamespace) -> None:
    budget = a_budget(world, "9000")
    request = journeys.approved(world, NPW_KIT=1)
    kept(world, "500")
    period = BudgetPeriod.objects.get(budget=budget)
    assert (period.amount, period.stops) == (Decimal(500), True)
    assert sums_of(budget) == Sums(committed=request.amount)


def test_less_than_what_is_promised_is_refused_where_it_stops(world: SimpleNamespace) -> None:
    a_budget(world, "9000")
    journeys.approved(world, NPW_KIT=1)
    with pytest.raises(Invalid) as refused:
        kept(world, "200")
    assert list(refused.value.errors) == ["amount"]
    assert Budget.objects.get().amount == Decimal(9000)
    assert kept(world, "200", check="advise").changed


def test_in_the_admin(world: SimpleNamespace) -> None:
    a_budget(world, "9000")
    journeys.approved(world, NPW_KIT=1)
    world.administrator.is_staff = world.administrator.is_superuser = True
    world.administrator.save()
    admin, budget = signed_in(world.administrator), Budget.objects.get()
    address = reverse("admin:approvals_budget_change", args=[budget.pk])
    answer = admin.post(address, {"amount": "200", "check_kind": "stop", "active": "on"})
    assert answer.status_code == 200 and "More than that is promised" in answer.content.decode()
    answer = admin.post(address, {"amount": "8000", "check_kind": "stop", "active": "on"})
    assert answer.status_code == 302
    assert BudgetPeriod.objects.get().amount == Decimal(8000)
    assert Event.objects.get(action="budget.kept").actor == world.administrator
    page = admin.get(reverse("admin:approvals_budgetperiod_changelist")).content.decode()
    assert "8000.00" in page
