"""What is refused before any page sees it."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.urls import get_resolver
from django.utils import timezone

from portal import problems

NUL = "\x00"


class RefuseNul:
    """No text has a NUL character, and PostgreSQL stores none: an address or a form with one is answered 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponseBase | None:
        # A body of the API is read by its own parsers, once its token has said who sends it (`portal.uploads`).
        of_api = request.path_info.startswith(problems.PAGE)
        for sent in (request.GET,) if of_api else (request.GET, request.POST):
            for name, values in sent.lists():
                if NUL in name or any(NUL in str(value) for value in values):
                    # Answered rather than raised: Django logs what is raised with its whole traceback.
                    answer: Callable[..., HttpResponseBase] = get_resolver().resolve_error_handler(400)
                    return answer(request, exception=BadRequest("NUL"))
        return None


class ReadersZone:
    """A page may activate the zone of its reader (`place.standing`); with the answer that ends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(None):
            return self.get_response(request)
