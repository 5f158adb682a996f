"""The doors of the tour, in the demonstration only: a page to read, and being somebody else."""

from functools import wraps
from typing import ParamSpec

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.desk import tour
from portal.errors import WrongState
from portal.web import View, door

P = ParamSpec("P")


def in_demo(view: View[P]) -> View[P]:
    """Outside the demonstration the address does not exist, whoever asks."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return answer


@in_demo
@require_safe
@never_cache  # going back to it after signing in must not bring back a form that no longer counts
@door
def show(request: HttpRequest) -> HttpResponse:
    """Whom to be, what to try as each, and the stories; also for visitors."""
    cast = tour.cast()
    people = cast.by_name
    context = {
        "cast": cast,
        "guides": tour.guides(people),
        "chapters": tour.told(people),
        "nothing_sent": tour.nothing_sent(),
    }
    return render(request, "desk/tour.html", context)


@in_demo
@require_POST
@door
def be(request: HttpRequest) -> HttpResponse:
    """Sign in as somebody of the seed, and go where the step leads."""
    _sign_in(request, tour.known(request.POST.get("person", "")))
    return redirect(tour.page(request.POST.get("to", "")))


@in_demo
@require_POST
@door
def look(request: HttpRequest) -> HttpResponse:
    """Sign in as the person of a story, and go straight to what it is about."""
    story = tour.story(request.POST.get("story", ""))
    _sign_in(request, tour.known(story.look_as))
    return redirect(story.address())


def _sign_in(request: HttpRequest, username: str) -> None:
    """With the password that the seed printed, and with nothing else. Raises WrongState where it does not open."""
    user = authenticate(request, username=username, password=settings.SEED_PASSWORD)
    if user is None:
        raise WrongState(
            _("This account has a password of its own now. Sign in with it, or pick somebody else.")
        )
    login(request, user)
