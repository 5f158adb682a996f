"""The API, to be read by a person."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.desk.api_page import page


@login_required
@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """Every operation with its fields, examples and refusals."""
    return render(request, "desk/api.html", {"page": page()})
