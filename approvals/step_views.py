"""What takes more than a press: say no, ask for what is missing, leave less, ask a question, pass it on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from approvals import inbox, step_up
from approvals.forms import ACTS, AdjustForm, StepForm
from approvals.inbox_page import Asked
from approvals.views import MOVED_ON, after, answer, moved_on
from portal.accounts import password_again
from portal.accounts.place import person
from portal.web import door, is_htmx
from requests_app import screening

TOTAL = "total"  # in the address: only what an adjusted request would cost


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@door
def act(request: HttpRequest, ref: str, name: str) -> HttpResponse:
    """GET asks and decides nothing; POST does it. An adjusted request says what it costs meanwhile."""
    user, posted = person(request), request.method == "POST"
    card = inbox.card(user, ref)
    if card.step.state != card.step.State.OPEN and not posted:
        return answer(request, Asked(first=ref))
    if TOTAL in request.GET:
        form: StepForm = AdjustForm(request.GET, card=card, by=user, fresh=True)
        return render(
            request, "approvals/_adjusted.html" if is_htmx(request) else "approvals/step.html", _page(form)
        )
    fresh = step_up.fresh(request.session)
    form = ACTS[name](request.POST if posted else None, card=card, by=user, fresh=fresh)
    try:
        if (
            form.is_valid()
            and _confirmed(request, form)
            and form.act(confirmed=step_up.fresh(request.session))
        ):
            return _then(request, form)
    except MOVED_ON as refusal:
        return moved_on(request, ref, refusal)
    return render(request, "approvals/step.html", _page(form), status=422 if posted else 200)


def _page(form: StepForm) -> dict[str, object]:
    return {"card": form.card, "form": form}


def _confirmed(request: HttpRequest, form: StepForm) -> bool:
    """The password once more where leaving less still approves a large amount; the sentence stands beside it."""
    if form.password is None:
        return True
    if wrong := password_again.problem(request, form.password):
        form.add_error("password", wrong)
        return False
    step_up.confirm(request.session)
    return True


def _then(request: HttpRequest, form: StepForm) -> HttpResponse:
    """Back to the inbox; what can be taken back says so there."""
    ref, case = form.card.step.ref, form.card.request
    if form.undone:
        return after(request, ref)
    screening.record_kept(request=case, by=form.by, texts=getattr(form, "texts", {}))
    messages.success(request, form.told)
    return redirect(f"{reverse('approvals:inbox')}?{urlencode({'open': ref} if form.name == 'ask' else {})}")
