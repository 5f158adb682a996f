"""Who stands behind a page, and where they work today: chosen among their own wards, kept in the session."""

from typing import cast

from django.http import HttpRequest  # noqa: TID251 (the session of a request is what this is about)

from portal.accounts import scopes
from portal.accounts.models import Department, User
from portal.errors import NotFound

SESSION_KEY = "department"


def person(request: HttpRequest) -> User:
    """The person behind a door that only a signed-in person passes."""
    return cast(User, request.user)


def own_departments(user: User) -> list[Department]:
    """Departments in use where `user` may work, hospitals loaded. One query."""
    own = scopes.departments_with(user, "work_here").filter(active=True)
    return list(own.select_related("hospital"))


def current_department(request: HttpRequest) -> Department | None:
    """The ward of today: the chosen one while it is still allowed, else that of the first role; None: works on none."""
    user = request.user
    if not user.is_authenticated:
        return None
    own = scopes.departments_with(user, "work_here").filter(active=True).select_related("hospital")
    chosen = request.session.get(SESSION_KEY)
    kept = own.filter(pk=chosen).first() if isinstance(chosen, int) else None
    return kept or own.filter(memberships__user=user).order_by("memberships__pk").first() or own.first()


def choose_department(request: HttpRequest, department_id: str) -> Department:
    """Make one of the person's own wards that of today, in this session. Raises NotFound for any other."""
    for department in own_departments(person(request)):
        if str(department.pk) == department_id:
            request.session[SESSION_KEY] = department.pk
            return department
    raise NotFound
