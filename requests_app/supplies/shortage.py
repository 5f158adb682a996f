"""Urgent, and the store has none: somebody is told at once instead of a line that waits."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.clock import now
from portal.facts import verb
from requests_app import casework
from requests_app.models import CaseException, RequestItem, ServiceRequest, Substitute
from requests_app.states import Priority
from requests_app.supplies.stock import is_out
from requests_app.supplies.substitutes import is_missing

if TYPE_CHECKING:
    from portal.accounts.models import User

DUE = {Priority.EMERGENCY: timedelta(minutes=30), Priority.URGENT: timedelta(hours=4)}
KIND = CaseException.Kind.URGENT_SUPPLY


@verb
def look(*, request: ServiceRequest, by: "User") -> None:
    """Of what was just agreed: report the lines that the store is known to have none of. No query unless it is urgent."""
    if request.is_supply and request.priority in DUE:
        lines = request.lines.exclude(approved_quantity=None).select_related("item__on_hand")
        report(request=request, lines=[line for line in lines if line.in_store and is_out(line.item)], by=by)


@verb
def report(*, request: ServiceRequest, lines: Iterable[RequestItem], by: "User") -> None:
    """Open `urgent_supply` for each of these lines that has no substitute; nothing unless the request is urgent."""
    if request.priority not in DUE:
        return
    missing = {line.item_id: line for line in lines}
    rows = Substitute.objects.filter(item__in=missing).select_related("other__on_hand") if missing else []
    for row in rows:
        if not is_missing(row.other):
            missing.pop(row.item_id, None)
    for line in missing.values():
        casework.open_exception(
            kind=KIND,
            request=request,
            key=_key(line),
            detail=_("%(line)s: the store has none or too few, and nothing to take instead.")
            % {"line": line.name},
            due_at=now() + DUE[Priority(request.priority)],
            by=by,
        )


@verb
def settle(*, request: ServiceRequest, by: "User") -> None:
    """What the store has picked after all, or gave up, is no shortage any more. No query unless the request is urgent."""
    if request.priority not in DUE:
        return
    waiting = list(request.exceptions.filter(kind=KIND, closed_at=None))
    over = {_key(line) for line in request.lines.all() if not line.in_store} if waiting else set()
    for exception in waiting:
        if exception.key in over:
            casework.close_exception(
                exception=exception, by=by, reason=_("Nothing of it is missing any more.")
            )


def _key(line: RequestItem) -> str:
    return f"line:{line.public_id}"
