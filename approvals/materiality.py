"""Which change of what is asked for asks whom again. PURE: no database, no clock.

Two contents of one request are compared (`content.content_of`, and beside it `department` and `base_amount`). What grows,
what is new and who pays always asks again; what shrinks within a limit keeps what was decided, and says by which rule.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

EVERYBODY, MONEY, LINE, NOBODY = "everybody", "money", "line", "nobody"
# Who looks at one line for what it is, and not at what it costs: the flags of the lines that concern them.
TECHNICAL: dict[str, frozenset[str]] = {
    "compliance": frozenset({"regulated", "hazardous"}),
    "biomed_manager": frozenset({"capital", "safety_critical"}),
    "it_head": frozenset({"capital"}),
    "product_lead": frozenset({"rationed"}),
    "data_protection": frozenset({"personal_data"}),
}
# By kind of change: everybody · money: all but the technical roles · line: those, and technical roles whose line it is.
# Another item on a line is one line struck and one added.
SHIPPED: dict[str, str] = {
    "quantity_up": LINE,
    "line_added": LINE,
    "vendor_changed": LINE,
    "price_up": MONEY,
    "amount_up": MONEY,
    "currency": MONEY,
    "cost_centre": MONEY,
    "department": EVERYBODY,
    "beneficiary": EVERYBODY,
    "answers": EVERYBODY,
    "form": EVERYBODY,
    "service": EVERYBODY,
    "file_removed": EVERYBODY,
    "file_added": NOBODY,
    "quantity_down": NOBODY,
    "line_struck": NOBODY,
    "price_down": NOBODY,
    "amount_down": NOBODY,
    "destination": NOBODY,
}
# No table may keep a decision over one of these.
ALWAYS = frozenset({"quantity_up", "line_added", "price_up", "amount_up", "vendor_changed", "cost_centre"})
# What a fall beyond the limit asks instead.
FALLS = {"quantity_down": LINE, "line_struck": LINE, "price_down": MONEY, "amount_down": MONEY}
FALL_WITHIN = Decimal(100)  # percent
CENT = Decimal("0.01")
WHOLE = {
    "currency": "currency",
    "cost_centre": "cost_centre",
    "department": "department",
    "destination": "deliver_to",
    "answers": "answers",
    "form": "form",
    "service": "service",
    "beneficiary": "beneficiary",
}


@dataclass(frozen=True)
class Change:
    """One difference. `code`: of the line, '' for the request as a whole; None where there was, or is, nothing."""

    kind: str
    code: str = ""
    before: Any = None
    after: Any = None

    @property
    def fall(self) -> Decimal:
        """By how many percent a number fell; 0 for everything else."""
        if self.kind == "line_struck":
            return Decimal(100)
        if self.kind not in FALLS:
            return Decimal(0)
        before = Decimal(str(self.before))
        return (before - Decimal(str(self.after))) / before * 100 if before else Decimal(0)


@dataclass(frozen=True)
class Table:
    """What a policy says of changes: whom each kind asks again, and the percent by which a number may fall unasked."""

    asks: Mapping[str, str]
    fall_within: Decimal = FALL_WITHIN

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Table":
        """`ApprovalPolicy.materiality`: {"asks": {kind: whom}, "fall_within": "10"}, both optional.

        Raises ValueError for a kind or a word that does not exist, and where an increase would ask nobody.
        """
        asks = dict(stored.get("asks", {}))
        wrong = [
            kind
            for kind, whom in asks.items()
            if kind not in SHIPPED or whom not in (EVERYBODY, MONEY, LINE, NOBODY)
        ]
        unasked = [kind for kind in asks if kind in ALWAYS and asks[kind] == NOBODY]
        if wrong or unasked:
            raise ValueError(f"materiality: {', '.join(sorted({*wrong, *unasked}))}")
        return cls({**SHIPPED, **asks}, Decimal(str(stored.get("fall_within", FALL_WITHIN))))

    def whom(self, change: Change) -> str:
        """Whom this change asks again."""
        said = self.asks[change.kind]
        return FALLS[change.kind] if said == NOBODY and change.fall > self.fall_within else said


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What is different, line by line, then as a whole. A key that only one of both has is not compared."""
    was, now = _lines(before), _lines(after)
    found = [Change("line_struck", code, was[code][0]) for code in was if code not in now]
    for code, (quantity, price, vendor) in now.items():
        if code not in was:
            found.append(Change("line_added", code, None, quantity))
            continue
        old_quantity, old_price, old_vendor = was[code]
        found += _number("quantity", code, old_quantity, quantity)
        found += _number("price", code, Decimal(old_price), Decimal(price))
        if vendor != old_vendor:
            found.append(Change("vendor_changed", code, old_vendor, vendor))
    for kind, key in WHOLE.items():
        if key in before and key in after and before[key] != after[key]:
            found.append(Change(kind, "", before[key], after[key]))
    found += _files(Counter(before.get("files", ())), Counter(after.get("files", ())))
    amounts = [Decimal(one["amount"]) for one in (before, after)]
    if "base_amount" in before and "base_amount" in after and amounts[0] == amounts[1]:
        amounts = [Decimal(one["base_amount"]) for one in (before, after)]
    return found + _number("amount", "", *amounts)


def _files(was: Counter[str], now: Counter[str]) -> list[Change]:
    gone, new = (was - now).total(), (now - was).total()
    return [Change("file_removed", "", gone, 0)] * bool(gone) + [Change("file_added", "", 0, new)] * bool(new)


def _lines(content: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {code: rest for code, *rest in content["lines"]}


def _number(name: str, code: str, before: Any, after: Any) -> list[Change]:
    if before == after:
        return []
    return [Change(f"{name}_{'up' if after > before else 'down'}", code, before, after)]


def asks_again(change: Change, role: str, table: Table, flags: Mapping[str, frozenset[str]]) -> bool:
    """Does this change ask `role` again? `flags` by code of a line: those that it had and those that it has."""
    whom = table.whom(change)
    if whom in (EVERYBODY, NOBODY) or role not in TECHNICAL:
        return whom != NOBODY
    return whom == LINE and bool(TECHNICAL[role] & flags.get(change.code, frozenset()))


def asked_again(
    found: Iterable[Change], roles: Iterable[str], table: Table, flags: Mapping[str, frozenset[str]]
) -> dict[str, str]:
    """Of `roles` that agreed before, those whose agreement does not stand, each with the kind of change that says so.

    An increase that concerns none of them in particular concerns them all.
    """
    found, roles = list(found), list(roles)
    asked: dict[str, str] = {}
    for change in found:
        for role in roles:
            if asks_again(change, role, table, flags):
                asked.setdefault(role, change.kind)
    grown = next((one.kind for one in found if one.kind in ALWAYS), None)
    return dict.fromkeys(roles, grown) if grown and not asked else asked


def adjusted(content: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`content` after an approver took lines down: rows of `Decision.adjusted`, {"line": code, "from", "to"}; to 0: struck."""
    to = {row["line"]: int(row["to"]) for row in rows}
    amount, lines = Decimal(content["amount"]), []
    for code, quantity, price, vendor in content["lines"]:
        left = min(quantity, to.get(code, quantity))
        amount -= _amount(quantity, price) - _amount(left, price)
        if left:
            lines.append([code, left, price, vendor])
    return {**content, "lines": lines, "amount": f"{amount:.2f}"}


def _amount(quantity: int, price: str) -> Decimal:
    return (quantity * Decimal(price)).quantize(CENT, ROUND_HALF_UP)
