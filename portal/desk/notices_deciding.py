"""Who is told what happens to a step besides yes and no: less of some lines, or left to somebody else (portal/flow.py)."""

from typing import Any

from approvals import adjusting
from portal.accounts.models import User
from portal.desk.notices import tell, to_decide
from portal.notify.notices import notify, settle
from requests_app.models import ServiceRequest, WardQuestion


def on_lines_adjusted(
    *, request: ServiceRequest, changes: list[adjusting.Change], decider_ids: list[int], by: User, **_: Any
) -> None:
    """Whoever asked for it, and who agreed to it before: what is left, and why."""
    said = f"{adjusting.in_words(request, changes)} {changes[0]['why']}"
    people = {request.requester_id, *decider_ids} - {by.pk}
    tell(
        "lines_adjusted",
        request,
        people,
        key=str(request.version),
        who=by.get_full_name(),
        reason=said[:300],
    )


def on_step_passed(
    *, request: ServiceRequest, step_ref: str, to_id: int, reason: str, by: User, **_: Any
) -> None:
    """Under the key of the notice that asked for the step, so that both are over when it is; who left it is done with it.

    Who was asked before is told anew: now somebody counts on them, and says why.
    """
    key = f"step_waiting:{request.public_id}:{step_ref}"
    settle(key=key, users=[by.pk])
    notify(
        users=[to_id],
        kind="step_passed",
        case=request.public_id,
        params={
            "number": request.number or "",
            "title": request.title,
            "who": by.get_full_name(),
            "reason": reason[:300],
        },
        url=to_decide(request),
        key=key,
        instead=True,
    )


def on_question_void(*, question: WardQuestion, **_: Any) -> None:
    settle(key=f"question_asked:{question.request.public_id}:{question.ref}")
