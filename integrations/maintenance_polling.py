"""What does Odoo's maintenance say now? Open records are asked for by id; where one stands is shown, and its end is taken over.

A record is never made again here, and a request is never cancelled: what only a person can decide becomes an exception.
"""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from integrations import maintenance, maintenance_outbox
from integrations.maintenance_results import differs, keep, lose, record_of
from integrations.models import ExternalReference
from integrations.odoo import maintenance_requests
from integrations.odoo.connection import OdooConnection
from integrations.odoo.errors import OdooError
from integrations.odoo.maintenance_requests import CANCELLED, DONE, MaintenanceState
from portal.accounts.models import User
from portal.audit import events
from portal.errors import DomainError
from portal.facts import verb
from requests_app import access, lifecycle, work
from requests_app.kinds import kind_of
from requests_app.models import ServiceRequest
from requests_app.states import TEAM_STATES

MOST_GONE = 5  # when more than so many are asked for and none is there, it is another database


def open_records() -> QuerySet[ExternalReference]:
    found = ExternalReference.objects.filter(model=ExternalReference.MAINTENANCE, closed_at=None)
    return found.order_by("polled_at", "id")


def ask(
    connection: OdooConnection, ids: list[int], counts: dict[str, int], *, now: datetime, by: User
) -> None:
    """Ask about the references with these keys, and take in what is new. Raises OdooError."""
    records = list(open_records().filter(pk__in=ids).select_related("request"))
    states = maintenance_requests.read_requests(connection, [record.record_id for record in records])
    if not states and len(records) > MOST_GONE:
        none = f"None of {len(records)} maintenance requests is there: is this another database?"
        raise OdooError(none, permanent=True, kind="config")
    same = []
    for record in records:
        counts["asked"] += 1
        state = states.get(record.record_id)
        if state is None or state.external_id != record.external_id:
            counts["gone"] += _record_gone(request_id=record.request_id, foreign=state is not None, by=by)
        elif _is_news(record, state):
            counts["changed"] += _take_in_or_own(record.request_id, state, by)
        else:
            same.append(record.pk)
    ExternalReference.objects.filter(pk__in=same).update(polled_at=now)


def _is_news(record: ExternalReference, state: MaintenanceState) -> bool:
    return (record.state, record.stage) != (state.state, state.stage[:80])


@verb
def _record_gone(*, request_id: int, foreign: bool, by: User) -> bool:
    request = access.lock_id(request_id)
    record = record_of(request)
    if record is None or record.closed_at:
        return False
    why = _("Another record stands where the repair was in the maintenance system.") if foreign else ""
    lose(request, record, by=by, why=why)
    return True


@verb
def _take_in(*, request_id: int, state: MaintenanceState, by: User, refused: str = "") -> bool:
    """Lock the request and write what is new; what ended there ends here, if it may. `refused`: why it did not just now.

    Raises DomainError when the request may not end.
    """
    request = access.lock_id(request_id)
    record = record_of(request)
    if record is None or record.closed_at or not _is_news(record, state):
        return False
    keep(record, state)
    events.record(
        action="maintenance.moved",
        by=by,
        case=request.public_id,
        subject=f"request:{request.pk}",
        after={"stage": state.stage},
        reason=state.stage,
    )
    if state.stands == DONE and request.state in TEAM_STATES:
        if refused:
            _not_here(request, record, refused, by=by)
        else:
            _finish(request, record, state, by=by)
    elif state.stands == CANCELLED and request.state in TEAM_STATES:
        words = _("The maintenance system cancelled the repair, and the ward still waits for it.")
        differs(request, record, words, by=by)
    else:
        maintenance_outbox.enqueue_stage(request=request, by=by)
    return True


def _take_in_or_own(request_id: int, state: MaintenanceState, by: User) -> bool:
    try:
        return _take_in(request_id=request_id, state=state, by=by)
    except DomainError as error:  # it may not end here yet, for a reason that a person must see
        return _take_in(request_id=request_id, state=state, by=by, refused=error.message)


def _finish(request: ServiceRequest, record: ExternalReference, state: MaintenanceState, *, by: User) -> None:
    """Done there is done here, unless somebody here must look first. Raises DomainError where it may not end otherwise."""
    request.outcome = "not_worth_repairing" if maintenance.scrapped(state.stage) else "fixed_on_ward"
    if why := kind_of(request).not_to_finish(request):
        _not_here(request, record, why, by=by)
        return
    outcome = request.outcome
    request = lifecycle.start_fulfilment(request=request, by=by)
    work.finish(request=request, by=by, outcome=outcome, note=_("Done: %(stage)s") % {"stage": state.stage})


def _not_here(request: ServiceRequest, record: ExternalReference, why: str, *, by: User) -> None:
    words = _("It is done in the maintenance system and cannot be closed here yet. %(why)s")
    differs(request, record, words % {"why": why}, by=by)
