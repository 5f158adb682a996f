"""Drawing the sample of a month: of each department five in a hundred, ten at least, or all that there were."""

from datetime import date, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.utils.crypto import salted_hmac

from approvals.models import Approval, SampledOrder
from portal.accounts import scopes
from portal.accounts.models import Department, Hospital
from portal.audit import events
from portal.clock import now
from portal.facts import verb
from requests_app.models import ServiceRequest
from requests_app.states import Kind

if TYPE_CHECKING:
    from portal.accounts.models import User

SHARE = 0.05
LEAST = 10  # of each department


def draw_all() -> int:
    """The sample of the month before, for every department that has none of it yet. Returns how many orders it shows."""
    by, drawn = scopes.system_user(), 0
    for hospital in Hospital.objects.order_by("pk"):
        month = month_before(hospital)
        found = decided_alone(hospital, month).order_by().values("department").annotate(n=Count("pk"))
        done = SampledOrder.objects.filter(month=month, request__hospital=hospital)
        todo = {row["department"] for row in found} - set(done.values_list("request__department", flat=True))
        for department in Department.objects.filter(pk__in=todo).order_by("pk"):
            drawn += draw(department=department, month=month, by=by)
    return drawn


@verb
def draw(*, department: Department, month: date, by: "User") -> int:
    """Draw the sample of one department; once for each month. Which ones nobody can foresee. Returns how many."""
    Department.objects.select_for_update().get(pk=department.pk)
    if SampledOrder.objects.filter(month=month, request__department=department).exists():
        return 0
    found = decided_alone(department.hospital, month).filter(department=department)
    rows = sorted(found.values_list("public_id", "pk"), key=lambda row: _lot(row[0]))
    chosen = [pk for _id, pk in rows[: max(LEAST, ceil(len(rows) * SHARE))]]
    SampledOrder.objects.bulk_create(SampledOrder(request_id=pk, month=month) for pk in chosen)
    after = {"month": month.isoformat(), "decided": len(rows), "shown": len(chosen)}
    events.record(action="sample.drawn", by=by, subject=f"department:{department.pk}", after=after)
    return len(chosen)


def decided_alone(hospital: Hospital, month: date) -> QuerySet[ServiceRequest]:
    """Supplies that a standing order decided in the month, as the hospital's clocks have it. Lazy."""
    zone = ZoneInfo(hospital.time_zone)
    begin, end = (datetime(day.year, day.month, 1, tzinfo=zone) for day in (month, _next(month)))
    alone = Approval.objects.filter(status=Approval.Status.APPROVED, steps=None, broken=None)
    alone = alone.filter(opened_at__gte=begin, opened_at__lt=end, request__hospital=hospital)
    found = ServiceRequest.objects.filter(pk__in=alone.values("request"), category__kind=Kind.SUPPLY)
    return found.filter(hospital=hospital, sampled=None)


def month_before(hospital: Hospital) -> date:
    """The first day of the last month that is over at the hospital."""
    today = now().astimezone(ZoneInfo(hospital.time_zone)).date()
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _lot(public_id: str) -> str:
    """Its place in the draw: the same every time, and known to nobody who has not the key of the portal."""
    return salted_hmac("approvals.sampling", public_id).hexdigest()
