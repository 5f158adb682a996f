"""The page of a person: name, roles in words, and the ward of today."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.models import Membership
from portal.accounts.place import choose_department, current_department, own_departments, person
from portal.clock import now
from portal.web import door


@login_required
@require_safe
@door
def me(request: HttpRequest) -> HttpResponse:
    roles = Membership.objects.current(now()).filter(user=person(request))
    return render(
        request,
        "accounts/me.html",
        {
            "roles": roles.select_related("hospital", "department__hospital", "team__hospital"),
            "departments": own_departments(person(request)),
            "department": current_department(request),
        },
    )


@login_required
@require_POST
@door
def place(request: HttpRequest) -> HttpResponse:
    department = choose_department(request, request.POST.get("department", ""))
    messages.success(request, _("You work on %(ward)s today.") % {"ward": department.name})
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else reverse("accounts:me"))
