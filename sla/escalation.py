"""The sweep: asks which clocks have a moment that has come, marks each warning and each breach exactly once, and climbs."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from portal import clock as time
from portal.accounts import scopes
from portal.audit import events
from portal.facts import publish, verb
from requests_app import access
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from sla import calendars, clocks, ladder, signals
from sla.business_time import Calendar
from sla.ladder import Rung
from sla.models import Clock, ClockEvent, ClockRung

if TYPE_CHECKING:
    from portal.accounts.models import User


class Swept(TypedDict):
    due: int
    warned: int
    breached: int


def sweep(*, now: datetime | None = None, limit: int = 200) -> Swept:
    """Mark what is due at `now` (default: the present), the longest waiting first, at most `limit` clocks.

    Each clock is its own transaction, so a second sweep at the same time, or one that dies, marks nothing twice and
    loses nothing. After an outage each clock is warned of and marked late once, at the time of the sweep, and people hear
    of the highest rung only. One that cannot be marked does not hold up the others: its error is raised at the end, in an
    ExceptionGroup.
    """
    with time.at(now) if now else nullcontext():
        due = list(
            Clock.objects.filter(state=Clock.State.RUNNING, next_check_at__lte=time.now())
            .order_by("next_check_at", "pk")
            .values_list("pk", "request_id")[:limit]
        )
        counts: Swept = {"due": len(due), "warned": 0, "breached": 0}
        failures: list[Exception] = []
        if not due:
            return counts
        by = scopes.system_user()
        for clock_id, request_id in due:
            try:
                marked = mark(clock_id=clock_id, request_id=request_id, by=by)
            except Exception as failure:  # noqa: BLE001 (raised below, after the others had their turn)
                failures.append(failure)
                continue
            counts["warned"] += ClockEvent.Kind.WARNED in marked
            counts["breached"] += ClockEvent.Kind.BREACHED in marked
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(due)} due clocks could not be marked", failures)
    return counts


@verb
def mark(*, clock_id: int, request_id: int, by: "User") -> list[str]:
    """Lock the request, then the clock, look again, and mark what has come. Returns the kinds of event marked.

    Each with an audit event. Publishes `clock_breached`, and
    `rung_reached` for the highest rung that people have to hear of. One that stands still is left alone.
    """
    request = access.lock_id(request_id)
    clock = Clock.objects.select_for_update(of=("self",)).select_related("calendar").get(pk=clock_id)
    moment = time.now()
    if not clock.is_running or clock.paused_at is not None:
        return []
    before, marked = clock.next_check_at, []
    if clock.warned_at is None and clock.warn_at <= moment:
        clock.warned_at = moment
        marked.append(ClockEvent.Kind.WARNED)
    if clock.breached_at is None and clock.due_at <= moment:
        clock.breached_at = moment
        marked.append(ClockEvent.Kind.BREACHED)
    left = [] if clock.warned_at else [clock.warn_at]
    left += [] if clock.breached_at else [clock.due_at]
    for kind in marked:
        _tell(request, clock, kind, by)
    left += _climb(request, clock, moment)
    clock.next_check_at = min(left, default=None)
    if marked or clock.next_check_at != before:
        clock.save(update_fields=["warned_at", "breached_at", "next_check_at"])
    return [str(kind) for kind in marked]


def _tell(request: ServiceRequest, clock: Clock, kind: str, by: "User") -> None:
    clocks.record([clock], kind, by)
    events.record(
        action=f"clock.{kind}",
        by=by,
        case=request.public_id,
        subject=f"clock:{clock.pk}",
        after={"clock": clock.kind, "about": clock.about, "due_at": clock.due_at.isoformat()},
    )
    if kind == ClockEvent.Kind.BREACHED:
        publish(
            signals.clock_breached,
            request=request,
            clock_kind=clock.kind,
            about=clock.about,
            due_at=clock.due_at,
            started_at=clock.started_at,
        )


def _climb(request: ServiceRequest, clock: Clock, moment: datetime) -> list[datetime]:
    """Keep which rungs have come and let the highest be heard of. Returns when the others come.

    The rungs below it were passed over: after an outage nobody gets four messages about one thing.
    """
    known = set(clock.rungs.filter(round=clock.round).values_list("rung", flat=True))
    of_team = clock.kind in clocks.TEAM_CLOCKS
    rungs = ladder.RUNGS if of_team else ladder.DECISION_RUNGS[request.priority]
    if len(known) == len(rungs):
        return []
    course = clocks.course(clock, request.hospital.time_zone)
    hours = (
        _hours(request, clock) if of_team else {}
    )  # a decision comes to its rungs in the hours of its step
    ahead = [
        (rung, at)
        for rung, at in ladder.moments(course, request.priority, hours, rungs)
        if rung.code not in known
    ]
    owned = request.state != RequestState.APPROVED or request.assignee_id is not None
    come = [rung for rung, at in ahead if at <= moment]
    heard = [rung for rung in come if not ladder.skipped(rung, course, owned=owned)]
    ClockRung.objects.bulk_create(
        ClockRung(clock=clock, round=clock.round, rung=rung.code, at=moment, told=rung in heard[-1:])
        for rung in come
    )
    for rung in heard[-1:]:
        _let_hear(request, clock, rung)
    return [at for _rung, at in ahead if at > moment]


def _hours(request: ServiceRequest, clock: Clock) -> Mapping[str, Calendar | None]:
    """In whose hours people are told: those of the team, and of the office. What has no calendar is always open.

    A clock that counts working time comes to its rungs while its team is there.
    """
    team = request.team.calendar if request.team and clock.calendar is None else ""
    found = calendars.find(request.hospital, (team, ladder.OFFICE_HOURS))
    zone = request.hospital.time_zone
    compiled = {code: calendars.compiled(row, zone) for code, row in found.items()}
    return {ladder.TEAM_HOURS: compiled.get(team), ladder.OFFICE_HOURS: compiled.get(ladder.OFFICE_HOURS)}


def _let_hear(request: ServiceRequest, clock: Clock, rung: Rung) -> None:
    publish(
        signals.rung_reached,
        request=request,
        rung=rung.code,
        to=rung.to,
        ref=f"clock:{clock.pk}.{clock.round}",
        clock_kind=clock.kind,
        about=clock.about,
        due_at=clock.due_at,
    )
