"""How lines reach the ward: picked and sent by the store, ordered and received at goods-in, confirmed on the ward."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.audit import events
from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import publish, verb
from requests_app import access, lifecycle, permissions, signals
from requests_app.models import RequestItem, ServiceRequest
from requests_app.states import LineState

if TYPE_CHECKING:
    from portal.accounts.models import User

RECEIVABLE = (LineState.ON_THE_WAY, LineState.AT_GOODS_IN, LineState.PART_RECEIVED)


def _lines(request: ServiceRequest, ids: Iterable[int]) -> list[RequestItem]:
    wanted = set(ids)
    lines = [line for line in request.lines.select_related("team") if line.pk in wanted]
    if len(lines) != len(wanted):
        raise WrongState(_("A line of this request has changed. Look again."))
    return lines


def _note(
    request: ServiceRequest,
    lines: list[RequestItem],
    *,
    by: "User",
    action: str,
    before: dict[int, str],
    **more: object,
) -> None:
    """One audit event for the verb, with every line's state before and after."""
    events.record(
        action=action,
        by=by,
        case=request.public_id,
        subject=f"request:{request.pk}",
        before={"lines": {line.code: before[line.pk] for line in lines}},
        after={"lines": {line.code: str(line.state) for line in lines}, **more},
    )


def _advance(
    request: ServiceRequest,
    ids: Iterable[int],
    *,
    by: "User",
    action: str,
    change: Callable[[RequestItem], None],
    allowed: Callable[[RequestItem], bool],
    **more: object,
) -> list[RequestItem]:
    lines = _lines(request, ids)
    before = {line.pk: str(line.state) for line in lines}
    for line in lines:
        if not allowed(line):
            raise WrongState(_("“%(line)s” has moved on meanwhile.") % {"line": line.name})
        change(line)
    RequestItem.objects.bulk_update(
        lines,
        ["state", "approved_quantity", "goods_in_quantity", "received_quantity", "order_name", "expected_on"],
    )
    _note(request, lines, by=by, action=action, before=before, **more)
    return lines


def _to(state: LineState) -> Callable[[RequestItem], None]:
    def change(line: RequestItem) -> None:
        line.state = state

    return change


@verb
def pick(*, request: ServiceRequest, line_ids: Iterable[int], by: "User") -> None:
    """The store picked these lines. The first one takes the request (`fulfilment_started`).

    Raises NotAllowed to others than the line's team, WrongState if a line moved on.
    """
    request = access.locked(request)
    _supplies(request, line_ids, by)
    _advance(
        request,
        line_ids,
        by=by,
        action="lines.picked",
        change=_to(LineState.PICKED),
        allowed=_is(LineState.TO_PICK),
    )
    lifecycle.start_fulfilment(request=request, by=by)


@verb
def send_on_the_way(*, request: ServiceRequest, line_ids: Iterable[int], by: "User") -> None:
    """The store sent these picked lines to the ward. Publishes `line_on_the_way`."""
    request = access.locked(request)
    _supplies(request, line_ids, by)
    _advance(
        request,
        line_ids,
        by=by,
        action="lines.on_the_way",
        change=_to(LineState.ON_THE_WAY),
        allowed=_is(LineState.PICKED),
    )
    publish(signals.line_on_the_way, request=request, by=by)


def _is(*states: LineState) -> Callable[[RequestItem], bool]:
    return lambda line: line.state in states


def _supplies(request: ServiceRequest, ids: Iterable[int], by: "User") -> None:
    """One question for each team of these lines, however many lines there are."""
    wanted, served = set(ids), set()
    for line in request.lines.select_related("team"):
        if (
            line.pk not in wanted
            or line.state not in (LineState.TO_PICK, LineState.PICKED)
            or line.team_id in served
        ):
            continue
        if not permissions.can_supply(by, line):
            raise NotAllowed(_("Only the team that serves this line can do that."))
        served.add(line.team_id)


def not_to_receive(request: ServiceRequest, by: "User") -> str:
    """Why this person may not confirm what arrived, or ''. Two queries at most."""
    if not permissions.works_on(by, request):
        return _("Somebody who works on the ward confirms what arrived.")
    if permissions.decided(by, request):
        return _("You decided this request, so somebody else on the ward confirms what arrived.")
    return ""


@verb
def receive(*, request: ServiceRequest, quantities: Mapping[int, int], by: "User") -> ServiceRequest:
    """Somebody on the ward confirms what arrived: order units by line id. The last line closes the request.

    Fewer than expected leaves the line open: the store picks the rest, a bought rest is still to come. Raises
    NotAllowed to whoever decided the request or does not work on the ward, Invalid for a quantity below 0 or above
    what is outstanding, WrongState if a line is not on its way or no line is named.
    """
    request = access.locked(request)
    if why_not := not_to_receive(request, by):
        raise NotAllowed(why_not)
    if not quantities:
        raise WrongState(_("Nothing is on its way any more: everything that came was confirmed."))
    by_id = {line.pk: line for line in _lines(request, quantities)}
    errors = {
        f"line-{pk}": [_("Enter how many arrived, 0 to %(most)s.") % {"most": by_id[pk].outstanding}]
        for pk, quantity in quantities.items()
        if not 0 <= quantity <= by_id[pk].outstanding
    }
    if errors:
        raise Invalid(errors)
    arrived = {pk: quantity for pk, quantity in quantities.items() if quantity}
    if not arrived:
        raise Invalid({f"line-{pk}": [_("Enter how many arrived.")] for pk in quantities})

    def change(line: RequestItem) -> None:
        line.received_quantity += arrived[line.pk]
        if not line.outstanding:
            line.state = LineState.RECEIVED
        else:
            line.state = LineState.PART_RECEIVED if line.is_bought else LineState.TO_PICK

    _advance(
        request,
        arrived,
        by=by,
        action="lines.received",
        change=change,
        allowed=_is(*RECEIVABLE),
        arrived={by_id[pk].code: quantity for pk, quantity in arrived.items()},
    )
    lifecycle.start_fulfilment(request=request, by=by)
    return lifecycle.settle(request=request, by=by)


@verb
def ordered(
    *, request: ServiceRequest, line_ids: Iterable[int], by: "User", order_name: str, placed: bool
) -> None:
    """Odoo accepted an order for these lines; `placed` once the buyer has confirmed it. Takes the request."""
    request = access.locked(request)

    def change(line: RequestItem) -> None:
        line.order_name = order_name
        line.state = LineState.ORDERED if placed else LineState.WITH_BUYER

    _advance(
        request,
        line_ids,
        by=by,
        action="lines.ordered" if placed else "lines.with_buyer",
        change=change,
        allowed=_is(LineState.WITH_BUYER, LineState.ORDERED),
        order=order_name,
    )
    lifecycle.start_fulfilment(request=request, by=by)


@verb
def goods_in(*, request: ServiceRequest, quantities: Mapping[int, int], by: "User", order_name: str) -> None:
    """Odoo's receipts now total these order units by line id: they stand at goods-in, on their way to the ward.

    The total is absolute, so hearing it twice changes nothing. Publishes `line_on_the_way` when something is new.
    """
    request = access.locked(request)
    lines = {line.pk: line for line in _lines(request, quantities)}
    news = {
        pk: quantity
        for pk, quantity in quantities.items()
        if quantity > lines[pk].goods_in_quantity and lines[pk].outstanding
    }
    if not news:
        return

    def change(line: RequestItem) -> None:
        line.goods_in_quantity = news[line.pk]
        line.state = LineState.AT_GOODS_IN

    _advance(
        request,
        news,
        by=by,
        action="lines.at_goods_in",
        change=change,
        allowed=lambda line: line.is_bought,
        order=order_name,
        goods_in={lines[pk].code: quantity for pk, quantity in news.items()},
    )
    publish(signals.line_on_the_way, request=request, by=by)


@verb
def order_cancelled(
    *, request: ServiceRequest, line_ids: Iterable[int], by: "User", order_name: str
) -> ServiceRequest:
    """The order was cancelled in Odoo: its lines end with what came, and the request if nothing else is left.

    What stands at goods-in is still for the ward to confirm.
    """
    request = access.locked(request)

    def change(line: RequestItem) -> None:
        agreed = line.received_quantity + line.outstanding  # a supplier may have sent more
        came = min(max(line.goods_in_quantity, line.received_quantity), agreed)
        if not came:
            line.state = LineState.SUPPLIER_CANCELLED
            return
        line.approved_quantity = came
        if not line.outstanding:
            line.state = LineState.RECEIVED

    _advance(
        request,
        line_ids,
        by=by,
        action="lines.supplier_cancelled",
        change=change,
        allowed=lambda line: line.is_bought and line.state != LineState.RECEIVED,
        order=order_name,
    )
    return lifecycle.settle(request=request, by=by)
