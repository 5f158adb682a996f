"""Made safe: a loan or a work-around is in place, so what is left of the work is less urgent."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import publish, verb
from requests_app import access, permissions, signals, work
from requests_app.models import Repair, ServiceRequest
from requests_app.states import TAKEN_STATES, Priority, RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User

LONGEST_HOW, LONGEST_REASON = 200, 120  # characters
NEXT_LOWER = {Priority.EMERGENCY: Priority.URGENT, Priority.URGENT: Priority.ROUTINE}


@verb
def make_safe(*, request: ServiceRequest, how: str, by: "User") -> ServiceRequest:
    """Its team says what the ward does meanwhile; what nobody had is taken. The rest of the work has the next lower priority.

    Publishes `work_made_safe`. Raises NotAllowed to others than its team, WrongState when it was made safe already, is no
    repair or has ended, Invalid (how: 1 to 200 characters).
    """
    request = access.locked(request)
    if not permissions.serves(by, request):
        raise NotAllowed(_("Only its team can do that."))
    how = how.strip()
    if not 0 < len(how) <= LONGEST_HOW:
        raise Invalid({"how": [_("Say what the ward does meanwhile, in up to 200 characters.")]})
    if request.state == RequestState.APPROVED:
        request = work.take(request=request, by=by)
    repair = Repair.objects.filter(request=request).first()
    if repair is None or request.state not in TAKEN_STATES:
        raise WrongState(_("This is not being repaired."))
    if repair.made_safe_at is not None:
        raise WrongState(_("It was made safe already: %(how)s") % {"how": repair.made_safe_how})
    return record(request=request, repair=repair, how=how, by=by)


@verb
def record(*, request: ServiceRequest, repair: Repair, how: str, by: "User") -> ServiceRequest:
    """As `make_safe`, of a locked request, whoever may have done it (a loan was given). Publishes `work_made_safe`."""
    repair.made_safe_at, repair.made_safe_by, repair.made_safe_how = now(), by, how
    repair.save(update_fields=["made_safe_at", "made_safe_by", "made_safe_how"])
    before = Priority(request.priority)
    request.priority = NEXT_LOWER.get(before, before)
    if request.priority != before:
        said = _("made safe, before that %(priority)s") % {"priority": str(before.label).lower()}
        request.priority_reason = f"{request.priority_reason[: LONGEST_REASON - len(said) - 2]}; {said}"
    request.updated_at = now()
    request.save(update_fields=["priority", "priority_reason", "updated_at"])
    events.record(
        action="repair.made_safe",
        by=by,
        case=request.public_id,
        subject=f"request:{request.pk}",
        before={"priority": before.value},
        after={"priority": str(request.priority)},
        reason=how,
    )
    publish(signals.work_made_safe, request=request, by=by)
    return request
