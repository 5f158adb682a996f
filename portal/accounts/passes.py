"""Passes of temporary staff: the nurse in charge lets somebody work on the ward for one shift."""

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal import ids
from portal.accounts import scopes, signals
from portal.accounts.models import Department, TemporaryPass, User
from portal.clock import now
from portal.errors import Invalid, NotAllowed, NotFound
from portal.facts import publish, verb

ROLE = "temporary"
LASTS = timedelta(hours=13)
LONGEST_NAME = 60
MOST = 30  # passes of one ward at one time
# Without what is mistaken for something else when it is read out or copied by hand.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
ISSUING_ROLES = ("ward_lead", "head")
DUTY = "nurse_in_charge"


def wards_of(user: User) -> QuerySet[Department]:
    """Wards for which `user` may issue passes: they lead it, head it, or are in charge of it now. Lazy."""
    if not user.is_active or user.kind != User.Kind.PERSON:
        return Department.objects.none()
    leads = Q(
        memberships__user=user,
        memberships__role__in=ISSUING_ROLES,
        memberships__valid_from__lte=now(),
    ) & (Q(memberships__valid_until=None) | Q(memberships__valid_until__gt=now()))
    led = Department.objects.filter(leads).values("pk")
    in_charge = Q(
        duties__code=DUTY, duties__active=True, duties__holders__user=user, duties__holders__until=None
    )
    charged = Department.objects.filter(in_charge).values("pk")
    wards = Department.objects.filter(Q(pk__in=led) | Q(pk__in=charged), active=True)
    return wards.select_related("hospital")


def in_use(user: User) -> QuerySet[TemporaryPass]:
    """Passes that count now, of the wards for which `user` may issue them. Lazy."""
    passes = TemporaryPass.objects.filter(
        department__in=wards_of(user).values("pk"), closed_at=None, ends_at__gt=now()
    )
    return passes.select_related("user", "issued_by", "department__hospital")


@verb
def issue_pass(
    *, by: User, department: Department, first_name: str, last_name: str, key: str = ""
) -> tuple[TemporaryPass, str]:
    """Let somebody work on `department` for 13 hours; returns the pass and its password, which nobody can read again.

    `key`: of the form, from `ids.token`. The same form again answers with the pass that it made, and without a password.
    Publishes pass_issued. Raises NotAllowed to all who are not in charge there, Invalid (first_name, last_name).
    """
    if not wards_of(by).filter(pk=department.pk).exists():
        raise NotAllowed(_("Only the nurse in charge of the ward, its lead or its head gives out passes."))
    first, last = " ".join(first_name.split()), " ".join(last_name.split())
    errors = {
        key: [_("Enter a name of up to %(most)s characters.") % {"most": LONGEST_NAME}]
        for key, name in (("first_name", first), ("last_name", last))
        if not 0 < len(name) <= LONGEST_NAME
    }
    Department.objects.select_for_update().get(
        pk=department.pk
    )  # two who issue for one ward wait for each other
    if made := _made_with(key, by):
        return made, ""
    if TemporaryPass.objects.filter(department=department, closed_at=None, ends_at__gt=now()).count() >= MOST:
        errors["first_name"] = [_("%(most)s passes are in use here. End one first.") % {"most": MOST}]
    if errors:
        raise Invalid(errors)
    moment, password = now(), _password()
    user = User.objects.create(
        username=_username(last),
        first_name=first,
        last_name=last,
        password=make_password(password),
        date_joined=moment,
    )
    scopes.grant(user=user, role=ROLE, place=department, by=by, valid_until=moment + LASTS)
    given = TemporaryPass.objects.create(
        ref=key or ids.token(),
        user=user,
        department=department,
        issued_by=by,
        issued_at=moment,
        ends_at=moment + LASTS,
    )
    publish(signals.pass_issued, given=given, by=by)
    return given, password


def _made_with(key: str, by: User) -> TemporaryPass | None:
    """The pass that `by` gave out with this form, if there is one."""
    return TemporaryPass.objects.filter(ref=key, issued_by=by).first() if key else None


@verb
def revoke_pass(*, by: User, ref: str) -> TemporaryPass:
    """End a pass now: its account is closed at once. Ending it again changes nothing. Publishes pass_ended.

    Raises NotFound for passes of wards where `by` is not in charge.
    """
    own = TemporaryPass.objects.filter(ref=ref, department__in=wards_of(by).values("pk"))
    given = own.select_for_update(of=("self",)).select_related("user", "department").first()
    if given is None:
        raise NotFound
    if given.closed_at is None:
        given.revoked_by = by
        _close(given, by)
    return given


@verb
def close_over() -> int:
    """Close the accounts of passes whose time is over; count them. Publishes pass_ended, once for each."""
    over = TemporaryPass.objects.filter(closed_at=None, ends_at__lte=now())
    passes = list(over.select_for_update(of=("self",)).select_related("user").order_by("pk"))
    for given in passes:
        _close(given, scopes.system_user())
    return len(passes)


def _close(given: TemporaryPass, by: User) -> None:
    """End its role, close the account, and say so."""
    given.closed_at = now()
    given.save(update_fields=["closed_at", "revoked_by"])
    for held in given.user.memberships.filter(Q(valid_until=None) | Q(valid_until__gt=given.closed_at)):
        scopes.revoke(membership=held, by=by)
    given.user.is_active = False
    given.user.save(update_fields=["is_active"])
    publish(signals.pass_ended, given=given, by=by)


def _username(last: str) -> str:
    return f"temp.{slugify(last)[:20] or 'staff'}.{_letters(4)}"


def _password() -> str:
    """Three groups of four: 59 random bits, for thirteen hours."""
    return "-".join(_letters(4) for _group in range(3))


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _letter in range(count))
