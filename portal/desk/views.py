"""Pages that show several apps: home, the review before sending, and the request itself."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from portal.accounts.place import current_department, person
from portal.desk import case_page
from portal.desk import home as desk_home
from portal.web import door
from requests_app import access
from requests_app.states import RequestState
from requests_app.views import show_review


@login_required
@require_safe
@door
def home(request: HttpRequest) -> HttpResponse:
    """What needs me, what do I need."""
    found = desk_home.build(person(request), current_department(request))
    return render(request, "desk/home.html", {"home": found, "waiting": found.waiting})


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
    found = access.get_request(person(request), public_id)
    if found.state == RequestState.DRAFT:
        return redirect("requests:draft-edit", found.public_id)
    page = case_page.build(found, person(request))
    context = {"page": page, "case": found, "just_sent": request.GET.get("sent") == "1" and found.is_open}
    return render(request, "desk/request_detail.html", context)
