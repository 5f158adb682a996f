"""Policies as text: taken away as a file, brought in as drafts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from approvals.governing import exporting, importing, kept, rights
from approvals.governing.bundle import Refused
from approvals.governing.policy_forms import ImportForm
from portal.accounts.place import person
from portal.web import door


@login_required
@require_safe
@door
def export(request: HttpRequest) -> HttpResponse:
    """Everything that decides now."""
    rights.check_views(person(request))
    return _file(exporting.in_force(), "policies.json")


@login_required
@require_safe
@door
def export_one(request: HttpRequest, pk: int) -> HttpResponse:
    rights.check_views(person(request))
    found = kept.policy(pk)
    return _file(exporting.one(found), f"{found.code}-v{found.version}.json")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def import_text(request: HttpRequest) -> HttpResponse:
    user = person(request)
    rights.check_writes(user)
    form = ImportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = importing.import_bundle(**form.cleaned_data, by=user)
        except Refused as refusal:
            form.add_problems({"text": refusal.lines})
        else:
            said = ngettext("%(n)d draft was made.", "%(n)d drafts were made.", len(made)) % {"n": len(made)}
            messages.success(
                request, said if made else _("Everything decides here already as the text says.")
            )
            return redirect("policies:list")
    return render(request, "approvals/policy_import.html", {"form": form}, status=422 if form.errors else 200)


def _file(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
