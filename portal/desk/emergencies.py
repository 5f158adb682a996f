"""Emergencies: the person on duty is told in the transaction that sends one, and again while nobody has taken it.

An `EmergencyCall` marks each rung once, so that a sweep that comes late, twice or after a day tells everybody once.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.duty_kinds import DUTIES
from portal.accounts.models import DutyHolder, User
from portal.audit import events
from portal.clock import now
from portal.errors import NotAllowed, NotFound
from portal.facts import verb
from portal.notify.notices import notify, settle
from requests_app import access, casework
from requests_app.models import EmergencyCall, ServiceRequest
from requests_app.states import Priority

if TYPE_CHECKING:
    from datetime import datetime

SITE_MANAGER = "site_manager"
DUTY_OF_TEAM = {
    "porters": "porter_control",
    "biomed": "biomed_on_call",
    "estates": "estates_on_call",
    "it": "it_on_call",
}
AGAIN_AFTER, MANAGER_AFTER = timedelta(minutes=5), timedelta(minutes=10)
BATCH = 100


@verb
def raise_call(*, request: ServiceRequest, by: User) -> EmergencyCall | None:
    """Tell the holder of the duty at once that this emergency was sent; None for a request that is none.

    Sent again after it came back, it is told again. Nobody on duty: an owned exception, and the site manager.
    """
    request = access.locked(request)
    if request.priority != Priority.EMERGENCY:
        return None
    duty = DUTY_OF_TEAM.get(request.team.code if request.team else "", SITE_MANAGER)
    fresh = {"duty_code": duty, "raised_at": now(), "again_at": None, "manager_at": None, "ended_at": None}
    call, _new = EmergencyCall.objects.update_or_create(request=request, defaults=fresh | {"ended_by": None})
    told = _tell(call, duty, "emergency_sent", by)
    if not told:
        _not_covered(request, duty, by)
        if duty != SITE_MANAGER:
            told = _tell(call, SITE_MANAGER, "emergency_sent", by)
    _record("emergency.called", call, by, told)
    return call


@verb
def answer(*, request: ServiceRequest, by: User) -> ServiceRequest:
    """`by` has it: nobody is told any more. For whoever is on duty or does the work. Raises NotAllowed to others."""
    request = access.locked(request)
    if not may_answer(by, request):
        raise NotAllowed(_("Only the team or the person on duty says that they have it."))
    if _end(request, by):
        events.record(
            action="emergency.answered", by=by, case=request.public_id, subject=f"request:{request.pk}"
        )
    return request


@verb
def stop(*, request: ServiceRequest, by: User) -> None:
    """Somebody took it, it came back or it ended: nobody is told any more. No query for what is no emergency."""
    if request.priority == Priority.EMERGENCY:
        _end(access.locked(request), by)


@verb
def sweep() -> int:
    """Tell the next rung of every emergency that nobody took; each rung once. Returns how many rungs were marked."""
    moment, marked = now(), 0
    late = Q(again_at=None, raised_at__lte=moment - AGAIN_AFTER) | Q(
        manager_at=None, raised_at__lte=moment - MANAGER_AFTER
    )
    running = EmergencyCall.objects.filter(late, ended_at=None).order_by("request")
    for request_id in list(running.values_list("request", flat=True)[:BATCH]):
        request = access.lock_id(request_id)
        call = EmergencyCall.objects.get(request=request)
        if call.ended_at is None:
            marked += _climb(call, request, moment)
    return marked


def _climb(call: EmergencyCall, request: ServiceRequest, moment: "datetime") -> int:
    """Mark and tell the rungs of this call that are due; how many."""
    by, marked = scopes.system_user(), 0
    call.request = request
    if call.again_at is None and call.raised_at <= moment - AGAIN_AFTER:
        call.again_at = moment
        told = _tell(call, call.duty_code, "emergency_unanswered", by, rung="again")
        _record("emergency.again", call, by, told)
        marked += 1
    if call.manager_at is None and call.raised_at <= moment - MANAGER_AFTER:
        call.manager_at = moment
        told = _tell(call, SITE_MANAGER, "emergency_unanswered", by, rung="manager")
        if not told:
            _not_covered(request, SITE_MANAGER, by)
        _record("emergency.manager", call, by, told)
        marked += 1
    call.save(update_fields=["again_at", "manager_at"])
    return marked


def found(user: User, public_id: str) -> ServiceRequest:
    """The request of a running emergency that `user` may say they have. Raises NotFound."""
    running = ServiceRequest.objects.filter(
        public_id=public_id, emergency__ended_at=None, emergency__isnull=False
    )
    request = running.select_related(*access.RELATED).first()
    if request is None or not may_answer(user, request):
        raise NotFound
    return request


def may_answer(user: User, request: ServiceRequest) -> bool:
    """On duty for it, site manager on duty, or of the team that does the work. Two queries."""
    duty = DUTY_OF_TEAM.get(request.team.code if request.team else "", SITE_MANAGER)
    held = DutyHolder.objects.filter(
        user=user,
        until=None,
        duty__hospital=request.hospital_id,
        duty__code__in=[duty, SITE_MANAGER],
        duty__active=True,
    )
    teams = scopes.teams_with(user, "fulfil_here")
    serves = Q(pk=request.team_id) | Q(pk__in=request.lines.values("team"))
    return held.exists() or teams.filter(serves).exists()


def unanswered(user: User) -> list[EmergencyCall]:
    """Emergencies that nobody took within five minutes and that concern `user`, oldest first; request loaded. One query.

    Those they sent or need, those of their teams, and those of the duties they hold.
    """
    held = DutyHolder.objects.filter(
        user=user, until=None, duty__active=True, duty__hospital=OuterRef("request__hospital")
    )
    of_duty = Exists(held.filter(Q(duty__code=OuterRef("duty_code")) | Q(duty__code=SITE_MANAGER)))
    teams = scopes.teams_with(user, "fulfil_here")
    concerns = (
        Q(request__filed_by=user)
        | Q(request__requester=user)
        | Q(request__team__in=teams)
        | Q(request__in=ServiceRequest.objects.filter(lines__team__in=teams).values("pk"))
        | Q(of_duty)
    )
    calls = EmergencyCall.objects.filter(concerns, ended_at=None, raised_at__lte=now() - AGAIN_AFTER)
    return list(
        calls.select_related("request__hospital", "request__department").order_by("raised_at", "pk")[:5]
    )


def _tell(call: EmergencyCall, duty: str, kind: str, by: User, *, rung: str = "") -> list[int]:
    """Leave a notice with whoever has this duty at the hospital now; their ids. Mail follows at the next sweep of mail."""
    request = call.request
    people = list(
        DutyHolder.objects.filter(
            duty__hospital=request.hospital_id,
            duty__code=duty,
            duty__active=True,
            duty__department=None,
            until=None,
            user__is_active=True,
        ).values_list("user", flat=True)
    )
    notify(
        users=people,
        kind=kind,
        case=request.public_id,
        params={
            "number": request.number or "",
            "title": request.title,
            "place": request.department.name,
            "who": request.answered_by,
        },
        url=reverse("desk:request-detail", args=[request.public_id]),
        key=_key(call, duty, rung),
    )
    return people


def _key(call: EmergencyCall, duty: str, rung: str) -> str:
    return f"{_about(call)}:{rung or 'sent'}:{duty}"


def _about(call: EmergencyCall) -> str:
    return f"emergency:{call.request.public_id}:{call.raised_at:%Y%m%d%H%M%S}"


def _not_covered(request: ServiceRequest, duty: str, by: User) -> None:
    casework.open_exception(
        kind="duty_not_covered",
        request=request,
        key=duty,
        owner_role="service_manager",
        detail=_("Nobody is on duty as “%(duty)s”.") % {"duty": DUTIES[duty].label},
        by=by,
    )


def _end(request: ServiceRequest, by: User) -> bool:
    """End the running call of a locked request, if there is one; its notices need nobody any more."""
    call = EmergencyCall.objects.filter(request=request, ended_at=None).select_related("request").first()
    if call is None:
        return False
    call.ended_at, call.ended_by = max(now(), call.raised_at), by
    call.save(update_fields=["ended_at", "ended_by"])
    for key in _keys(call):
        settle(key=key)
    return True


def _keys(call: EmergencyCall) -> Iterable[str]:
    return (
        _key(call, duty, rung)
        for duty in {call.duty_code, SITE_MANAGER}
        for rung in ("sent", "again", "manager")
    )


def _record(action: str, call: EmergencyCall, by: User, told: list[int]) -> None:
    events.record(
        action=action,
        by=by,
        case=call.request.public_id,
        subject=f"request:{call.request_id}",
        after={"duty": call.duty_code, "told": [f"user:{pk}" for pk in told]},
    )
