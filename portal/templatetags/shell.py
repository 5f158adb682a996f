"""What the frame of every page needs to know: who, where, what they may do here, and what waits for them."""

from dataclasses import dataclass
from typing import Any

from django import template

from portal import clock
from portal.accounts.models import Membership
from portal.accounts.place import SESSION_KEY
from portal.accounts.roles import ROLES
from portal.notify import notices

register = template.Library()


@dataclass
class Shell:
    """The frame's view of a signed-in person; `person` is None for a visitor."""

    path: str
    person: Any = None
    place: str = ""
    may_ask: bool = False
    may_decide: bool = False
    may_fulfil: bool = False
    unread: int = 0
    waiting: int = 0


def _memberships(user: Any) -> list[Membership]:
    current = Membership.objects.current(clock.now()).filter(user=user)
    return list(current.select_related("department", "hospital", "team").order_by("pk"))


def _place(memberships: list[Membership], chosen: Any) -> str:
    """Where the person works: the ward of today, any ward, team or hospital, else the role."""
    for membership in memberships:
        if chosen and membership.department_id == chosen:
            return str(membership.place)
    for kind in ("department", "team", "hospital"):
        for membership in memberships:
            if membership.kind == kind:
                return str(membership.place)
    return str(ROLES[memberships[0].role].label) if memberships else ""


@register.simple_tag(takes_context=True)
def shell(context: template.Context) -> Shell:
    """Two queries, three for an approver, none for a visitor."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return Shell(path=getattr(request, "path", ""))
    memberships = _memberships(user)
    rights = {right for held in memberships for right in ROLES[held.role].permissions_at(held.kind)}
    found = Shell(
        path=request.path,
        person=user,
        place=_place(memberships, request.session.get(SESSION_KEY)),
        may_ask="work_here" in rights,
        may_decide=any(right.startswith("approve_as_") for right in rights),
        may_fulfil="fulfil_here" in rights,
        unread=notices.unread_count(user),
    )
    if found.may_decide:
        found.waiting = _waiting(context, user)
    return found


def _waiting(context: template.Context, user: Any) -> int:
    """How many decisions wait; a page that has counted says so in `to_decide`."""
    from approvals.models import StepApprover

    counted = context.get("to_decide")
    return StepApprover.objects.filter(user=user, open=True).count() if counted is None else int(counted)
