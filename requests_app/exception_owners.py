"""Who an exception waits for, asked both ways: the people who are told, and the exceptions of a person."""

from typing import TYPE_CHECKING

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from portal.accounts import scopes
from portal.accounts.duty_kinds import DUTIES
from portal.accounts.models import DutyHolder, Hospital, Membership, User
from portal.accounts.roles import ROLES
from portal.clock import now
from requests_app.exception_kinds import DEPARTMENT_HEAD, KINDS, OF_THE_REQUEST, TEAM_LEAD
from requests_app.models import CaseException, RequestItem

if TYPE_CHECKING:
    from django.utils.functional import Promise

OVERSEER = "service_manager"  # sees what is out of the ordinary at the hospital
_EVERYWHERE = Q(hospital__isnull=True, department__isnull=True, team__isnull=True)
_THERE = (
    _EVERYWHERE
    | Q(hospital=OuterRef("hospital"))
    | Q(department__hospital=OuterRef("hospital"))
    | Q(team__hospital=OuterRef("hospital"))
)


def in_words(code: str) -> "str | Promise":
    """The name of a role or duty; '' for what is neither."""
    if code in ROLES:
        return ROLES[code].label
    return DUTIES[code].label if code in DUTIES else ""


def then(exception: CaseException) -> str:
    """To whom it goes when its time is over; '' where the table does not say."""
    kind = KINDS.get(exception.kind)
    return kind.then if kind else ""


def people(code: str, exception: CaseException) -> QuerySet[User]:
    """Who is `code` for this exception now: holders of the role at its hospital, of the duty, or of the request. Lazy."""
    active = User.objects.filter(is_active=True, kind=User.Kind.PERSON)
    if code in DUTIES:
        held = DutyHolder.objects.filter(until=None, duty__code=code, duty__active=True)
        return active.filter(pk__in=held.filter(duty__hospital=exception.hospital_id).values("user"))
    request = exception.request
    if request is None or code not in OF_THE_REQUEST:
        return scopes.holders_of(code, exception.hospital)
    present = Membership.objects.current(now()).filter(role=code)
    if code == DEPARTMENT_HEAD:
        return active.filter(pk__in=present.filter(department=request.department_id).values("user"))
    teams = Q(team=request.team_id) | Q(team__in=_lines(request.pk).values("team"))
    return active.filter(pk__in=present.filter(teams, team__isnull=False).values("user"))


def told(exception: CaseException, code: str) -> list[int]:
    """Ids of those who hear of it; whoever oversees the hospital where nobody is `code`. Two queries at most."""
    found = list(people(code, exception).values_list("pk", flat=True))
    return found or list(scopes.holders_of(OVERSEER, exception.hospital).values_list("pk", flat=True))


def owned_by(user: User) -> QuerySet[CaseException]:
    """Open exceptions that wait for `user`: of their roles and duties, also of those that it went to, and what they took.

    Lazy; one query.
    """
    later = Case(*(When(kind=code, then=Value(kind.then)) for code, kind in KINDS.items()), default=Value(""))
    found = CaseException.objects.filter(closed_at=None).alias(then_role=later)
    return found.filter(
        _is(user, "owner_role") | (Q(escalated_at__isnull=False) & _is(user, "then_role")) | Q(assignee=user)
    )


def seen_by(user: User) -> QuerySet[CaseException]:
    """Open exceptions that `user` reads: those that wait for them, and all of a hospital for who oversees it, without those
    of private requests. Lazy; one query."""
    oversees = Exists(Membership.objects.current(now()).filter(_THERE, user=user, role=OVERSEER))
    of_all = CaseException.objects.filter(oversees, closed_at=None).exclude(request__private=True)
    own = owned_by(user)
    return CaseException.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=of_all.values("pk")))


def may_take(user: User, exception: CaseException) -> bool:
    """It waits for them; or they oversee the hospital, and nobody is there for whom it waits. Three queries at most."""
    if owned_by(user).filter(pk=exception.pk).exists():
        return True
    seen = seen_by(user).filter(pk=exception.pk).exists()
    return seen and not people(exception.owner_role, exception).exists()


def may_settle(user: User, exception: CaseException) -> bool:
    """It waits for them, is open, and a person may settle this kind. One query at most."""
    return (
        exception.closed_at is None
        and exception.kind in exception.BY_HAND
        and owned_by(user).filter(pk=exception.pk).exists()
    )


def roles_at(user: User, hospital: Hospital) -> set[str]:
    """Roles that `user` holds now at `hospital`, somewhere in it, or everywhere. One query."""
    there = _EVERYWHERE | Q(hospital=hospital) | Q(department__hospital=hospital) | Q(team__hospital=hospital)
    return set(
        Membership.objects.current(now()).filter(there, user=user).order_by().values_list("role", flat=True)
    )


def _lines(request: "int | OuterRef") -> QuerySet[RequestItem]:
    return RequestItem.objects.filter(request=request, team__isnull=False)


def _is(user: User, column: str) -> Q:
    """`user` is what `column` of the exception names: role, duty, lead of its team, head of its department."""
    held = Membership.objects.current(now()).filter(user=user)
    plain = held.filter(_THERE, role=OuterRef(column)).exclude(role__in=OF_THE_REQUEST)
    duty = DutyHolder.objects.filter(
        user=user,
        until=None,
        duty__active=True,
        duty__hospital=OuterRef("hospital"),
        duty__code=OuterRef(column),
    )
    leads, heads = held.filter(role=TEAM_LEAD), held.filter(role=DEPARTMENT_HEAD)
    of_team = Exists(leads.filter(team=OuterRef("request__team"))) | Exists(
        _lines(OuterRef("request")).filter(team__in=leads.values("team"))
    )
    of_ward = Exists(heads.filter(department=OuterRef("request__department")))
    here = Exists(held.filter(_THERE, role=OuterRef(column)))
    return (
        Q(Exists(plain))
        | Q(Exists(duty))
        | Q(of_team, **{column: TEAM_LEAD})
        | Q(of_ward, **{column: DEPARTMENT_HEAD})
        | Q(here, request__isnull=True)
    )
