"""Giving and ending roles. `scopes` shows these verbs; nothing else writes memberships or guardian's rows."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from portal.accounts import signals
from portal.accounts.models import Membership, User
from portal.accounts.roles import ROLES
from portal.accounts.rows import write_rows
from portal.accounts.separation import never_with
from portal.clock import now
from portal.errors import Invalid, WrongState
from portal.facts import publish, verb

if TYPE_CHECKING:
    from portal.accounts.scopes import Place

SYSTEM_USERNAME = "system"


def system_user() -> User:
    """The account in whose name the portal acts by itself: it cannot sign in and holds no role.

    Made on first use.
    """
    user = User.objects.filter(username=SYSTEM_USERNAME).first()
    if user is None:
        user, _made = User.objects.get_or_create(
            username=SYSTEM_USERNAME,
            defaults={
                "first_name": "Portal",
                "kind": User.Kind.SYSTEM,
                "is_active": False,
                "password": "!",
                "date_joined": now(),
            },
        )
    return user


@verb
def grant(
    *,
    user: User,
    role: str,
    place: "Place | None" = None,
    by: User,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    skills: str = "",
) -> Membership:
    """Give `user` the `role` at `place` (None: group-wide) from `valid_from` (now) until just before
    `valid_until`.

    `skills`: of a member of a team, codes, space separated. The same grant again answers with the first. Publishes
    membership_granted.
    Raises Invalid: unknown role, a place where it is not held, a system account, a period that ends before
    it begins or overlaps one that is stored, a role that is never held beside another of theirs (`separation`).
    """
    start = valid_from or now()
    kind = "group" if place is None else str(place._meta.model_name)
    _check(user, role, kind, start, valid_until)
    User.objects.select_for_update().get(pk=user.pk)  # two grants to one person wait for each other
    _check_apart(user, role, start, valid_until)
    at = {name: place if name == kind else None for name in ("hospital", "department", "team")}
    for held in Membership.objects.filter(user=user, role=role, **at).select_for_update():
        if held.valid_until is not None and held.valid_until <= start:
            continue
        if held.valid_until == valid_until and (valid_from is None or held.valid_from == start):
            return held
        if valid_until is None or held.valid_from < valid_until:
            raise Invalid({"valid_from": [_("%(name)s already holds this role then.") % {"name": user}]})
    membership = Membership.objects.create(
        user=user,
        role=role,
        valid_from=start,
        valid_until=valid_until,
        in_force=start <= now() and (valid_until is None or valid_until > now()),
        skills=skills,
        **at,
    )
    write_rows(user)
    publish(signals.membership_granted, membership=membership, by=by)
    return membership


@verb
def revoke(*, membership: Membership, by: User) -> Membership:
    """End `membership` now, or take it back before it begins. Publishes membership_revoked.

    Raises WrongState: over.
    """
    User.objects.select_for_update().get(pk=membership.user_id)
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.valid_until is not None and membership.valid_until <= now():
        raise WrongState(_("This role has already ended."))
    before = period(membership)
    membership.valid_until = max(now(), membership.valid_from)
    membership.in_force = False
    membership.save(update_fields=["valid_until", "in_force"])
    write_rows(membership.user)
    publish(signals.membership_revoked, membership=membership, by=by, before=before)
    return membership


@verb
def expire_memberships() -> int:
    """Write the rows of memberships that have begun and take away those of memberships that are over;
    count them.

    Publishes membership_began and membership_ended, each once. A late sweep only tidies: the questions in
    `scopes` ask the period itself. Until a role that begins later has been swept it gives nothing.
    """
    moment = now()
    begun = Membership.objects.current(moment).filter(in_force=False)
    over = Membership.objects.filter(in_force=True, valid_until__lte=moment)
    by, changed = None, 0
    for user_id in sorted(
        {*begun.values_list("user_id", flat=True), *over.values_list("user_id", flat=True)}
    ):
        by = by or system_user()
        user = User.objects.select_for_update().get(pk=user_id)
        for members, fact in (
            (begun, signals.membership_began),
            (over, signals.membership_ended),
        ):
            for membership in list(members.filter(user=user).select_for_update()):
                membership.in_force = not membership.in_force
                membership.save(update_fields=["in_force"])
                publish(fact, membership=membership, by=by)
                changed += 1
        write_rows(user)
    return changed


@verb
def sync_roles() -> int:
    """Keep one Django group per role of the table, named by its code; returns how many were made.

    Groups hold no rights.
    """
    known = set(Group.objects.filter(name__in=ROLES).values_list("name", flat=True))
    missing = [Group(name=code) for code in ROLES if code not in known]
    Group.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


@verb
def repair(*, by: User) -> list[User]:
    """Make guardian's rows and the groups of everybody agree with the memberships; returns those who had
    drifted.

    Publishes grants_repaired for each of them.
    """
    sync_roles()
    expire_memberships()
    drifted = []
    for user in User.objects.order_by("pk").select_for_update():
        change = write_rows(user)
        if change:
            drifted.append(user)
            publish(signals.grants_repaired, user=user, by=by, before=change[0], after=change[1])
    return drifted


def period(membership: Membership) -> dict[str, str | None]:
    """The period of a membership as text, for the record."""
    until = membership.valid_until
    return {
        "valid_from": membership.valid_from.isoformat(),
        "valid_until": until.isoformat() if until else None,
    }


def _check(user: User, role: str, kind: str, start: datetime, until: datetime | None) -> None:
    if role not in ROLES:
        raise Invalid({"role": [_("There is no role “%(role)s”.") % {"role": role}]})
    if kind not in ROLES[role].scopes:
        raise Invalid({"place": [_("The role “%(role)s” is not held there.") % {"role": ROLES[role].label}]})
    if user.kind != User.Kind.PERSON:
        raise Invalid({"user": [_("Only persons hold roles.")]})
    if until is not None and until <= start:
        raise Invalid({"valid_until": [_("The end must come after the beginning.")]})


def _check_apart(user: User, role: str, start: datetime, until: datetime | None) -> None:
    """No query for a role that goes with every other."""
    apart = never_with(role)
    if not apart:
        return
    held = Membership.objects.filter(user=user, role__in=apart).exclude(valid_until__lte=start)
    if until is not None:
        held = held.filter(valid_from__lt=until)
    other = held.values_list("role", flat=True).first()
    if other:
        said = _("Nobody is “%(role)s” and “%(other)s” at once: end the other first.")
        raise Invalid({"role": [said % {"role": ROLES[role].label, "other": ROLES[other].label}]})
