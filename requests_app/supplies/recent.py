"""What the ward asked for in the last 24 hours: shown beside a line so that nothing is asked for twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portal.accounts import scopes
from portal.accounts.models import Department, Membership
from portal.accounts.roles import DECIDERS
from portal.clock import now
from requests_app.models import RequestItem, ServiceRequest
from requests_app.states import LineState, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User

WITHIN = timedelta(hours=24)
NOT_ASKED = (LineState.DRAFT, LineState.REJECTED, LineState.CANCELLED, LineState.SUPPLIER_CANCELLED)


@dataclass(frozen=True)
class Asked:
    line: RequestItem
    request: ServiceRequest
    at: datetime | None
    own: bool  # by the person who looks
    may_add: bool


def asked_lately(
    user: "User", department: Department | None, items: Iterable[int], *, besides: int | None = None
) -> dict[int, Asked]:
    """By item id, the latest line of `department` that `user` may see; without the request `besides`. Lines that may
    still be added to come first.

    One query, two more where something was asked. What they may not see is as if it did not exist.
    """
    ids = list(items)
    if department is None or not ids:
        return {}
    lines = RequestItem.objects.filter(
        item__in=ids,
        request__department=department,
        request__submitted_at__gt=now() - WITHIN,
        request__in=ServiceRequest.objects.visible_to(user).values("pk"),
    )
    lines = lines.exclude(state__in=NOT_ASKED).exclude(request=besides or 0)
    rows = list(
        lines.select_related("request__requester", "request__hospital").order_by(
            "-request__submitted_at", "-pk"
        )[:50]
    )
    may = bool(rows) and may_add_on(user, department)
    found: dict[int, Asked] = {}
    for line in rows:
        open_still = line.request.state == RequestState.SUBMITTED
        known = found.get(line.item_id)
        if known is None or (may and open_still and not known.may_add):
            found[line.item_id] = Asked(
                line=line,
                request=line.request,
                at=line.request.submitted_at,
                own=line.request.requester_id == user.pk,
                may_add=may and open_still,
            )
    return found


def may_add_on(user: "User", department: Department) -> bool:
    """Whoever works on the ward and decides nothing at all: an editor of a request must never decide it. Two queries."""
    if not scopes.has_perm_at(user, "work_here", department):
        return False
    return not Membership.objects.current(now()).filter(user=user, role__in=DECIDERS).exists()
