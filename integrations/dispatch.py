"""Sending what was promised: claim a due message, deliver it outside any transaction, record what came of it.

Three things keep it to one record. The external id makes Odoo answer a repeat with the record that is there. The lease
lets another worker take over from one that died. The token refuses the result of a worker that was given up.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from integrations import gate, results
from integrations.deliveries import DELIVERIES
from integrations.models import DeliveryAttempt, OutboxMessage
from integrations.odoo.connection import OdooConnection, connect
from integrations.odoo.errors import OdooError
from integrations.results import Outcome
from portal import ids
from portal.accounts import scopes
from portal.clock import now

log = logging.getLogger(__name__)
State = OutboxMessage.State
LEASE = timedelta(seconds=120)  # a delivery takes seconds; a slower one is taken over, and its result refused
MOST_CRASHES = 8


def run(*, budget: float = 20.0, after_create: Callable[[Any], None] | None = None) -> dict[str, int]:
    """Deliver what is due, oldest first, for at most `budget` seconds, and stop when Odoo cannot be reached.

    One query when nothing is due; without ODOO_URL none, and messages wait. Returns how many had which outcome.
    `after_create`: see `deliver`.
    """
    counts: dict[str, int] = {}
    end = time.monotonic() + budget
    sign_in = cache(connect)
    while settings.ODOO_URL and time.monotonic() < end:
        message = claim()
        if message is None:
            break
        outcome = deliver(message, sign_in=sign_in, after_create=after_create)
        counts[outcome.value] = counts.get(outcome.value, 0) + 1
        if outcome is Outcome.UNREACHABLE:
            break
        if outcome is Outcome.DELIVERED and counts[outcome.value] == 1:
            results.reachable_again(by=scopes.system_user())
    return counts


def due(moment: datetime) -> QuerySet[OutboxMessage]:
    """Messages to send, the longest due first: those that wait, and those whose sender's lease has run out."""
    live = OutboxMessage.objects.filter(state__in=[State.PENDING, State.CLAIMED], next_attempt_at__lte=moment)
    return live.order_by("next_attempt_at", "id")


def claim() -> OutboxMessage | None:
    """Take the message that is due longest, for LEASE; None when nothing is due. Commits by itself.

    Two workers never hold the same claim: PostgreSQL skips the row that another is taking, and on both databases the
    UPDATE names the token that was read, so that only one of two changes a row.
    """
    moment = now()
    if not due(moment).exists():
        return None
    with transaction.atomic(durable=True):
        message = due(moment).select_for_update(skip_locked=True).first()
        if message is None:
            return None
        taken = OutboxMessage.objects.filter(pk=message.pk, state=message.state, token=message.token).update(
            state=State.CLAIMED,
            token=ids.hex_token(),
            attempts=F("attempts") + 1,
            claimed_at=moment,
            claimed_until=moment + LEASE,
            next_attempt_at=moment + LEASE,
        )
        if not taken:
            return None
        if message.state == State.CLAIMED:
            DeliveryAttempt.objects.create(
                message=message,
                number=message.attempts,
                started_at=message.claimed_at or moment,
                finished_at=moment,
                outcome=DeliveryAttempt.Outcome.LOST,
            )
    return OutboxMessage.objects.select_related("request").get(pk=message.pk)


def deliver(
    message: OutboxMessage,
    *,
    sign_in: Callable[[], OdooConnection] = connect,
    after_create: Callable[[Any], None] | None = None,
) -> Outcome:
    """Send a claimed message and record the result; never inside a transaction.

    Whatever Odoo or the way to it does is recorded, not raised. `after_create` is called between Odoo's answer and
    its record: what it raises leaves the message as a worker that dies there leaves it.
    """
    by, delivery = scopes.system_user(), DELIVERIES[message.kind]
    if not delivery.wanted(message):
        return results.record_void(message=message, by=by)
    if delivery.agreed and (held_back := gate.held_back(message.request)):
        kind, why = held_back
        log.warning("%s is held back: %s", message.key, why)
        return results.record_held_back(message=message, kind=kind, why=why, by=by)
    crashes = results.crashes_in_a_row(message)
    if crashes >= MOST_CRASHES:
        poison = OdooError(f"{crashes} workers stopped while they sent it.", permanent=True, kind="poison")
        return results.record_failure(message=message, error=poison, by=by)
    try:
        connection = sign_in()
        placed = delivery.send(connection, message)
    except OdooError as error:
        log.warning("%s was not delivered: %s", message.key, error)
        return results.record_failure(message=message, error=error, by=by)
    except Exception as error:  # the one boundary: one message that breaks us must not stop the others
        log.exception("%s was not delivered", message.key)
        unexpected = OdooError(f"{type(error).__name__}: {error}", permanent=False, kind="unexpected")
        return results.record_failure(message=message, error=unexpected, by=by)
    if after_create:
        after_create(placed)
    return delivery.record(message=message, placed=placed, version=connection.version, by=by)
