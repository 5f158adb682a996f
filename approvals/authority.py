"""Who may decide a step, by what right, at this moment: an own role, or a right that its holder lent.

Four eyes: nobody with a part in the request decides it, neither in person nor through somebody else's right, nor with a
second account; nor who changed by hand what it goes by (`recent_changes`). *Code* is what a policy asks for: a role, a duty,
`budget_owner`, `group:<code>` or `person:<sign-in name>`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from approvals import recent_changes
from approvals.models import Absence, ApprovalStep, ApproverGroup, Budget, Delegation, away_at
from portal.accounts import scopes
from portal.accounts.duty_kinds import DUTIES
from portal.accounts.models import Department, DutyHolder, Hospital, Team, User
from portal.accounts.roles import ROLES
from portal.clock import now
from requests_app.kinds.access import system_of
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

BUDGET_OWNER, GROUP, PERSON = "budget_owner", "group:", "person:"
TEAM_LEAD = "team_lead"  # decides small costs of the work of the own team
SYSTEM_OWNER = "it_owner"  # decides about the systems that are theirs, and about no other
AT_DEPARTMENT = frozenset({"head"})
# When nobody may decide (absent, or a part in it themselves) or nobody did in time, the next authority is asked.
NEXT_AUTHORITY = {
    TEAM_LEAD: "head",
    "head": "director",
    BUDGET_OWNER: "director",
    "finance": "director",
    "procurement": "director",
    "compliance": "director",
    "biomed_manager": "director",
    "it_head": "director",
    SYSTEM_OWNER: "it_head",
    "product_lead": "director",
    "data_protection": "director",
    "director": "executive",
    "site_manager": "manager_on_call",
    "manager_on_call": "exec_on_call",
    "exec_on_call": "director",
}
# Who is on duty decides below this, in the base currency (defaults 5.5); an amount equal to it is for the next.
DUTY_LIMITS = {
    "site_manager": Decimal(1_000),
    "manager_on_call": Decimal(5_000),
    "exec_on_call": Decimal(25_000),
}


@dataclass(frozen=True)
class Asked:
    """Somebody who may decide now, by an own right or for `on_behalf_of`."""

    user: User
    on_behalf_of: User | None = None

    @property
    def authority(self) -> User:
        return self.on_behalf_of or self.user


@dataclass(frozen=True)
class Claim:
    """The right by which somebody decides: whose it is, and the delegation that lends it."""

    authority: User
    role: str
    delegation: Delegation | None = None


def label(code: str) -> str:
    """The code in words. One query for a group or a person, none for the others."""
    if code in ROLES:
        return str(ROLES[code].label)
    if code in DUTIES:
        return str(DUTIES[code].label)
    if code.startswith(GROUP):
        group = ApproverGroup.objects.filter(code=code.removeprefix(GROUP)).first()
        return group.name if group else _("A group that is not there any more")
    if code.startswith(PERSON):
        person = User.objects.filter(username=code.removeprefix(PERSON)).first()
        return person.get_full_name() if person else _("Somebody who is not here any more")
    return _("Budget owner")


def next_after(step: ApprovalStep, code: str) -> str | None:
    """Whom to ask when nobody of `code` may, or did in time."""
    if code == step.role and step.escalate_to:
        return step.escalate_to
    if code.startswith((GROUP, PERSON)):
        return "director"
    return NEXT_AUTHORITY.get(code)


def permission_for(role: str) -> str:
    """The permission that a role needs to decide; only of codes that are roles."""
    return "lead_here" if role == TEAM_LEAD else f"approve_as_{role}"


def place_of(role: str, request: ServiceRequest) -> Department | Hospital | Team:
    if role == TEAM_LEAD and request.team:
        return request.team
    return request.department if role in AT_DEPARTMENT else request.hospital


def subjects(request: ServiceRequest) -> set[int]:
    """People with a part in it: whose need, who wrote it or changed its lines, for whom. None of them ever decides it."""
    part = {request.requester_id, request.filed_by_id, request.beneficiary_id, *request.editors}
    return {pk for pk in part if pk}


def holders(code: str, request: ServiceRequest) -> QuerySet[User]:
    """Who holds `code` for this request in person now, absent or not. Lazy; one query more for the owner of a system."""
    people = User.objects.filter(is_active=True, kind=User.Kind.PERSON)
    if code in DUTY_LIMITS:
        if request.base_amount >= DUTY_LIMITS[code]:
            return people.none()
        held = DutyHolder.objects.filter(
            user=OuterRef("pk"),
            until=None,
            duty__code=code,
            duty__hospital=request.hospital_id,
            duty__active=True,
        )
        return people.filter(Exists(held))
    if code.startswith(GROUP):
        return people.filter(approver_groups__code=code.removeprefix(GROUP))
    if code.startswith(PERSON):
        return people.filter(username=code.removeprefix(PERSON))
    if code == BUDGET_OWNER:
        return people.filter(pk__in=_budget_owners(request))
    found = scopes.users_with(
        "lead_here" if code == TEAM_LEAD else f"approve_as_{code}", place_of(code, request)
    )
    return found.filter(pk__in=_system_owners(request)) if code == SYSTEM_OWNER else found


def may_be_asked(code: str, request: ServiceRequest, *, without: set[int], late: bool = False) -> list[Asked]:
    """Who may decide as `code` now, less `without` and their other accounts: holders who are here, and who stands in.

    `late`: it was not decided in time, so that alternates count. One query, and two more where a right was lent.
    """
    moment = now()
    gone = Absence.objects.filter(away_at(moment), user=OuterRef("pk"))
    lent = Delegation.objects.in_force(moment)
    held = list(
        _unbiased(holders(code, request), request, without)
        .annotate(away=Exists(gone), lends=Exists(lent.filter(grantor=OuterRef("pk"))))
        .order_by("last_name", "first_name", "pk")
    )
    asked = {one.pk: Asked(one) for one in held if not one.away}
    known = {one.pk: one for one in held if one.lends}
    if not known:
        return list(asked.values())
    for delegation in lent.filter(grantor__in=known).select_related("delegate").order_by("pk"):
        grantor = known[delegation.grantor_id]
        if covers(delegation, request) and (not delegation.standing or grantor.away or late):
            asked.setdefault(delegation.delegate_id, Asked(delegation.delegate, grantor))
    stand_ins = [one.user.pk for one in asked.values() if one.on_behalf_of]
    if stand_ins:
        here = _unbiased(User.objects.filter(pk__in=stand_ins, is_active=True), request, without)
        here = here.exclude(Exists(gone))
        kept = set(here.values_list("pk", flat=True))
        asked = {pk: one for pk, one in asked.items() if not one.on_behalf_of or pk in kept}
    return list(asked.values())


def resolve(request: ServiceRequest, step: ApprovalStep, *, without: set[int]) -> tuple[str, list[Asked]]:
    """Find the code to ask and its people, going up to the next authority while too few may decide.

    Returns (code, []) when nobody may.
    """
    code: str | None = step.role
    tried: set[str] = set()
    while code and code not in tried:
        people = may_be_asked(code, request, without=without, late=step.late)
        needed = step.needed if code == step.role and not step.of_all else 1
        if len({one.authority.pk for one in people}) >= needed:
            return code, people
        tried.add(code)
        code = next_after(step, code)
    return step.role, []


def claim(user: User, step: ApprovalStep, request: ServiceRequest, *, without: set[int]) -> Claim | None:
    """By what right may `user` decide `step` at this moment? The own right first, then what somebody lent; None: by none.

    `without`: who has a part in the request or decided another step of it; neither the person nor the right may be
    theirs. One query for an own right, two and more for a lent one.
    """
    codes = [step.asked_role, *step.also]
    for code in codes:
        if _unbiased(holders(code, request), request, without).filter(pk=user.pk).exists():
            return Claim(user, code)
    lent = Delegation.objects.in_force(now()).filter(delegate=user).select_related("grantor")
    if user.pk in without or not user.is_active:
        return None
    for delegation in lent.order_by("pk"):
        if not covers(delegation, request) or (
            delegation.standing and not (step.late or _is_away(delegation))
        ):
            continue
        if not _unbiased(User.objects.filter(pk=user.pk), request, without).exists():
            return None
        for code in codes:
            if _unbiased(holders(code, request), request, without).filter(pk=delegation.grantor_id).exists():
                return Claim(delegation.grantor, code, delegation)
    return None


def covers(delegation: Delegation, request: ServiceRequest) -> bool:
    """Is the request within what was lent: its amount below the limit, its type among the types?"""
    if delegation.limit is not None and request.base_amount >= delegation.limit:
        return False
    return not delegation.categories or request.category.code in delegation.categories


def apart(people: QuerySet[User], without: "Iterable[int]") -> QuerySet[User]:
    """Less `without`, and less every other account of the same persons (`User.person_key`)."""
    without = list(without)
    theirs = User.objects.filter(pk__in=without).exclude(person_key="").values("person_key")
    return people.exclude(pk__in=without).exclude(~Q(person_key="") & Q(person_key__in=theirs))


def _unbiased(people: QuerySet[User], request: ServiceRequest, without: "Iterable[int]") -> QuerySet[User]:
    """`apart`, and less who changed by hand lately what decides about the request."""
    return recent_changes.without_changers(apart(people, without), request)


def _is_away(delegation: Delegation) -> bool:
    return Absence.objects.filter(away_at(now()), user=delegation.grantor_id).exists()


def _system_owners(request: ServiceRequest) -> set[int]:
    """Whose system it is that the request asks access to; nobody for a system without an owner. One query."""
    system = system_of(request)
    return {system.owner_id} if system and system.owner_id else set()


def _budget_owners(request: ServiceRequest) -> Any:
    """Who owns a budget of the cost centre that pays; where none of its budgets has an owner, one of the whole group."""
    owned = Budget.objects.filter(active=True, owner__isnull=False)
    own = owned.filter(cost_centre=request.department.cost_centre)
    return owned.filter(Q(pk__in=own) | Q(cost_centre="") & ~Exists(own)).values("owner")
