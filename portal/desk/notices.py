"""Who is told about what: receivers of portal/flow.py that leave a notice (a row; mail follows after the commit)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format

from portal.accounts import scopes
from portal.accounts.models import User
from portal.notify.notices import notify, settle
from requests_app.models import CaseException, ServiceRequest


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


def on_request_approved(*, request: ServiceRequest, **_: Any) -> None:
    _tell("request_approved", request, _asker(request))


def on_request_rejected(*, request: ServiceRequest, by: User, reason: str, **_: Any) -> None:
    _tell("request_rejected", request, _asker(request), who=by.get_full_name(), reason=reason)


def on_request_cancelled(*, request: ServiceRequest, by: User, reason: str, **_: Any) -> None:
    if by.pk != request.requester_id:
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
    if by.pk != request.requester_id:
        _tell("request_closed", request, _asker(request))


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
