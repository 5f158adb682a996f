"""Gives the events of a web request their address and a correlation id, which the answer carries too."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal import ids
from portal.audit.origin import acting_from

HEADER = "X-Request-ID"
API = "/api/"
KNOWN = re.compile(r"[A-Za-z0-9._-]{8,64}")


class OriginMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get(HEADER, "")
        correlation = sent if KNOWN.fullmatch(sent) else ids.hex_token()
        source = "api" if request.path_info.startswith(API) else "web"
        with acting_from(source, address=request.META.get("REMOTE_ADDR", ""), correlation=correlation):
            response = self.get_response(request)
        response[HEADER] = correlation
        return response
