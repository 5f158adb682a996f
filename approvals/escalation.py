"""A decision that did not come in time: who stands in is asked as well, then the next authority. Time never decides."""

from collections.abc import Iterator

from approvals import reresolving, running
from approvals.authority import DUTY_LIMITS, Asked
from approvals.models import ApprovalStep
from approvals.running import Run
from portal.accounts.models import User
from portal.facts import verb
from requests_app.states import Priority

TOGETHER = (Priority.EMERGENCY, Priority.URGENT)  # alternates and the next authority are asked at once


@verb
def escalate(*, step_id: int, by: User) -> list[int]:
    """Ask more people for an open step: first the alternates of those who were asked; then, and in a hurry at once, the
    next authority. Who was asked before still may decide.

    An emergency goes to who is on duty: the site manager, the manager on call, the executive on call; then as all others.
    Audited as `step.escalated`, also where nobody is left to ask; publishes `step_reasked`. Returns the keys of who was
    asked in addition. A step that is not open is left alone. Raises NotFound.
    """
    run = running.locked(step_id)
    step = run.step
    if step.state != ApprovalStep.State.OPEN:
        return []
    before = set(step.approvers.filter(open=True).values_list("user", flat=True))
    first, step.late = not step.late, True
    people = reresolving.entitled(run)
    if not (first and set(people) - before) or run.request.priority in TOGETHER:
        people = _higher(run) | people
    reresolving.follow(run, people, by, action="step.escalated")
    return sorted(set(people) - before)


def _higher(run: Run) -> dict[int, Asked]:
    """The people of the next authority that has somebody; it is set on the step."""
    for code in _ahead(run):
        people = reresolving.may(run, code)
        if people:
            run.step.also = [*run.step.also, code]
            return people
    return {}


def _ahead(run: Run) -> Iterator[str]:
    """Whom to ask next, in order."""
    asked = {run.step.asked_role, *run.step.also}
    if run.request.priority == Priority.EMERGENCY:
        yield from (code for code in DUTY_LIMITS if code not in asked)
        run_of_roles = [code for code in (run.step.asked_role, *run.step.also) if code not in DUTY_LIMITS]
        yield from reresolving.upwards(run.step, after=run_of_roles[-1] if run_of_roles else "")
    else:
        yield from reresolving.upwards(run.step)
