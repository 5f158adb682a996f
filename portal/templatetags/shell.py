"""What the frame of every page needs to know: who, where, what they may do here, and what waits for them."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from portal.accounts.models import Team, User
from portal.accounts.place import KEYS, Standing, standing
from portal.accounts.roles import ROLES
from portal.notify import notices
from portal.notify.models import Notice

register = template.Library()


@dataclass
class Shell:
    """The frame's view of a signed-in person; `person` is None for a visitor."""

    path: str
    person: Any = None
    place: str = ""
    several: bool = False  # of more than one hospital: each row says its own
    may_ask: bool = False
    may_decide: bool = False
    may_pick: bool = False
    may_work: bool = False
    unread: int = 0
    waiting: int = 0
    demo: bool = False
    keys: bool = True  # single keys press buttons


def _place(found: Standing) -> str:
    """Where the person works: the ward of today, any ward or team, the hospital they look at, else the role."""
    for held in found.memberships:
        if found.ward and held.department_id == found.ward:
            return str(held.place)
    for kind in ("department", "team"):
        for held in found.memberships:
            if held.kind == kind:
                return str(held.place)
    if found.several:
        return str(found.chosen or _("All hospitals"))
    if found.hospitals:
        return str(found.hospitals[0])
    return str(ROLES[found.memberships[0].role].label) if found.memberships else ""


@register.simple_tag(takes_context=True)
def shell(context: template.Context) -> Shell:
    """Two queries, one more for a role held everywhere; none for a visitor."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return Shell(path=getattr(request, "path", ""), demo=settings.DEMO)
    found = standing(request)
    rights = found.rights()
    decides = any(right.startswith("approve_as_") for right in rights)
    unread, waiting = _counts(context, user, decides)
    return Shell(
        path=request.path,
        person=user,
        place=_place(found),
        several=found.several,
        may_ask=bool(rights & {"work_here", "fulfil_here"}),
        may_decide=decides,
        may_pick=any(held.team and held.team.code == Team.STORE for held in found.memberships),
        may_work="fulfil_here" in rights,
        unread=unread,
        demo=settings.DEMO,
        waiting=waiting,
        keys=request.session.get(KEYS) != "off",
    )


@register.simple_tag(takes_context=True)
def unread(context: template.Context) -> int:
    """How many notices the person has not read, for an answer that has no frame. One query."""
    return notices.unread_count(context["request"].user)


def _counts(context: template.Context, user: User, decides: bool) -> tuple[int, int]:
    """Notices not read, and decisions that wait; a page that has counted those says so in `to_decide`. One query."""
    from approvals.models import StepApprover

    counted = context.get("to_decide")
    if counted is not None or not decides:
        return notices.unread_count(user), int(counted or 0)
    found = User.objects.filter(pk=user.pk).values_list(
        _many(Notice.objects.filter(user=OuterRef("pk"), read_at=None)),
        _many(StepApprover.objects.filter(user=OuterRef("pk"), open=True)),
    )
    unread, waiting = found.get()
    return unread or 0, waiting or 0


def _many(rows: QuerySet) -> Subquery:
    return Subquery(rows.order_by().values("user").annotate(n=Count("pk")).values("n"))
