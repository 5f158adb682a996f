"""A nurse drafts a request from catalogue items. A draft belongs to its writer until it is sent."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.models import Department, Location
from portal.clock import now
from portal.errors import Invalid, WrongState
from portal.facts import verb
from requests_app import access
from requests_app.models import CatalogueItem, Category, RequestItem, ServiceRequest, UsualList
from requests_app.models.item import line_amount
from requests_app.states import PRIORITY_OF, LineState, Priority, RequestState, RunOut

if TYPE_CHECKING:
    from portal.accounts.models import User

MOST = 9_999  # order units of one line
MOST_LINES = 100  # of one list
LONGEST_NOTE = 1_000  # characters


@verb
def save_draft(
    *,
    by: "User",
    client_key: uuid.UUID,
    department: Department,
    quantities: Mapping[str, int],
    deliver_to: Location | None = None,
    run_out: str = "",
    needed_by: date | None = None,
    note: str = "",
) -> ServiceRequest:
    """Make or replace the draft that this form's `client_key` names for `by`. `quantities`: order units by item code.

    The first save creates it; saving the same again changes nothing. Lines that stay keep the price at which they
    were added, so that a change of price can be shown. A date counts only with the answer that asks for one.
    Raises Invalid (department, deliver_to, note, lines, line-<code>), WrongState when it was sent meanwhile
    (`public_id`).
    """
    _check_place(by, department, deliver_to)
    _check_size(quantities, note)
    request = _own(by, client_key, department)
    if request.state != RequestState.DRAFT:
        raise WrongState(_("This was sent already."), public_id=request.public_id)
    if request.department_id != department.pk and request.hospital_id != department.hospital_id:
        request.lines.all().delete()
    request.department, request.hospital = department, department.hospital
    request.currency = department.hospital.currency
    request.deliver_to = deliver_to or _delivery_point(department)
    request.run_out, request.note = run_out, note
    request.needed_by = needed_by if run_out == RunOut.ON_DATE else None
    request.priority = PRIORITY_OF[RunOut(run_out)] if run_out else Priority.ROUTINE
    _replace_lines(request, quantities)
    request.updated_at = now()
    request.version += 1
    request.save()
    return request


def _check_place(by: "User", department: Department, deliver_to: Location | None) -> None:
    if not department.active or not scopes.hospitals_of(by).filter(pk=department.hospital_id).exists():
        raise Invalid({"department": [_("Choose a ward of the hospital where you work.")]})
    if deliver_to and deliver_to.department_id != department.pk:
        raise Invalid({"deliver_to": [_("Choose a place on this ward.")]})


def _check_size(quantities: Mapping[str, int], note: str) -> None:
    if len(quantities) > MOST_LINES:
        raise Invalid({"lines": [_("At most %(most)s lines fit on one list.") % {"most": MOST_LINES}]})
    if len(note) > LONGEST_NOTE:
        raise Invalid({"note": [_("Keep it to %(most)s characters.") % {"most": LONGEST_NOTE}]})


def _delivery_point(department: Department) -> Location | None:
    return department.locations.filter(delivery_point=True, active=True).order_by("pk").first()


def _own(by: "User", client_key: uuid.UUID, department: Department) -> ServiceRequest:
    """Fetch and lock the draft of this key, or make it. Two first saves at once make one row (unique key)."""
    found = ServiceRequest.objects.filter(filed_by=by, client_key=client_key).first()
    if found is None:
        moment = now()
        found = ServiceRequest(
            client_key=client_key,
            category=Category.objects.get(code="supply"),
            department=department,
            hospital=department.hospital,
            requester=by,
            filed_by=by,
            currency=department.hospital.currency,
            title=_("Supplies"),
            created_at=moment,
            updated_at=moment,
            state_since=moment,
        )
        try:
            with transaction.atomic():
                found.save()
        except IntegrityError:
            found = ServiceRequest.objects.get(filed_by=by, client_key=client_key)
    return access.locked(found)


def _replace_lines(request: ServiceRequest, quantities: Mapping[str, int]) -> None:
    errors = {
        f"line-{code}": [_("Enter how many, 1 to %(most)s.") % {"most": MOST}]
        for code, quantity in quantities.items()
        if not 1 <= quantity <= MOST
    }
    items = {
        item.code: item
        for item in CatalogueItem.objects.filter(
            hospital=request.hospital, code__in=quantities
        ).select_related("vendor")
    }
    for code in quantities:
        if code not in items:
            errors[f"line-{code}"] = [_("There is no “%(code)s” in the catalogue.") % {"code": code}]
    if errors:
        raise Invalid(errors)
    held = {line.code: line for line in request.lines.all()}
    wanted = [(code, quantities[code]) for code in quantities]
    if [(line.code, line.quantity) for line in held.values()] == wanted:
        return
    request.title = _title([items[code].name for code in quantities])
    request.lines.all().delete()
    RequestItem.objects.bulk_create(
        _line(request, items[code], position, quantity, held.get(code))
        for position, (code, quantity) in enumerate(wanted, start=1)
    )


def _line(
    request: ServiceRequest, item: CatalogueItem, position: int, quantity: int, held: RequestItem | None
) -> RequestItem:
    price = held.unit_price if held else item.price
    return RequestItem(
        request=request,
        position=position,
        item=item,
        code=item.code,
        name=item.name,
        quantity=quantity,
        unit=item.order_unit,
        unit_plural=item.order_unit_plural,
        contains_quantity=item.contains_quantity,
        contains_unit=item.contains_unit,
        unit_price=price,
        amount=line_amount(quantity, price),
        source=item.source,
        vendor=item.vendor,
        flags=item.flags,
        usual_max=item.usual_max,
        lead_days=item.lead_days,
        state=LineState.DRAFT,
    )


def _title(names: list[str]) -> str:
    if not names:
        return _("Supplies")
    short = names[0].split(",")[0] if len(names) > 1 else names[0]
    if len(names) == 1:
        return short[:160]
    return (_("%(first)s and %(count)s more") % {"first": short, "count": len(names) - 1})[:160]


@verb
def reorder(*, usual: UsualList, by: "User", client_key: uuid.UUID) -> ServiceRequest:
    """Draft the usual again, every line up to par, for the ward that owns the list.

    Items that are stopped are left out. Raises as `save_draft`.
    """
    lines = usual.lines.select_related("item").filter(item__active=True, item__stopped_reason="")
    draft = save_draft(
        by=by,
        client_key=client_key,
        department=usual.department,
        quantities={line.item.code: line.quantity for line in lines},
        run_out=RunOut.FINE,
    )
    draft.title = usual.name
    draft.save(update_fields=["title"])
    return draft


@verb
def discard(*, request: ServiceRequest, by: "User") -> None:
    """Throw one's own draft away. Raises WrongState once it was sent."""
    request = access.locked(request)
    if request.state != RequestState.DRAFT or request.filed_by_id != by.pk:
        raise WrongState(_("Only a draft can be thrown away."))
    request.delete()
