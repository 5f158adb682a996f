"""Looking for split requests: at what was sent a moment ago, and every night at everything."""

from datetime import datetime, timedelta

from approvals.watching import reading, splits, suspecting
from approvals.watching.routine import LONGEST
from portal.accounts import scopes
from portal.accounts.models import Hospital
from portal.clock import now
from requests_app.models import ServiceRequest
from requests_app.states import Kind

LATELY = timedelta(minutes=15)  # several times the pause of the sweep: what one missed, the next one sees


def look_lately() -> int:
    """At the cost centres that sent supplies in the last minutes. Returns how many suspicions are new or grew."""
    since = now() - LATELY
    sent = ServiceRequest.objects.filter(submitted_at__gt=since, category__kind=Kind.SUPPLY)
    found = sent.order_by("hospital").values_list("hospital", "department__cost_centre").distinct()
    centres: dict[int, set[str]] = {}
    for hospital, centre in found:
        centres.setdefault(hospital, set()).add(centre)
    return sum(
        look(hospital=hospital, since=since, cost_centres=centres[hospital.pk])
        for hospital in Hospital.objects.filter(pk__in=centres).order_by("pk")
    )


def look_at_all() -> int:
    """At every hospital and the whole of the longest window. Returns how many suspicions are new or grew."""
    since = now() - LONGEST
    return sum(look(hospital=hospital, since=since) for hospital in Hospital.objects.order_by("pk"))


def look(*, hospital: Hospital, since: datetime, cost_centres: set[str] | None = None) -> int:
    """Suspect what was split, each in its own transaction. Returns how many are new or grew.

    One that fails does not hold up the others: its error is raised at the end, in an ExceptionGroup.
    """
    limits = reading.limits(hospital)
    lines = reading.lines(hospital, since=since, cost_centres=cost_centres) if limits else []
    found, by = splits.find(lines, limits=limits, since=since), scopes.system_user()
    fresh, failures = 0, []
    for finding in found:
        try:
            fresh += suspecting.suspect(finding=finding, by=by) is not None
        except Exception as failure:  # noqa: BLE001 (raised below, after the others had their turn)
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(found)} suspicions could not be kept", failures)
    return fresh
