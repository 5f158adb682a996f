"""What the store has to pick and send, by request, the soonest due first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.models import Team
from portal.errors import Invalid, NotAllowed, NotFound
from requests_app.models import RequestItem, ServiceRequest
from requests_app.states import LineState, Source

if TYPE_CHECKING:
    from portal.accounts.models import User

SHOWN = 50
# A line from the store of which something is not sent yet is in one of these.
OPEN = (LineState.TO_PICK, LineState.TO_FOLLOW, LineState.PICKED, LineState.ON_THE_WAY)


@dataclass(frozen=True)
class Pick:
    """One request's lines that are in the store: to pick, picked but not yet sent, and those to follow.

    A line may be in several of them, each with its own part.
    """

    request: ServiceRequest
    to_pick: list[RequestItem]
    picked: list[RequestItem]
    follow: list[RequestItem]


def waiting(teams: "Iterable[Team] | QuerySet[Team] | None" = None) -> QuerySet[RequestItem]:
    """Lines of `teams` (of all, without) of which the store has something to pick or to send. Lazy."""
    lines = RequestItem.objects.filter(
        state__in=OPEN, source=Source.STORE, sent_quantity__lt=F("approved_quantity")
    )
    return lines if teams is None else lines.filter(team__in=teams)


def picks(teams: Iterable[Team], *, limit: int = SHOWN) -> list[Pick]:
    """Requests with lines of `teams` that wait in the store. Two queries."""
    lines = waiting(teams)
    found = (
        ServiceRequest.objects.filter(Exists(lines.filter(request=OuterRef("pk"))))
        .select_related("hospital", "department", "deliver_to", "requester", "category")
        .prefetch_related(
            Prefetch(
                "lines",
                queryset=lines.select_related("vendor", "item__on_hand").order_by("position"),
                to_attr="in_store",
            )
        )
        .order_by(F("due_at").asc(nulls_last=True), "pk")[:limit]
    )
    return [_pick(request) for request in found]


def _pick(request: ServiceRequest) -> Pick:
    lines: list[RequestItem] = request.in_store  # type: ignore[attr-defined]
    return Pick(
        request=request,
        to_pick=[line for line in lines if line.to_pick],
        picked=[line for line in lines if line.picked_quantity],
        follow=[line for line in lines if line.follow_quantity and not line.to_pick],
    )


def own_teams(user: "User") -> list[Team]:
    """Teams whose pick list is this person's. Raises NotAllowed to who has none. One query."""
    teams = list(scopes.teams_with(user, "fulfil_here"))
    if not teams:
        raise NotAllowed(_("The pick list belongs to the store. Your work does not include it."))
    return teams


def leads(user: "User") -> bool:
    """Does this person lead a team, so that they may give up what will not come? One query."""
    return scopes.teams_with(user, "lead_here").exists()


def named(request: ServiceRequest, public_ids: Iterable[str]) -> dict[str, int]:
    """Keys of the lines of `request` by their public ids. Raises Invalid (lines) for one that is not its own. One query."""
    own = dict(request.lines.values_list("public_id", "pk"))
    wanted = list(public_ids)
    if any(public_id not in own for public_id in wanted):
        raise Invalid({"lines": [_("This request has no such line.")]})
    return {public_id: own[public_id] for public_id in wanted}


def in_store(request: ServiceRequest) -> list[RequestItem]:
    """Lines of `request` of which the store has something, in their order. One query."""
    return list(
        waiting()
        .filter(request=request)
        .select_related("vendor", "team", "item__on_hand")
        .order_by("position")
    )


def ready(request: ServiceRequest, public_ids: Iterable[str]) -> list[int]:
    """Keys of those of these lines of which something is picked and not sent. One query."""
    lines = request.lines.filter(public_id__in=list(public_ids), picked_quantity__gt=0)
    return list(lines.values_list("pk", flat=True))


def line_in_store(user: "User", public_id: str) -> RequestItem:
    """A line of which the store has something, of a team that `user` leads. Raises NotFound. Two queries."""
    led = scopes.teams_with(user, "lead_here")
    found = waiting(led).select_related("request__hospital", "request__department", "team")
    line = found.filter(public_id=public_id).first()
    if line is None:
        raise NotFound
    return line


def scanned(found: list[Pick], code: str) -> tuple[Pick, RequestItem] | None:
    """The first line on the list with this item code or barcode, as a scanner types it; None without one. No query."""
    code = code.strip().casefold()
    for pick in found:
        for line in (*pick.to_pick, *pick.follow):
            if code and code in (line.code.casefold(), line.item.barcode.casefold()):
                return pick, line
    return None
