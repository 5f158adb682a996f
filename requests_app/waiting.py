"""Work that waits: for what, until it is asked again, and who is charged; and what the ward is asked meanwhile."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.audit import events
from portal.clock import now
from portal.errors import Invalid, NotAllowed, WrongState
from portal.facts import publish, verb
from requests_app import (
    access,
    casework,
    lifecycle,
    permissions,
    signals,
    waiting_reasons,
    waits,
    ward_questions,
    work,
)
from requests_app.kinds import kind_of
from requests_app.models import CaseException, ServiceRequest, Wait, WardQuestion
from requests_app.states import TEAM_STATES, RequestState
from requests_app.waiting_reasons import REASONS, WARD_ANSWER

if TYPE_CHECKING:
    from portal.accounts.models import User

LONGEST_NOTE, LONGEST_ANSWER = 200, 300  # characters
LONGEST_WAIT = timedelta(days=370)


@verb
def wait(
    *, request: ServiceRequest, reason: str, by: "User", again_at: datetime | None = None, note: str = ""
) -> Wait:
    """Its team waits for `reason` (of `waiting_reasons`) until it is asked again at `again_at`; publishes `work_paused`.

    What nobody had yet is taken by `by` first. Raises NotAllowed to others than its team, WrongState when it waits already
    or cannot, Invalid (reason, again_at: needed where the table has no time; note).
    """
    request = _served(request, by)
    wanted = REASONS.get(reason)
    if wanted is None:
        raise Invalid({"reason": [_("Choose what it waits for.")]})
    moment = now()
    again_at = again_at or (moment + wanted.again if wanted.again else None)
    errors = {}
    if again_at is None:
        errors["again_at"] = [_("Say when it is asked again: every wait has an end.")]
    elif not moment < again_at <= moment + LONGEST_WAIT:
        errors["again_at"] = [_("Choose a time to come, within a year.")]
    if len(note) > LONGEST_NOTE:
        errors["note"] = [_("Keep it to %(most)s characters.") % {"most": LONGEST_NOTE}]
    if errors or again_at is None:
        raise Invalid(errors)
    if request.state == RequestState.APPROVED:
        request = work.take(request=request, by=by)
    if request.state == RequestState.ON_HOLD:
        raise WrongState(_("It waits already. Go on with it first."))
    request.held_by = waits.held_by(request, reason, again_at)
    said = waits.until(request, reason, again_at)
    lifecycle.hold(request=request, by=by, reason=reason, why=f"{said}. {note}" if note else said)
    started = Wait.objects.create(
        request=request,
        reason=reason,
        note=note,
        charged=wanted.charged,
        stops_clock=wanted.stops,
        by=by,
        started_at=moment,
        again_at=again_at,
    )
    publish(signals.work_paused, request=request, wait=started, by=by)
    return started


def _served(request: ServiceRequest, by: "User") -> ServiceRequest:
    request = access.locked(request)
    if not (by.is_system or permissions.serves(by, request)):
        raise NotAllowed(_("Only its team can do that."))
    if request.state not in TEAM_STATES:
        state = request.get_state_display()
        raise WrongState(_("Its team can do nothing to it now: it is “%(state)s”.") % {"state": state})
    return request


@verb
def resume(*, request: ServiceRequest, by: "User", note: str = "") -> ServiceRequest:
    """What it waited for is there, or somebody goes on without. Publishes `work_resumed`. Going on twice goes on once.

    Raises NotAllowed to others than its team (and the portal), WrongState unless somebody has it.
    """
    request = _served(request, by)
    if request.state == RequestState.IN_FULFILMENT:
        return request
    if request.state != RequestState.ON_HOLD:
        raise WrongState(_("Nobody has it yet, so it waits for nothing. Take it."))
    if not by.is_system and (why := kind_of(request).not_to_go_on(request)):
        raise WrongState(why)
    if request.assignee is None and not by.is_system:  # handed back while it waited: who goes on has it
        request.assignee = by
    return go_on(request, by=by, why=note)


def go_on(request: ServiceRequest, *, by: "User", why: str) -> ServiceRequest:
    """End the waiting of a locked request, of which `by` was found to have the say. Publishes `work_resumed`."""
    ended = waits.end(request, by=by)
    request.held_by = work.has_it(request)
    request = lifecycle.go_on(request=request, by=by, why=why)
    if ended:
        publish(signals.work_resumed, request=request, wait=ended, by=by)
    return request


@verb
def ask_ward(
    *,
    request: ServiceRequest,
    text: str,
    by: "User",
    choices: Iterable[str] = (),
    again_at: datetime | None = None,
) -> WardQuestion:
    """Ask whoever asked for the work, with answers that are one tap; it waits for the answer. Publishes `question_asked`.

    Raises as `wait`, and Invalid (text: 1 to 300 characters; choices: at most four of 40 characters).
    """
    text, offered = ward_questions.checked(text, choices)
    request = _served(request, by)
    started = wait(request=request, reason=WARD_ANSWER, by=by, again_at=again_at)
    return ward_questions.put(request=request, text=text, choices=offered, by=by, wait=started)


@verb
def answer(*, question: WardQuestion, text: str, by: "User") -> WardQuestion:
    """Somebody of the ward answers; the work goes on. The same answer again changes nothing. Publishes `question_answered`.

    Raises NotAllowed to others than the ward, WrongState (who was first) when it was answered or the work ended, Invalid
    (text: 1 to 300 characters).
    """
    text = text.strip()
    if not 0 < len(text) <= LONGEST_ANSWER:
        raise Invalid({"text": [_("Choose an answer or write one.")]})
    request = access.lock_id(question.request_id)
    question = (
        WardQuestion.objects.select_for_update(of=("self",)).select_related("wait", "by").get(pk=question.pk)
    )
    question.request = request
    if not permissions.works_on(by, request):
        raise NotAllowed(_("Somebody of the ward that asked for it answers this."))
    if question.is_void:
        raise WrongState(_("It was decided meanwhile, so this needs no answer any more."))
    if question.answered_at is not None:
        if question.answer == text and question.answered_by_id == by.pk:
            return question
        raise WrongState(_("This was answered already: %(answer)s") % {"answer": question.answer})
    question.answer, question.answered_by, question.answered_at = text, by, now()
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    events.record(
        action="question.answered",
        by=by,
        case=request.public_id,
        subject=f"question:{question.pk}",
        reason=text,
    )
    if question.wait and question.wait.ended_at is None and request.state == RequestState.ON_HOLD:
        go_on(request, by=by, why=text)
    publish(signals.question_answered, question=question, by=by)
    return question


def sweep(*, limit: int = 200) -> int:
    """Ask again about what has waited long enough: an exception of who leads the team. Each wait once. How many there were."""
    due = list(
        Wait.objects.filter(ended_at=None, asked_again_at=None, again_at__lte=now())
        .order_by("again_at", "pk")
        .values_list("pk", "request_id")[:limit]
    )
    if not due:
        return 0
    by = scopes.system_user()
    failures: list[Exception] = []
    for pk, request_id in due:
        try:
            _ask_again(wait_id=pk, request_id=request_id, by=by)
        except Exception as failure:  # noqa: BLE001 (raised below, after the others had their turn)
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(due)} waits could not be asked about", failures)
    return len(due)


@verb
def _ask_again(*, wait_id: int, request_id: int, by: "User") -> None:
    request = access.lock_id(request_id)
    wait = Wait.objects.select_for_update(of=("self",)).get(pk=wait_id)
    if wait.ended_at is not None or wait.asked_again_at is not None:
        return
    wait.asked_again_at = now()
    wait.save(update_fields=["asked_again_at"])
    casework.open_exception(
        kind=CaseException.Kind.STILL_WAITING,
        request=request,
        key=f"wait:{wait.pk}",
        owner_role="service_manager" if wait.charged != "supplier" else "buyer",
        detail=_("%(why)s, longer than was said.") % {"why": waiting_reasons.in_words(wait.reason)},
        by=by,
    )
