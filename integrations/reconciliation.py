"""What does Odoo say now? Open orders (and, by maintenance_polling, open repairs) are asked for by id, in chunks.

What changed moves lines, request and reference.

Asking by id needs no cursor, so nothing is missed and a deleted order is noticed: it is the one without an answer. An
order is never made again here.
"""

import logging
import time
from collections import defaultdict
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from integrations import maintenance_polling
from integrations.models import ExternalReference
from integrations.odoo import purchase_orders
from integrations.odoo.connection import OdooConnection, connect
from integrations.odoo.errors import OdooError
from integrations.odoo.purchase_orders import OrderState
from integrations.reading import News, read_news
from integrations.signals import order_priced
from portal.accounts import scopes
from portal.accounts.models import User
from portal.facts import publish, verb
from requests_app import access, casework
from requests_app.models import CaseException, ServiceRequest
from requests_app.supplies import fulfilment

log = logging.getLogger(__name__)
CHUNK = 200
MOST_GONE = 5  # when more than so many orders are asked for and none is there, it is another database


def poll(*, now: datetime, budget: float = 20.0) -> dict[str, int]:
    """Ask Odoo about every open order and repair, the longest unasked first, for at most `budget` seconds; take in what is new.

    Two queries when none is open; nothing without ODOO_URL. Returns how many were asked, changed and gone. Safe to
    repeat: what was taken in once changes nothing more. Trouble with Odoo ends the run and is only logged; trouble with
    repairs does not keep orders from being read.
    """
    counts = {"asked": 0, "changed": 0, "gone": 0}
    if not settings.ODOO_URL:
        return counts
    asking = ((_ask, _open_orders()), (maintenance_polling.ask, maintenance_polling.open_records()))
    waiting = [(ask, list(found.values_list("pk", flat=True))) for ask, found in asking]
    if not any(keys for _ask, keys in waiting):
        return counts
    end, by = time.monotonic() + budget, scopes.system_user()
    sign_in = cache(connect)
    for ask, keys in waiting:
        try:
            for start in range(0, len(keys), CHUNK):
                if time.monotonic() > end:
                    break
                ask(sign_in(), keys[start : start + CHUNK], counts, now=now, by=by)
        except OdooError as error:
            log.warning("What became of orders and repairs could not be read: %s", error)
    return counts


def _open_orders() -> QuerySet[ExternalReference]:
    return ExternalReference.objects.filter(model=ExternalReference.ORDER, closed_at=None).order_by(
        "polled_at", "id"
    )


def _ask(
    connection: OdooConnection, ids: list[int], counts: dict[str, int], *, now: datetime, by: User
) -> None:
    orders = list(_open_orders().filter(pk__in=ids).select_related("message", "request"))
    parts: dict[int | None, list[ExternalReference]] = defaultdict(list)
    for part in ExternalReference.objects.filter(parent__in=orders).select_related("line"):
        parts[part.parent_id].append(part)
    states = purchase_orders.read_orders(connection, [order.record_id for order in orders])
    if not states and len(orders) > MOST_GONE:
        none = f"None of {len(orders)} orders is there: is this another database?"
        raise OdooError(none, permanent=True, kind="config")
    same = []
    for order in orders:
        state = states.get(order.record_id)
        counts["asked"] += 1
        if state is None:
            counts["gone"] += _record_gone(reference_id=order.pk, now=now, by=by)
        elif _seen(order, state) and not _news(order, parts[order.pk], state, order.request).matters(order):
            same.append(order.pk)
        else:
            counts["changed"] += _take_in(reference_id=order.pk, state=state, now=now, by=by)
    ExternalReference.objects.filter(pk__in=same).update(polled_at=now)


def _news(
    order: ExternalReference, parts: list[ExternalReference], state: OrderState, request: ServiceRequest
) -> News:
    return read_news(order, parts, state, currency=request.currency, rate=request.rate)


def _seen(order: ExternalReference, state: OrderState) -> bool:
    """Is what the reference says of the order as a whole still so?"""
    kept = (order.name, order.state, order.receipt_status, order.amount)
    return kept == (state.name, state.state, state.receipt_status, state.amount_untaxed)


@verb
def _take_in(*, reference_id: int, state: OrderState, now: datetime, by: User) -> bool:
    """Lock the request and write what is new: it is read again here, for somebody may have been first."""
    request, order = _lock(reference_id)
    if order.closed_at:
        return False
    news = _news(order, list(order.parts.select_related("line")), state, request)
    if news.placed:
        fulfilment.ordered(request=request, line_ids=news.placed, by=by, order_name=state.name, placed=True)
    if news.goods_in:
        fulfilment.goods_in(request=request, quantities=news.goods_in, by=by, order_name=state.name)
    if news.cancelled:
        fulfilment.order_cancelled(request=request, line_ids=news.cancelled, by=by, order_name=state.name)
    if news.drift != order.drift:
        order.drift = news.drift
        if news.told:
            _tell_buyer(request, order, news.told, by)
        arrived = news.closes and not news.cancelled
        publish(order_priced, request=request, order=state.name, prices=news.dearer, arrived=arrived, by=by)
    if news.foreign:
        order.gone_at = now
    else:
        order.name, order.state, order.receipt_status = state.name, state.state, state.receipt_status
        order.amount = state.amount_untaxed
    order.polled_at, order.closed_at = now, now if news.closes else None
    order.save()
    return True


@verb
def _record_gone(*, reference_id: int, now: datetime, by: User) -> bool:
    """The order is not in Odoo any more: a buyer deleted it. It gets an owner and is never made again."""
    request, order = _lock(reference_id)
    if order.closed_at:
        return False
    order.gone_at = order.closed_at = order.polled_at = now
    order.save(update_fields=["gone_at", "closed_at", "polled_at"])
    if order.drift:
        publish(order_priced, request=request, order=order.name, prices=[], arrived=False, by=by)
    _tell_buyer(
        request, order, _("%(order)s is no longer in the purchasing system.") % {"order": order.name}, by
    )
    return True


def _lock(reference_id: int) -> tuple[ServiceRequest, ExternalReference]:
    request = access.lock_id(
        ExternalReference.objects.values_list("request_id", flat=True).get(pk=reference_id)
    )
    order = (
        ExternalReference.objects.select_for_update(of=("self",))
        .select_related("message")
        .get(pk=reference_id)
    )
    return request, order


def _tell_buyer(request: ServiceRequest, order: ExternalReference, detail: str, by: User) -> None:
    casework.open_exception(
        kind=CaseException.Kind.DRIFT,
        request=request,
        key=order.external_id,
        owner_role="buyer",
        detail=detail,
        by=by,
    )
