"""What a team does with work that has no lines: somebody takes it, and it is done."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import verb
from requests_app import access, lifecycle, outcomes, permissions
from requests_app.kinds import kind_of
from requests_app.models import ServiceRequest
from requests_app.states import RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User

LONGEST_NOTE = 500  # characters


@verb
def take(*, request: ServiceRequest, by: "User") -> ServiceRequest:
    """`by`, of its team, has it from now on. Taking what one has changes nothing. Publishes `fulfilment_started`.

    Raises NotAllowed to others than its team, WrongState (who was first) when somebody else has it or it ended.
    """
    request = access.locked(request)
    if request.state == RequestState.IN_FULFILMENT and request.assignee_id == by.pk:
        return request
    if not permissions.serves(by, request):
        raise NotAllowed(_("Only its team can take it."))
    if not permissions.can_take(by, request):
        raise WrongState(_not_free(request))
    request.assignee = by
    request.held_by = _("%(name)s, %(team)s") % {"name": by.get_full_name(), "team": request.team}
    return lifecycle.start_fulfilment(request=request, by=by)


def _not_free(request: ServiceRequest) -> str:
    if request.state == RequestState.APPROVED:
        return _("Its time has not come yet.")
    if request.state == RequestState.IN_FULFILMENT and request.assignee:
        return _("%(name)s took it before you.") % {"name": request.assignee.get_full_name()}
    return _("It can no longer be taken: it is “%(state)s” now.") % {"state": request.get_state_display()}


@verb
def finish(*, request: ServiceRequest, by: "User", outcome: str, note: str = "") -> ServiceRequest:
    """It is done: fulfilled and closed, with how it ended (a code of `outcomes.of` its kind).

    Publishes `request_fulfilled`, `request_closed`. Raises NotAllowed to others than its team, WrongState unless
    somebody took it, Invalid (outcome, note).
    """
    if outcome not in outcomes.of(request.category.kind):
        raise Invalid({"outcome": [_("Choose how it ended.")]})
    if len(note) > LONGEST_NOTE:
        raise Invalid({"note": [_("Keep it to %(most)s characters.") % {"most": LONGEST_NOTE}]})
    request = access.locked(request)
    if not permissions.serves(by, request):
        raise NotAllowed(_("Only its team can finish it."))
    if request.state != RequestState.IN_FULFILMENT:
        raise WrongState(_("Take it first: it is “%(state)s” now.") % {"state": request.get_state_display()})
    if why := kind_of(request).not_to_finish(request):
        raise WrongState(why)
    request.outcome = outcome
    return lifecycle.finish(request=request, by=by, note=note)
