"""Usual lists that come again: a draft is ready for its owner at that time. Nothing is ever sent by itself."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from portal import ids
from portal.accounts import scopes
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed
from portal.facts import publish, verb
from requests_app import casework, signals
from requests_app.models import CaseException, Recurring, UsualList
from requests_app.supplies import drafting

if TYPE_CHECKING:
    from portal.accounts.models import User

BATCH = 50


def next_after(moment: datetime, *, weekdays: str, hour: int, zone: str) -> datetime:
    """The first of these times after `moment`, on the clock of `zone`."""
    here = ZoneInfo(zone)
    day = moment.astimezone(here).date()
    for ahead in range(8):
        candidate = day + timedelta(days=ahead)
        at = datetime.combine(candidate, time(hour), tzinfo=here)
        if str(candidate.weekday()) in weekdays and at > moment:
            return at
    raise ValueError("no weekday")


@verb
def repeat(*, usual: UsualList, weekdays: str, hour: int, by: "User") -> Recurring:
    """Have the list drafted for `by` on these weekdays ('024': Monday, Wednesday, Friday) at this hour.

    It takes the place of what they had set before. Raises NotAllowed to who does not work on the ward, Invalid
    (weekdays, hour).
    """
    _check_works(by, usual)
    errors = {}
    if not weekdays or not set(weekdays) <= set("0123456"):
        errors["weekdays"] = [_("Choose at least one day.")]
    if not 0 <= hour <= 23:
        errors["hour"] = [_("Choose an hour.")]
    if errors:
        raise Invalid(errors)
    days = "".join(sorted(set(weekdays)))
    zone = usual.department.hospital.time_zone
    row, _made = Recurring.objects.update_or_create(
        usual_list=usual,
        owner=by,
        defaults={
            "weekdays": days,
            "hour": hour,
            "active": True,
            "next_at": next_after(now(), weekdays=days, hour=hour, zone=zone),
        },
    )
    events.record(
        action="list.repeated",
        by=by,
        subject=f"usual_list:{usual.pk}",
        after={"weekdays": days, "hour": hour},
    )
    return row


@verb
def stop_repeating(*, usual: UsualList, by: "User") -> None:
    """`by` no longer wants the list drafted. Nothing happens where it was not."""
    if Recurring.objects.filter(usual_list=usual, owner=by, active=True).update(active=False):
        events.record(action="list.repeat_ended", by=by, subject=f"usual_list:{usual.pk}")


def run_due(*, by: "User") -> int:
    """Sweep: draft what is due, each in its own transaction. Returns how many drafts that made."""
    due = (
        Recurring.objects.filter(active=True, next_at__lte=now())
        .order_by("next_at")
        .values_list("pk", flat=True)
    )
    return sum(_run(pk=pk, by=by) for pk in list(due[:BATCH]))


@verb
def _run(*, pk: int, by: "User") -> bool:
    """Draft one that is due, and set its next time; a day that was missed is made up for once. False if nothing was made.

    Publishes `list_drafted`. Whose owner has left the ward is paused, with an exception.
    """
    row = (
        Recurring.objects.select_for_update(of=("self",))
        .select_related("usual_list__department__hospital", "owner")
        .get(pk=pk)
    )
    if not row.active or row.next_at > now():
        return False
    usual, owner = row.usual_list, row.owner
    hospital = usual.department.hospital
    if not (usual.department.active and scopes.has_perm_at(owner, "work_here", usual.department)):
        return _pause(row, by)
    row.next_at = next_after(now(), weekdays=row.weekdays, hour=row.hour, zone=hospital.time_zone)
    quantities = {line.item.code: line.proposed for line in drafting.usual_lines(usual)}
    if not quantities:
        row.save(update_fields=["next_at"])
        return False
    row.made_at = now()
    row.save(update_fields=["next_at", "made_at"])
    draft = drafting.reorder(usual=usual, by=owner, client_key=ids.key(), quantities=quantities)
    events.record(
        action="list.drafted",
        by=by,
        on_behalf_of=owner,
        case=draft.public_id,
        subject=f"usual_list:{usual.pk}",
    )
    publish(signals.list_drafted, draft=draft, usual=usual, by=by)
    return True


def _pause(row: Recurring, by: "User") -> bool:
    row.active = False
    row.save(update_fields=["active"])
    casework.open_exception(
        kind=CaseException.Kind.RECURRING_PAUSED,
        hospital=row.usual_list.department.hospital,
        key=f"recurring:{row.pk}",
        owner_role="service_manager",
        detail=_(
            "“%(list)s” of %(ward)s came again for %(who)s, who no longer works there. Ask who takes it on."
        )
        % {
            "list": row.usual_list.name,
            "ward": row.usual_list.department.name,
            "who": row.owner.get_full_name(),
        },
        by=by,
    )
    return False


def _check_works(by: "User", usual: UsualList) -> None:
    if not scopes.has_perm_at(by, "work_here", usual.department):
        raise NotAllowed(_("Only who works on the ward has its lists drafted."))
