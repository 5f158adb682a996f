"""The phone of a porter: one job at a time. And *Ready now*, which the ward says."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal import live
from portal.accounts.place import person
from portal.errors import Invalid, WrongState
from portal.web import asks_by_itself, door
from requests_app import access, work
from requests_app.models import ServiceRequest
from requests_app.transport import carrying, control, porter_page

PAGE, TROUBLE = "requests_app/porter.html", "requests_app/porter_trouble.html"


@login_required
@require_GET
@door
def porter(request: HttpRequest) -> HttpResponse:
    """The job in hand, or the one that is offered next."""
    found = porter_page.build(person(request), chosen=request.GET.get("job", ""))
    controls = control.teams_led(person(request)).exists()
    return render(request, PAGE, {"page": found, "errors": {}, "controls": controls})


@asks_by_itself
@require_GET
@door
def porter_news(request: HttpRequest) -> HttpResponse:
    """What changed since the card was shown; it asks by itself, and nothing under the thumb moves."""
    chosen, shown = request.GET.get("job", ""), request.GET.get("shown", "")
    found = porter_page.build(person(request), chosen=chosen)
    news = live.since(shown, found.marks)
    return render(request, "requests_app/_porter_news.html", {"news": news, "chosen": chosen})


@login_required
@require_POST
@door
def accept(request: HttpRequest, public_id: str) -> HttpResponse:
    """The porter has it from now on; who was first is said to who was not."""
    return _act(request, public_id, lambda case: work.take(request=case, by=person(request)))


@login_required
@require_POST
@door
def arrive(request: HttpRequest, public_id: str) -> HttpResponse:
    """At the pick-up, or at the destination."""
    return _act(request, public_id, lambda case: carrying.arrive(request=case, by=person(request)))


@login_required
@require_POST
@door
def pick_up(request: HttpRequest, public_id: str) -> HttpResponse:
    """On the way."""
    checked, scanned = "wristband" in request.POST, request.POST.get("scanned", "")
    return _act(
        request,
        public_id,
        lambda case: carrying.pick_up(request=case, by=person(request), wristband=checked, scanned=scanned),
    )


@login_required
@require_POST
@door
def deliver(request: HttpRequest, public_id: str) -> HttpResponse:
    """Handed over: done, and the next job stands there."""
    return _act(
        request,
        public_id,
        lambda case: carrying.deliver(
            request=case, by=person(request), handed_to=request.POST.get("handed_to", "")
        ),
        _("Delivered."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def trouble(request: HttpRequest, public_id: str) -> HttpResponse:
    """It is not ready, or it cannot be delivered."""
    by, outcome, reason = person(request), request.POST.get("outcome", ""), request.POST.get("reason", "")
    if request.method != "POST":
        found = porter_page.build(by, chosen=public_id)
        if not (found.job and found.job.taken and found.job.case.public_id == public_id):
            return redirect("requests:porter")
        return render(request, TROUBLE, {"page": found, "errors": {}})
    if outcome:
        return _act(
            request, public_id, lambda case: carrying.fail(request=case, outcome=outcome, by=by), page=TROUBLE
        )
    return _act(
        request, public_id, lambda case: carrying.not_ready(request=case, reason=reason, by=by), page=TROUBLE
    )


@login_required
@require_POST
@door
def ready(request: HttpRequest, public_id: str) -> HttpResponse:
    """*Ready now*, said by a porter."""
    return _act(request, public_id, lambda case: carrying.ready(request=case, by=person(request)))


@login_required
@require_POST
@door
def hand_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Not ready for too long."""
    said = _("Handed back. The ward says when it is ready.")
    return _act(request, public_id, lambda case: carrying.hand_back(request=case, by=person(request)), said)


@login_required
@require_POST
@door
def ward_ready(request: HttpRequest, public_id: str) -> HttpResponse:
    """*Ready* or *Ready now*, said by the ward on home or on the page of the request."""
    case = access.get_request(person(request), public_id)
    carrying.ready(request=case, by=person(request))
    messages.success(request, _("The porters know that %(number)s is ready.") % {"number": case.number})
    return redirect("desk:home") if "home" in request.POST else redirect("desk:request-detail", public_id)


def _act(
    request: HttpRequest,
    public_id: str,
    act: Callable[[ServiceRequest], object],
    said: str = "",
    *,
    page: str = PAGE,
) -> HttpResponse:
    """Do it and show what is next; what is missing is said on the card, what moved on in a message."""
    case = access.get_request(person(request), public_id)
    try:
        act(case)
    except Invalid as refusal:
        found = porter_page.build(person(request), chosen=public_id)
        return render(request, page, {"page": found, "errors": refusal.errors}, status=422)
    except WrongState as refusal:
        messages.warning(request, refusal.message)
    else:
        if said:
            messages.success(request, said)
    return redirect("requests:porter")
