"""What lists show: queries of the core that lists, home and the request page ask, and where a request stands in words."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Window
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.models import Department
from portal.audit.events import DECIDED
from portal.audit.models import Event
from portal.merged import Merged
from requests_app import sources
from requests_app.models import RequestItem, ServiceRequest, UsualLine, UsualList
from requests_app.states import EDITABLE_STATES, ENDED_STATES, LineState, RequestState
from requests_app.supplies import picking

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.accounts.scopes import Reach

COMING = (LineState.ON_THE_WAY, LineState.AT_GOODS_IN)
STAGE = {
    RequestState.DRAFT: 1,
    RequestState.SUBMITTED: 2,
    RequestState.RETURNED: 1,
    RequestState.APPROVED: 3,
    RequestState.IN_FULFILMENT: 3,
    RequestState.ON_HOLD: 3,
    RequestState.FULFILLED: 4,
    RequestState.CLOSED: 5,
}
SOONEST = (F("due_at").asc(nulls_last=True), "pk")


def stage_of(request: ServiceRequest) -> int:
    """Where it stands on the bar: 1 to 4 is now, 5 is all done, 0 is stopped. Work whose time has not come is not begun."""
    if waits(request):
        return STAGE[RequestState.SUBMITTED]
    return STAGE.get(RequestState(request.state), 0)


def waits(request: ServiceRequest) -> bool:
    """Nothing is left to decide, and its time has not come."""
    return bool(request.state == RequestState.APPROVED and request.released_at is None)


def where_of(request: Any, *, coming: bool | None = None) -> str:
    """Where it stands, in words: on its way, or who has it, or how it ended. `coming` is of `listed()` unless it is given."""
    if getattr(request, "coming", False) if coming is None else coming:
        return _("On its way to the ward")
    if not request.held_by or request.state in ENDED_STATES:
        return str(request.get_state_display())
    # A sentence stands there when nobody has it yet.
    return request.held_by if ":" in request.held_by else _("With %(who)s") % {"who": request.held_by}


def listed(
    user: "User",
    *,
    ended: bool | None = None,
    mine: bool = False,
    hospital: int | None = None,
    department: int | None = None,
    states: Iterable[str] | None = None,
    held: "dict[str, Reach] | None" = None,
    among: list[Q] | None = None,
) -> Merged[ServiceRequest]:
    """Sent requests that `user` may see, with what one row of a list shows; for `portal.web.keyset`. One query.

    `ended`: only those that ended, or only the open ones; `mine`: only what this person needs or wrote; `hospital` and
    `department` are keys; `states` are those wanted (drafts are never listed); `held` as for `sources.seen_by`;
    `among`: sources that are part of what they see.
    """
    seen = among if among is not None else sources.own(user) if mine else sources.seen_by(user, held)
    halves = [half for half, of in ((sources.OPEN, False), (sources.ENDED, True)) if ended in (None, of)]
    found = Merged(
        model=ServiceRequest,
        sources=tuple(ServiceRequest.objects.filter(one, half) for half in halves for one in seen),
        shown=dressed,
    )
    if states is not None:
        found = found.filter(state__in=list(states))
    if hospital is not None:
        found = found.filter(hospital=hospital)
    return found if department is None else found.filter(department=department)


def dressed(found: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    coming = RequestItem.objects.filter(request=OuterRef("pk"), state__in=COMING)
    return found.select_related("hospital", "department", "requester", "category").annotate(
        line_count=_line_count(), coming=Exists(coming)
    )


def _line_count() -> Subquery:
    """Counted for the rows that are shown only; a join would count for every row of the table."""
    lines = RequestItem.objects.filter(request=OuterRef("pk")).order_by().values("request")
    return Subquery(lines.annotate(n=Count("pk")).values("n"))


def soonest(user: "User", *, most: int) -> list[ServiceRequest]:
    """Open rows, what is due first comes first. Two queries."""
    return list(listed(user, ended=False).first(most, *SOONEST))


def drafts_of(user: "User") -> QuerySet[ServiceRequest]:
    """What this person began and has not sent."""
    drafts = ServiceRequest.objects.filter(filed_by=user, state=RequestState.DRAFT, submitted_at=None)
    return drafts.select_related("hospital", "department", "category").annotate(line_count=_line_count())


def returned_to(user: "User", *, most: int = 5) -> list[ServiceRequest]:
    """What came back to this person to be changed, the oldest first. One query."""
    back = ServiceRequest.objects.filter(filed_by=user, state=RequestState.RETURNED, closed_at=None)
    back = back.filter(submitted_at__isnull=False).select_related("hospital", "category")
    return list(back.order_by("state_since", "pk")[:most])


def latest_drafts(user: "User", *, most: int = 2) -> list[ServiceRequest]:
    """The latest of `drafts_of`; `of_all` of each says how many there are. One query."""
    return list(drafts_of(user).annotate(of_all=Window(Count("pk"))).order_by("-updated_at", "-pk")[:most])


def draft_with(user: "User", key: str) -> ServiceRequest | None:
    """What this person began with the form of this client key, if anything was saved yet."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    found = ServiceRequest.objects.filter(filed_by=user, client_key=wanted, state__in=EDITABLE_STATES)
    return found.select_related("department__hospital", "hospital", "category").first()


def usual_of(ward: Department) -> list[UsualList]:
    """What the ward usually orders together, with its lines, how many it was given last and what the store has.

    Stopped items are left out; `last_at` is when the list was last sent. Two queries.
    """
    lines = UsualLine.objects.with_last().select_related("item__on_hand")
    lines = lines.filter(item__active=True, item__stopped_reason="")
    sent = ServiceRequest.objects.filter(usual_list=OuterRef("pk"), submitted_at__isnull=False)
    last = sent.order_by("-submitted_at").values("submitted_at")[:1]
    lists = ward.usual_lists.annotate(last_at=Subquery(last))
    return list(lists.prefetch_related(Prefetch("lines", queryset=lines)))


def usual_for(user: "User", usual_id: str) -> UsualList | None:
    """The list with this key, if `user` works on its ward."""
    if not usual_id.isdecimal():
        return None
    wards = scopes.departments_with(user, "work_here")
    return (
        UsualList.objects.select_related("department__hospital")
        .filter(department__in=wards, pk=usual_id)
        .first()
    )


def expected(line: RequestItem) -> int:
    """Order units that are on their way to the ward now: what left the store, or what stands at goods-in."""
    return line.expected


def all_expected(request: ServiceRequest) -> dict[int, int]:
    """What is on its way to the ward now: order units by line id. One query."""
    return {line.pk: expected(line) for line in request.lines.all() if expected(line) > 0}


def arriving_at(
    user: "User", *, most: int = 5, held: "dict[str, Reach] | None" = None
) -> list[ServiceRequest]:
    """What is on its way to the person's wards and is theirs to confirm (`permissions.can_receive`); three queries, one
    fewer with `held` (see `sources.seen_by`).

    `arriving` of each holds the lines that come.
    """
    coming = RequestItem.objects.filter(state__in=COMING)
    decided = Event.objects.filter(
        Q(actor=user) | Q(on_behalf_of=user), case=OuterRef("public_id"), action__in=DECIDED
    )
    lines = Prefetch("lines", queryset=coming, to_attr="arriving")
    found = Merged(
        model=ServiceRequest,
        sources=tuple(
            ServiceRequest.objects.filter(
                one,
                sources.OPEN,
                ~Exists(decided),
                Exists(coming.filter(request=OuterRef("pk"))),
                state__in=[RequestState.APPROVED, RequestState.IN_FULFILMENT],
            )
            for one in sources.worked_on_by(user, held)
        ),
        shown=lambda found: found.select_related("hospital", "deliver_to").prefetch_related(lines),
    )
    return list(found.first(most, *SOONEST))


def waiting_in_store(user: "User") -> int:
    """How many lines wait on the pick lists of the person's teams."""
    return picking.waiting(scopes.teams_with(user, "fulfil_here")).count()


def reached(request: ServiceRequest) -> list[datetime | None]:
    """When each of the four stages was reached: sent, agreed, taken, done."""
    done = request.fulfilled_at if request.state in (RequestState.FULFILLED, RequestState.CLOSED) else None
    return [request.submitted_at, request.released_at, request.taken_at, done]
