"""Suspicions of split requests: written down, routed to whoever decides the whole, and cleared by somebody independent."""

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals.models import SplitSuspicion, SuspectedPart
from approvals.watching.routing_up import route_up
from approvals.watching.splits import Finding
from approvals.watching.suspects import why_not_clear
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.facts import verb
from portal.money import in_words
from requests_app import access, casework
from requests_app.models import CaseException, ServiceRequest
from requests_app.states import RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User

KIND = CaseException.Kind.SPLIT_SUSPECTED
# Nothing of it was ordered or given out yet, so that more people can still be asked or somebody can stop it.
AHEAD = (RequestState.SUBMITTED, RequestState.RETURNED, RequestState.APPROVED)
SHORTEST, LONGEST = 20, 300  # characters of the reason


@verb
def suspect(*, finding: Finding, by: "User") -> SplitSuspicion | None:
    """Put a finding on record, link its parts, and ask about those that are not carried out whoever decides the whole.

    A finding that grew joins the suspicion that is there. None for what was said before, also where it was cleared.
    Opens the exception `split_suspected` for each part that is still ahead, or for the last one where all are over.
    """
    requests = [access.lock_id(pk) for pk in sorted(finding.requests)]
    known = _known(finding)
    if any(finding.requests <= parts for parts in known.values()):
        return None
    grown = next((one for one in known if one.cleared_at is None), None)
    suspicion = _grow(grown, finding, known[grown]) if grown else _found(finding)
    new = finding.requests - (known[grown] if grown else set())
    SuspectedPart.objects.bulk_create(SuspectedPart(suspicion=suspicion, request_id=pk) for pk in sorted(new))
    events.record(
        action="split.suspected",
        by=by,
        subject=f"split:{suspicion.pk}",
        after={
            "axis": suspicion.axis,
            "days": suspicion.days,
            "threshold": f"{suspicion.threshold:.2f}",
            "total": f"{suspicion.total:.2f}",
            "requests": [request.public_id for request in requests],
        },
    )
    ahead = [request for request in requests if request.state in AHEAD]
    for request in ahead or requests[-1:]:
        _tell(suspicion, request, len(requests), by)
    for request in ahead:
        route_up(request, total=suspicion.total, by=by)
    return suspicion


@verb
def clear(*, suspicion_id: int, reason: str, by: "User") -> SplitSuspicion:
    """Somebody independent says why it is no split. Steps that were added stay; its exceptions are closed with the reason.

    Raises NotFound, NotAllowed (no role for it; a part in it or a decision on it), WrongState (cleared before), Invalid
    (reason: 20 to 300 characters).
    """
    parts = SuspectedPart.objects.filter(suspicion=suspicion_id).order_by("request")
    requests = [access.lock_id(pk) for pk in parts.values_list("request", flat=True)]
    suspicion = SplitSuspicion.objects.select_for_update().filter(pk=suspicion_id).first()
    if suspicion is None or not requests:
        raise NotFound
    if why := why_not_clear(suspicion, requests, by):
        raise NotAllowed(why)
    if suspicion.cleared_at:
        raise WrongState(_("Somebody cleared it before."))
    reason = reason.strip()
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Invalid({"reason": [_("Say in 20 to 300 characters why it is no split.")]})
    suspicion.cleared_at, suspicion.cleared_by, suspicion.cleared_why = now(), by, reason
    suspicion.save(update_fields=["cleared_at", "cleared_by", "cleared_why"])
    open_ones = CaseException.objects.filter(kind=KIND, key=_key(suspicion), closed_at=None)
    for exception in open_ones.select_related("request"):
        casework.close_exception(exception=exception, by=by, reason=reason)
    events.record(action="split.cleared", by=by, subject=f"split:{suspicion.pk}", reason=reason)
    return suspicion


def _known(finding: Finding) -> dict[SplitSuspicion, set[int]]:
    """Suspicions at this limit or a higher one that share a part with it, with the parts of each. Two queries."""
    rows = SplitSuspicion.objects.filter(parts__request__in=finding.requests, threshold__gte=finding.limit)
    found = {one: set[int]() for one in rows.distinct().order_by("pk")}
    by_key = {one.pk: one for one in found}
    for pk, request in SuspectedPart.objects.filter(suspicion__in=by_key).values_list("suspicion", "request"):
        found[by_key[pk]].add(request)
    return found


def _found(finding: Finding) -> SplitSuspicion:
    mark = f"{finding.axis} {finding.limit} {sorted(finding.requests)}"
    return SplitSuspicion.objects.create(
        key=hashlib.sha256(mark.encode()).hexdigest(),
        axis=finding.axis,
        days=finding.days,
        threshold=finding.limit,
        total=finding.total,
        found_at=now(),
    )


def _grow(suspicion: SplitSuspicion, finding: Finding, parts: set[int]) -> SplitSuspicion:
    """More of the same came: the total is of all its parts."""
    more = sum((part.amount for part in finding.parts if part.request not in parts), Decimal(0))
    suspicion.total += more
    suspicion.save(update_fields=["total"])
    return suspicion


def _tell(suspicion: SplitSuspicion, request: ServiceRequest, many: int, by: "User") -> None:
    said = _("One of %(many)d requests that each stay under %(limit)s and come to %(total)s together.")
    words = {
        "many": many,
        "limit": in_words(suspicion.threshold / request.rate, request.currency, whole=True),
        "total": in_words(suspicion.total / request.rate, request.currency),
    }
    casework.open_exception(kind=KIND, request=request, key=_key(suspicion), detail=said % words, by=by)


def _key(suspicion: SplitSuspicion) -> str:
    return f"split:{suspicion.pk}"
