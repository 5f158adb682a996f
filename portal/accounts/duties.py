"""Taking a duty, and who has it now."""

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from portal.accounts import signals
from portal.accounts.duty_kinds import allowed_by
from portal.accounts.models import Duty, DutyHolder, Membership, User
from portal.clock import now
from portal.errors import NotAllowed, NotFound
from portal.facts import publish, verb


@verb
def take_duty(*, duty: Duty, user: User, by: User) -> DutyHolder:
    """Give `duty` to `user` from now on; whoever had it is off duty from the same moment.

    Taking what one has already changes nothing. Publishes duty_taken.
    Raises NotAllowed: a duty that is not in use, or that none of the roles of `user` allows.
    """
    duty = Duty.objects.select_for_update().get(pk=duty.pk)  # two who take it wait for each other
    if not open_to(user).filter(pk=duty.pk).exists():
        raise NotAllowed(_("Your role does not allow you to take this duty."))
    moment = now()
    former = DutyHolder.objects.filter(duty=duty, until=None).select_related("user").first()
    if former and former.user_id == user.pk:
        return former
    if former:
        former.until = max(moment, former.since)
        former.save(update_fields=["until"])
    held = DutyHolder.objects.create(duty=duty, user=user, since=moment)
    publish(signals.duty_taken, held=held, former=former.user if former else None, by=by)
    return held


def holder_of(duty: Duty) -> User | None:
    """Who has `duty` now; None: nobody. It stays theirs until somebody else takes it. One query."""
    return User.objects.filter(duties_held__duty=duty, duties_held__until=None).first()


def held_by(user: User) -> QuerySet[DutyHolder]:
    """What `user` has now, with duty and place. Lazy."""
    held = DutyHolder.objects.filter(user=user, until=None, duty__active=True)
    return held.select_related("duty__hospital", "duty__department").order_by("duty__code", "pk")


def on_offer(user: User) -> list[Duty]:
    """What `user` has or may take, each with `present`: its DutyHolder of now, or nobody. Three queries."""
    now_held = DutyHolder.objects.filter(until=None).select_related("user")
    return list(open_to(user).prefetch_related(Prefetch("holders", now_held, to_attr="present")))


def find(user: User, key: str) -> Duty:
    """The duty with this primary key, as text, if `user` may take it. Raises NotFound for any other."""
    for duty in open_to(user):
        if str(duty.pk) == key:
            return duty
    raise NotFound


def open_to(user: User) -> QuerySet[Duty]:
    """Duties in use that a role of `user` in force now allows to take, with their place. One query, the rest lazy."""
    allowed = Q(pk__in=[])
    if user.is_active and user.kind == User.Kind.PERSON:
        for held in Membership.objects.current(now()).filter(user=user).select_related("team"):
            allowed |= Q(code__in=allowed_by(held), **_there(held))
    return Duty.objects.filter(allowed, active=True).select_related("hospital", "department")


def _there(held: Membership) -> dict[str, int | None]:
    """The place of a role as a filter of duties; a role that is held everywhere is no filter."""
    if held.department_id:
        return {"department": held.department_id}
    hospital = held.team.hospital_id if held.team else held.hospital_id
    return {"hospital": hospital} if hospital else {}
