"""Who hears that a clock of a team comes to a rung of the ladder (sla.ladder); of decisions see `notices_approvals`.

One message for each person and rung; who got many within a short time gets one that stands for the rest.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from portal.accounts import scopes
from portal.accounts.models import Team
from portal.clock import now
from portal.desk.notices import in_words
from portal.notify.notices import heavily_told, notify
from requests_app.models import ServiceRequest
from requests_app.states import FINISHED_LINES
from sla.models import Clock

KIND_OF = {  # rung -> what its notice is called
    "nobody_has_it": "nobody_has_it",
    "due_soon": "work_due_soon",
    "late": "work_late",
    "very_late": "very_late",
    "too_late": "too_late",
}
MOST, WITHIN = 5, timedelta(minutes=15)
HEADS = {"biomed": "biomed_manager", "library": "biomed_manager", "it": "it_head", "buying": "procurement"}
HEAD = "director"  # of every other team


def on_rung_reached(
    request: ServiceRequest, rung: str, to: tuple[str, ...], due_at: datetime, **more: Any
) -> None:
    """Of a team's clock. Of what only its team sees, only its lead hears."""
    if more["clock_kind"] == Clock.Kind.APPROVAL:
        return
    told: set[int] = set().union(*(WHO[one](request) for one in (("lead",) if request.private else to)))
    key = f"{rung}:{more['ref']}:{more['clock_kind']}:{more['about']}"
    _in_measure(KIND_OF[rung], request, told, key, due_at)


def _in_measure(kind: str, request: ServiceRequest, users: set[int], key: str, due_at: datetime) -> None:
    """More than MOST within WITHIN is one notice more for the whole time, whose link leads to all of them."""
    full = heavily_told(users, KIND_OF.values(), since=now() - WITHIN, most=MOST)
    _tell(kind, request, users - full, key, due_at)
    part = int(now().timestamp() // WITHIN.total_seconds())
    notify(
        users=full,
        kind="many_late",
        params={"number": request.number or "", "title": request.title},
        url=reverse("desk:board"),
        key=f"many_late:{part}",
    )


def _tell(kind: str, request: ServiceRequest, users: Iterable[int], key: str, due_at: datetime) -> None:
    notify(
        users=users,
        kind=kind,
        case=request.public_id,
        params={
            "number": request.number or "",
            "title": request.title,
            "place": request.team.name if request.team else "",
            "until": in_words(due_at, ZoneInfo(request.hospital.time_zone)),
        },
        url=reverse("desk:request-detail", args=[request.public_id]),
        key=f"{kind}:{request.public_id}:{key}",
    )


def _teams(request: ServiceRequest) -> list[Team]:
    """Whose work it is; of supplies the teams whose lines are not there yet."""
    if request.team is not None:
        return [request.team]
    left = request.lines.exclude(state__in=FINISHED_LINES).values("team")
    return list(Team.objects.filter(pk__in=left))


def _with(permission: str, request: ServiceRequest) -> set[int]:
    return {
        pk
        for team in _teams(request)
        for pk in scopes.users_with(permission, team).values_list("pk", flat=True)
    }


def _holder(request: ServiceRequest) -> set[int]:
    """Who has it, else its team."""
    return {request.assignee_id} if request.assignee_id else _with("fulfil_here", request)


def _holders_of(role: str, request: ServiceRequest) -> set[int]:
    return set(scopes.holders_of(role, request.hospital).values_list("pk", flat=True))


def _head(request: ServiceRequest) -> set[int]:
    """Of the service: by its team."""
    codes = {HEADS.get(team.code, HEAD) for team in _teams(request)} or {HEAD}
    return {pk for code in codes for pk in _holders_of(code, request)}


def _ward_lead(request: ServiceRequest) -> set[int]:
    """Who leads the ward that asked."""
    held = request.department.memberships.current(now()).filter(role__in=("ward_lead", "head"))
    return set(held.filter(user__is_active=True).values_list("user", flat=True))


WHO: Mapping[str, Callable[[ServiceRequest], set[int]]] = {
    "lead": lambda request: _with("lead_here", request),
    "holder": _holder,
    "manager": lambda request: _holders_of("service_manager", request),
    "head": _head,
    "ward_lead": _ward_lead,
}
