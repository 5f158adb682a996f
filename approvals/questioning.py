"""What who decides asks the ward first: one question of a step at a time, which waits for nobody else.

The step stays open: it may be decided without the answer, and then nobody waits for it any more.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals import running
from approvals.models import ApprovalStep
from portal.errors import WrongState
from portal.facts import verb
from requests_app import ward_questions
from requests_app.models import WardQuestion

if TYPE_CHECKING:
    from portal.accounts.models import User


def ref_of(step: ApprovalStep) -> str:
    """As a question names the step that it was asked for."""
    return f"step:{step.pk}"


@verb
def ask(*, step_id: int | str, by: "User", text: str, choices: Iterable[str] = ()) -> WardQuestion:
    """Ask whoever asked for it before deciding, with answers that are one tap. The same question again is asked once.

    Only who may decide the step now asks. Publishes `question_asked`. Raises as `decisions.approve_step`, WrongState while
    another question of the step waits, Invalid (text: 1 to 300 characters; choices: at most four of 40 characters).
    """
    text, offered = ward_questions.checked(text, choices)
    run = running.locked(step_id, by)
    running.check_whole(run)
    running.right(run, by)
    running.check_whole(run)
    waiting = of(run.step)
    if waiting is not None:
        if (waiting.text, waiting.by_id) == (text, by.pk):
            return waiting
        raise WrongState(already(waiting))
    return ward_questions.put(
        request=run.request, text=text, choices=offered, by=by, step_ref=ref_of(run.step), wait=None
    )


def of(step: ApprovalStep) -> WardQuestion | None:
    """What the step waits to hear, or None. One query."""
    asked = WardQuestion.objects.filter(request=step.approval.request_id, step_ref=ref_of(step))
    return asked.filter(answered_at=None).select_related("by").first()


def already(waiting: WardQuestion) -> str:
    """Why nothing more can be asked now."""
    return _("%(name)s has asked “%(text)s” already, and waits for the answer.") % {
        "name": waiting.by.get_full_name(),
        "text": waiting.text,
    }


def told(steps: Iterable[ApprovalStep]) -> dict[int, list[WardQuestion]]:
    """What was asked for each of these steps, answered or not, the oldest first; by key of the step. One query."""
    by_ref = {ref_of(step): step.pk for step in steps}
    found: dict[int, list[WardQuestion]] = {pk: [] for pk in by_ref.values()}
    if found:
        requests = {step.approval.request_id for step in steps}
        rows = WardQuestion.objects.filter(request__in=requests, step_ref__in=by_ref)
        for question in rows.select_related("by", "answered_by"):
            found[by_ref[question.step_ref]].append(question)
    return found
