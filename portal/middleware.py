"""What is refused, or mended, before any page sees it."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import get_resolver
from django.utils import timezone

from portal import problems

NUL = "\x00"


class NoNul:
    """No text has a NUL character, and PostgreSQL stores none: an address with one is answered 400.

    A form loses them and nothing else: whoever pasted one does not see it, and would lose all that they typed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponseBase | None:
        # A body of the API is read by its own parsers, once its token has said who sends it (`portal.uploads`).
        if not request.path_info.startswith(problems.PAGE) and _has_nul(request.POST):
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]
        if _has_nul(request.GET):
            # Answered rather than raised: Django logs what is raised with its whole traceback.
            answer: Callable[..., HttpResponseBase] = get_resolver().resolve_error_handler(400)
            return answer(request, exception=BadRequest("NUL"))
        return None


def _has_nul(sent: QueryDict) -> bool:
    return any(NUL in name or any(NUL in str(value) for value in values) for name, values in sent.lists())


def _without_nul(sent: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True, encoding=sent.encoding)
    for name, values in sent.lists():
        for value in values:
            kept.appendlist(name.replace(NUL, ""), str(value).replace(NUL, ""))
    kept._mutable = False
    return kept


class ReadersZone:
    """A page may activate the zone of its reader (`place.standing`); with the answer that ends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(None):
            return self.get_response(request)


class PressedNotOpened:
    """Whoever opens the address of a button (signed in again, or loaded the tab anew) gets a page with a way back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        opened = request.method in ("GET", "HEAD") and not request.path_info.startswith(problems.PAGE)
        if answer.status_code != 405 or not opened or getattr(request, "htmx", None):
            return answer
        page = render(request, "405.html", status=405)
        page["Allow"] = answer.headers.get("Allow", "POST")
        return page
