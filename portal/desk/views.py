"""Pages that show several apps: home, the review before sending, and the request itself."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals.inbox import waiting_count
from portal.accounts.place import current_department, person, standing
from portal.desk import case_page, job_sheet, story
from portal.desk import home as desk_home
from portal.web import asks_by_itself, door, page_or_fragment
from requests_app import access, overview, sources
from requests_app.states import RequestState
from requests_app.views import show_review


@login_required
@require_safe
@door
def home(request: HttpRequest) -> HttpResponse:
    """What needs me, what do I need."""
    held = sources.reach(person(request))
    ward = current_department(request, held["work_here"])
    found = desk_home.build(person(request), ward, standing(request), held)
    return render(request, "desk/home.html", {"home": found, "to_decide": found.waiting, "rows": found.rows})


@asks_by_itself
@require_safe
@door
def home_rows(request: HttpRequest) -> HttpResponse:
    """The open rows of home as they are now, each in its place, and how many came since; home asks by itself."""
    where, user, shown = standing(request), person(request), request.GET.get("shown", "")
    rows, news = overview.as_shown(user, shown, hospital=where.chosen.pk if where.chosen else None)
    context = {"rows": rows, "news": news, "shown": shown, "ward": current_department(request), "at": where}
    if where.decides:
        context["to_decide"] = waiting_count(user)
    return render(request, "desk/_open_answer.html", context)


@never_cache  # going back to it leads to what was sent
@login_required
@require_safe
@door
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """One's own draft as it will be sent."""
    draft = access.get_draft(person(request), public_id)
    if draft.state != RequestState.DRAFT:
        return redirect("desk:request-detail", draft.public_id)
    return show_review(request, draft)


@login_required
@require_safe
@door
def request_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where it stands, who has it, what happened, and what this person may do."""
    found = case_page.fetch(person(request), public_id)
    if found.state == RequestState.DRAFT:
        return redirect("requests:draft-edit", found.public_id)
    asked = story.asked(request.GET)
    page = case_page.build(found, person(request), standing(request), asked)
    context = {"page": page, "case": found, "just_sent": request.GET.get("sent") == "1" and found.is_open}
    return render(request, "desk/request_detail.html", context)


@login_required
@require_safe
@door
def request_orders(request: HttpRequest, public_id: str) -> HttpResponse:
    """What other systems say of work that was sent to them: a part of the page that asks for it, or a page."""
    found = access.get_request(person(request), public_id)
    return page_or_fragment(request, "desk/request_orders.html", "desk/_case_orders.html", {"case": found})


@login_required
@require_safe
@door
def request_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """One A4 page for whoever does the work."""
    found = access.get_request(person(request), public_id)
    if found.state == RequestState.DRAFT:
        return redirect("requests:draft-edit", found.public_id)
    address = request.build_absolute_uri(reverse("desk:request-detail", args=[found.public_id]))
    sheet = job_sheet.build(found, address)
    return render(request, "desk/request_print.html", {"case": found, "sheet": sheet})
