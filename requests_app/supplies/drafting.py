"""A nurse drafts a request from catalogue items. A draft belongs to its writer until it is sent."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.models import Department, Location
from portal.clock import now
from portal.errors import Invalid, WrongState
from portal.facts import verb
from requests_app import access
from requests_app.models import (
    CatalogueItem,
    Category,
    RequestItem,
    ServiceRequest,
    Substitute,
    UsualLine,
    UsualList,
)
from requests_app.models.item import line_amount
from requests_app.questions import Answers
from requests_app.states import PRIORITY_OF, LineState, Priority, RequestState, RunOut
from requests_app.supplies.item_questions import keep_answers
from requests_app.supplies.own_words import LONGEST_PURPOSE, OwnWords, make_item, may_use

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
    answered_by: str = "",
    emergency_reason: str = "",
    begun: Mapping[str, str] | None = None,
    instead: Mapping[str, str] | None = None,
    own: OwnWords | None = None,
    asked: Mapping[str, Answers] | None = None,
) -> ServiceRequest:
    """Make or replace the draft that this form's `client_key` names for `by`. `quantities`: order units by item code.

    The first save creates it; saving the same again changes nothing. Lines that stay keep the price at which they
    were added, so that a change of price can be shown. A date counts only with the answer that asks for one.
    `answered_by`, `emergency_reason`: who answered the telephone and why, where it is out now.
    `begun`: own words that were not added yet, kept as typed. `asked`: answers to the questions of items, by item code.
    `instead`: the code on the list -> the code that `by` agrees to do without. `own` adds a line in own words.
    Raises Invalid (department, deliver_to, note, lines, line-<code>, own_...), WrongState when it was sent meanwhile
    (`public_id`).
    """
    check_place(by, department, deliver_to)
    _check_size(quantities, note)
    request = own_draft(by, client_key, department)
    if not request.is_editable:
        raise WrongState(_("This was sent already."), public_id=request.public_id)
    if request.department_id != department.pk and request.hospital_id != department.hospital_id:
        request.lines.all().delete()
    request.department, request.hospital = department, department.hospital
    request.currency = department.hospital.currency
    request.deliver_to = deliver_to or _delivery_point(department)
    request.run_out, request.note = run_out, note
    request.answers = {"answered_by": answered_by[:200], "emergency_reason": emergency_reason[:20]}
    request.answers |= {name: text[:LONGEST_PURPOSE] for name, text in (begun or {}).items() if text}
    request.needed_by = needed_by if run_out == RunOut.ON_DATE else None
    request.priority = PRIORITY_OF[RunOut(run_out)] if run_out else Priority.ROUTINE
    if own is not None:
        item = make_item(hospital=department.hospital, words=own, by=by)
        quantities = {**quantities, item.code: quantities.get(item.code, own.units)}
    _replace_lines(request, quantities, by=by, instead=instead or {}, fresh=own.code if own else "")
    if asked is not None:
        keep_answers(request, asked)
    request.updated_at = now()
    request.version += 1
    request.save()
    return request


def check_place(by: "User", department: Department, deliver_to: Location | None) -> None:
    """Anybody may ask for any ward of a hospital where they work today. Raises Invalid (department, deliver_to)."""
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


def own_draft(
    by: "User", client_key: uuid.UUID, department: Department, category: Category | None = None
) -> ServiceRequest:
    """Fetch and lock the draft of this key, or make it (without a category: for supplies).

    Two first saves at once make one row (unique key).
    """
    found = ServiceRequest.objects.filter(filed_by=by, client_key=client_key).first()
    if found is None:
        moment = now()
        category = category or Category.objects.get(code="supply")
        found = ServiceRequest(
            client_key=client_key,
            category=category,
            department=department,
            hospital=department.hospital,
            requester=by,
            filed_by=by,
            currency=department.hospital.currency,
            title=category.name,
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


def _replace_lines(
    request: ServiceRequest,
    quantities: Mapping[str, int],
    *,
    by: "User",
    instead: Mapping[str, str],
    fresh: str,
) -> None:
    held = {line.code: line for line in request.lines.all()}
    items = _items(request, [*quantities, *instead.values()])
    errors = {
        f"line-{code}": [_("Enter how many, 1 to %(most)s.") % {"most": MOST}]
        for code, quantity in quantities.items()
        if not 1 <= quantity <= MOST
    }
    for code in quantities:
        item = items.get(code)
        if item is None or not (code in held or code == fresh or may_use(item, by)):
            errors[f"line-{code}"] = [_("There is no “%(code)s” in the catalogue.") % {"code": code}]
    if errors:
        raise Invalid(errors)
    agreed = _agreed(
        items, {new: old for new, old in instead.items() if new in quantities and new not in held}
    )
    wanted = [(code, quantities[code]) for code in quantities]
    if [(line.code, line.quantity) for line in held.values()] == wanted:
        return
    request.title = _title([items[code].name for code in quantities])
    lines = [
        _line(request, items[code], position, quantity, held.get(code))
        for position, (code, quantity) in enumerate(wanted, start=1)
    ]
    for line in lines:
        if line.code in agreed:
            line.substituted_for, line.agreed_by = agreed[line.code], by
    request.lines.all().delete()
    RequestItem.objects.bulk_create(lines)


def _items(request: ServiceRequest, codes: Iterable[str]) -> dict[str, CatalogueItem]:
    found = CatalogueItem.objects.filter(hospital=request.hospital, code__in=set(codes))
    return {item.code: item for item in found.select_related("vendor")}


def _agreed(items: Mapping[str, CatalogueItem], instead: Mapping[str, str]) -> dict[str, CatalogueItem]:
    """By code, what is done without. Only what the catalogue offers in its place may be taken for it. Raises Invalid."""
    if not instead:
        return {}
    pairs = set(
        Substitute.objects.filter(item__in=items.values(), other__in=items.values()).values_list(
            "item__code", "other__code"
        )
    )
    errors = {
        f"line-{new}": [_("This cannot be taken in place of what was asked for.")]
        for new, old in instead.items()
        if (old, new) not in pairs
    }
    if errors:
        raise Invalid(errors)
    return {new: items[old] for new, old in instead.items()}


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
        substituted_for_id=held.substituted_for_id if held else None,
        agreed_by_id=held.agreed_by_id if held else None,
        answers=held.answers if held else {},
        form_version_id=held.form_version_id if held else None,
    )


def _title(names: list[str]) -> str:
    if not names:
        return _("Supplies")
    short = names[0].split(",")[0] if len(names) > 1 else names[0]
    if len(names) == 1:
        return short[:160]
    return (_("%(first)s and %(count)s more") % {"first": short, "count": len(names) - 1})[:160]


@verb
def reorder(
    *,
    usual: UsualList,
    by: "User",
    client_key: uuid.UUID,
    quantities: Mapping[str, int] | None = None,
) -> ServiceRequest:
    """Draft the usual again for the ward that owns the list: as many as it was given last, else up to par.

    `quantities`, by item code, are taken instead where they are given. Items that are stopped and have no equal one are
    left out. Raises as `save_draft`.
    """
    if quantities is None:
        quantities = {line.item.code: line.proposed for line in usual_lines(usual)}
    draft = save_draft(
        by=by,
        client_key=client_key,
        department=usual.department,
        quantities=quantities,
        run_out=RunOut.FINE,
    )
    draft.title, draft.usual_list = usual.name, usual
    draft.save(update_fields=["title", "usual_list"])
    return draft


def usual_lines(usual: UsualList) -> QuerySet[UsualLine]:
    """Lines of the list that can be had, with `last`. One query."""
    sold = Q(item__active=True, item__stopped_reason="")
    equal = Substitute.objects.filter(
        item=OuterRef("item"), kind=Substitute.Kind.EQUAL, other__active=True, other__stopped_reason=""
    )
    lines = usual.lines.with_last().select_related("item__vendor", "item__on_hand")
    return lines.filter(sold | Exists(equal))


@verb
def discard(*, request: ServiceRequest, by: "User") -> None:
    """Throw one's own draft away. Raises WrongState once it was sent."""
    request = access.locked(request)
    if request.state != RequestState.DRAFT or request.filed_by_id != by.pk:
        raise WrongState(_("Only a draft can be thrown away."))
    request.delete()
