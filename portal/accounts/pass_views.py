"""Passes of temporary staff: seen, given out, ended; and finding a colleague."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from portal.accounts import passes, people
from portal.accounts.forms import PassForm
from portal.accounts.place import current_department, person
from portal.errors import Invalid, NotAllowed
from portal.web import door, page_or_fragment

SHOWN_ONCE = "pass-password-"  # before the pass, in the session between the form and the page that shows it


@login_required
@require_safe
@door
def pass_list(request: HttpRequest) -> HttpResponse:
    """Those in use on the wards that the person is in charge of."""
    context = {"passes": passes.in_use(person(request)), "wards": passes.wards_of(person(request))}
    return render(request, "accounts/passes.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@door
def pass_new(request: HttpRequest) -> HttpResponse:
    """Give one out. Its password is shown once, on the next page, and nowhere else."""
    wards = passes.wards_of(person(request))
    if not wards:
        raise NotAllowed(_("Only the nurse in charge of the ward, its lead or its head gives out passes."))
    form = PassForm(request.POST or None, wards=wards, today=current_department(request))
    if form.is_valid():
        try:
            given, password = passes.issue_pass(by=person(request), **form.cleaned_data)
        except Invalid as refusal:
            for name, texts in refusal.errors.items():
                form.add_error(name, texts)
        else:
            if password:
                request.session[f"{SHOWN_ONCE}{given.ref}"] = password
            return redirect("accounts:pass-made", given.ref)
    return render(request, "accounts/pass_new.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@never_cache
@require_GET
@door
def pass_made(request: HttpRequest, ref: str) -> HttpResponse:
    """The password of a pass that was just given out, once. Afterwards the way leads to the list."""
    password = request.session.pop(f"{SHOWN_ONCE}{ref}", "")
    given = passes.in_use(person(request)).filter(ref=ref).first()
    if given is None or not password:
        return redirect("accounts:passes")
    return render(request, "accounts/pass_made.html", {"given": given, "password": password})


@login_required
@require_POST
@door
def pass_revoke(request: HttpRequest, ref: str) -> HttpResponse:
    """The account is closed at once."""
    given = passes.revoke_pass(by=person(request), ref=ref)
    messages.success(request, _("The pass of %(name)s has ended.") % {"name": given.user})
    return redirect("accounts:passes")


@login_required
@require_GET
@door
def people_find(request: HttpRequest) -> HttpResponse:
    """Colleagues by the beginning of their names: a page, or the options of a field, whatever that is called."""
    words = request.GET.get("q") or next(iter(request.GET.dict().values()), "")
    context = {"words": words, "people": people.find(person(request), words.strip())}
    return page_or_fragment(request, "accounts/people.html", "accounts/_people_options.html", context)
