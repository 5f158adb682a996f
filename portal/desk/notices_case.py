"""Who is told about what is out of the ordinary, and about what was said of a request."""

from typing import Any

from django.urls import reverse

from portal.accounts.models import User
from portal.notify.notices import notify, settle
from requests_app import comments, exception_owners
from requests_app.models import CaseException, Comment, RequestShare, ServiceRequest


def on_comment_added(*, comment: Comment, called: list[int], by: User, **_: Any) -> None:
    """Whom it calls, and the people of the request who read it: a note for the team reaches only the team."""
    _tell("comment_called", comment, set(called) - {by.pk}, by)
    _tell("comment_added", comment, set(comments.people_of(comment)) - {*called, by.pk}, by)


def on_request_shared(*, share: RequestShare, by: User, **_: Any) -> None:
    request = share.content_object
    notify(
        users=[share.user_id],
        kind="request_shared",
        case=request.public_id,
        params=_params(request, by),
        url=reverse("desk:request-detail", args=[request.public_id]),
        key=f"request_shared:{request.public_id}:{share.pk}",
    )


def on_exception_opened(*, exception: CaseException, **_: Any) -> None:
    _about(exception, "exception_opened", exception.owner_role)


def on_exception_escalated(*, exception: CaseException, **_: Any) -> None:
    _about(exception, "exception_escalated", exception_owners.then(exception))


def on_exception_closed(*, exception: CaseException, **_: Any) -> None:
    """Nobody needs to look at it any more."""
    for kind in ("exception_opened", "exception_escalated"):
        settle(key=_key(kind, exception))


def _params(request: ServiceRequest, by: User) -> dict[str, str]:
    return {"number": request.number or "", "title": request.title, "who": by.get_full_name()}


def _tell(kind: str, comment: Comment, users: set[int], by: User) -> None:
    """The words stay on the page: who may read them is asked when it is opened, not when mail was sent."""
    request = comment.request
    notify(
        users=users,
        kind=kind,
        case=request.public_id,
        params=_params(request, by),
        url=reverse("desk:request-detail", args=[request.public_id]) + f"#said-{comment.ref}",
        key=f"{kind}:{comment.ref}",
    )


def _about(exception: CaseException, kind: str, code: str) -> None:
    """Tell everybody who is `code` for this exception now."""
    request = exception.request
    notify(
        users=exception_owners.told(exception, code),
        kind=kind,
        case=request.public_id if request else "",
        params={
            "reason": f"{exception.get_kind_display()}. {exception.detail}",
            "title": request.title if request else "",
            "number": (request.number or "") if request else "",
        },
        url=reverse("requests:exception", args=[exception.ref]),
        key=_key(kind, exception),
    )


def _key(kind: str, exception: CaseException) -> str:
    return f"exception:{exception.pk}" if kind == "exception_opened" else f"{kind}:{exception.pk}"
