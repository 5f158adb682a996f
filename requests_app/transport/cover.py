"""Moves that nobody of the team has learnt: somebody is told, instead of a job that is offered to nobody."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.facts import verb
from requests_app import casework
from requests_app.models import CaseException, Move, ServiceRequest
from requests_app.states import Kind
from requests_app.transport.skills import SKILL_OF, Skills

if TYPE_CHECKING:
    from portal.accounts.models import User


@verb
def check_skill(*, request: ServiceRequest, by: "User") -> CaseException | None:
    """A move that came into the queue of a team in which nobody has the skill: an exception. Nothing for other requests."""
    if request.category.kind != Kind.TRANSPORT or request.team_id is None or request.released_at is None:
        return None
    what = Move.objects.values_list("what", flat=True).get(request=request)
    if what not in SKILL_OF or Skills([request.team_id]).anybody(request.team_id, what):
        return None
    said = _("Nobody among the %(team)s is %(skill)s.")
    return casework.open_exception(
        kind=CaseException.Kind.DUTY_NOT_COVERED,
        request=request,
        key="skill",
        owner_role="service_manager",
        detail=said % {"team": request.team, "skill": SKILL_OF[what][1]},
        by=by,
    )
