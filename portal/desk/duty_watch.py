"""Duties that nobody has: after fifteen minutes that is an exception, which ends when somebody takes the duty."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.duty_kinds import ALWAYS
from portal.accounts.models import Duty, DutyHolder, User
from portal.clock import now
from portal.facts import verb
from requests_app import casework
from requests_app.models import CaseException
from sla import calendars

KIND = CaseException.Kind.DUTY_NOT_COVERED
GRACE = timedelta(minutes=15)
SETTLED_FOR = timedelta(hours=12)  # what somebody settled with a reason is not opened anew in the same shift


def sweep() -> int:
    """Open an exception for each duty that has stood uncovered for fifteen minutes, and end those of duties that do not stand.

    Returns how many are uncovered.
    """
    moment, by = now(), scopes.system_user()
    uncovered = [duty for duty in _free(moment) if stands(duty, moment)]
    for duty in uncovered:
        _open(duty=duty, by=by)
    keys = {_key(duty) for duty in uncovered}
    for exception in CaseException.objects.filter(kind=KIND, request=None, closed_at=None):
        if exception.key not in keys:
            casework.close_exception(exception=exception, by=by, reason=_("It is not needed now."))
    return len(uncovered)


def stands(duty: Duty, moment: datetime) -> bool:
    """Has it stood for the fifteen minutes up to `moment`? Always, or while the calendar outside whose hours it is, is closed.

    A hospital without that calendar has no hours outside which to be on call. One query.
    """
    if duty.calendar == ALWAYS:
        return True
    found = calendars.find(duty.hospital, [duty.calendar]).get(duty.calendar)
    if found is None:
        return False
    hours = calendars.compiled(found, duty.hospital.time_zone)
    return not hours.is_open(moment) and not hours.elapsed(moment - GRACE, moment)


@verb
def covered(*, duty: Duty, by: User) -> None:
    """Somebody has it: end its exception."""
    for exception in CaseException.objects.filter(kind=KIND, key=_key(duty), closed_at=None):
        casework.close_exception(exception=exception, by=by, reason=_("Somebody is on duty."))


@verb
def _open(*, duty: Duty, by: User) -> None:
    """Once for as long as nobody takes it. Who takes it locks the duty too, so that no exception comes after them."""
    duty = (
        Duty.objects.select_for_update(of=("self",)).select_related("hospital", "department").get(pk=duty.pk)
    )
    if duty.holders.filter(until=None).exists() or _settled(duty):
        return
    casework.open_exception(
        kind=KIND,
        hospital=duty.hospital,
        key=_key(duty),
        detail=_("Nobody is on duty: %(duty)s.") % {"duty": duty},
        by=by,
    )


def _settled(duty: Duty) -> bool:
    """Somebody settled it a while ago with a reason, and nobody has had the duty since it was opened. Two queries."""
    lately = CaseException.objects.filter(kind=KIND, key=_key(duty), closed_at__gt=now() - SETTLED_FOR)
    last = lately.exclude(closed_by__kind=User.Kind.SYSTEM).order_by("-pk").first()
    return last is not None and not duty.holders.filter(since__gte=last.opened_at).exists()


def _free(moment: datetime) -> QuerySet[Duty]:
    """Duties in use that nobody has, nor had a quarter of an hour ago. One query."""
    held = DutyHolder.objects.filter(duty=OuterRef("pk"))
    lately = held.filter(until__gt=moment - GRACE)
    free = Duty.objects.filter(~Exists(held.filter(until=None)), ~Exists(lately), active=True)
    return free.select_related("hospital", "department")


def _key(duty: Duty) -> str:
    return f"duty:{duty.pk}"
