"""The approvals inbox: see what waits, agree, take it back at once; and what one decided so far."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from approvals import approvers, decisions, history, inbox, inbox_page, open_card, step_up, undoing
from approvals.forms import ConfirmForm
from approvals.inbox_page import Asked
from portal.accounts import password_again
from portal.accounts.place import person, standing
from portal.errors import AlreadyDecided, DomainError, NotAllowed, StaleState, WrongState
from portal.live import since
from portal.web import asks_by_itself, door, is_htmx, keyset, page_or_fragment

MOVED_ON = (AlreadyDecided, StaleState, WrongState)


@login_required
@require_safe
@door
def inbox_list(request: HttpRequest) -> HttpResponse:
    """What waits for this person; `?open=<ref>` or `?case=<public id of a request>` opens that card first, `?show=` narrows,

    `?select` ticks several.
    """
    asked, user = request.GET, person(request)
    about = inbox.ref_about(user, asked["case"]) if "case" in asked else ""
    chosen = frozenset(asked.getlist("ref"))
    if "under" in asked:
        chosen = inbox_page.under(inbox.cards(user))
    wanted = Asked(
        show=asked.get("show", ""),
        first=asked.get("open", about),
        done=asked.get("done", ""),
        select="select" in asked,
        chosen=chosen,
    )
    return answer(request, wanted)


@asks_by_itself
@require_safe
@door
def inbox_news(request: HttpRequest) -> HttpResponse:
    """How many came or went since the inbox was shown; the inbox asks by itself."""
    user, show = person(request), request.GET.get("show", "")
    context = {
        "news": since(request.GET.get("shown", ""), inbox.waiting_refs(user, show=show)),
        "to_decide": inbox.waiting_count(user),
        "show": show,
    }
    return render(request, "approvals/_news.html", context)


@login_required
@require_POST
@door
def step_approve(request: HttpRequest, ref: str) -> HttpResponse:
    """Agree to exactly what was shown; a large amount takes the password first, on a page of its own."""
    seen, confirmed = request.POST.get("seen", ""), step_up.fresh(request.session)
    try:
        decisions.approve_step(step_id=ref, by=person(request), seen=seen, confirmed=confirmed)
    except MOVED_ON as refusal:
        return moved_on(request, ref, refusal)
    except NotAllowed as refusal:
        if refusal.code != step_up.CODE:
            raise
        there = f"{reverse('approvals:confirm', args=[ref])}?{urlencode({'seen': seen})}"
        return HttpResponseClientRedirect(there) if is_htmx(request) else redirect(there)
    return after(request, ref)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def confirm(request: HttpRequest, ref: str) -> HttpResponse:
    """What it is about and the password once more, and with it the approval of exactly what was shown."""
    user, typed = person(request), request.POST if request.method == "POST" else None
    card = open_card.opened(inbox.card(user, ref), user)
    form = ConfirmForm(typed, initial={"seen": request.GET.get("seen", card.seen)})
    if form.is_valid() and (wrong := password_again.problem(request, form.cleaned_data["password"])):
        form.add_error("password", wrong)
    if not form.is_valid():
        return render(
            request,
            "approvals/confirm.html",
            {"card": card, "form": form},
            status=422 if form.is_bound else 200,
        )
    step_up.confirm(request.session)
    try:
        decisions.approve_step(step_id=card.step.pk, by=user, seen=form.cleaned_data["seen"], confirmed=True)
    except MOVED_ON as refusal:
        return moved_on(request, ref, refusal)
    return after(request, ref)


@login_required
@require_POST
@door
def step_undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Take back what one decided a moment ago; the card is there again."""
    try:
        step = undoing.undo(step_id=ref, by=person(request))
    except WrongState as refusal:
        messages.warning(request, refusal.message)
        return answer(request, Asked(show=request.POST.get("show", "")), status=refusal.http_status)
    messages.success(request, _("Taken back: %(title)s.") % {"title": step.approval.request.title})
    if is_htmx(request):
        return answer(request, Asked(first=ref))
    return redirect(f"{reverse('approvals:inbox')}?{urlencode({'open': ref})}")


@login_required
@require_safe
@door
def decided(request: HttpRequest) -> HttpResponse:
    """What one decided; `?whose=` for: what others did in one's name, others: of what one was asked too. The newest first."""
    whose = request.GET.get("whose", "")
    whose = whose if whose in history.WHOSE else ""
    page = keyset(history.WHOSE[whose](person(request)), by="-id", cursor=request.GET.get("after", ""))
    reads = approvers.reads(standing(request))
    context = {"rows": history.shown(page.rows), "next": page.next, "whose": whose, "reads": reads}
    return render(request, "approvals/decided.html", context)


def after(request: HttpRequest, ref: str) -> HttpResponse:
    """The inbox once `ref` is decided, with the way to take it back."""
    show = request.POST.get("show", "")
    if is_htmx(request):
        return answer(request, Asked(show=show, done=ref))
    return redirect(f"{reverse('approvals:inbox')}?{urlencode({'done': ref, 'show': show})}")


def moved_on(request: HttpRequest, ref: str, refusal: DomainError) -> HttpResponse:
    """Somebody was first, or the request changed: the card says so, in its place in the inbox."""
    return answer(request, Asked(first=ref), refusal=refusal)


def answer(
    request: HttpRequest, asked: Asked, *, refusal: DomainError | None = None, status: int = 200
) -> HttpResponse:
    """The inbox as a page, or as the part of it that htmx swaps."""
    context = inbox_page.context(person(request), asked, refusal=refusal)
    context["several"] = standing(request).several
    return page_or_fragment(
        request,
        "approvals/inbox.html",
        "approvals/_answer.html",
        context,
        status=refusal.http_status if refusal else status,
    )
