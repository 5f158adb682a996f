"""Who is told about what: receivers of portal/flow.py that leave a notice (a row; mail follows after the commit)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode

from portal.accounts import scopes
from portal.accounts.models import Department, User
from portal.notify.notices import notify, settle
from requests_app import following
from requests_app.models import Attachment, CaseException, ItemStop, Outage, ServiceRequest


def _url(request: ServiceRequest) -> str:
    return reverse("desk:request-detail", args=[request.public_id])


def _tell(
    kind: str, request: ServiceRequest, users: Iterable[int], *, key: str = "", url: str = "", **params: str
) -> None:
    notify(
        users=list(users),
        kind=kind,
        case=request.public_id,
        params={"number": request.number or "", "title": request.title, **params},
        url=url or _url(request),
        key=_key(kind, request, key),
    )


def _key(kind: str, request: ServiceRequest, about: str) -> str:
    return f"{kind}:{request.public_id}:{about}"


def _who(request: ServiceRequest) -> str:
    return f"{request.requester.get_full_name()}, {request.department.name}"


def _asker(request: ServiceRequest) -> list[int]:
    return [request.requester_id]


def on_step_opened(*, request: ServiceRequest, step_ref: str, approver_ids: list[int], **_: Any) -> None:
    _tell(
        "step_waiting", request, approver_ids, key=step_ref, url=reverse("approvals:inbox"), who=_who(request)
    )


def on_step_closed(*, request: ServiceRequest, step_ref: str, **_: Any) -> None:
    settle(key=_key("step_waiting", request, step_ref))


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
    _tell("harm_reported", request, managers, who=_who(request))


def on_attachment_infected(*, request: ServiceRequest, attachment: Attachment, **_: Any) -> None:
    _tell("file_infected", request, [attachment.added_by_id], key=attachment.ref, reason=attachment.name)


def on_exception_opened(*, exception: CaseException, **_: Any) -> None:
    owners = scopes.holders_of(exception.owner_role, exception.hospital).values_list("pk", flat=True)
    notify(
        users=owners,
        kind="exception_opened",
        case=exception.request.public_id if exception.request else "",
        params={
            "reason": f"{exception.get_kind_display()}. {exception.detail}",
            "title": exception.request.title if exception.request else "",
            "number": (exception.request.number or "") if exception.request else "",
        },
        url=_url(exception.request) if exception.request else reverse("desk:home"),
        key=f"exception:{exception.pk}",
    )


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


def on_clock_warned(
    *, request: ServiceRequest, clock_kind: str, about: str, due_at: datetime, **_: Any
) -> None:
    _clock("due_soon", request, clock_kind, about, due_at)


def on_clock_breached(
    *, request: ServiceRequest, clock_kind: str, about: str, due_at: datetime, **_: Any
) -> None:
    _clock("late", request, clock_kind, about, due_at)
