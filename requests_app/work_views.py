"""The work of a team: what is due first, taken by whom, done how."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from portal import live
from portal.accounts.place import person, standing
from portal.errors import Invalid, WrongState
from portal.web import asks_by_itself, door, is_htmx, page_or_fragment
from requests_app import access, outcomes, queueing, releasing, screening
from requests_app import work as working

LONGEST_MINUTES = 4  # digits
LONGEST_WORDS = 400  # characters; the minutes stand before them


@login_required
@require_GET
@door
def work(request: HttpRequest) -> HttpResponse:
    """What the person's teams have to do."""
    return _answer(request)


@asks_by_itself
@require_GET
@door
def work_news(request: HttpRequest) -> HttpResponse:
    """How many came, went or changed since the page was shown; the page asks by itself."""
    found, _more = queueing.jobs(person(request), queueing.own_teams(person(request)))
    news = live.since(request.GET.get("shown", ""), queueing.marks(found))
    return render(request, "requests_app/_work_news.html", {"news": news})


@login_required
@require_POST
@door
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    """The person has it from now on; who was first is said to who was not."""
    wanted = access.get_request(person(request), public_id)
    try:
        working.take(request=wanted, by=person(request))
    except WrongState as refusal:
        messages.warning(request, refusal.message)
        return _then(request)
    return _then(request, _("You have %(number)s.") % {"number": wanted.number})


@login_required
@require_POST
@door
def finish(request: HttpRequest, public_id: str) -> HttpResponse:
    """It is done, and how."""
    wanted = access.get_request(person(request), public_id)
    outcome = request.POST.get("outcome", "")
    try:
        note = _note(request)
        outcome = outcome if outcome in outcomes.of(wanted.category.kind) else ""
        working.finish(request=wanted, by=person(request), outcome=outcome, note=note)
        screening.record_kept(request=wanted, by=person(request), texts={"note": note})
    except Invalid as refusal:
        return _answer(request, problem=public_id, errors=refusal.errors)
    except WrongState as refusal:
        messages.warning(request, refusal.message)
        return _then(request)
    return _then(request, _("%(number)s is done.") % {"number": wanted.number})


@login_required
@require_POST
@door
def ready(request: HttpRequest, public_id: str) -> HttpResponse:
    """*Ready to go back*."""
    wanted = access.get_request(person(request), public_id)
    releasing.release_return(request=wanted, by=person(request))
    messages.success(
        request, _("The porters know. %(number)s is in their list now.") % {"number": wanted.number}
    )
    return redirect("desk:request-detail", public_id)


def _note(request: HttpRequest) -> str:
    """Minutes and words for the record. Raises Invalid (minutes, note): also for what looks like data of a patient."""
    words = request.POST.get("note", "").strip()
    screening.check({"note": words}, agreed=screening.AGREED in request.POST)
    if len(words) > LONGEST_WORDS:
        raise Invalid({"note": [_("Keep it to %(most)s characters.") % {"most": LONGEST_WORDS}]})
    return ". ".join(one for one in (_minutes(request.POST.get("minutes", "")), words) if one)


def _minutes(typed: str) -> str:
    """Minutes of work in words for the record, '' where none were given. Raises Invalid (minutes)."""
    typed = typed.strip()
    if not typed:
        return ""
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_MINUTES):
        raise Invalid({"minutes": [_("Enter whole minutes, such as 20, or leave it empty.")]})
    return ngettext("%(n)d minute of work", "%(n)d minutes of work", int(typed)) % {"n": int(typed)}


def _then(request: HttpRequest, said: str = "") -> HttpResponse:
    if said:
        messages.success(request, said)
    return _answer(request) if is_htmx(request) else redirect("requests:work")


def _answer(
    request: HttpRequest, *, problem: str = "", errors: dict[str, list[str]] | None = None
) -> HttpResponse:
    """The queue as it stands; `problem` names the work whose form was refused, `errors` what is wrong."""
    teams = queueing.own_teams(person(request))
    found, more = queueing.jobs(person(request), teams)
    context = {
        "jobs": found,
        "more": more,
        "shown": live.marks(queueing.marks(found)),
        "teams": teams,
        "several": standing(request).several,
        "problem": problem,
        "errors": errors or {},
        "doubted": bool(screening.warned({"note": request.POST.get("note", "")})),
        "typed": request.POST if problem else {},
    }
    page, fragment = "requests_app/work.html", "requests_app/_work_answer.html"
    return page_or_fragment(request, page, fragment, context, status=422 if problem else 200)
