"""Who hears of decisions that wait for them, and of standing in for each other.

A reminder comes in the hours of its step, once for each person and moment; who got many within a short time gets one that
stands for the rest. Mail about what is no emergency waits until the hours of the step begin: nobody is woken for it.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from approvals.models import Decision, Delegation, StepApprover
from portal.accounts import scopes
from portal.accounts.models import User
from portal.clock import now
from portal.desk.notices import in_words, key_of, on_step_opened, params_of, to_decide
from portal.notify.notices import heavily_told, notify, settle, take_back
from requests_app.models import ServiceRequest

REMINDERS = ("remind", "remind_again")  # rungs of the clock of a decision
MOST, WITHIN = 5, timedelta(minutes=15)
MORNING = time(8)
OF_DECISIONS = ("step_waiting", "decide_soon", "decided_for_you", "duty_decided")
# Whoever would have been asked, had somebody on duty not decided in their place (by duty).
TOLD_AFTER = {
    "site_manager": ("head",),
    "manager_on_call": ("head", "finance"),
    "exec_on_call": ("head", "finance"),
}


def on_step_reasked(
    *, request: ServiceRequest, step_ref: str, joined: list[int], left: list[int], **_: Any
) -> None:
    """Who is asked as well hears of it; who is not asked any more need not read it."""
    if joined:
        on_step_opened(request=request, step_ref=step_ref, approver_ids=joined)
    if left:
        settle(
            key=key_of("step_waiting", request, step_ref),
            also=key_of("decide_soon", request, step_ref),
            users=left,
        )


def on_decision_undone(
    *, request: ServiceRequest, since: datetime, reopened: list[str], again_ids: list[int], **_: Any
) -> None:
    """Nobody is told of what is not so any more; who had agreed to the same step hears that it is asked once more."""
    take_back(case=request.public_id, kinds=OF_DECISIONS, since=since)
    if again_ids:
        take_back(case=request.public_id, kinds=OF_DECISIONS, since=request.created_at, users=again_ids)
        on_step_opened(request=request, step_ref=reopened[0], approver_ids=again_ids)


def on_rung_reached(
    *, request: ServiceRequest, rung: str, clock_kind: str, about: str, due_at: datetime, **_: Any
) -> None:
    """Whoever may decide and has not is reminded; many within a short time become one."""
    if rung not in REMINDERS:
        return
    asked = StepApprover.objects.filter(step_id=int(about.partition(":")[2]), open=True)
    people = set(asked.values_list("user", flat=True))
    full = heavily_told(people, ("decide_soon",), since=now() - WITHIN, most=MOST)
    until = in_words(due_at, ZoneInfo(request.hospital.time_zone))
    again = f":{rung}" if rung != REMINDERS[0] else ""
    _tell("decide_soon", request, people - full, key=about + again, until=until)
    part = int(now().timestamp() // WITHIN.total_seconds())
    notify(
        users=full,
        kind="many_to_decide",
        params=params_of(request),
        url=reverse("approvals:inbox"),
        key=f"many_to_decide:{part}",
    )


def on_decided_for(
    *, request: ServiceRequest, step_ref: str, outcome: str, of: User, by: User, **_: Any
) -> None:
    """Whose right it was hears what was decided in their name."""
    said = str(Decision.Outcome(outcome).label)
    _tell(
        "decided_for_you",
        request,
        [of.pk],
        key=f"{step_ref}:{by.pk}:{outcome}",
        who=by.get_full_name(),
        reason=said,
    )


def on_duty_decided(*, request: ServiceRequest, step_ref: str, duty: str, by: User, **_: Any) -> None:
    """Out of hours somebody on duty decided: whoever is asked by day reads it in the morning."""
    people = set(scopes.users_with("approve_as_head", request.department).values_list("pk", flat=True))
    if "finance" in TOLD_AFTER[duty]:
        people |= set(scopes.users_with("approve_as_finance", request.hospital).values_list("pk", flat=True))
    _tell(
        "duty_decided",
        request,
        people - {by.pk},
        key=step_ref,
        mail_from=_morning(request),
        who=by.get_full_name(),
    )


def on_cover_given(*, delegation: Delegation, **_: Any) -> None:
    """Who stands in hears for whom, and for how long; of an alternate: whenever the other is away."""
    zone = _zone(delegation.grantor)
    notify(
        users=[delegation.delegate_id],
        kind="alternate_named" if delegation.standing else "cover_given",
        params={
            "title": delegation.grantor.get_full_name(),
            "place": in_words(delegation.starts_at, zone),
            "until": in_words(delegation.ends_at, zone) if delegation.ends_at else "",
        },
        url=reverse("approvals:cover"),
        key=f"cover_given:{delegation.ref}",
    )


def on_cover_ended(*, delegation: Delegation, by: User, **_: Any) -> None:
    """Who stood in hears that it is over; whoever lent it, where the other gave it back."""
    given_back = by.pk == delegation.delegate_id
    settle(key=f"cover_given:{delegation.ref}")
    notify(
        users=[delegation.grantor_id if given_back else delegation.delegate_id],
        kind="cover_given_back" if given_back else "cover_ended",
        params={"title": (delegation.delegate if given_back else delegation.grantor).get_full_name()},
        url=reverse("approvals:cover"),
        key=f"cover_ended:{delegation.ref}",
    )


def _tell(
    kind: str,
    request: ServiceRequest,
    people: Iterable[int],
    *,
    key: str,
    mail_from: datetime | None = None,
    **params: str,
) -> None:
    notify(
        users=people,
        kind=kind,
        case=request.public_id,
        params=params_of(request) | params,
        url=to_decide(request),
        key=key_of(kind, request, key),
        mail_from=mail_from,
    )


def _morning(request: ServiceRequest) -> datetime:
    """The next 08:00 where the hospital is."""
    zone = ZoneInfo(request.hospital.time_zone)
    local = now().astimezone(zone)
    today = datetime.combine(local.date(), MORNING, zone)
    return today if local < today else datetime.combine(local.date() + timedelta(days=1), MORNING, zone)


def _zone(user: User) -> ZoneInfo:
    hospital = scopes.hospitals_of(user).first()
    return ZoneInfo(hospital.time_zone if hospital else "UTC")
