"""The world as it is now, for the proof of a policy and for its simulation."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef

from approvals import authority
from approvals.governing import calendars
from approvals.models import Absence, ApproverGroup, Budget, Delegation, away_at
from approvals.proof.world import GROUP, PERSON, Lent, World
from portal.accounts.models import Department, DutyHolder, Hospital, Location, Membership, User
from portal.accounts.roles import DECIDERS, ROLES
from portal.clock import now
from requests_app.kinds import cost
from requests_app.models import CaseException, CatalogueItem, Category, Vendor
from requests_app.states import CONTROL_FLAGS, Kind, Priority

# What the kinds tell the policy; of the others nothing is known, so that nothing is refused.
SERVICES: dict[str, list[str]] = {Kind.SUPPLY: [""], Kind.ACCESS: ["it_access"], Kind.COST: [cost.SERVICE]}
MARKS: dict[str, list[str]] = {
    Kind.SUPPLY: [],
    Kind.ACCESS: ["standard", "extra", "privileged", "clinical"],
    Kind.COST: [cost.BY_LEAD],
}
VENDOR_STATES = ("on_contract", "off_contract", "new", "stopped")
BUDGETS = ("none", "within", "over")
Held = dict[tuple[str, str, str], set[str]]


def read_world(category: Category, hospitals: Iterable[Hospital] | None = None) -> World:
    """Who may decide requests of `category` now, at these hospitals (all), and what its policy may speak of. 16 queries."""
    moment = now()
    codes = None if hospitals is None else [one.code for one in hospitals]
    open_wards = Department.objects.filter(active=True).select_related("hospital")
    wards = list(open_wards if codes is None else open_wards.filter(hospital__code__in=codes))
    people = list(User.objects.filter(is_active=True, kind=User.Kind.PERSON))
    here = {one.pk: one.username for one in people}
    lent = Delegation.objects.in_force(moment).filter(grantor__in=here, delegate__in=here).order_by("pk")
    gone = User.objects.filter(Exists(Absence.objects.filter(away_at(moment), user=OuterRef("pk"))))
    return World(
        category=category.code,
        places=tuple((ward.hospital.code, ward.code) for ward in wards),
        goods=category.kind == Kind.SUPPLY,
        known=_known(category),
        control_flags=CONTROL_FLAGS,
        codes=frozenset((*DECIDERS, authority.TEAM_LEAD, authority.BUDGET_OWNER, *authority.DUTY_LIMITS)),
        at_department=authority.AT_DEPARTMENT | {authority.BUDGET_OWNER},
        narrow=frozenset({authority.TEAM_LEAD, authority.SYSTEM_OWNER}),
        held={key: frozenset(who) for key, who in _held(wards, here).items()},
        same_person={one.username: one.person_key for one in people if one.person_key},
        names={one.username: one.get_full_name() for one in people},
        lent=tuple(
            Lent(here[one.grantor_id], here[one.delegate_id], one.limit, tuple(one.categories), one.standing)
            for one in lent
        ),
        away=frozenset(gone.values_list("username", flat=True)),
        above=dict(authority.NEXT_AUTHORITY),
        limits=dict(authority.DUTY_LIMITS),
    )


def _held(wards: list[Department], here: dict[int, str]) -> Held:
    """Who holds what where: roles, duties, groups, budgets, and everybody themselves."""
    found: Held = defaultdict(set)
    current = Membership.objects.current(now()).filter(user__in=here, in_force=True)
    for held in current.select_related("hospital", "department__hospital", "team__hospital"):
        for code in _decides(held):
            found[(code, *_where(held))].add(here[held.user_id])
    duties = DutyHolder.objects.filter(
        user__in=here, until=None, duty__active=True, duty__code__in=authority.DUTY_LIMITS
    )
    for code, hospital, pk in duties.values_list("duty__code", "duty__hospital__code", "user"):
        found[(code, hospital, "")].add(here[pk])
    for code, pk in ApproverGroup.objects.filter(members__in=here).values_list("code", "members"):
        if pk in here:
            found[(GROUP + code, "", "")].add(here[pk])
    for name in here.values():
        found[(PERSON + name, "", "")].add(name)
    _budgets(found, wards, here)
    return found


def _budgets(found: Held, wards: list[Department], here: dict[int, str]) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    owned = Budget.objects.filter(active=True, owner__isnull=False)
    owned_by = list(owned.values_list("cost_centre", "owner"))
    for centre, pk in owned_by:
        owners[centre] |= {here[pk]} if pk in here else set()
    centres = {centre for centre, _pk in owned_by}
    for ward in wards:
        centre = ward.cost_centre if ward.cost_centre in centres else ""
        found[(authority.BUDGET_OWNER, ward.hospital.code, ward.code)] |= owners[centre]


def _decides(held: Membership) -> list[str]:
    """The codes that this role decides as, at the kind of place where it is held."""
    gives = ROLES[held.role].permissions_at(held.kind)
    return [code for code in (*DECIDERS, authority.TEAM_LEAD) if authority.permission_for(code) in gives]


def _where(held: Membership) -> tuple[str, str]:
    if held.department:
        return held.department.hospital.code, held.department.code
    if held.team:
        return held.team.hospital.code, ""
    return (held.hospital.code if held.hospital else "", "")


def _known(category: Category) -> dict[str, frozenset[str]]:
    """The values that there are, by the fact; 9 queries."""
    goods = category.kind == Kind.SUPPLY
    items = CatalogueItem.objects.all()
    flags = {flag for flags in items.values_list("flags", flat=True) for flag in flags}
    known: dict[str, Any] = {
        "category": [category.code],
        "hospital": Hospital.objects.values_list("code", flat=True),
        "department": Department.objects.values_list("code", flat=True),
        "location": ["", *Location.objects.values_list("code", flat=True)],
        "priority": Priority.values,
        "budget": BUDGETS,
        "vendors": Vendor.objects.values_list("code", flat=True) if goods else [],
        "vendor_states": VENDOR_STATES if goods else [],
        "requester_roles": ROLES,
        "exceptions": CaseException.Kind.values,
        "flags": flags | CONTROL_FLAGS if goods else [],
        "groups": {*items.order_by().values_list("group", flat=True).distinct(), "other"} if goods else [],
        "approver_groups": ApproverGroup.objects.values_list("code", flat=True),
        "calendars": calendars.names() or None,
        "service": SERVICES.get(category.kind),
        "marks": MARKS.get(category.kind),
    }
    return {fact: frozenset(values) for fact, values in known.items() if values is not None}
