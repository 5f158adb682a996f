"""What the core itself does when something became true in it; portal/flow.py says which fact reaches which."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal.accounts import scopes
from requests_app import costs, undeciding, ward_questions
from requests_app.equipment import keeping
from requests_app.models import RequestItem, ServiceRequest
from requests_app.states import Kind
from requests_app.supplies import shortage
from requests_app.transport import carrying, cleaning, cover, returning

if TYPE_CHECKING:
    from portal.accounts.models import User


def on_move_submitted(request: ServiceRequest, by: "User", **_more: Any) -> None:
    """The way back is asked for with the way there."""
    returning.file_return(request=request, by=by)


def on_step_closed(request: ServiceRequest, step_ref: str, unanswered: bool = True, **_more: Any) -> None:
    """What was asked before a decision needs no answer once it was taken."""
    if unanswered:
        ward_questions.no_longer_needed(request, step_ref)


def on_move_taken(request: ServiceRequest, by: "User", **_more: Any) -> None:
    """Whoever has it now goes the whole way."""
    carrying.begin(request=request, by=by)


def on_move_queued(request: ServiceRequest, **_more: Any) -> None:
    """Its team has it: somebody in it has to have the skill."""
    if request.category.kind == Kind.TRANSPORT:
        cover.check_skill(request=request, by=scopes.system_user())


def on_move_closed(request: ServiceRequest, **_more: Any) -> None:
    """What the patient used is cleaned, where the precautions ask for that; who never arrived has no way back."""
    if request.category.kind == Kind.TRANSPORT:
        cleaning.ask_for(request=request, by=scopes.system_user())
        returning.drop_undelivered(request=request, by=scopes.system_user())


def on_move_ended(request: ServiceRequest, by: "User", **_more: Any) -> None:
    """The way there will not be: nor will the way back."""
    returning.drop_returns(request=request, by=by, reason=_("The way there was cancelled."))


def on_repair_over(request: ServiceRequest, by: "User", **_more: Any) -> None:
    """The piece waits for a check, is in use, lost or given up."""
    keeping.repaired(request=request, by=by)


def on_repair_reopened(request: ServiceRequest, by: "User", **_more: Any) -> None:
    """The piece is broken as it was."""
    keeping.reported_again(request=request, by=by)


def on_cost_filed(request: ServiceRequest, by: "User", **_more: Any) -> None:
    """The work waits until somebody has decided."""
    costs.wait_for(request=request, by=by)


def on_cost_agreed(request: ServiceRequest, by: "User", **_more: Any) -> None:
    """The work goes on."""
    costs.agreed(request=request, by=by)


def on_cost_refused(request: ServiceRequest, by: "User", reason: str, **_more: Any) -> None:
    """The work goes on without it."""
    costs.refused(request=request, by=by, reason=reason)


def on_work_cancelled(request: ServiceRequest, by: "User", reason: str, **_more: Any) -> None:
    """Nobody needs to decide what it costs."""
    costs.drop(request=request, by=by, reason=reason)


def on_request_undecided(request: ServiceRequest, since: datetime, by: "User", **_more: Any) -> None:
    """Nobody has to do anything for it before it is decided again."""
    undeciding.settle(request=request, since=since, by=by)


def on_supplies_agreed(request: ServiceRequest, by: "User", **_more: Any) -> None:
    """Urgent, and the store is known to have none of it."""
    shortage.look(request=request, by=by)


def on_lines_to_follow(request: ServiceRequest, lines: list[RequestItem], by: "User", **_more: Any) -> None:
    """Urgent, and the storekeeper found none or too few."""
    shortage.report(request=request, lines=lines, by=by)
