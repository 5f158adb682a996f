"""What Odoo's maintenance is promised: one request for each agreed repair, and that it stands where the portal stands.

The first message makes the record. Every later one says nothing itself: it has the record brought to where the request is
when it is delivered, so that late, repeated or overtaken messages all end in the same place.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from integrations import leaving, maintenance
from integrations.models import ExternalReference, OutboxMessage, TeamLink
from integrations.odoo.maintenance_requests import OPEN
from portal.audit import events
from portal.clock import now
from portal.facts import verb
from requests_app import access, casework
from requests_app.models import Repair, ServiceRequest
from requests_app.states import Kind

if TYPE_CHECKING:
    from portal.accounts.models import User

State = OutboxMessage.State
UNLINKED = "unlinked"
HELD = datetime(9000, 1, 1, tzinfo=UTC)  # `next_attempt_at` of what waits until Odoo knows its team


@verb
def enqueue_maintenance(*, request: ServiceRequest, by: "User") -> OutboxMessage | None:
    """Promise the maintenance request of an agreed repair; None for what is no repair. Nothing is sent here.

    Without a team that Odoo knows it is held (`send_what_waited`); equipment that Odoo does not know goes by its label.
    """
    if request.category.kind != Kind.REPAIR:
        return None
    repair = Repair.objects.select_related("equipment", "location").get(request=request)
    payload = maintenance.snapshot(request, repair, _link(request))
    not_before = leaving.not_before(request, by)
    held = payload["team_id"] is None
    key = maintenance.message_key(request)
    # Void, and never tried: what a decision promised that was taken back is promised again.
    again = (
        OutboxMessage.objects.filter(key=key, state=State.VOID, attempts=0)
        .values_list("pk", flat=True)
        .first()
    )
    message = OutboxMessage(
        pk=again,
        key=key,
        kind=OutboxMessage.Kind.MAINTENANCE_REQUEST,
        request=request,
        payload=payload,
        not_before=not_before,
        next_attempt_at=HELD if held else not_before,
        error_kind=UNLINKED if held else "",
        created_at=now(),
    )
    message.save()
    return message


def _link(request: ServiceRequest) -> TeamLink | None:
    return TeamLink.objects.filter(team=request.team_id).first() if request.team_id else None


@verb
def enqueue_stage(*, request: ServiceRequest, by: "User") -> OutboxMessage | None:
    """Promise that the record of this repair is brought to where the request stands; None where nothing is to be done.

    Nothing is to be done before the record is made (it is looked at then), when it stands there, when it is gone, and when
    the same is promised already. Once both have ended, nobody asks about it any more.
    """
    if request.category.kind != Kind.REPAIR:
        return None
    record = ExternalReference.objects.filter(
        request=request, model=ExternalReference.MAINTENANCE, gone_at=None
    ).first()
    if record is None:
        return None
    if maintenance.agrees(record.state, request):
        if maintenance.wanted(request) != OPEN:
            end_asking(record, request, by=by)
        return None
    stages = OutboxMessage.objects.filter(request=request, kind=OutboxMessage.Kind.MAINTENANCE_STAGE)
    if stages.filter(state=State.PENDING).exists():
        return None
    moment = now()
    return OutboxMessage.objects.create(
        key=maintenance.stage_key(request, stages.count() + 1),
        kind=OutboxMessage.Kind.MAINTENANCE_STAGE,
        request=request,
        payload={"external_id": record.external_id, "record_id": record.record_id},
        not_before=moment,
        next_attempt_at=moment,
        created_at=moment,
    )


def end_asking(record: ExternalReference, request: ServiceRequest, *, by: "User") -> None:
    """The repair has ended here and there: no more looks, and nobody needs to settle what differed."""
    record.closed_at, record.drift = now(), ""
    record.save(update_fields=["closed_at", "drift"])
    for exception in request.exceptions.filter(kind="drift", key=record.external_id, closed_at=None):
        casework.close_exception(exception=exception, by=by, reason=_("The repair has ended here and there."))


@verb
def void_maintenance(*, request: ServiceRequest, by: "User") -> int:
    """The repair was cancelled: what was never tried, or was refused, is not sent. Returns how many messages that were.

    What was tried may have made a record: it stays promised, and the record is cancelled as soon as it is known.
    """
    found = OutboxMessage.objects.filter(request=request, kind=OutboxMessage.Kind.MAINTENANCE_REQUEST)
    # A dispatcher may be claiming one at this moment: whoever changes the row first has it.
    count = found.filter(state=State.PENDING, attempts=0).update(state=State.VOID)
    count += found.filter(state=State.DEAD).update(state=State.VOID)
    if count:
        events.record(action="maintenance.void", by=by, case=request.public_id, after={"messages": count})
    for exception in request.exceptions.filter(
        kind="sync_rejected", key=maintenance.message_key(request), closed_at=None
    ):
        casework.close_exception(exception=exception, by=by, reason=_("The request was cancelled."))
    return count


def send_what_waited(*, by: "User") -> int:
    """Sweep: what was held until Odoo knew its team, and is known now, is due. Returns how many maintenance requests."""
    held = OutboxMessage.objects.filter(
        state=State.PENDING, error_kind=UNLINKED, request__team__odoo_link__isnull=False
    )
    return sum(_let_go(message_id=pk, by=by) for pk in list(held.values_list("pk", flat=True)[:200]))


@verb
def _let_go(*, message_id: int, by: "User") -> bool:
    message = OutboxMessage.objects.get(pk=message_id)
    request = access.lock_id(message.request_id)
    message = OutboxMessage.objects.select_for_update(of=("self",)).get(pk=message_id)
    if message.state != State.PENDING or message.error_kind != UNLINKED:
        return False
    message.payload = relinked(message, request)
    message.error_kind, message.next_attempt_at = "", max(message.not_before, now())
    message.save(update_fields=["payload", "error_kind", "next_attempt_at"])
    return True


def relinked(message: OutboxMessage, request: ServiceRequest) -> dict:
    """The same maintenance request with the ids that Odoo goes by today; what was agreed and the external id stay."""
    piece = Repair.objects.select_related("equipment").get(request=request).equipment
    ids = maintenance.targets(_link(request), piece)
    return {**message.payload, **{name: id_ or message.payload[name] for name, id_ in ids.items()}}
