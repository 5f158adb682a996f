"""A bundle on its way: when its tasks are due needs the calendars, what becomes of them is `requests_app.configured.bundles`."""

from datetime import datetime
from typing import Any

from portal.accounts.models import User
from portal.clock import now
from portal.facts import verb
from requests_app.configured import bundles
from requests_app.kinds.bundle import BundleKind
from requests_app.models import BundleTask, ServiceRequest
from requests_app.states import Kind
from sla import calendars


@verb
def open_bundle(*, request: ServiceRequest, by: User) -> None:
    """Send the tasks of a bundle that was just agreed; of other requests nothing."""
    if request.category.kind == Kind.BUNDLE:
        start = BundleKind().start(request) or now()
        due = {task.pk: due_at(task, request, start) for task in bundles.wanted(request)}
        bundles.open_children(request=request, due=due, by=by)


def due_at(task: BundleTask, request: ServiceRequest, start: datetime) -> datetime | None:
    """So long before or after `start`; None: within its own target times, also where that moment is over."""
    if task.offset_amount is None:
        return None
    moment = calendars.shifted(
        request.hospital, task.calendar, start, amount=task.offset_amount, unit=task.offset_unit
    )
    return moment if moment > now() else None


def on_request_approved(*, request: ServiceRequest, by: User, **_: Any) -> None:
    open_bundle(request=request, by=by)


def on_request_ended(*, request: ServiceRequest, by: User, **_: Any) -> None:
    bundles.child_ended(request=request, by=by)


def on_request_reopened(*, request: ServiceRequest, by: User, reason: str, **_: Any) -> None:
    bundles.child_reopened(request=request, by=by, reason=reason)


def on_request_cancelled(*, request: ServiceRequest, by: User, reason: str, **_: Any) -> None:
    bundles.cancel_children(request=request, by=by, reason=reason)
    bundles.child_ended(request=request, by=by)
