"""Standing in for each other: absences, rights that are lent for a while, and the alternate that everybody may name.

What is lent gives nothing by itself: `authority` asks at the moment of a decision whether the lender still has the right,
and it is never lent on. Who may decide what is already open follows within one sweep (`reresolving`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from approvals import signals
from approvals.models import Absence, Delegation
from portal.accounts import scopes
from portal.accounts.models import Membership, User
from portal.accounts.roles import DECIDERS
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.facts import publish, verb
from requests_app.models import Category

LONGEST = timedelta(days=28)
LONGEST_AWAY = timedelta(days=366)
TOLERANCE = timedelta(minutes=5)  # a form that was filled in slowly still begins now
# Who decides or leads something: not those whose own requests come to whoever lends (defaults 5.6).
LEADS = (*DECIDERS, "ward_lead", "team_lead", "service_manager")


@verb
def declare_absence(
    *,
    user: User,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    delegate: User | None = None,
    limit: Decimal | None = None,
    categories: Iterable[str] = (),
) -> Absence:
    """`user` is away from `starts_at` until just before `ends_at`: nothing new is asked of them.

    With a `delegate` their right is lent for that time, 28 days at most; without one their alternate stands in, else their
    colleagues, else the next authority. Publishes `cover_given` for a delegate. Raises NotAllowed (for somebody else),
    Invalid (starts_at, ends_at, delegate, limit, categories).
    """
    _own(user, by, _("Only they themselves can say that they are away."))
    _lock(user)
    starts_at = _period(starts_at, ends_at, longest=LONGEST_AWAY)
    known = Absence.objects.filter(
        user=user, called_off_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if known.exists():
        raise Invalid({"starts_at": [_("You said already that you are away then. Call that off first.")]})
    absence = Absence.objects.create(user=user, starts_at=starts_at, ends_at=ends_at, made_at=now(), by=by)
    events.record(
        action="absence.declared", by=by, subject=f"user:{user.pk}", after=_span(starts_at, ends_at)
    )
    if delegate is not None:
        until = min(ends_at, starts_at + LONGEST)
        _lend(user, delegate, starts_at, until, limit=limit, categories=categories, absence=absence)
    return absence


@verb
def call_off(*, absence: Absence, by: User) -> Absence:
    """Back earlier, or never gone: what was lent for that time ends as well. The same again changes nothing.

    Publishes `cover_ended`. Raises NotAllowed, WrongState (over).
    """
    _own(absence.user, by, _("Only they themselves can say that they are back."))
    _lock(absence.user)
    absence = Absence.objects.select_related("user").get(pk=absence.pk)
    if absence.called_off_at is not None:
        return absence
    if absence.ends_at <= now():
        raise WrongState(_("This absence is over already."))
    absence.called_off_at = now()
    absence.save(update_fields=["called_off_at"])
    events.record(action="absence.called_off", by=by, subject=f"user:{absence.user_id}")
    for delegation in absence.delegations.filter(revoked_at=None).select_related("grantor", "delegate"):
        _end(delegation, by)
    return absence


@verb
def delegate(
    *,
    grantor: User,
    to: User,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    limit: Decimal | None = None,
    categories: Iterable[str] = (),
) -> Delegation:
    """`grantor` lends `to` the right to decide in their name from `starts_at` until just before `ends_at`, 28 days at most.

    `limit`: only below this amount, in the base currency; `categories`: only these types of request, by code; empty: all.
    Never more than the grantor may at the moment of a decision. Publishes `cover_given`.
    Raises NotAllowed (in somebody else's name), Invalid (to, starts_at, ends_at, limit, categories).
    """
    _own(grantor, by, _("Only they themselves can lend their right to decide."))
    _lock(grantor)
    starts_at = _period(starts_at, ends_at, longest=LONGEST)
    return _lend(grantor, to, starts_at, ends_at, limit=limit, categories=categories, field="to")


@verb
def revoke(*, ref: str, by: User) -> Delegation:
    """End at once what was lent: whoever lent it takes it back, or who got it gives it back. The same again changes nothing.

    Publishes `cover_ended`. Raises NotFound (of others), WrongState (over).
    """
    found = Delegation.objects.filter(Q(grantor=by) | Q(delegate=by), ref=ref)
    if not found.exists():
        raise NotFound
    _lock(found.select_related("grantor").get().grantor)
    delegation = found.select_related("grantor", "delegate").get()
    if delegation.revoked_at is not None:
        return delegation
    if delegation.ends_at is not None and delegation.ends_at <= now():
        raise WrongState(_("This is over already."))
    return _end(delegation, by)


@verb
def name_alternate(*, user: User, to: User | None, by: User) -> Delegation | None:
    """`to` stands in for `user` whenever they are away, or did not decide in time; None: nobody any more.

    Publishes `cover_given` and `cover_ended`. Raises NotAllowed, Invalid (to).
    """
    _own(user, by, _("Only they themselves can name who stands in for them."))
    _lock(user)
    held = Delegation.objects.filter(grantor=user, standing=True, revoked_at=None)
    former = held.select_related("grantor", "delegate").first()
    if former and to and former.delegate_id == to.pk:
        return former
    if to is not None:
        _check_deputy(user, to, "to")
    if former:
        _end(former, by)
    return _make(user, to, now(), None, standing=True) if to else None


def candidates(user: User) -> QuerySet[User]:
    """Who may stand in for `user`: who decides or leads something at a hospital where `user` has a role. Lazy."""
    there = scopes.hospitals_of(user)
    at = (
        Q(hospital__in=there)
        | Q(department__hospital__in=there)
        | Q(team__hospital__in=there)
        | Q(hospital=None, department=None, team=None)
    )
    held = Membership.objects.current(now()).filter(at, role__in=LEADS, user=OuterRef("pk"))
    others = User.objects.filter(Exists(held), is_active=True, kind=User.Kind.PERSON).exclude(pk=user.pk)
    return others.exclude(person_key=user.person_key) if user.person_key else others


def _own(user: User, by: User, why: str) -> None:
    if user.pk != by.pk:
        raise NotAllowed(why)


def _lock(user: User) -> None:
    """Two changes of one person's cover wait for each other."""
    User.objects.select_for_update().get(pk=user.pk)


def _period(starts_at: datetime, ends_at: datetime, *, longest: timedelta) -> datetime:
    """The first moment, now at the earliest. Raises Invalid (starts_at, ends_at)."""
    moment = now()
    if starts_at < moment - TOLERANCE:
        raise Invalid({"starts_at": [_("This is over already. Begin now or later.")]})
    starts_at = max(starts_at, moment)
    if ends_at <= starts_at:
        raise Invalid({"ends_at": [_("The end has to be after the beginning.")]})
    if ends_at - starts_at > longest:
        raise Invalid({"ends_at": [_("%(days)s days at most.") % {"days": longest.days}]})
    return starts_at


def _lend(
    grantor: User,
    to: User,
    starts_at: datetime,
    ends_at: datetime,
    *,
    limit: Decimal | None,
    categories: Iterable[str],
    absence: Absence | None = None,
    field: str = "delegate",
) -> Delegation:
    _check_deputy(grantor, to, field)
    if limit is not None and not 0 < limit < 10**12:
        raise Invalid({"limit": [_("Enter an amount above 0.")]})
    wanted = sorted(set(categories))
    if len(wanted) != Category.objects.filter(code__in=wanted).count():
        raise Invalid({"categories": [_("Choose from the list.")]})
    same = Delegation.objects.filter(
        grantor=grantor, delegate=to, standing=False, revoked_at=None, absence=absence
    )
    for known in same.filter(ends_at=ends_at, starts_at__lte=starts_at, limit=limit):
        if known.categories == wanted:
            return known  # sent twice
    return _make(grantor, to, starts_at, ends_at, limit=limit, categories=wanted, absence=absence)


def _check_deputy(grantor: User, to: User, field: str) -> None:
    if to.pk == grantor.pk or (to.person_key and to.person_key == grantor.person_key):
        raise Invalid({field: [_("Choose somebody else than yourself.")]})
    if not candidates(grantor).filter(pk=to.pk).exists():
        raise Invalid({field: [_("Choose somebody who decides or leads something at your hospital.")]})


def _make(
    grantor: User, to: User, starts_at: datetime, ends_at: datetime | None, **more: object
) -> Delegation:
    delegation = Delegation.objects.create(
        grantor=grantor, delegate=to, starts_at=starts_at, ends_at=ends_at, made_at=now(), **more
    )
    said = {"delegate": f"user:{to.pk}", "standing": delegation.standing, **_span(starts_at, ends_at)}
    if delegation.limit is not None:
        said["limit"] = f"{delegation.limit:.2f}"
    if delegation.categories:
        said["categories"] = delegation.categories
    events.record(action="delegation.made", by=grantor, subject=f"delegation:{delegation.ref}", after=said)
    publish(signals.cover_given, delegation=delegation, by=grantor)
    return delegation


def _end(delegation: Delegation, by: User) -> Delegation:
    delegation.revoked_at, delegation.revoked_by = now(), by
    delegation.save(update_fields=["revoked_at", "revoked_by"])
    events.record(action="delegation.revoked", by=by, subject=f"delegation:{delegation.ref}")
    publish(signals.cover_ended, delegation=delegation, by=by)
    return delegation


def _span(starts_at: datetime, ends_at: datetime | None) -> dict[str, object]:
    return {"from": starts_at.isoformat(), "until": ends_at.isoformat() if ends_at else None}
