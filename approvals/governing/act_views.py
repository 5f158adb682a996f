"""What somebody does with a whole version: begin, hand over, take back, refuse, publish, go back, discard."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from approvals.governing import kept, releasing, reviewing, revising, rights, showing
from approvals.governing.policy_forms import NoteForm, PublishForm, ReasonForm, StartForm
from portal.accounts.place import person
from portal.errors import Invalid
from portal.web import door


@login_required
@require_POST
@door
def start(request: HttpRequest) -> HttpResponse:
    """A new version of what decides now."""
    user = person(request)
    rights.check_writes(user)
    form = StartForm(request.POST)
    if not form.is_valid():
        context = {"rows": showing.rows(), "may_write": True, "start": form}
        return render(request, "approvals/policy_list.html", context, status=422)
    draft = revising.start(**form.cleaned_data, by=user)
    return redirect("policies:policy", draft.pk)


@login_required
@require_POST
@door
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        releasing.submit(policy_id=pk, seen=request.POST.get("seen", ""), by=person(request))
    except Invalid as refusal:
        context = {"shown": showing.Shown(kept.policy(pk), person(request)), "refusal": refusal}
        return render(request, "approvals/policy_rules.html", context, status=422)
    messages.success(request, _("A second policy owner looks at it now."))
    return redirect("policies:review", pk)


@login_required
@require_POST
@door
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    releasing.take_back(policy_id=pk, by=person(request))
    messages.success(request, _("It is a draft again."))
    return redirect("policies:policy", pk)


@login_required
@require_POST
@door
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        releasing.refuse(policy_id=pk, reason=form.cleaned_data["reason"], by=person(request))
        messages.success(request, _("It is a draft again, with your reason."))
        return redirect("policies:policy", pk)
    return _reviewed(request, pk, refuse=form)


@login_required
@require_POST
@door
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    form = PublishForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        done = releasing.release(
            policy_id=pk, seen=said["seen"], effective_from=said["day"], by=person(request)
        )
        later = _("Agreed. It decides from its day on.")
        messages.success(
            request,
            later if done.status == kept.Status.SCHEDULED else _("Published. It decides from now on."),
        )
        return redirect("policies:policy", pk)
    return _reviewed(request, pk, publish=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def roll_back(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks why, POST makes the new version and hands it over."""
    rights.check_writes(person(request))
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = releasing.roll_back(policy_id=pk, note=form.cleaned_data["note"], by=person(request))
        messages.success(request, _("A second policy owner looks at it now."))
        return redirect("policies:review", made.pk)
    context = {"form": form, "policy": kept.policy(pk)}
    return render(request, "approvals/policy_roll_back.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@door
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    revising.discard(policy_id=pk, by=person(request))
    messages.success(request, _("The draft is gone."))
    return redirect("policies:list")


def _reviewed(
    request: HttpRequest, pk: int, *, publish: PublishForm | None = None, refuse: ReasonForm | None = None
) -> HttpResponse:
    """The review page with what was typed."""
    at = showing.Shown(kept.policy(pk), person(request))
    forms = {"publish": publish or PublishForm(initial={"seen": at.seen}), "refuse": refuse or ReasonForm()}
    context = {"shown": at, **forms, **reviewing.looked_at(at)}
    return render(request, "approvals/policy_review.html", context, status=422)
