"""What the store has to pick and send, by request, the soonest due first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Prefetch
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.models import Team
from portal.errors import Invalid, NotAllowed
from requests_app.models import RequestItem, ServiceRequest
from requests_app.states import LineState

if TYPE_CHECKING:
    from portal.accounts.models import User

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
        .select_related("hospital", "department", "deliver_to", "requester", "category")
        .prefetch_related(
            Prefetch(
                "lines", queryset=lines.select_related("vendor").order_by("position"), to_attr="in_store"
            )
        )
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


def own_teams(user: "User") -> list[Team]:
    """Teams whose pick list is this person's. Raises NotAllowed to who has none. One query."""
    teams = list(scopes.teams_with(user, "fulfil_here"))
    if not teams:
        raise NotAllowed(_("The pick list belongs to the store. Your work does not include it."))
    return teams


def named(request: ServiceRequest, public_ids: Iterable[str]) -> dict[str, int]:
    """Keys of the lines of `request` by their public ids. Raises Invalid (lines) for one that is not its own. One query."""
    own = dict(request.lines.values_list("public_id", "pk"))
    wanted = list(public_ids)
    if any(public_id not in own for public_id in wanted):
        raise Invalid({"lines": [_("This request has no such line.")]})
    return {public_id: own[public_id] for public_id in wanted}


def chosen(request: ServiceRequest, public_ids: list[str], *, state: LineState) -> list[int]:
    """Keys of the lines of `request` that were ticked and are still in `state`."""
    return list(request.lines.filter(public_id__in=public_ids, state=state).values_list("pk", flat=True))
