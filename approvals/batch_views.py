"""Several decisions in one go: the exact list, what is left out and why, and what became of each."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from approvals import batch as batches
from approvals.inbox import PAGE
from portal.accounts.place import person
from portal.web import door


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def batch(request: HttpRequest) -> HttpResponse:
    """GET lists what was chosen (`?ref=` each); POST approves exactly what the list showed, one after the other."""
    user = person(request)
    if request.method == "POST":
        items = list(zip(request.POST.getlist("ref"), request.POST.getlist("seen"), strict=False))[:PAGE]
        results = batches.approve(by=user, items=items)
        context = {
            "results": results,
            "approved": sum(one.approved for one in results),
            "failed": [one for one in results if not one.approved],
        }
        return render(request, "approvals/batch.html", context)
    sheet = batches.sheet(user, request.GET.getlist("ref")[:PAGE])
    return render(request, "approvals/batch.html", {"sheet": sheet})
