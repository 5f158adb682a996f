"""The page of a person: name, roles in words, the ward of today, the hospital they look at, and single keys."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.place import (
    KEYS,
    choose_department,
    choose_hospital,
    current_department,
    own_departments,
    person,
    standing,
)
from portal.accounts.roles import POLICY_VIEWERS
from portal.web import door


@login_required
@require_safe
@door
def me(request: HttpRequest) -> HttpResponse:
    where = standing(request)
    return render(
        request,
        "accounts/me.html",
        {
            "where": where,
            "roles": where.memberships,
            "administers": any(held.role == "administrator" for held in where.memberships),
            "sees_policies": any(held.role in POLICY_VIEWERS for held in where.memberships),
            "departments": own_departments(person(request)),
            "department": current_department(request),
        },
    )


@login_required
@require_POST
@door
def place(request: HttpRequest) -> HttpResponse:
    """The ward of today, or the hospital to look at."""
    if "hospital" in request.POST:
        hospital = choose_hospital(request, request.POST["hospital"])
        said = (
            _("You see %(hospital)s now.") % {"hospital": hospital}
            if hospital
            else _("You see all hospitals now.")
        )
    else:
        department = choose_department(request, request.POST.get("department", ""))
        said = _("You work on %(ward)s today.") % {"ward": department.name}
    messages.success(request, said)
    return redirect(_way_back(request))


@login_required
@require_POST
@door
def keys(request: HttpRequest) -> HttpResponse:
    """Single keys press buttons, or they do not."""
    request.session[KEYS] = "off" if request.POST.get("keys") == "off" else "on"
    off = request.session[KEYS] == "off"
    messages.success(request, _("Single keys do nothing now.") if off else _("Single keys work again."))
    return redirect("accounts:me")


def _way_back(request: HttpRequest) -> str:
    """Where the form stood, if that is here."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if safe else reverse("accounts:me")
