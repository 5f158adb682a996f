"""Doors of the monthly sample: the orders to look at, and the answer to one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from approvals.models import SampledOrder
from approvals.sampling import answering
from approvals.sampling.sample_forms import QueryForm
from approvals.sampling.sample_page import rows
from portal.accounts.place import person, standing
from portal.errors import NotAllowed, NotFound
from portal.web import door, keyset
from requests_app import screening


@login_required
@require_safe
@door
def sample(request: HttpRequest) -> HttpResponse:
    """What a standing order decided last month and nobody looked at yet, the earliest first."""
    return _page(request)


@login_required
@require_POST
@door
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """“Looks right”, or the line that is queried and why."""
    user = person(request)
    if request.POST.get("said") == SampledOrder.Answer.RIGHT:
        answering.answer(sampled_id=pk, said=SampledOrder.Answer.RIGHT, by=user)
        messages.success(request, _("Thank you: it looks right."))
        return redirect("approvals:sample")
    sampled = answering.seen_by(user).filter(pk=pk).select_related("request").first()
    if sampled is None:
        raise NotFound
    form = QueryForm(request.POST, sampled=sampled, lines=list(sampled.request.lines.all()))
    if not form.is_valid():
        return _page(request, {pk: form})
    said = form.cleaned_data
    answering.answer(
        sampled_id=pk, said=SampledOrder.Answer.QUERY, by=user, line=said["line"], note=said["note"]
    )
    screening.record_kept(request=sampled.request, by=user, texts=form.texts)
    messages.success(request, _("The finance partner looks at it."))
    return redirect("approvals:sample")


def _page(request: HttpRequest, typed: dict[int, QueryForm] | None = None) -> HttpResponse:
    user, refused = person(request), typed or {}
    if not answering.answers(standing(request)):
        raise NotAllowed(_("Heads of department and directors look at the sample of standing orders."))
    page = keyset(answering.waiting(user), by="month", cursor=request.GET.get("after", ""), size=10)
    context = {"rows": rows(page.rows, refused), "page": page}
    return render(request, "approvals/sample.html", context, status=422 if refused else 200)
