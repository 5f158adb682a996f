"""The door kit of the API: bodies are read strictly, refusals become problem+json, lists get keyset pages.

A door of the API parses, fetches through `access`, calls one verb and renders, as a page does. It raises what the verb
raises; nothing here knows a request, a step or a person.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from rest_framework import exceptions, serializers
from rest_framework.fields import empty
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from portal import problems, web
from portal.errors import DomainError, Invalid
from portal.merged import Merged
from portal.strict_json import TooLarge, Unreadable


class Text(serializers.CharField):
    """Text only: a number is not taken for its digits."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A whole number only: neither "5" nor true."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | float) or data != int(data):
            self.fail("invalid")
        return super().to_internal_value(int(data))


class YesNo(serializers.BooleanField):
    """true or false, not "on", "yes", 1 or 1.0."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool) and data not in ("true", "false"):
            self.fail("invalid", input=data)
        return data in (True, "true")


class Body(serializers.Serializer):
    """What a call sends. A field that is not known is refused: most are slips of the pen."""

    stranger = gettext_lazy("There is no such field.")
    default_error_messages = {"invalid": gettext_lazy("Send one JSON object.")}

    def run_validation(self, data: Any = empty) -> Any:
        strangers = (
            [str(name) for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        )
        if strangers:
            raise serializers.ValidationError({name: [self.stranger] for name in strangers})
        return super().run_validation(data)


class Asked(Body):
    """What the query of an address says. A filter that is not known is refused: its list would show too much."""

    stranger = gettext_lazy("There is no such filter.")


class Paged(Asked):
    """The query of a list: where the last page ended, and how many rows the next one has."""

    after = serializers.CharField(
        required=False, max_length=400, help_text="Where the last page ended: `next` of it has it."
    )
    size = serializers.IntegerField(
        required=False, default=25, min_value=1, max_value=100, help_text="Rows of one page, 1 to 100."
    )


def page_of(shows: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """What `Door.page` answers with rows of `shows`, for the documentation."""
    parts = {
        "results": shows(many=True),
        "next": serializers.CharField(
            allow_null=True, help_text="address of the next page; null on the last"
        ),
    }
    return type(f"{shows.__name__}s", (serializers.Serializer,), parts)


class Door(GenericViewSet):
    """A group of operations on one kind of thing. `body` and `query` read what was sent; both refuse with 422."""

    pagination_class = None
    http_method_names = ["get", "head", "put", "post", "delete"]

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "no-store"  # it is for one person
        return answer

    def body(self, reads: type[serializers.Serializer]) -> dict[str, Any]:
        """The body as `reads` says. Raises Unreadable, Invalid."""
        found = reads(data=self.request.data)
        found.is_valid(raise_exception=True)
        return dict(found.validated_data)

    def query(self, reads: type[serializers.Serializer]) -> dict[str, Any]:
        """The query of the address as `reads` says. Raises Invalid."""
        given = self.request.query_params
        twice = {name: [_("It stands there twice.")] for name in given if len(given.getlist(name)) > 1}
        if twice:
            raise Invalid(twice)
        found = reads(data=given.dict())
        found.is_valid(raise_exception=True)
        return dict(found.validated_data)

    def page(
        self,
        rows: QuerySet[Any] | Merged[Any],
        *,
        by: str,
        shows: type[serializers.Serializer],
        asked: Mapping[str, Any],
    ) -> Response:
        """One keyset page of `rows`, and the address of the next one (null on the last page). Raises Invalid."""
        after = asked.get("after", "")
        if after and not web.is_cursor(after, rows.model, by):
            raise Invalid({"after": [_("This is no place in this list. Begin without it.")]})
        found = web.keyset(rows, by=by, cursor=after, size=asked["size"])
        return Response(
            {
                "results": shows(found.rows, many=True, context={"request": self.request}).data,
                "next": self.further(found.next),
            }
        )

    def further(self, cursor: str) -> str | None:
        """This address with `cursor` as its `after`; None without one."""
        if not cursor:
            return None
        query = self.request.query_params.copy()
        query["after"] = cursor
        return f"{self.request.path}?{query.urlencode()}"


def refuse(refusal: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's handler: every refusal as problem+json; None for what is a defect of ours (500)."""
    found = _problem(refusal)
    if found is None:
        return None
    asks_for = getattr(refusal, "auth_header", None)
    headers = {"WWW-Authenticate": asks_for} if asks_for else {}
    return Response(found, status=found["status"], headers=headers, content_type=problems.MEDIA_TYPE)


def _problem(refusal: Exception) -> dict[str, Any] | None:
    if isinstance(refusal, DomainError) and refusal.http_status != 404:
        return problems.problem(refusal.code, refusal.http_status, refusal.message, **refusal.fields)
    if isinstance(refusal, serializers.ValidationError):
        invalid = Invalid(_flat(refusal.detail))
        return problems.problem(invalid.code, invalid.http_status, invalid.message, **invalid.fields)
    if isinstance(refusal, Unreadable | TooLarge):
        return problems.problem(refusal.default_code, refusal.status_code, str(refusal.detail))
    for kinds, code in SAID_SO:
        if isinstance(refusal, kinds):
            return said(code)
    return None


SAID_SO: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((Http404, exceptions.NotFound, DomainError), "not_found"),  # the only DomainError left is NotFound
    ((BadRequest, exceptions.ParseError), "malformed"),
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), "not_signed_in"),
    ((PermissionDenied, exceptions.PermissionDenied), "not_allowed"),
    ((exceptions.MethodNotAllowed,), "method_not_allowed"),
    ((exceptions.NotAcceptable,), "not_acceptable"),
    ((exceptions.UnsupportedMediaType,), "unsupported_media_type"),
    ((RequestDataTooBig,), "too_large"),
)


def said(code: str) -> dict[str, Any]:
    """The problem of `code` with its own sentence, for what no verb refuses."""
    kind = problems.KINDS[code]
    return problems.problem(code, kind.status, str(SENTENCES.get(code, kind.example)))


SENTENCES = {
    "malformed": gettext_lazy("The call could not be read."),
    "not_allowed": gettext_lazy("This is not yours to do."),
}


def _flat(detail: Any, name: str = "") -> dict[str, list[str]]:
    """The nested errors of a serializer by the dotted names of the fields: {"lines.0.quantity": [...]}."""
    if isinstance(detail, Mapping):
        pairs: Iterable[tuple[Any, Any]] = detail.items()
    elif isinstance(detail, list) and any(isinstance(one, Mapping | list) for one in detail):
        pairs = enumerate(detail)
    else:
        texts = detail if isinstance(detail, list) else [detail]
        return {name or "body": [str(text) for text in texts]}
    found: dict[str, list[str]] = {}
    for key, inside in pairs:
        key = "" if key == "non_field_errors" else str(key)
        if inside:
            found |= _flat(inside, ".".join(part for part in (name, key) if part))
    return found


def _outside(code: str, page: Any) -> Any:
    """What Django answers before a door is found: problem+json under /api/, the usual page elsewhere."""

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.path_info.startswith(problems.PAGE):
            return page(request, *args, **kwargs)
        found = said(code)
        return JsonResponse(found, status=found["status"], content_type=problems.MEDIA_TYPE)

    return answer


bad_request = _outside("malformed", defaults.bad_request)
not_found = _outside("not_found", defaults.page_not_found)
permission_denied = _outside("not_allowed", defaults.permission_denied)
broken = _outside("broken", defaults.server_error)
