"""What harmed somebody, or could have, is left as it is until the head of clinical engineering has looked at it."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed
from portal.facts import verb
from requests_app import access
from requests_app.models import Repair, ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

LONGEST_REASON = 200  # characters


def may_clear(user: "User", request: ServiceRequest) -> bool:
    return scopes.has_perm_at(user, "approve_as_biomed_manager", request.department)


@verb
def clear(*, request: ServiceRequest, by: "User", reason: str) -> Repair:
    """The head of clinical engineering has looked: it may be worked on and closed. Again changes nothing.

    Raises NotAllowed to others, Invalid (reason: 1 to 200 characters).
    """
    request = access.locked(request)
    repair = Repair.objects.select_for_update(of=("self",)).get(request=request)
    if not may_clear(by, request):
        raise NotAllowed(_("The head of clinical engineering decides this."))
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise Invalid({"reason": [_("Say what was found, in a few words.")]})
    if repair.harmed and repair.cleared_at is None:
        repair.cleared_by, repair.cleared_at = by, now()
        repair.save(update_fields=["cleared_by", "cleared_at"])
        events.record(
            action="harm.cleared",
            by=by,
            case=request.public_id,
            subject=f"request:{request.pk}",
            reason=reason.strip(),
        )
    return repair
