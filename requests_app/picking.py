"""What the store has to pick and send, by request, the soonest due first."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Prefetch

from portal.accounts.models import Team
from requests_app.models import RequestItem, ServiceRequest
from requests_app.states import LineState

SHOWN = 50
WAITING = (LineState.TO_PICK, LineState.PICKED)


@dataclass(frozen=True)
class Pick:
    """One request's lines that are in the store: those to pick, and those picked but not yet sent."""

    request: ServiceRequest
    to_pick: list[RequestItem]
    picked: list[RequestItem]


def picks(teams: Iterable[Team], *, limit: int = SHOWN) -> list[Pick]:
    """Requests with lines of `teams` that wait in the store. Two queries."""
    lines = RequestItem.objects.filter(team__in=teams, state__in=WAITING)
    found = (
        ServiceRequest.objects.filter(Exists(lines.filter(request=OuterRef("pk"))))
        .select_related("hospital", "department", "deliver_to", "requester")
        .prefetch_related(Prefetch("lines", queryset=lines.order_by("position"), to_attr="in_store"))
        .order_by(F("due_at").asc(nulls_last=True), "pk")[:limit]
    )
    return [_pick(request) for request in found]


def _pick(request: ServiceRequest) -> Pick:
    lines: list[RequestItem] = request.in_store  # type: ignore[attr-defined]
    return Pick(
        request=request,
        to_pick=[line for line in lines if line.state == LineState.TO_PICK],
        picked=[line for line in lines if line.state == LineState.PICKED],
    )


def chosen(request: ServiceRequest, public_ids: list[str], *, state: LineState) -> list[int]:
    """Keys of the lines of `request` that were ticked and are still in `state`."""
    return list(request.lines.filter(public_id__in=public_ids, state=state).values_list("pk", flat=True))
