"""What the search for splits looks at: sent lines of supplies as plain values, and the limits of the policy in force."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery

from approvals.in_force import in_force
from approvals.watching import suppliers
from approvals.watching.routine import LONGEST, MEMORY, Line
from portal.accounts.models import Hospital, User
from requests_app.models import Category, RequestItem, UsualLine, Vendor
from requests_app.states import Kind, LineState, RequestState

CENT = Decimal("0.01")
CHUNK = 2_000
NOT_ASKED = (RequestState.DRAFT, RequestState.REJECTED, RequestState.CANCELLED)
COLUMNS = (
    "request",
    "request__requester",
    "request__department",
    "request__department__cost_centre",
    "item",
    "item__group",
    "vendor",
    "quantity",
    "amount",
    "request__rate",
    "request__base_amount",
    "request__submitted_at",
    "agreed",
    "usual_max",
)


def limits(hospital: Hospital) -> list[Decimal]:
    """Amounts from which on more people are asked for supplies at this hospital, by the policy in force. Two queries."""
    found: set[Decimal] = set()
    for category in Category.objects.filter(kind=Kind.SUPPLY, active=True):
        rules = in_force(category.pk, hospital.pk).rules.rules
        found |= {
            Decimal(rule.conditions["amount_from"]) for rule in rules if rule.conditions.get("amount_from")
        }
    return sorted(limit for limit in found if limit > 0)


def lines(hospital: Hospital, *, since: datetime, cost_centres: Iterable[str] | None = None) -> list[Line]:
    """Lines of supplies that may be a part of something sent `since`, with the months before that say what is usual.

    `cost_centres`: only of these. Three queries.
    """
    of_list = UsualLine.objects.filter(
        usual_list__department=OuterRef("request__department"), item=OuterRef("item")
    )
    rows = RequestItem.objects.filter(
        request__hospital=hospital,
        request__category__kind=Kind.SUPPLY,
        request__submitted_at__gt=since - LONGEST - MEMORY,
    ).exclude(request__state__in=NOT_ASKED)
    rows = rows.exclude(state__in=(LineState.REJECTED, LineState.CANCELLED))
    if cost_centres is not None:
        rows = rows.filter(request__department__cost_centre__in=list(cost_centres))
    rows = rows.annotate(agreed=Subquery(of_list.order_by("-quantity").values("quantity")[:1]))
    one, person = _suppliers(), _persons()
    values = rows.order_by("pk").values_list(*COLUMNS)
    return [_line(hospital.pk, row, one, person) for row in values.iterator(CHUNK)]


def _line(hospital: int, row: tuple[Any, ...], one: dict[int, int], person: dict[int, int]) -> Line:
    request, who, ward, centre, item, group, vendor, quantity, amount, rate, whole, at, par, most = row
    return Line(
        request=request,
        requester=person.get(who, who),
        ward=ward,
        cost_centre=centre,
        hospital=hospital,
        item=item,
        family=group,
        supplier=one.get(vendor, 0),
        quantity=quantity,
        amount=(amount * rate).quantize(CENT),
        whole=whole,
        at=at,
        topped_up=par is not None and quantity <= max(par, most),
    )


def _suppliers() -> dict[int, int]:
    rows = Vendor.objects.values_list("pk", "name", "odoo_partner_id")
    return suppliers.same(suppliers.Named(pk, name, partner) for pk, name, partner in rows)


def _persons() -> dict[int, int]:
    """The accounts of people with several, each with the first of them."""
    first: dict[str, int] = {}
    rows = User.objects.exclude(person_key="").order_by("pk").values_list("pk", "person_key")
    return {pk: first.setdefault(key, pk) for pk, key in rows}
