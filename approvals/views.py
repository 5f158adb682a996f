"""The approvals inbox: see what waits, agree, say no with a reason, or ask for what is missing."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals import decisions, inbox
from approvals.forms import RejectForm, ReturnForm
from approvals.models import ApprovalStep
from portal.accounts.place import person, standing
from portal.clock import now
from portal.errors import AlreadyDecided, DomainError, StaleState, WrongState
from portal.live import marks, since
from portal.web import asks_by_itself, door, is_htmx, page_or_fragment

MOVED_ON = (AlreadyDecided, StaleState, WrongState)


@login_required
@require_GET
@door
def inbox_page(request: HttpRequest) -> HttpResponse:
    """What waits for this person; `?open=<ref>` opens that card first."""
    return _inbox(request, first=request.GET.get("open", ""))


@asks_by_itself
@require_GET
@door
def inbox_news(request: HttpRequest) -> HttpResponse:
    """How many came or went since the inbox was shown; the inbox asks by itself."""
    user = person(request)
    context = {
        "news": since(request.GET.get("shown", ""), inbox.waiting_refs(user)),
        "to_decide": inbox.waiting_count(user),
    }
    return render(request, "approvals/_news.html", context)


@login_required
@require_POST
@door
def step_approve(request: HttpRequest, ref: str) -> HttpResponse:
    """Agree to exactly what was shown."""
    user = person(request)
    step = inbox.asked_step(user, ref)
    try:
        decisions.approve_step(step_id=step.pk, by=user, seen=request.POST.get("seen", ""))
    except MOVED_ON as refusal:
        return _moved_on(request, ref, refusal)
    messages.success(request, _("You approved %(title)s.") % {"title": step.approval.request.title})
    return _inbox(request) if is_htmx(request) else redirect("approvals:inbox")


@login_required
@require_http_methods(["GET", "POST"])
@door
def step_reject(request: HttpRequest, ref: str) -> HttpResponse:
    """GET asks for the reason and decides nothing; POST says no."""
    said = _("You said no to %(title)s. The ward is told why.")
    return _with_reason(request, ref, RejectForm, decisions.reject_step, "reject", said)


@login_required
@require_http_methods(["GET", "POST"])
@door
def step_return(request: HttpRequest, ref: str) -> HttpResponse:
    """GET asks what is missing and decides nothing; POST gives it back to its sender."""
    said = _("%(title)s is with its sender again. They are told what is missing.")
    return _with_reason(request, ref, ReturnForm, decisions.return_step, "return", said)


def _with_reason(
    request: HttpRequest,
    ref: str,
    form_class: type[RejectForm],
    decide: Callable[..., ApprovalStep],
    what: str,
    said: str,
) -> HttpResponse:
    user = person(request)
    card = inbox.card(user, ref)
    form = form_class(request.POST or None, initial={"seen": card.seen})
    if card.step.state != card.step.State.OPEN and not form.is_bound:
        return redirect("approvals:inbox")
    if not form.is_valid():
        context, status = {"card": card, "form": form, "what": what}, 422 if form.is_bound else 200
        return page_or_fragment(
            request, "approvals/reject.html", "approvals/_reject.html", context, status=status
        )
    given = form.cleaned_data
    try:
        decide(step_id=card.step.pk, by=user, seen=given["seen"], reason=given["reason"])
    except MOVED_ON as refusal:
        return _moved_on(request, ref, refusal)
    messages.success(request, said % {"title": card.request.title})
    return redirect("approvals:inbox")


def _moved_on(request: HttpRequest, ref: str, refusal: DomainError) -> HttpResponse:
    """Somebody was first, or the request changed: the card says so, in its place in the inbox."""
    return _inbox(request, first=ref, refusal=refusal)


def _inbox(request: HttpRequest, *, first: str = "", refusal: DomainError | None = None) -> HttpResponse:
    user = person(request)
    where = standing(request)
    waiting = inbox.cards(user)
    waiting.sort(
        key=lambda card: card.step.ref != first
    )  # stable: the wanted one first, the others stay by due
    ended = (
        inbox.card(user, first) if refusal and not any(card.step.ref == first for card in waiting) else None
    )
    context = {
        "cards": waiting,
        "to_decide": inbox.waiting_count(user),
        "shown": marks(card.step.ref for card in waiting),
        "several": where.several,
        "pressing": sum(bool(card.request.warn_at and card.request.warn_at <= now()) for card in waiting),
        "refusal": refusal,
        "ended": ended,
    }
    status = refusal.http_status if refusal else 200
    return page_or_fragment(request, "approvals/inbox.html", "approvals/_answer.html", context, status=status)
