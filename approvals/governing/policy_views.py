"""Pages of policies to look at: all of them, one version, what it changes, and its older versions."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from approvals.governing import kept, reviewing, revising, rights, showing
from approvals.governing.policy_forms import DescribeForm, PublishForm, ReasonForm, StartForm
from portal.accounts.place import person
from portal.errors import Invalid
from portal.web import door


@login_required
@require_safe
@door
def policies(request: HttpRequest) -> HttpResponse:
    """Every type of request: what decides, and what is on its way."""
    user = person(request)
    rights.check_views(user)
    context = {"rows": showing.rows(), "may_write": rights.may_write(user), "start": StartForm()}
    return render(request, "approvals/policy_list.html", context)


@login_required
@require_safe
@door
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: its rules as sentences, in the order in which they are looked at."""
    rights.check_views(person(request))
    return render(
        request, "approvals/policy_rules.html", {"shown": showing.Shown(kept.policy(pk), person(request))}
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, which rules count, and why it is changed."""
    rights.check_writes(person(request))
    found = kept.policy(pk)
    form = DescribeForm(request.POST or None, initial=_described(found))
    if request.method == "POST" and form.is_valid():
        try:
            revising.describe(policy_id=pk, by=person(request), **form.cleaned_data)
        except Invalid as refusal:
            form.add_problems(refusal.errors)
        else:
            return redirect("policies:policy", pk)
    context = {"form": form, "policy": found}
    return render(request, "approvals/policy_describe.html", context, status=422 if form.errors else 200)


def _described(found: kept.ApprovalPolicy) -> dict[str, str]:
    return {"name": found.name, "mode": found.mode, "note": found.note, "seen": kept.seen(found)}


@login_required
@require_safe
@door
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """What differs, what the proof finds, what it would have done to past requests; then publish, refuse or take back."""
    user = person(request)
    rights.check_views(user)
    at = showing.Shown(kept.policy(pk), user)
    context = {"shown": at, "publish": PublishForm(initial={"seen": at.seen}), "refuse": ReasonForm()}
    return render(request, "approvals/policy_review.html", context | reviewing.looked_at(at))


@login_required
@require_safe
@door
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """All versions of the same type and hospital, each with what it changed."""
    rights.check_views(person(request))
    at = showing.Shown(kept.policy(pk), person(request))
    context = {"shown": at, "history": reviewing.history(at)}
    return render(request, "approvals/policy_versions.html", context)
