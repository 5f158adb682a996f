"""Budgets from a table: all of it or nothing, and every mistake with its line."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from approvals.budgets import keeping
from portal.accounts.models import Department, User
from portal.errors import Invalid
from portal.facts import verb

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("cost_centre", "spend_group", "period", "amount", "currency", "check")
OWNER = "owner"  # a sign-in name; may be left out


@dataclass
class Imported:
    new: int = 0
    changed: int = 0
    same: int = 0


class Refused(Exception):
    """`mistakes`: (number of the line, sentence)."""

    def __init__(self, mistakes: list[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"line {number}: {said}" for number, said in mistakes))
        self.mistakes = mistakes


@verb
def import_budgets(*, lines: Iterable[str], by: "User") -> Imported:
    """Keep every row of a CSV table with COLUMNS and, if it has it, OWNER. Raises Refused, and then nothing is kept.

    What is not in the table stays as it is. The same table again changes nothing.
    """
    mistakes: list[tuple[int, str]] = []
    done = Imported()
    centres = set(Department.objects.exclude(cost_centre="").values_list("cost_centre", flat=True))
    for number, row in _rows(lines):
        try:
            kept = keeping.keep(**_read(row, centres), by=by)
        except Invalid as refused:
            mistakes += [(number, said) for sentences in refused.errors.values() for said in sentences]
            continue
        done.new += kept.new
        done.changed += kept.changed and not kept.new
        done.same += not kept.changed
    if mistakes:
        raise Refused(mistakes)
    return done


def _rows(lines: Iterable[str]) -> "Iterator[tuple[int, dict[str, str]]]":
    table = csv.DictReader(lines)
    missing = [name for name in COLUMNS if name not in (table.fieldnames or ())]
    if missing:
        raise Refused([(1, _("These columns are missing: %s.") % ", ".join(missing))])
    seen: dict[tuple[str, str, str], int] = {}
    for row in table:
        values = {str(name): (value or "").strip() for name, value in row.items() if name}
        key = (values["cost_centre"], values["spend_group"], values["period"])
        if first := seen.get(key):
            raise Refused([(table.line_num, _("The same budget stands in line %s.") % first)])
        seen[key] = table.line_num
        yield table.line_num, values


def _read(row: dict[str, str], centres: set[str]) -> dict[str, Any]:
    """The row as `keeping.keep` takes it. Raises Invalid."""
    errors: dict[str, list[str]] = {}
    if row["cost_centre"] and row["cost_centre"] not in centres:
        errors["cost_centre"] = [_("No department has the cost centre “%s”.") % row["cost_centre"]]
    try:
        amount = Decimal(row["amount"])
        if not amount.is_finite() or amount != amount.quantize(Decimal("0.01")):
            raise InvalidOperation
    except InvalidOperation:
        amount = Decimal(0)
        errors["amount"] = [_("“%s” is no amount, such as 900 or 900.50.") % row["amount"]]
    owner = None
    if row.get(OWNER):
        owner = User.objects.filter(username=row[OWNER], is_active=True).first()
        if owner is None:
            errors[OWNER] = [_("Nobody signs in as “%s”.") % row[OWNER]]
    if not (len(row["currency"]) == 3 and row["currency"].isupper()):
        errors["currency"] = [_("“%s” is no currency, such as GBP.") % row["currency"]]
    if errors:
        raise Invalid(errors)
    names = ("cost_centre", "spend_group", "period", "currency", "check")
    return {**{name: row[name] for name in names}, "amount": amount, "owner": owner}
