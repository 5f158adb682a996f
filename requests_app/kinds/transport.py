"""Moves: patients, samples, blood, beds, equipment, goods. One form; what is asked depends on what moves."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.accounts.models import Location, Team
from portal.clock import now
from requests_app import priorities, questions
from requests_app.kinds import references
from requests_app.kinds.base import Facts, Kind, Read
from requests_app.models import ServiceRequest
from requests_app.models.move import MOST_BED, MOST_INITIALS, Move
from requests_app.questions import Choice, Question
from requests_app.states import UNTIL_SAID, Priority
from requests_app.transport import moves, reasons, skills
from requests_app.transport.precautions import HIGH_CONSEQUENCE, STANDARD
from requests_app.transport.skills import Skills

if TYPE_CHECKING:
    from portal.accounts.models import Department, User

LEAD = timedelta(minutes=30)  # porters get agreed work that much before its time
ROUTINE_WITHIN = timedelta(minutes=60)  # what a routine move takes: an agreed time before that is no plan
FURTHEST = timedelta(days=90)
RECENT = 4  # places offered as quick choices
MEASURED_WITHIN = timedelta(hours=24)
MEASURED, FEWEST = 10, 3  # moves from which the wait is estimated, and how many it takes at least


class TransportKind(Kind):
    panel = "requests_app/_move_beside.html"

    def questions(self, draft: ServiceRequest) -> list[Question]:
        to, when = questions.text(draft.answers, "to"), questions.text(draft.answers, "when")
        return moves.asked(recent=_offered(draft), to=to, when=when)

    def prefill(self, draft: ServiceRequest, given: Mapping[str, str]) -> dict[str, Any]:
        """A patient, from this ward, when a porter is free: what most ask for."""
        here = _own_place(draft.department)
        known = {"what": moves.PATIENT, "when": moves.FREE} | ({"from": here.code} if here else {})
        return known | super().prefill(draft, given)

    def problems(self, draft: ServiceRequest) -> dict[str, list[str]]:
        return super().problems(draft) | _who_it_is(draft)

    def further(self, draft: ServiceRequest) -> dict[str, list[str]]:
        read = Read(draft)
        found = _precautions_wrong(read) | _times_wrong(read)
        origin, destination = _places(draft)
        if origin and origin == destination:
            found["to"] = [_("It is there already: choose another place.")]
        return found

    def facts(self, draft: ServiceRequest) -> Facts:
        read, asked = Read(draft), self._asked(draft)
        what = read.text("what")
        thing = moves.WHAT[what]
        origin, destination = _places(draft)
        timed = read.text("when") in (moves.AT, moves.BETWEEN)
        agreed_from = read.moment("agreed_from") if read.text("when") == moves.BETWEEN else None
        agreed_at = read.moment("agreed_at") if timed else None
        priority = _priority(read.text("when"), agreed_at)
        planned = priority == Priority.PLANNED
        return Facts(
            title=_title(draft, str(thing.label), origin, destination),
            service=thing.service,
            priority=priority,
            reason=_reason(read.text("when"), planned=planned),
            team_code=thing.team,
            place=destination,
            agreed_from=agreed_from,
            agreed_at=agreed_at,
            lead=_lead(agreed_from, agreed_at) if planned else timedelta(0),
            private=what == moves.AFTER_DEATH,
            precautions=tuple(read.several("precautions")) if "precautions" in asked else (),
        )

    def likely_priority(self, draft: ServiceRequest) -> Priority:
        read = Read(draft)
        return _priority(read.text("when"), read.moment("agreed_at"))

    def beside(self, draft: ServiceRequest, by: "User") -> dict[str, Any]:
        """How long porters take now, and where what no porter may carry is had."""
        return {"minutes": minutes_now(draft), "phone": draft.hospital.phone}

    def keep(self, request: ServiceRequest, by: "User") -> None:
        read, asked = Read(request), self._asked(request)
        patient = read.text("what") == moves.PATIENT
        litres = read.text("oxygen_litres") if "oxygen_litres" in asked else ""
        origin, destination = _places(request)
        Move.objects.update_or_create(
            request=request,
            defaults={
                "what": read.text("what"),
                "origin": origin,
                "destination": destination,
                "how": read.text("how") if patient else "",
                "escort": read.text("escort") if patient else "",
                "bed": read.text("bed") if patient else "",
                "initials": read.text("initials") if patient else "",
                "comes_along": " ".join(read.several("comes_along")) if patient else "",
                "oxygen_litres": int(litres) if litres else None,
                "tell": " ".join(read.several("tell")) if patient else "",
            },
        )
        if read.text("when") == moves.READY:
            request.queue_at = UNTIL_SAID

    def not_for(self, request: ServiceRequest, user: "User") -> str:
        """Some moves need a skill. One query."""
        what, team = request.move.what, request.team_id
        if team is None or Skills([team]).has(user, team, what):
            return ""
        return skills.refusal(what)

    def not_to_take(self, request: ServiceRequest) -> str:
        """Who goes along comes first: the ward says when they are ready."""
        move = request.move
        if move.ready_for(request, now()):
            return ""
        return _("Somebody goes along: wait until the ward says that they are ready.")

    def not_for_team(self, request: ServiceRequest, team: Team) -> str:
        """A patient in the list of people who cannot carry would be nobody's."""
        carriers = {thing.team for thing in moves.WHAT.values()}
        return "" if team.code in carriers else _("This team moves nothing. Choose one that does.")

    def not_to_finish(self, request: ServiceRequest) -> str:
        """A patient, and what somebody has to take over, is delivered on the card of the porter and nowhere else."""
        move = request.move
        if request.outcome != moves.HANDED_OVER or move.handed_over_at:
            return ""
        if move.what == moves.PATIENT and not move.wristband_at:
            return _("Nurse and porter check the wristband at the pick-up: say so on the porter's page.")
        if reasons.handed_to(move.what, urgent=request.priority in (Priority.EMERGENCY, Priority.URGENT)):
            return _("Somebody takes it over: say who, on the porter's page.")
        return ""

    def _asked(self, draft: ServiceRequest) -> set[str]:
        return {one.key for one in questions.asked(self.questions(draft), draft.answers)}


def _who_it_is(draft: ServiceRequest) -> dict[str, list[str]]:
    """Bed and initials at most: neither a name nor a number of the patient."""
    found: dict[str, list[str]] = {}
    read = Read(draft)
    if read.text("what") != moves.PATIENT:
        return found
    bed, initials = read.text("bed"), read.text("initials")
    if bed and not (len(bed) <= MOST_BED and re.fullmatch(r"[0-9A-Za-z-]+", bed)):
        found["bed"] = [
            _("Enter only the bed, at most %(most)s letters and numbers, such as 12.") % {"most": MOST_BED}
        ]
    if initials and not (len(initials) <= MOST_INITIALS and initials.isalpha()):
        found["initials"] = [
            _("Enter at most %(most)s letters, such as AM. Names do not belong here.")
            % {"most": MOST_INITIALS}
        ]
    return found


def _precautions_wrong(read: Read) -> dict[str, list[str]]:
    chosen = read.several("precautions")
    if read.text("what") not in (moves.PATIENT, moves.AFTER_DEATH):
        return {}
    if HIGH_CONSEQUENCE in chosen:
        said = _("Stop: nobody is moved yet. Ring infection prevention first, on %(phone)s.")
        return {"precautions": [said % {"phone": read.draft.hospital.phone or _("the switchboard")}]}
    if STANDARD in chosen and len(chosen) > 1:
        return {
            "precautions": [_("“None known” does not go with another precaution: choose one or the other.")]
        }
    return {}


def _times_wrong(read: Read) -> dict[str, list[str]]:
    if read.text("when") not in (moves.AT, moves.BETWEEN):
        return {}
    agreed_at, moment = read.moment("agreed_at"), now()
    agreed_from = read.moment("agreed_from") if read.text("when") == moves.BETWEEN else None
    if agreed_at is None or agreed_at <= moment:
        return {
            "agreed_at": [
                _("That time has passed. The earliest is %(at)s.") % {"at": _earliest(moment, read.zone)}
            ]
        }
    if agreed_at > moment + FURTHEST:
        return {"agreed_at": [_("Enter a time within the next %(days)s days.") % {"days": FURTHEST.days}]}
    if agreed_from and agreed_from >= agreed_at:
        return {"agreed_at": [_("This is before the time from which it may happen.")]}
    return {}


def _earliest(moment: datetime, zone: ZoneInfo) -> str:
    """The next full five minutes, on the clock of the hospital."""
    step = timedelta(minutes=5)
    return date_format((moment + step - timedelta(seconds=moment.timestamp() % 300)).astimezone(zone), "H:i")


def _priority(when: str, agreed_at: datetime | None) -> Priority:
    if when == moves.NOW:
        return priorities.of(priorities.MEDIUM, priorities.NOW)
    if when in (moves.AT, moves.BETWEEN):
        planned = agreed_at is None or agreed_at > now() + ROUTINE_WITHIN
        return Priority.PLANNED if planned else priorities.of(priorities.MEDIUM, priorities.TODAY)
    return priorities.of(priorities.LOW, priorities.CAN_WAIT)


def _reason(when: str, *, planned: bool) -> str:
    if when == moves.NOW:
        return _("Now: theatre has sent, urgent scan, unwell patient")
    if when == moves.READY:
        return _("When it is ready to go back")
    return str(moves.WHEN[when]) if planned or when == moves.FREE else _("To arrive within the hour")


def _lead(agreed_from: datetime | None, agreed_at: datetime | None) -> timedelta:
    """Half an hour before the latest time, or from the first moment at which it may happen, whichever comes first."""
    return max(LEAD, agreed_at - agreed_from) if agreed_from and agreed_at else LEAD


def _title(draft: ServiceRequest, what: str, origin: Location | None, destination: Location | None) -> str:
    """What moves, from where and where to; never who."""
    start = _place(origin) if origin and origin.department_id != draft.department_id else ""
    end = _place(destination) if destination else ""
    if start and end:
        return _("%(what)s from %(start)s to %(end)s") % {"what": what, "start": start, "end": end}
    if end:
        return _("%(what)s to %(end)s") % {"what": what, "end": end}
    return _("%(what)s from %(start)s") % {"what": what, "start": start} if start else what


def _place(location: Location) -> str:
    """A place as titles name it: the ward, not the bay or the side room; what is named for itself, by its name."""
    named_for_itself = "," not in location.name or location.department is None
    rooms = location.kind in (Location.Kind.BAY, Location.Kind.SIDE_ROOM)
    return location.name if named_for_itself and not rooms else str(location.department or location.name)


def _own_place(department: "Department") -> Location | None:
    """Where the ward itself is found: its station, else any room. One query."""
    rooms = list(department.locations.filter(active=True).order_by("code"))
    return next(
        (one for one in rooms if one.kind == Location.Kind.NURSES_STATION), rooms[0] if rooms else None
    )


def _places(draft: ServiceRequest) -> tuple[Location | None, Location | None]:
    """Where it is and where it goes, as far as both are asked of what moves. Two queries."""
    thing = moves.WHAT.get(questions.text(draft.answers, "what"), moves.WHAT[moves.PATIENT])
    to = "to_other" if questions.text(draft.answers, "to") == moves.ELSEWHERE else "to"
    origin = references.place(draft, thing.origin) if thing.origin else None
    return origin, references.place(draft, to) if thing.destination else None


def _offered(draft: ServiceRequest) -> tuple[Choice, ...]:
    """Quick choices for where to: the latest of the ward, and the place that was answered if it is none of them."""
    latest = _recent(draft) if draft.is_editable else ()
    answered = questions.text(draft.answers, "to")
    if not latest or answered in ("", moves.ELSEWHERE, *(one.code for one in latest)):
        return latest
    place = references.place(draft, "to")
    return (*latest, Choice(place.code, place.name)) if place else latest


def _recent(draft: ServiceRequest) -> tuple[Choice, ...]:
    """Where this ward sent things lately, the latest first. One query, once for a draft and ward."""
    kept = draft.__dict__.setdefault("_recent_places", {})
    if draft.department_id not in kept:
        latest = Move.objects.filter(
            request__department=draft.department_id,
            request__released_at__isnull=False,
            return_of=None,
            destination__active=True,
        ).order_by("-request__released_at", "-pk")
        rows = latest.values_list("destination__code", "destination__name")[:40]
        kept[draft.department_id] = tuple(Choice(*row) for row in list(dict.fromkeys(rows))[:RECENT])
    return kept[draft.department_id]


def minutes_now(draft: ServiceRequest) -> int | None:
    """How long the last moves of the hospital waited for a porter; None while there are too few to say. One query."""
    taken = ServiceRequest.objects.filter(
        team__hospital=draft.hospital_id,
        team__code=moves.WHAT[moves.PATIENT].team,
        taken_at__gte=now() - MEASURED_WITHIN,
        released_at__isnull=False,
    ).order_by("-taken_at")
    waits = [
        taken_at - released_at
        for released_at, taken_at in taken.values_list("released_at", "taken_at")[:MEASURED]
    ]
    return max(round(median(waits).total_seconds() / 60), 1) if len(waits) >= FEWEST else None
