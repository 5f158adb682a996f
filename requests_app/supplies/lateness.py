"""What was promised for a day that is over: said once, to who has to ask and to the ward that waits."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.clock import now
from portal.facts import publish, verb
from requests_app import access, casework, signals
from requests_app.exception_kinds import TEAM_LEAD
from requests_app.models import CaseException, RequestItem, ServiceRequest
from requests_app.models.item import AWAITED
from requests_app.supplies.advancing import today_at

if TYPE_CHECKING:
    from portal.accounts.models import User

BATCH = 200


def sweep(*, limit: int = BATCH) -> int:
    """Say of each promised day once that it is over, or later than the ward needs it. Returns how many lines."""
    found = [line for line in _due().order_by("expected_on", "pk")[:limit] if is_late(line, line.request)]
    if not found:
        return 0
    by, failures, told = scopes.system_user(), [], 0
    for line in found:
        try:
            told += _tell(request_id=line.request_id, line_id=line.pk, by=by)
        except Exception as failure:  # noqa: BLE001 (raised below, after the others had their turn)
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(found)} late lines could not be told", failures)
    return told


def _due() -> QuerySet[RequestItem]:
    """Lines whose promise may be broken; the zone of the hospital decides later whether its day is over."""
    furthest = (now() + timedelta(hours=14)).date()  # what day it is where it is latest
    late = Q(expected_on__lt=furthest) | Q(expected_on__gt=F("request__needed_by"))
    untold = Q(late_told_on=None) | ~Q(late_told_on=F("expected_on"))
    awaited = Q(follow_quantity__gt=0) | Q(goods_in_quantity__lt=F("approved_quantity"))
    found = RequestItem.objects.filter(late, untold, awaited, expected_on__isnull=False, state__in=AWAITED)
    return found.select_related("request__hospital")


@verb
def _tell(*, request_id: int, line_id: int, by: "User") -> bool:
    request = access.lock_id(request_id)
    line = request.lines.get(pk=line_id)
    day = line.expected_on
    if day is None or day == line.late_told_on or not is_late(line, request):
        return False
    line.late_told_on = day
    line.save(update_fields=["late_told_on"])
    casework.open_exception(
        kind=CaseException.Kind.LATE_SUPPLY,
        request=request,
        key=f"line:{line.public_id}:{day:%Y-%m-%d}",
        owner_role="buyer" if line.is_bought else TEAM_LEAD,
        detail=_("%(line)s was promised for %(day)s.")
        % {"line": line.name, "day": date_format(day, "D j M")},
        by=by,
    )
    publish(signals.supply_late, request=request, line=line, by=by)
    return True


def is_late(line: RequestItem, request: ServiceRequest) -> bool:
    """Something of the line is still to come and its day is over, or is after the day on which the ward needs it."""
    if line.expected_on is None or line.state not in AWAITED or not _awaited(line):
        return False
    needed = request.needed_by
    return line.expected_on < today_at(request) or (needed is not None and line.expected_on > needed)


def _awaited(line: RequestItem) -> int:
    """Order units that the supplier, or the store, has still to bring."""
    if line.is_bought:
        return line.outstanding - line.expected
    return line.follow_quantity
