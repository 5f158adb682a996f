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
MOST_TABS = 5
SPARE_TABS = ("new", "me", "board", "work")  # what gives way first


@dataclass
class Shell:
    """The frame's view of a signed-in person; `person` is None for a visitor."""

    path: str
    person: Any = None
    place: str = ""
    several: bool = False  # of more than one hospital: each row says its own
    may_ask: bool = False
    may_decide: bool = False  # by a role; or a decision waits: lent, on duty, named
    may_pick: bool = False
    may_work: bool = False
    may_board: bool = False
    may_carry: bool = False
    unread: int = 0
    waiting: int = 0
    demo: bool = False
    keys: bool = True  # single keys press buttons

    @property
    def tabs(self) -> list[str]:
        """What stands at the foot of a phone, at most five: a thumb wants room.

        Work of a porter is reached from the porter's page, the kinds of request from Home, the person from the top bar.
        """
        may = {
            "home": True,
            "inbox": self.may_decide,
            "picks": self.may_pick,
            "porter": self.may_carry,
            "work": self.may_work and not self.may_carry,
            "board": self.may_board and not self.may_carry,
            "new": self.may_ask,
            "requests": True,
            "me": True,
        }
        names = [name for name, shown in may.items() if shown]
        spare = [name for name in SPARE_TABS if name in names][: max(len(names) - MOST_TABS, 0)]
        return [name for name in names if name not in spare]


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
    unread, waiting = _counts(context, user)
    return Shell(
        path=request.path,
        person=user,
        place=_place(found),
        several=found.several,
        may_ask=bool(rights & {"work_here", "fulfil_here"}),
        may_decide=found.decides or waiting > 0,
        may_pick=any(held.team and held.team.code == Team.STORE for held in found.memberships),
        may_work="fulfil_here" in rights,
        may_board=found.wide or "lead_here" in rights,
        may_carry=any(held.team and held.team.code == Team.PORTERS for held in found.memberships),
        unread=unread,
        demo=settings.DEMO,
        waiting=waiting,
        keys=request.session.get(KEYS) != "off",
    )


@register.simple_tag(takes_context=True)
def unread(context: template.Context) -> int:
    """How many notices the person has not read, for an answer that has no frame. One query."""
    return notices.unread_count(context["request"].user)


def _counts(context: template.Context, user: User) -> tuple[int, int]:
    """Notices not read, and decisions that wait; a page that has counted those says so in `to_decide`. One query."""
    from approvals.models import StepApprover

    counted = context.get("to_decide")
    if counted is not None:
        return notices.unread_count(user), int(counted)
    found = User.objects.filter(pk=user.pk).values_list(
        _many(Notice.objects.filter(user=OuterRef("pk"), read_at=None)),
        _many(StepApprover.objects.filter(user=OuterRef("pk"), open=True)),
    )
    unread, waiting = found.get()
    return unread or 0, waiting or 0


def _many(rows: QuerySet) -> Subquery:
    return Subquery(rows.order_by().values("user").annotate(n=Count("pk")).values("n"))
