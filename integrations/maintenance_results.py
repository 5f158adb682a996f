"""What came of a maintenance request: made, brought to where the request stands, or gone. The request is locked first."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from integrations import maintenance, maintenance_outbox
from integrations.models import DeliveryAttempt, ExternalReference, OutboxMessage
from integrations.odoo.maintenance_requests import LISTED, OPEN, MaintenanceState
from integrations.results import Outcome, belongs_to_another, end, hold, record_failure
from portal.audit import events
from portal.clock import now
from portal.facts import verb
from requests_app import casework
from requests_app.models import CaseException, ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

OWNER = "service_manager"  # of what differs between the portal and the list of a repair team
State, Result = OutboxMessage.State, DeliveryAttempt.Outcome


@verb
def record_made(*, message: OutboxMessage, placed: MaintenanceState, version: int, by: "User") -> Outcome:
    """Odoo has the record: keep its reference, end the message. Records `maintenance.made`.

    What was done or cancelled here meanwhile, or was done there before we could ask, is brought together afterwards. A record
    that belongs to another message already (another database answers at ODOO_URL) is refused like a rejection.
    """
    held = hold(message)
    if held is None:
        return Outcome.STALE
    name = _("Maintenance request %(id)s") % {"id": placed.id}
    if clash := belongs_to_another(ExternalReference.MAINTENANCE, placed.id, name):
        return record_failure(message=held, error=clash, by=by)
    moment = now()
    ExternalReference.objects.create(
        request=held.request,
        message=held,
        model=ExternalReference.MAINTENANCE,
        external_id=held.payload["external_id"],
        record_id=placed.id,
        name=f"#{placed.id}",
        state=LISTED,  # what it says of its end is read by the next look
        stage=placed.stage[:80],
        version=version,
        created_at=moment,
        polled_at=moment,
    )
    end(held, State.DONE, Result.DELIVERED)
    _tell(held, "maintenance.made", by)
    maintenance_outbox.enqueue_stage(request=held.request, by=by)
    return Outcome.DELIVERED


@verb
def record_stage(
    *, message: OutboxMessage, placed: MaintenanceState | None, version: int, by: "User"
) -> Outcome:
    """The record stands where it was brought to, or is gone (`placed` is None). Records `maintenance.brought`."""
    held = hold(message)
    if held is None:
        return Outcome.STALE
    end(held, State.DONE, Result.DELIVERED)
    _tell(held, "maintenance.brought", by)
    record = record_of(held.request)
    if record is None or record.gone_at:
        return Outcome.DELIVERED
    if placed is None:
        lose(held.request, record, by=by)
        return Outcome.DELIVERED
    keep(record, placed)
    if maintenance.wanted(held.request) != maintenance.wanted(message.request):
        # the request went on while this was on its way
        maintenance_outbox.enqueue_stage(request=held.request, by=by)
    elif not maintenance.agrees(placed.state, held.request):
        differs(
            held.request, record, _("The maintenance system does not keep the repair as it is here."), by=by
        )
    elif placed.stands != OPEN:
        maintenance_outbox.end_asking(record, held.request, by=by)
    return Outcome.DELIVERED


def record_of(request: ServiceRequest) -> ExternalReference | None:
    """The maintenance request of a locked request, locked."""
    found = ExternalReference.objects.select_for_update(of=("self",))
    return found.filter(request=request, model=ExternalReference.MAINTENANCE).first()


def keep(record: ExternalReference, state: MaintenanceState) -> None:
    """Write what Odoo says now; it is asked about from now on."""
    record.state, record.stage, record.polled_at, record.closed_at = (
        state.state,
        state.stage[:80],
        now(),
        None,
    )
    record.save(update_fields=["state", "stage", "polled_at", "closed_at"])


def lose(request: ServiceRequest, record: ExternalReference, *, by: "User", why: str = "") -> None:
    """The record is not there any more: it gets an owner, and is never made again."""
    record.gone_at = record.closed_at = record.polled_at = now()
    record.save(update_fields=["gone_at", "closed_at", "polled_at"])
    differs(
        request,
        record,
        why or _("The repair is no longer in the maintenance system. It goes on here."),
        by=by,
    )


def differs(request: ServiceRequest, record: ExternalReference, detail: str, *, by: "User") -> None:
    """Tell its owner once that portal and Odoo do not agree."""
    if detail == record.drift:
        return
    record.drift = detail
    record.save(update_fields=["drift"])
    casework.open_exception(
        kind=CaseException.Kind.DRIFT,
        request=request,
        key=record.external_id,
        owner_role=OWNER,
        detail=detail,
        by=by,
    )


def _tell(message: OutboxMessage, action: str, by: "User") -> None:
    events.record(action=action, by=by, case=message.request.public_id, subject=f"message:{message.pk}")
