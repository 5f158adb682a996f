"""The door kit for pages: refusals become pages or fragments, lists get pages, htmx gets fragments."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar

from django.core import signing
from django.db.models import Field, Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from portal.errors import DomainError
from portal.merged import Merged

P = ParamSpec("P")
M = TypeVar("M", bound=Model)
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def door(view: View[P]) -> View[P]:
    """Answer a DomainError of `view` with its page, or with its fragment for htmx.

    NotFound looks exactly like an address that does not exist: templates/404.html, no headers of its own.
    403, 409 and 422 show templates/refused.html (page) or components/refused.html (fragment) with `refusal`.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except DomainError as refusal:
            if refusal.http_status == 404:
                raise Http404 from refusal
            return page_or_fragment(
                request,
                "refused.html",
                "components/refused.html",
                {"refusal": refusal},
                status=refusal.http_status,
            )

    return answer


def asks_by_itself(view: View[P]) -> View[P]:
    """A door that a page knocks at without a person: who is signed out gets a bare 401, never a page to sign in."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return HttpResponse(status=401)
        return view(request, *args, **kwargs)

    return answer


def is_htmx(request: HttpRequest) -> bool:
    """True when htmx asks for a fragment; a page that htmx restores from history is a whole page."""
    htmx = getattr(request, "htmx", None)
    return False if not htmx else not htmx.history_restore_request


def page_or_fragment(
    request: HttpRequest,
    page: str,
    fragment: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Render `fragment` for htmx and `page` for everybody else; caches keep the two apart."""
    response = render(request, fragment if is_htmx(request) else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


@dataclass(frozen=True)
class Page(Generic[M]):
    """`rows` of one page, and the `next` cursor ('' on the last page)."""

    rows: list[M]
    next: str


def _salt(model: type[Model], by: str) -> str:
    """A cursor is good for one kind of row in one order: in another list its value would be compared with a strange one."""
    return f"portal.web.keyset:{model._meta.label_lower}:{by}"


def cursor_of(row: Model, by: str) -> str:
    """The place behind `row` in a list of its kind that `keyset` orders by `by`."""
    field = row._meta.get_field(by.lstrip("-"))
    assert isinstance(field, Field)
    return signing.dumps([field.value_to_string(row), row.pk], salt=_salt(type(row), by))


def is_cursor(text: str, model: type[Model], by: str) -> bool:
    """Did a page of `model` ordered by `by` give this out as its `next`?"""
    try:
        signing.loads(text, salt=_salt(model, by))
    except signing.BadSignature:
        return False
    return True


def keyset(rows: QuerySet[M] | Merged[M], *, by: str, cursor: str = "", size: int = 25) -> Page[M]:
    """Return one page of `rows` ordered by `by` ('due_at', or '-created_at' for newest first) and then by pk.

    A cursor holds the place of the last row, so that page 400 costs what page 1 costs and a new row moves nothing.
    `by` is a column without nulls. A cursor of another list, or one that was tampered with, starts
    at the first page.
    """
    name, descending = by.lstrip("-"), by.startswith("-")
    field = rows.model._meta.get_field(name)
    assert isinstance(field, Field)
    order = (by, "-pk" if descending else "pk")
    try:
        value, pk = signing.loads(cursor, salt=_salt(rows.model, by))
    except signing.BadSignature:
        pass
    else:
        beyond = "lt" if descending else "gt"
        value = field.to_python(value)
        # The first condition is where an index is entered; the second alone would be a filter over all rows before it.
        rows = rows.filter(
            Q(**{f"{name}__{beyond}e": value}), Q(**{f"{name}__{beyond}": value}) | Q(**{f"pk__{beyond}": pk})
        )
    found = list(
        rows.first(size + 1, *order) if isinstance(rows, Merged) else rows.order_by(*order)[: size + 1]
    )
    if len(found) <= size:
        return Page(found, "")
    return Page(found[:size], cursor_of(found[size - 1], by))
