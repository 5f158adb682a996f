"""What a piece of a team's work shows on the page of its request: why it waits, what the ward is asked, whose time it was."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.accounts.place import standing
from portal.clock import now
from requests_app import charging, permissions, waiting_reasons, ward_questions
from requests_app.models import ServiceRequest, TeamPass, Wait
from requests_app.states import RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User

register = template.Library()
# What the ward can do about it, by reason of waiting; what is not here: nothing but ring.
WARD_CAN: dict[str, str | Promise] = {
    waiting_reasons.WARD_ANSWER: gettext_lazy("Answer the question: the work goes on at once."),
    "ward_access": gettext_lazy("Tell the team as soon as they can come in."),
    "not_clean": gettext_lazy("Clean it, then tell the team."),
    "patient_in_use": gettext_lazy("Tell the team as soon as it is free."),
}


@dataclass(frozen=True)
class Part:
    """How long one party had it: `words` as "2 h 10 min"."""

    party: str
    words: str


@register.inclusion_tag("requests_app/_question_panel.html", takes_context=True)
def ward_question_panel(context: template.Context, request: ServiceRequest, user: "User") -> dict[str, Any]:
    """`{% ward_question_panel case user %}`: what a team or a decider asked, with the answers for whoever works on the ward.

    One query while somebody waits for an answer; none for others.
    """
    waits = request.state in (RequestState.ON_HOLD, RequestState.SUBMITTED)
    questions = ward_questions.all_of(request) if waits and getattr(request, "has_questions", True) else []
    return {
        "case": request,
        "questions": questions,
        "may": bool(questions) and permissions.works_there(user, request, standing(context["request"])),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("requests_app/_work_panel.html")
def work_panel(request: ServiceRequest, user: "User") -> dict[str, Any]:
    """`{% work_panel case user %}`: why it waits, since and until when, at whose charge; and how long each party had it.

    Two queries for work of a team that has begun, none for other requests.
    """
    if request.team is None or request.released_at is None:
        return {}
    waits = list(Wait.objects.filter(request=request).select_related("by"))
    passes = []
    if getattr(request, "has_passes", True):  # the page knows of most that there are none
        passes = list(TeamPass.objects.filter(request=request).select_related("from_team", "to_team", "by"))
    wait = next((one for one in waits if one.ended_at is None), None)
    return {
        "case": request,
        "wait": wait,
        "why": waiting_reasons.in_words(wait.reason) if wait else "",
        "charged": waiting_reasons.PARTIES.get(wait.charged, "") if wait else "",
        "can": WARD_CAN.get(wait.reason, "") if wait else "",
        "passes": passes,
        "parts": _parts(request, request.released_at, waits, passes) if waits or passes else [],
    }


def _parts(request: ServiceRequest, start: datetime, waits: list[Wait], passes: list[TeamPass]) -> list[Part]:
    """Whose time it was since its team was given it, up to its end or to now."""
    first = passes[0].from_team if passes else request.team
    assert first
    teams = {first.pk: first.name} | {one.to_team_id: one.to_team.name for one in passes}
    found = charging.shares(
        start=start,
        end=max(start, request.fulfilled_at or request.closed_at or now()),
        teams=[(start, first.pk), *((one.at, one.to_team_id) for one in passes)],
        waits=[(one.started_at, one.ended_at, one.charged) for one in waits],
    )
    names = {f"team:{pk}": name for pk, name in teams.items()} | {
        party: str(words) for party, words in waiting_reasons.PARTIES.items()
    }
    return [Part(names.get(one.party, one.party), _length(one.seconds)) for one in found if one.seconds]


def _length(seconds: int) -> str:
    """ "2 h 10 min", "35 min", "3 days 2 h"."""
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    if days:
        return ngettext("%(n)d day %(h)d h", "%(n)d days %(h)d h", days) % {"n": days, "h": hours}
    if hours:
        return _("%(h)d h %(m)d min") % {"h": hours, "m": minutes}
    return ngettext("%(n)d min", "%(n)d min", minutes) % {"n": minutes} if minutes else _("under a minute")
