"""The page of porter control: order, who has what, and giving it out."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal import live
from portal.accounts.place import person
from portal.errors import Invalid, WrongState
from portal.web import asks_by_itself, door
from requests_app import access, work
from requests_app.models import ServiceRequest
from requests_app.transport import carrying, control


@login_required
@require_GET
@door
def board(request: HttpRequest) -> HttpResponse:
    """Every move that waits or is on its way, in the order in which it is offered."""
    return _page(request)


@asks_by_itself
@require_GET
@door
def board_news(request: HttpRequest) -> HttpResponse:
    """How many came, went or changed since the page was shown."""
    news = live.since(request.GET.get("shown", ""), control.build(person(request)).marks)
    return render(request, "requests_app/_porter_control_news.html", {"news": news})


@login_required
@require_POST
@door
def place(request: HttpRequest, public_id: str) -> HttpResponse:
    """One up, one down, or first."""
    where = request.POST.get("where", "")
    return _act(
        request, public_id, lambda case: control.reorder(request=case, where=where, by=person(request))
    )


@login_required
@require_POST
@door
def give(request: HttpRequest, public_id: str) -> HttpResponse:
    """To somebody of the porters."""
    name, by = request.POST.get("to", ""), person(request)

    def to_them(case: ServiceRequest) -> object:
        return work.assign(request=case, to=control.member(case, name), by=by)

    return _act(request, public_id, to_them, _("Given."))


@login_required
@require_POST
@door
def take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Nobody has it any more."""
    return _act(request, public_id, lambda case: carrying.hand_back(request=case, by=person(request)))


def _act(
    request: HttpRequest, public_id: str, act: Callable[[ServiceRequest], object], said: str = ""
) -> HttpResponse:
    case = access.get_request(person(request), public_id)
    try:
        act(case)
    except Invalid as refusal:
        return _page(request, problem=public_id, errors=refusal.errors)
    except WrongState as refusal:
        messages.warning(request, refusal.message)
    else:
        if said:
            messages.success(request, said)
    return redirect("requests:porter-control")


def _page(
    request: HttpRequest, *, problem: str = "", errors: dict[str, list[str]] | None = None
) -> HttpResponse:
    found = control.build(person(request))
    context = {
        "control": found,
        "shown": live.marks(found.marks),
        "problem": problem,
        "errors": errors or {},
    }
    return render(request, "requests_app/porter_control.html", context, status=422 if problem else 200)
