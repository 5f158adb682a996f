"""How lines reach the ward: picked and sent by the store, ordered and received at goods-in, confirmed on the ward."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import publish, verb
from requests_app import access, lifecycle, permissions, signals
from requests_app.models import RequestItem, ServiceRequest
from requests_app.models.item import RECEIVABLE
from requests_app.states import LineState
from requests_app.supplies import differing, shortage
from requests_app.supplies.advancing import advance, is_in, lines_of, moved_on, today_at, working_days_after
from requests_app.supplies.differing import Difference

if TYPE_CHECKING:
    from portal.accounts.models import User

LONGEST_PROMISE = timedelta(days=370)


@verb
def pick(
    *,
    request: ServiceRequest,
    line_ids: Iterable[int],
    by: "User",
    quantities: Mapping[int, int] | None = None,
    expected_on: date | None = None,
) -> None:
    """The store picked these lines. The first one takes the request (`fulfilment_started`).

    `quantities` (order units by line id) are of those of which another number was picked than is to pick; what is left
    of such a line is to follow, on `expected_on` if the store knows. Publishes `lines_to_follow` for what is newly so.
    Raises NotAllowed to others than the line's team, Invalid (line-<id>, expected_on), WrongState if a line moved on.
    """
    request = access.locked(request)
    ids, counted = list(line_ids), quantities or {}
    _supplies(request, ids, by)
    lines = {line.pk: line for line in lines_of(request, ids)}
    for line in lines.values():
        if not line.in_store:
            raise moved_on(line)
    picked = {pk: counted.get(pk, line.to_pick or line.in_store) for pk, line in lines.items()}
    _check_picked(request, lines, picked, expected_on)

    def change(line: RequestItem) -> None:
        line.follow_quantity = line.in_store - picked[line.pk]
        line.picked_quantity += picked[line.pk]
        line.expected_on = (expected_on or line.expected_on) if line.follow_quantity else None
        line.state = line.state_in_store

    moved = advance(
        request,
        ids,
        by=by,
        action="lines.picked",
        change=change,
        allowed=lambda line: line.in_store > 0,
        picked={lines[pk].code: count for pk, count in picked.items()},
    )
    lifecycle.start_fulfilment(request=request, by=by)
    shortage.settle(request=request, by=by)
    if follow := [line for line in moved if line.follow_quantity > lines[line.pk].follow_quantity]:
        publish(signals.lines_to_follow, request=request, lines=follow, by=by)


def _check_picked(
    request: ServiceRequest,
    lines: Mapping[int, RequestItem],
    picked: Mapping[int, int],
    expected_on: date | None,
) -> None:
    errors = {
        f"line-{pk}": [_("Enter how many, %(least)s to %(most)s.") % {"least": 0, "most": lines[pk].in_store}]
        for pk, count in picked.items()
        if not 0 <= count <= lines[pk].in_store
    }
    today = today_at(request)
    if expected_on is not None and not today <= expected_on <= today + LONGEST_PROMISE:
        errors["expected_on"] = [_("Choose a day to come, within a year.")]
    if errors:
        raise Invalid(errors)


@verb
def send_on_the_way(*, request: ServiceRequest, line_ids: Iterable[int], by: "User") -> None:
    """The store sent what it picked of these lines to the ward. Publishes `line_on_the_way`."""
    request = access.locked(request)
    ids = list(line_ids)
    _supplies(request, ids, by)
    picked = {line.code: line.picked_quantity for line in lines_of(request, ids)}

    def change(line: RequestItem) -> None:
        line.sent_quantity += line.picked_quantity
        line.picked_quantity = 0
        line.state = line.state_in_store

    advance(
        request,
        ids,
        by=by,
        action="lines.on_the_way",
        change=change,
        allowed=lambda line: line.picked_quantity > 0,
        sent=picked,
    )
    publish(signals.line_on_the_way, request=request, by=by)


@verb
def strike(*, request: ServiceRequest, line_id: int, reason: str, by: "User") -> ServiceRequest:
    """The lead of the store gives up what is left of a line in the store: it will not come. Publishes `line_struck`.

    What was picked or sent goes on. The request ends if nothing else is left. Raises NotAllowed to others than who leads
    the team of the line, WrongState when nothing of it is left in the store, Invalid (reason: 1 to 200 characters).
    """
    request, reason = access.locked(request), reason.strip()
    [line] = lines_of(request, [line_id])
    if not permissions.can_strike(by, line):
        raise NotAllowed(_("Only who leads the store can strike what is left of a line."))
    if not 0 < len(reason) <= lifecycle.LONGEST_REASON:
        raise Invalid({"reason": [_("Say why it will not come, so that the ward can look elsewhere.")]})
    struck = line.in_store

    def change(line: RequestItem) -> None:
        line.approved_quantity = line.sent_quantity + line.picked_quantity
        line.follow_quantity, line.expected_on = 0, None
        line.state = line.state_in_store

    [line] = advance(
        request,
        [line_id],
        by=by,
        action="lines.struck",
        change=change,
        allowed=lambda line: line.in_store > 0,
        reason=reason,
        struck={line.code: struck},
    )
    lifecycle.start_fulfilment(request=request, by=by)
    shortage.settle(request=request, by=by)
    publish(signals.line_struck, request=request, line=line, quantity=struck, reason=reason, by=by)
    return lifecycle.settle(request=request, by=by)


def _supplies(request: ServiceRequest, ids: Iterable[int], by: "User") -> None:
    """One question for each team of these lines, however many lines there are."""
    wanted, served = set(ids), set()
    for line in request.lines.select_related("team"):
        if line.pk not in wanted or not permissions.is_in_store(line) or line.team_id in served:
            continue
        if not permissions.can_supply(by, line):
            raise NotAllowed(_("Only the team that serves this line can do that."))
        served.add(line.team_id)


def not_to_receive(request: ServiceRequest, by: "User") -> str:
    """Why this person may not confirm what arrived, or ''. Three queries at most."""
    if not permissions.works_on(by, request):
        return _("Somebody who works on the ward confirms what arrived.")
    if request.filed_by_id == by.pk and permissions.only_serves(by, request):
        return _("You filed it for the ward and serve it, so somebody on the ward confirms what arrived.")
    if permissions.decided(by, request):
        return _("You decided this request, so somebody else on the ward confirms what arrived.")
    return ""


@verb
def receive(
    *,
    request: ServiceRequest,
    quantities: Mapping[int, int],
    by: "User",
    differences: Mapping[int, Difference] | None = None,
) -> ServiceRequest:
    """Somebody on the ward confirms what arrived and is right: order units by line id. The last line closes the request.

    `differences` say of a line what is not right; fewer than expected is one by itself. What did not arrive or cannot be
    used is not received: the store picks it again, from a supplier it is still to come; what is more than was agreed is
    kept beside it. Publishes `receipt_differed`. A line with 0 and no difference is left alone. Raises NotAllowed to
    whoever decided the request or does not work on the ward, Invalid (line-<id>, what-<id>), WrongState if a line is not
    on its way or no line is named.
    """
    request = access.locked(request)
    if why_not := not_to_receive(request, by):
        raise NotAllowed(why_not)
    if not quantities:
        raise WrongState(_("Nothing is on its way any more: everything that came was confirmed."))
    by_id = {line.pk: line for line in lines_of(request, quantities)}
    for pk, line in by_id.items():
        said = 0 < quantities[pk] <= line.outstanding or pk in (differences or {})
        if said and line.state not in RECEIVABLE:
            raise moved_on(line)
    found = differing.judge(by_id, quantities, differences or {})
    arrived = {pk: found.received[pk] for pk in found.touched}
    lost = {pk: by_id[pk].on_its_way - count for pk, count in arrived.items() if not by_id[pk].is_bought}

    def change(line: RequestItem) -> None:
        line.received_quantity += arrived[line.pk]
        if not line.is_bought:
            line.sent_quantity = line.received_quantity
            line.state = line.state_in_store
        elif not line.outstanding:
            line.state = LineState.RECEIVED
        elif line.received_quantity:
            line.state = LineState.PART_RECEIVED

    advance(
        request,
        arrived,
        by=by,
        action="lines.received",
        change=change,
        allowed=is_in(*RECEIVABLE),
        arrived={by_id[pk].code: count for pk, count in arrived.items() if count},
        lost={by_id[pk].code: count for pk, count in lost.items() if count},
    )
    lifecycle.start_fulfilment(request=request, by=by)
    if found.differences:
        kept = differing.keep(request=request, lines=by_id, found=found, by=by)
        publish(signals.receipt_differed, request=request, differences=kept, by=by)
    differing.close_when_all_came(request=request, by=by)
    return lifecycle.settle(request=request, by=by)


@verb
def ordered(
    *, request: ServiceRequest, line_ids: Iterable[int], by: "User", order_name: str, placed: bool
) -> None:
    """Odoo accepted an order for these lines; `placed` once the buyer has confirmed it. Takes the request.

    From then on a line is expected after the working days that its supplier takes. Publishes `lines_ordered` when it is new.
    """
    request = access.locked(request)

    today, new = today_at(request), []

    def change(line: RequestItem) -> None:
        new.extend([] if line.order_name else [line.pk])
        line.order_name = order_name
        line.state = LineState.ORDERED if placed else LineState.WITH_BUYER
        if placed and line.expected_on is None:
            line.expected_on = working_days_after(today, line.lead_days)

    advance(
        request,
        line_ids,
        by=by,
        action="lines.ordered" if placed else "lines.with_buyer",
        change=change,
        allowed=is_in(LineState.WITH_BUYER, LineState.ORDERED),
        order=order_name,
    )
    lifecycle.start_fulfilment(request=request, by=by)
    if new:
        publish(signals.lines_ordered, request=request, by=by)


@verb
def goods_in(*, request: ServiceRequest, quantities: Mapping[int, int], by: "User", order_name: str) -> None:
    """Odoo's receipts now total these order units by line id: they stand at goods-in, on their way to the ward.

    The total is absolute, so hearing it twice changes nothing. Publishes `line_on_the_way` when something is new.
    """
    request = access.locked(request)
    lines = {line.pk: line for line in lines_of(request, quantities)}
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

    advance(
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

    What stands at goods-in is still for the ward to confirm. Publishes `order_dropped`.
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

    advance(
        request,
        line_ids,
        by=by,
        action="lines.supplier_cancelled",
        change=change,
        allowed=lambda line: line.is_bought and line.state != LineState.RECEIVED,
        order=order_name,
    )
    publish(signals.order_dropped, request=request, by=by)
    return lifecycle.settle(request=request, by=by)
