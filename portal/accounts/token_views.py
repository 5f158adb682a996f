"""The tokens of a person: seen, made, revoked. A password is asked for again before one is made."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import tokens
from portal.accounts.forms import TokenForm
from portal.accounts.place import person
from portal.clock import now
from portal.errors import Invalid
from portal.web import door


@login_required
@require_safe
@door
def token_list(request: HttpRequest) -> HttpResponse:
    """Those in use, and those that are over."""
    moment = now()
    own = [(token, token.counts(moment)) for token in person(request).api_tokens.all()]
    return render(request, "accounts/tokens.html", {"tokens": own})


@login_required
@reauthentication_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@door
def token_new(request: HttpRequest) -> HttpResponse:
    """Make one. Its secret stands on the answer to this form and nowhere else."""
    form = TokenForm(request.POST or None)
    if form.is_valid():
        try:
            token, secret = tokens.make_token(by=person(request), **form.cleaned_data)
        except Invalid as refusal:
            for name, texts in refusal.errors.items():
                form.add_error(name, texts)
        else:
            return render(request, "accounts/token_made.html", {"token": token, "secret": secret}, status=201)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/token_new.html", {"form": form}, status=status)


@login_required
@require_POST
@door
def token_revoke(request: HttpRequest, ref: str) -> HttpResponse:
    """It stops working at once."""
    token = tokens.revoke_token(by=person(request), ref=ref)
    messages.success(request, _("“%(name)s” no longer works.") % {"name": token.name})
    return redirect("accounts:tokens")
