"""Adding to a request that the ward has sent already, instead of asking for the same a second time."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.facts import publish, verb
from portal.money import in_base
from requests_app import access, permissions, signals
from requests_app.models import ServiceRequest
from requests_app.models.item import line_amount
from requests_app.states import RequestState
from requests_app.supplies import drafting
from requests_app.supplies.recent import may_add_on

if TYPE_CHECKING:
    from portal.accounts.models import User


@verb
def add_to(*, request: ServiceRequest, code: str, quantity: int, by: "User") -> ServiceRequest:
    """So many more order units on the line `code` of a sent request that is not decided yet.

    What was asked of deciders is asked anew with the new content, also of who has agreed to less: publishes
    `request_extended`. Raises NotFound to who may not see it, NotAllowed to who does not work on the ward or decides
    requests, WrongState once it is decided, Invalid (line-<code>).
    """
    request = access.locked(request)
    if not permissions.can_view(by, request):
        raise NotFound
    if not may_add_on(by, request.department):
        raise NotAllowed(_("Only who works on the ward, and decides no requests, may add to it."))
    if request.state != RequestState.SUBMITTED:
        raise WrongState(_("It was decided meanwhile. Ask for it on a list of its own."))
    line = next((one for one in request.all_lines if one.code == code and not one.is_struck), None)
    if line is None:
        raise NotFound
    total = line.quantity + quantity
    if quantity < 1 or total > drafting.MOST:
        raise Invalid({f"line-{code}": [_("Enter how many, 1 to %(most)s.") % {"most": drafting.MOST}]})
    if not line.item.is_sold:
        raise Invalid({f"line-{code}": [_("This can no longer be ordered.")]})
    if total > line.usual_max and not request.note.strip():
        raise Invalid(
            {f"line-{code}": [_("Together that is more than the usual %(most)s.") % {"most": line.usual_max}]}
        )
    before = line.quantity
    line.quantity, line.amount = total, line_amount(total, line.unit_price)
    line.save(update_fields=["quantity", "amount"])
    goods = sum((one.amount for one in request.all_lines), Decimal("0.00"))
    request.amount = goods + request.carriage
    request.base_amount = in_base(request.amount, request.rate)
    request.updated_at = now()
    request.version += 1
    request.editors = sorted({*request.editors, by.pk})
    request.save(update_fields=["amount", "base_amount", "editors", "updated_at", "version"])
    events.record(
        action="request.extended",
        by=by,
        case=request.public_id,
        subject=f"request:{request.pk}",
        before={"quantities": {code: before}},
        after={"quantities": {code: total}, "amount": f"{request.amount:.2f} {request.currency}"},
    )
    publish(signals.request_extended, request=request, by=by)
    return request


@verb
def move_to(*, draft: ServiceRequest, code: str, request: ServiceRequest, by: "User") -> ServiceRequest:
    """The line `code` of `by`'s own draft goes onto `request`, which asked for the same. Raises as `add_to`.

    A draft that holds nothing else is thrown away.
    """
    draft = access.lock_draft(by, draft.public_id)
    line = draft.lines.filter(code=code).first()
    if line is None or not draft.is_editable:
        raise NotFound
    sent = add_to(request=request, code=code, quantity=line.quantity, by=by)
    line.delete()
    if draft.state == RequestState.DRAFT and not draft.lines.exists():
        drafting.discard(request=draft, by=by)
    return sent
