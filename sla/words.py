"""What clocks say to people: ward words, times in the hospital's zone. No query."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from portal import zones
from requests_app.models import ServiceRequest
from requests_app.states import RequestState
from sla import calendars
from sla.business_time import NeverOpen
from sla.models import Clock

DAY = timedelta(days=1)
ICONS = {
    "ok": "circle-dot",
    "risk": "triangle-alert",
    "late": "octagon-alert",
    "hold": "circle-pause",
    "met": "check",
}
UNTIMED = (RequestState.DRAFT, RequestState.REJECTED, RequestState.CANCELLED)
ENDED_WELL = (RequestState.FULFILLED, RequestState.CLOSED)


@dataclass(frozen=True)
class Chip:
    """`tone`: ok, risk, late, hold or met. `moment` (local) is what the words are about, if it is a moment."""

    tone: str
    words: str
    moment: datetime | None = None

    @property
    def icon(self) -> str:
        return ICONS[self.tone]


@dataclass(frozen=True)
class Row:
    """One clock of the request page: what should happen, how it stands, and why it starts later, if it does."""

    label: str
    chip: Chip
    note: str = ""
    more: tuple[Chip, ...] = ()  # of further clocks that are called the same


def request_chip(request: ServiceRequest, now: datetime) -> Chip | None:
    """How the request stands at `now`; None where no time is promised any more, or not yet."""
    if request.state in UNTIMED:
        return None
    if request.state in ENDED_WELL:
        return Chip("met", _("All here") if request.is_supply else _("Done"))
    zone = ZoneInfo(request.hospital.time_zone)
    if request.due_at is None:
        return _not_running(request, now, zone)
    return due(request.due_at, request.warn_at or request.due_at, now, zone)


def _not_running(request: ServiceRequest, now: datetime, zone: ZoneInfo) -> Chip:
    """No clock runs: it waits, it is for a moment that has not come, or nothing is promised yet."""
    if request.state == RequestState.ON_HOLD:
        return _waits(request)
    if request.agreed_at is None:
        return Chip("hold", _("No time set yet"))
    local = request.agreed_at.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        time = zones.named(format_date(local, pgettext("format of a time", "H:i")), local)
    else:
        time = day_and_time(local)
    return Chip("hold", _("At %(time)s") % {"time": time}, local)


def _waits(request: ServiceRequest) -> Chip:
    """ "Waiting for parts": what stands before the colon of who has it (requests_app.waiting)."""
    why, colon, _until = request.held_by.partition(":")
    return Chip("hold", why if colon else _("Waiting"))


def to_take(request: ServiceRequest, clock: Clock, now: datetime) -> Chip:
    """Until when somebody has to take it: "Somebody takes it: due in 4 min"."""
    chip = due(clock.due_at, clock.warn_at, now, ZoneInfo(request.hospital.time_zone))
    said = _("%(what)s: %(chip)s") % {"what": _label(clock), "chip": chip.words[:1].lower() + chip.words[1:]}
    return replace(chip, words=said)


def due(due_at: datetime, warn_at: datetime, now: datetime, zone: ZoneInfo) -> Chip:
    """Late by 18 min; due in 22 min within a day, due Fri 15 May, 12:00 beyond; likely late from `warn_at` on."""
    local = due_at.astimezone(zone)
    if now > due_at:
        return Chip("late", _("Late by %(time)s") % {"time": span(now - due_at)}, local)
    tone = "risk" if now >= warn_at else "ok"
    if due_at - now < DAY:
        return Chip(tone, _("Due in %(time)s") % {"time": span(due_at - now)}, local)
    return Chip(tone, _("Due %(moment)s") % {"moment": day_and_time(local)}, local)


def span(length: timedelta) -> str:
    """A length of time as people say it, whole minutes upwards: "22 min", "3 h 5 min", "2 days"."""
    minutes = max(ceil(length.total_seconds() / 60), 1)
    hours, rest = divmod(minutes, 60)
    if hours >= 24:
        return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}
    if not hours:
        return _("%(n)d min") % {"n": rest}
    if not rest:
        return _("%(n)d h") % {"n": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def day_and_time(local: datetime) -> str:
    return zones.named(format_date(local, pgettext("format of a day and time", "D j M, H:i")), local)


def rows(request: ServiceRequest, clocks: list[Clock], now: datetime) -> list[Row]:
    """What is promised and how that stands, in the order of the clocks; without what is no longer needed.

    What ended and is called the same ("Decided" twice) is one row.
    """
    zone = ZoneInfo(request.hospital.time_zone)
    shown: list[Row] = []
    ended: dict[str, int] = {}
    for clock in clocks:
        if clock.outcome == Clock.Outcome.CANCELLED:
            continue
        label, chip = _label(clock), _clock_chip(clock, now, zone)
        if clock.is_running and clock.promised_at is None:
            shown.append(Row(label, _waits(request), _still(clock, zone)))
        elif clock.is_running:
            shown.append(Row(label, chip, _stood_still(clock) or _true_start(clock, now, zone)))
        elif label in ended:
            row = shown[ended[label]]
            shown[ended[label]] = replace(row, more=(*row.more, chip))
        else:
            ended[label] = len(shown)
            shown.append(Row(label, chip))
    return shown


def _still(clock: Clock, zone: ZoneInfo) -> str:
    since = (clock.paused_at or clock.started_at).astimezone(zone)
    return _("The time stands still since %(moment)s") % {"moment": day_and_time(since)}


def _stood_still(clock: Clock) -> str:
    """Why it is due later than was said first."""
    if not clock.paused_seconds:
        return ""
    return _("The time stood still for %(time)s") % {"time": span(timedelta(seconds=clock.paused_seconds))}


def _label(clock: Clock) -> str:
    if clock.kind == Clock.Kind.APPROVAL:
        return _("Somebody decides") if clock.is_running else _("Decided")
    if clock.kind == Clock.Kind.RESPONSE:
        return _("Somebody takes it") if clock.is_running else _("Taken")
    return _("On the ward")


def _clock_chip(clock: Clock, now: datetime, zone: ZoneInfo) -> Chip:
    if clock.is_running or clock.stopped_at is None:
        return due(clock.due_at, clock.warn_at, now, zone)
    stopped = clock.stopped_at.astimezone(zone)
    if clock.outcome == Clock.Outcome.LATE:
        late = span(clock.stopped_at - clock.due_at)
        return Chip(
            "met", _("%(moment)s, %(time)s late") % {"moment": day_and_time(stopped), "time": late}, stopped
        )
    return Chip("met", day_and_time(stopped), stopped)


def _true_start(clock: Clock, now: datetime, zone: ZoneInfo) -> str:
    """Out of hours: when the people who do it start, or go on. Nothing while they are there."""
    if clock.calendar is None:
        return ""
    calendar = calendars.compiled(clock.calendar, zone.key)
    try:
        opens = calendar.next_open(now)
    except NeverOpen:
        return ""
    if opens == now:
        return ""
    local = opens.astimezone(zone)
    moment = zones.named(format_date(local, pgettext("format of a time and weekday", "H:i l")), local)
    said = _("Goes on %(moment)s") if calendar.elapsed(clock.started_at, now) else _("Starts %(moment)s")
    return said % {"moment": moment}
