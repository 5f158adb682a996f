"""Taking a duty, handing it over, giving it up, and who has it now."""

from collections.abc import Iterable

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from portal.accounts import signals
from portal.accounts.duty_kinds import DUTIES, TEAM_ROLES, allowed_by
from portal.accounts.models import Duty, DutyHolder, Hospital, Membership, User
from portal.clock import now
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.facts import publish, verb


@verb
def take_duty(*, duty: Duty, user: User, by: User) -> DutyHolder:
    """Give `duty` to `user` from now on; whoever had it is off duty from the same moment.

    Taking what one has already changes nothing. Publishes duty_taken.
    Raises NotAllowed (Invalid, `user`, where somebody else gives it): a duty that is not in use, or that none of the roles of
    `user` allows.
    """
    duty = Duty.objects.select_for_update().get(pk=duty.pk)  # two who take it wait for each other
    if not open_to(user).filter(pk=duty.pk).exists():
        if user.pk != by.pk:
            raise Invalid({"user": [_("Choose somebody whose role allows them to take this duty.")]})
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


@verb
def hand_over(*, duty: Duty, user: User, by: User) -> DutyHolder:
    """`by` has `duty` and gives it to `user`, from now on. Publishes duty_taken.

    Raises WrongState when `by` does not have it any more; else as `take_duty`.
    """
    _held(duty, by)
    return take_duty(duty=duty, user=user, by=by)


@verb
def give_up(*, duty: Duty, by: User) -> DutyHolder:
    """`by` goes off duty, and nobody has it. Publishes duty_given_up. Raises WrongState when `by` does not have it any more."""
    held = _held(duty, by)
    held.until = max(now(), held.since)
    held.save(update_fields=["until"])
    publish(signals.duty_given_up, held=held, by=by)
    return held


def _held(duty: Duty, by: User) -> DutyHolder:
    """What `by` has of this duty, which is locked then."""
    Duty.objects.select_for_update().get(pk=duty.pk)
    held = DutyHolder.objects.filter(duty=duty, user=by, until=None).select_related("duty").first()
    if held is None:
        raise WrongState(_("You do not have this duty any more."))
    return held


def holder_of(duty: Duty) -> User | None:
    """Who has `duty` now; None: nobody. It stays theirs until somebody else takes it. One query."""
    return User.objects.filter(duties_held__duty=duty, duties_held__until=None).first()


def has(user: User, code: str, hospital_id: int) -> bool:
    """Has `user` the duty with this code at this hospital now? One query."""
    return DutyHolder.objects.filter(
        user=user, until=None, duty__code=code, duty__hospital=hospital_id, duty__active=True
    ).exists()


def held_by(user: User) -> QuerySet[DutyHolder]:
    """What `user` has now, with duty and place. Lazy."""
    held = DutyHolder.objects.filter(user=user, until=None, duty__active=True)
    return held.select_related("duty__hospital", "duty__department").order_by("duty__code", "pk")


def on_offer(user: User) -> list[Duty]:
    """What `user` has or may take, each with `present`: its DutyHolder of now, or nobody. Three queries."""
    return list(_with_present(open_to(user)))


def may_take(duty: Duty) -> QuerySet[User]:
    """Everybody whose role allows them to take `duty` now, by name: `open_to` asked the other way. One query."""
    kind, there = DUTIES[duty.code], Membership.objects.current(now())
    if kind.of_a_ward:
        held = there.filter(role__in=kind.roles, department=duty.department_id)
    else:
        at = Q(hospital=duty.hospital_id) | Q(team__hospital=duty.hospital_id)
        everywhere = Q(hospital=None, department=None, team=None)
        role = Q(role__in=kind.roles, department=None) & (at | everywhere)
        team = Q(role__in=TEAM_ROLES, team__code=kind.team, team__hospital=duty.hospital_id)
        held = there.filter(role | team if kind.team else role)
    people = User.objects.filter(pk__in=held.values("user"), is_active=True, kind=User.Kind.PERSON)
    return people.order_by("last_name", "first_name", "pk")


def of(hospitals: Iterable[Hospital]) -> list[Duty]:
    """The duties in use of these hospitals, each with `present` as in `on_offer`. Two queries."""
    duties = Duty.objects.filter(hospital__in=list(hospitals), active=True)
    return list(_with_present(duties.select_related("hospital", "department")))


def _with_present(duties: QuerySet[Duty]) -> QuerySet[Duty]:
    held = DutyHolder.objects.filter(until=None).select_related("user")
    return duties.prefetch_related(Prefetch("holders", held, to_attr="present"))


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
