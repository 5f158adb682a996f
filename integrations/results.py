"""What came of a delivery, recorded with the request locked first. A result without the claim's token is refused.

What a maintenance request gave back is recorded by maintenance_results.
"""

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from integrations import gate, outbox
from integrations.models import DeliveryAttempt, ExternalReference, OutboxMessage
from integrations.odoo.errors import OdooError
from integrations.odoo.purchase_orders import PlacedOrder
from portal import ids
from portal.audit import events
from portal.clock import now
from portal.facts import verb
from requests_app import access, casework
from requests_app.models import CaseException
from requests_app.states import LineState, RequestState
from requests_app.supplies import fulfilment

if TYPE_CHECKING:
    from portal.accounts.models import User

State, Result = OutboxMessage.State, DeliveryAttempt.Outcome
# These say nothing about the message: no other would pass either.
OUTAGE_KINDS = ("transport", "credentials", "config")
FIRST_WAIT, LONGEST_WAIT = 5, 6 * 3600
LONGEST_OUTAGE_WAIT = 300  # after an outage everything is sent within minutes
MOST_UNEXPECTED = 8
CONNECTION = "connection"


class Outcome(Enum):
    DELIVERED = "delivered"
    RETRY = "retry"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    VOID = "void"
    STALE = "stale"


@verb
def record_delivered(*, message: OutboxMessage, placed: PlacedOrder, version: int, by: "User") -> Outcome:
    """Odoo has the order: keep its references, tell the lines, end the message. Records `outbox.delivered`.

    If the request was cancelled meanwhile, the buyer is asked to cancel the order. An order that belongs to another
    message already (another database answers at ODOO_URL) is refused like a rejection.
    """
    held = hold(message)
    if held is None:
        return Outcome.STALE
    if clash := belongs_to_another(ExternalReference.ORDER, placed.id, placed.name):
        return record_failure(message=held, error=clash, by=by)
    _refer(held, placed, version)
    end(held, State.DONE, Result.DELIVERED)
    request = held.request
    if request.state in (RequestState.APPROVED, RequestState.IN_FULFILMENT):
        ids = {line["line"] for line in held.payload["lines"]}
        waiting = request.lines.filter(public_id__in=ids, state__in=[LineState.WITH_BUYER, LineState.ORDERED])
        line_ids = list(waiting.values_list("pk", flat=True))
        if line_ids:
            fulfilment.ordered(
                request=request, line_ids=line_ids, by=by, order_name=placed.name, placed=False
            )
    else:
        outbox.ask_to_look(held, by=by, order_name=placed.name)
    events.record(
        action="outbox.delivered",
        by=by,
        case=request.public_id,
        subject=f"message:{held.pk}",
        after={"order": placed.name, "vendor": held.payload["vendor"]["name"]},
    )
    return Outcome.DELIVERED


def belongs_to_another(model: str, record_id: int, name: str) -> OdooError | None:
    """The refusal of a record that another message made: another database answers at ODOO_URL."""
    owner = ExternalReference.objects.filter(model=model, record_id=record_id).first()
    if owner is None:
        return None
    return OdooError(f"{name} belongs to {owner.external_id} already.", permanent=True, kind="data")


def _refer(message: OutboxMessage, placed: PlacedOrder, version: int) -> None:
    moment = now()
    order = ExternalReference.objects.create(
        request=message.request,
        message=message,
        model=ExternalReference.ORDER,
        external_id=message.payload["external_id"],
        record_id=placed.id,
        name=placed.name,
        state=placed.state,
        version=version,
        created_at=moment,
        polled_at=moment,
    )
    lines = {line.public_id: line for line in message.request.lines.all()}
    ExternalReference.objects.bulk_create(
        ExternalReference(
            request=message.request,
            line=lines[line["line"]],
            message=message,
            parent=order,
            model=ExternalReference.ORDER_LINE,
            external_id=line["external_id"],
            record_id=placed.lines[line["external_id"]],
            version=version,
            created_at=moment,
        )
        for line in message.payload["lines"]
        if line["external_id"] in placed.lines
    )


@verb
def record_failure(*, message: OutboxMessage, error: OdooError, by: "User") -> Outcome:
    """It did not arrive. What may pass is tried again later; what Odoo refuses is dead and gets an owner.

    A refused sign-in or a wrong address buries no message: the integration operator is told once.
    """
    held = hold(message)
    if held is None:
        return Outcome.STALE
    held.last_error, held.error_kind = error.message, error.kind
    unreachable = error.kind in OUTAGE_KINDS
    given_up = error.kind == "unexpected" and held.attempts >= MOST_UNEXPECTED
    if given_up or (error.permanent and not unreachable):
        end(held, State.DEAD, Result.REFUSED)
        casework.open_exception(
            kind=CaseException.Kind.SYNC_REJECTED,
            request=held.request,
            key=held.key,
            owner_role="integration_operator",
            detail=_refused(held, error.message),
            by=by,
        )
        return Outcome.REFUSED
    held.next_attempt_at = now() + wait_before(
        held.attempts + 1, LONGEST_OUTAGE_WAIT if unreachable else LONGEST_WAIT
    )
    end(held, State.PENDING, Result.FAILED)
    if unreachable and error.permanent:
        casework.open_exception(
            kind=CaseException.Kind.SYNC_REJECTED,
            hospital=held.request.hospital,
            key=CONNECTION,
            owner_role="integration_operator",
            detail=_("No order and no repair can be sent: %(why)s") % {"why": error.message},
            by=by,
        )
    return Outcome.UNREACHABLE if unreachable else Outcome.RETRY


def _refused(message: OutboxMessage, why: str) -> str:
    if message.kind == OutboxMessage.Kind.PURCHASE_ORDER:
        vendor = message.payload["vendor"]["name"]
        return _("The order to %(vendor)s was refused: %(why)s") % {"vendor": vendor, "why": why}
    return _("The repair was refused by Odoo's maintenance: %(why)s") % {"why": why}


@verb
def record_void(*, message: OutboxMessage, by: "User") -> Outcome:
    """The request ended before this claim: nothing is sent. After an earlier try of an order the buyer is asked to look."""
    held = hold(message)
    if held is None:
        return Outcome.STALE
    end(held, State.VOID, Result.VOID)
    order = held.kind == OutboxMessage.Kind.PURCHASE_ORDER
    if order and held.attempts > 1:
        outbox.ask_to_look(held, by=by)
    action = "outbox.void" if order else "maintenance.void"
    events.record(action=action, by=by, case=held.request.public_id, subject=f"message:{held.pk}")
    return Outcome.VOID


@verb
def record_held_back(*, message: OutboxMessage, kind: str, why: str, by: "User") -> Outcome:
    """It is not what was agreed: it is not sent, and the owner of an exception of this `kind` looks. See `outbox.send_again`."""
    held = hold(message)
    if held is None:
        return Outcome.STALE
    held.last_error, held.error_kind = why, gate.NOT_AGREED
    end(held, State.DEAD, Result.REFUSED)
    casework.open_exception(kind=kind, request=held.request, key=held.key, detail=why, by=by)
    return Outcome.REFUSED


@verb
def reachable_again(*, by: "User") -> None:
    """An order went through: what waits because Odoo could not be reached is due now, and nobody needs to look."""
    OutboxMessage.objects.filter(
        state=State.PENDING, error_kind__in=OUTAGE_KINDS, next_attempt_at__gt=now()
    ).update(next_attempt_at=now())
    told = CaseException.objects.filter(kind=CaseException.Kind.SYNC_REJECTED, key=CONNECTION, closed_at=None)
    for exception in told.select_related("request"):
        casework.close_exception(
            exception=exception, by=by, reason=_("Orders and repairs are being sent again.")
        )


def crashes_in_a_row(message: OutboxMessage) -> int:
    """How many workers in a row took this message and never recorded a result. No query while there were few tries."""
    if message.attempts < 2:
        return 0
    ended = (
        message.deliveries.exclude(outcome=Result.LOST)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return message.attempts - 1 - (ended or 0)


def wait_before(attempt: int, longest: int) -> timedelta:
    """How long to wait before try number `attempt` (2, 3, ...): doubled each time, up to half less by chance."""
    ceiling = min(FIRST_WAIT * 2 ** min(attempt - 2, 20), longest)
    return timedelta(seconds=max(FIRST_WAIT, ceiling * (1 + ids.fraction()) / 2))


def hold(message: OutboxMessage) -> OutboxMessage | None:
    """Lock the request, then its message; None if the claim of `message` is no longer the one that counts."""
    request = access.lock_id(message.request_id)
    held = OutboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if held.state != State.CLAIMED or held.token != message.token:
        return None
    held.request = request
    return held


def end(message: OutboxMessage, state: OutboxMessage.State, outcome: DeliveryAttempt.Outcome) -> None:
    """Write the state of a held message, and the attempt that ended."""
    moment = now()
    message.state, message.claimed_until = state, None
    if state == State.DONE:
        message.done_at, message.last_error, message.error_kind = moment, "", ""
    message.save()
    DeliveryAttempt.objects.create(
        message=message,
        number=message.attempts,
        started_at=message.claimed_at or moment,
        finished_at=moment,
        outcome=outcome,
        error=message.last_error,
    )
