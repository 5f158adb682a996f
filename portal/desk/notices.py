"""Who is told about what: receivers of portal/flow.py that leave a notice (a row; mail follows after the commit)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode

from approvals import dearer
from portal.accounts import scopes
from portal.accounts.models import Department, User
from portal.notify.notices import notify, settle, take_back
from requests_app import following, waiting_reasons
from requests_app.models import (
    Attachment,
    ItemStop,
    Outage,
    ServiceRequest,
    TeamPass,
    Wait,
    WardQuestion,
)
from sla import clocks

ENDS = ("request_approved", "request_rejected", "request_returned", "followed_ended")


def _url(request: ServiceRequest) -> str:
    return reverse("desk:request-detail", args=[request.public_id])


def _tell(
    kind: str,
    request: ServiceRequest,
    users: Iterable[int],
    *,
    key: str = "",
    url: str = "",
    mail_from: datetime | None = None,
    **params: str,
) -> None:
    notify(
        users=list(users),
        kind=kind,
        case=request.public_id,
        params=params_of(request) | params,
        url=url or _url(request),
        key=_key(kind, request, key),
        mail_from=mail_from,
    )


def tell(kind: str, request: ServiceRequest, users: Iterable[int], *, key: str, **params: str) -> None:
    """A notice of `kind` about `request` to `users`; `key` tells several of one kind apart."""
    _tell(kind, request, users, key=key, mail_from=None, **params)


def tell_asker(kind: str, request: ServiceRequest, *, key: str = "", **params: str) -> None:
    """A notice of `kind` about `request` to whoever asked for it; `key` tells several of one kind apart."""
    _tell(kind, request, _asker(request), key=key, mail_from=None, **params)


def _key(kind: str, request: ServiceRequest, about: str) -> str:
    return f"{kind}:{request.public_id}:{about}"


def key_of(kind: str, request: ServiceRequest, about: str) -> str:
    """The key of a notice of `kind` about `request`, as `tell` gives it."""
    return _key(kind, request, about)


def params_of(request: ServiceRequest) -> dict[str, str]:
    """What every notice about a request says of it."""
    return {"number": request.number or "", "title": request.title}


def who_asks(request: ServiceRequest) -> str:
    """Whose request it is, with their ward."""
    return f"{request.requester.get_full_name()}, {request.department.name}"


def _asker(request: ServiceRequest) -> list[int]:
    return [request.requester_id]


def to_decide(request: ServiceRequest) -> str:
    """Where whoever was asked decides about it: their inbox, with its card open."""
    return f"{reverse('approvals:inbox')}?{urlencode({'case': request.public_id})}"


def on_step_opened(*, request: ServiceRequest, step_ref: str, approver_ids: list[int], **_: Any) -> None:
    """Whoever may decide. It is mailed in the hours of the step: nobody is woken for what is no emergency."""
    _tell(
        "step_waiting",
        request,
        approver_ids,
        key=step_ref,
        url=to_decide(request),
        mail_from=clocks.hours_begin(request, step_ref),
        who=who_asks(request),
    )


def on_step_closed(*, request: ServiceRequest, step_ref: str, **_: Any) -> None:
    settle(key=_key("step_waiting", request, step_ref), also=_key("decide_soon", request, step_ref))


def on_step_kept(
    *,
    request: ServiceRequest,
    step_ref: str,
    round: int,
    decider_ids: list[int],
    changes: list[str],
    **_: Any,
) -> None:
    """Whoever agreed before hears what changed since; nothing is asked of them."""
    said = " ".join(changes)[:300]
    _tell("step_kept", request, decider_ids, key=f"{step_ref}:{round}", reason=said)


def on_price_answered(
    *, request: ServiceRequest, approval: Any, agreed: bool, reason: str, by: User, **_: Any
) -> None:
    """The buyers hear what became of a price that nobody had agreed to."""
    _tell(
        "price_agreed" if agreed else "price_refused",
        request,
        scopes.holders_of("buyer", request.hospital).values_list("pk", flat=True),
        key=str(approval.pk),
        who=by.get_full_name(),
        place=dearer.orders(approval),
        reason=reason,
    )


def on_request_approved(*, request: ServiceRequest, by: User, **_: Any) -> None:
    """What a person agreed to; what nobody has to agree to was said to be so when it was sent."""
    if request.parent_id is None and not by.is_system:  # of a bundle one notice says it
        _tell("request_approved", request, _asker(request))


def on_request_returned(*, request: ServiceRequest, by: User, reason: str, **_: Any) -> None:
    if by.pk != request.filed_by_id:
        _tell(
            "request_returned",
            request,
            {request.filed_by_id, request.requester_id},
            key=str(request.version),
            who=by.get_full_name(),
            reason=reason,
        )


def on_request_undecided(*, request: ServiceRequest, since: datetime, **_: Any) -> None:
    """It is not so any more; mail has not left yet."""
    take_back(case=request.public_id, kinds=ENDS, since=since)


def on_request_reopened(*, request: ServiceRequest, by: User, reason: str, **_: Any) -> None:
    if by.pk != request.requester_id and not by.is_system:  # of a bundle its task says it
        _tell(
            "request_reopened",
            request,
            _asker(request),
            key=str(request.version),
            who=by.get_full_name(),
            reason=reason,
        )


def on_request_rejected(*, request: ServiceRequest, by: User, reason: str, **_: Any) -> None:
    _tell("request_rejected", request, _asker(request), who=by.get_full_name(), reason=reason)


def on_request_cancelled(*, request: ServiceRequest, by: User, reason: str, **_: Any) -> None:
    if by.pk != request.requester_id and not (by.is_system and request.parent_id):
        _tell("request_cancelled", request, _asker(request), who=by.get_full_name(), reason=reason)


def on_work_assigned(*, request: ServiceRequest, by: User, **_: Any) -> None:
    if request.assignee_id and request.assignee_id != by.pk:
        _tell(
            "work_assigned",
            request,
            [request.assignee_id],
            key=str(request.state_since.timestamp()),
            who=by.get_full_name(),
        )


def on_work_paused(*, request: ServiceRequest, wait: Wait, **_: Any) -> None:
    """Whoever asked for it hears that it waits; a question says so itself."""
    if wait.reason != waiting_reasons.WARD_ANSWER:
        until = in_words(wait.again_at, ZoneInfo(request.hospital.time_zone))
        said = waiting_reasons.in_words(wait.reason)
        _tell("work_paused", request, _asker(request), key=str(wait.pk), reason=said, until=until)


def on_work_resumed(*, request: ServiceRequest, wait: Wait, **_: Any) -> None:
    """Nobody needs to read any more that it waits."""
    settle(key=_key("work_paused", request, str(wait.pk)))
    settle(key=_key("question_asked", request, str(wait.pk)))


def on_work_passed(*, request: ServiceRequest, passed: TeamPass, **_: Any) -> None:
    if passed.to_team_id != passed.from_team_id:
        _tell(
            "work_passed",
            request,
            _asker(request),
            key=str(passed.pk),
            place=passed.to_team.name,
            reason=passed.reason,
        )


def on_move_ready(*, request: ServiceRequest, by: User, **_: Any) -> None:
    """The porter who waits for it."""
    if request.assignee_id and request.assignee_id != by.pk:
        key = str(request.state_since.timestamp())
        _tell("move_ready", request, [request.assignee_id], key=key, who=by.get_full_name())


def on_question_asked(*, question: WardQuestion, by: User, **_: Any) -> None:
    request = question.request
    asked = {request.requester_id, request.filed_by_id}
    _tell(
        "question_asked",
        request,
        asked,
        key=str(question.wait_id or question.ref),
        who=by.get_full_name(),
        reason=question.text,
    )


def on_question_answered(*, question: WardQuestion, by: User, **_: Any) -> None:
    request = question.request
    if question.step_ref:
        settle(key=_key("question_asked", request, question.ref))
    waits = {question.by_id, request.assignee_id or question.by_id}
    _tell(
        "question_answered",
        request,
        waits,
        key=question.ref,
        who=by.get_full_name(),
        reason=question.answer,
    )


def on_line_on_the_way(*, request: ServiceRequest, **_: Any) -> None:
    _tell(
        "request_on_the_way",
        request,
        _asker(request),
        key=str(request.version),
        place=request.department.name,
    )


def on_request_closed(*, request: ServiceRequest, by: User, **_: Any) -> None:
    if by.pk != request.requester_id and request.parent_id is None:
        _tell("request_closed", request, _asker(request))


def on_followed_ended(*, request: ServiceRequest, by: User, **_: Any) -> None:
    """Whoever follows it or has the same trouble hears how it ended, while they may still see it."""
    others = set(following.followers(request)) - {by.pk, request.requester_id}
    _tell(
        "followed_ended",
        request,
        others,
        key=str(request.version),
        reason=str(request.get_state_display()),
    )


def on_harm_reported(*, request: ServiceRequest, **_: Any) -> None:
    managers = scopes.holders_of("biomed_manager", request.hospital).values_list("pk", flat=True)
    _tell("harm_reported", request, managers, who=who_asks(request))


def on_attachment_infected(*, request: ServiceRequest, attachment: Attachment, **_: Any) -> None:
    _tell("file_infected", request, [attachment.added_by_id], key=attachment.ref, reason=attachment.name)


def on_request_extended(*, request: ServiceRequest, by: User, **_: Any) -> None:
    if by.pk != request.requester_id:
        _tell("request_extended", request, _asker(request), key=str(request.version), who=by.get_full_name())


def on_item_stopped(*, stop: ItemStop, wards: list[Department], **_: Any) -> None:
    for ward in wards:
        notify(
            users=scopes.users_with("work_here", ward).values_list("pk", flat=True),
            kind="item_stopped",
            params={"title": stop.item.name, "reason": stop.item.stopped_reason, "place": ward.name},
            url=f"{reverse('requests:supply-new')}?{urlencode({'q': stop.item.code})}",
            key=f"item_stopped:{stop.pk}:{ward.pk}",
        )


def on_list_drafted(*, draft: ServiceRequest, **_: Any) -> None:
    _tell("list_drafted", draft, _asker(draft), url=reverse("desk:review", args=[draft.public_id]))


def on_outage_ended(*, outage: Outage, **_: Any) -> None:
    """Everybody who said that they have it too."""
    notify(
        users=outage.reports.values_list("user", flat=True),
        kind="outage_ended",
        params={"title": outage.title},
        url=reverse("desk:home"),
        key=f"outage_ended:{outage.ref}",
    )


def in_words(moment: datetime, zone: ZoneInfo) -> str:
    """When a clock is due, as a notice about it says: "Fri 15 May, 12:00"."""
    return date_format(moment.astimezone(zone), "D j M, H:i")


def _clock(kind: str, request: ServiceRequest, clock_kind: str, about: str, due_at: datetime) -> None:
    _tell(
        kind,
        request,
        _asker(request),
        key=f"{clock_kind}:{about}",
        until=in_words(due_at, ZoneInfo(request.hospital.time_zone)),
    )


def on_clock_breached(
    *, request: ServiceRequest, clock_kind: str, about: str, due_at: datetime, **_: Any
) -> None:
    _clock("late", request, clock_kind, about, due_at)
