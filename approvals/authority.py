"""Who may decide a step: the role at its place, less everybody who has a part in the request (four eyes)."""

from typing import TYPE_CHECKING

from approvals.models import ApprovalStep
from portal.accounts import scopes
from portal.accounts.models import Department, Hospital
from requests_app.kinds.access import system_of
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

# When nobody of a role may decide (absent, or a part in it themselves), the next authority is asked.
NEXT_AUTHORITY = {
    "head": "director",
    "finance": "director",
    "procurement": "director",
    "compliance": "director",
    "biomed_manager": "director",
    "it_head": "director",
    "it_owner": "it_head",
    "product_lead": "director",
    "data_protection": "director",
    "director": "executive",
}
AT_DEPARTMENT = frozenset({"head"})
SYSTEM_OWNER = "it_owner"  # decides about the systems that are theirs, and about no other


def permission_for(role: str) -> str:
    return f"approve_as_{role}"


def place_of(role: str, request: ServiceRequest) -> Department | Hospital:
    return request.department if role in AT_DEPARTMENT else request.hospital


def subjects(request: ServiceRequest) -> set[int]:
    """People with a part in it: whose need, who wrote it, for whom. None of them ever decides it."""
    return {pk for pk in (request.requester_id, request.filed_by_id, request.beneficiary_id) if pk}


def entitled(request: ServiceRequest, role: str, *, without: set[int]) -> "list[User]":
    """People who hold `role` for this request now, less `without`. One query; two for the owner of a system."""
    people = scopes.users_with(permission_for(role), place_of(role, request)).exclude(pk__in=without)
    if role == SYSTEM_OWNER:
        people = people.filter(pk__in=_system_owners(request))
    return list(people.order_by("last_name", "first_name", "pk"))


def resolve(request: ServiceRequest, step: ApprovalStep, *, without: set[int]) -> "tuple[str, list[User]]":
    """Find the role to ask and its people, going up to the next authority while too few may decide.

    Returns (role, []) when nobody may.
    """
    role: str | None = step.role
    asked = step.role
    while role:
        people = entitled(request, role, without=without)
        needed = step.needed if role == step.role else 1
        if len(people) >= needed:
            return role, people
        role = NEXT_AUTHORITY.get(role)
    return asked, []


def holds(user: "User", step: ApprovalStep, request: ServiceRequest) -> bool:
    """Does this person hold the role that was asked, for this request, at this moment? One query; two for an owner."""
    if step.asked_role == SYSTEM_OWNER and user.pk not in _system_owners(request):
        return False
    return scopes.has_perm_at(user, permission_for(step.asked_role), place_of(step.asked_role, request))


def _system_owners(request: ServiceRequest) -> set[int]:
    """Whose system it is that the request asks access to; nobody for a system without an owner. One query."""
    system = system_of(request)
    return {system.owner_id} if system and system.owner_id else set()
