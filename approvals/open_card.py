"""What only the open card of an inbox says: what its reader may do, who agreed before, and what changed since the last round."""

from dataclasses import replace
from typing import TYPE_CHECKING

from approvals import differences, options, running
from approvals.content import content_of
from approvals.inbox import Card
from approvals.models import Approval, ApprovalStep
from approvals.running import APPROVED, Run

if TYPE_CHECKING:
    from portal.accounts.models import User


def opened(card: Card, user: "User") -> Card:
    """`card` with `may`, `agreed` and `differs`.

    One query for an own right while nobody decided yet; one or two more where somebody did, two or three for a lent right,
    and one or two where the request was decided about before.
    """
    run = run_of(card)
    return replace(
        card,
        may=options.options(run, user, whole=False),
        agreed=[one for one in run.on_step if one.outcome == APPROVED],
        differs=_differs(card),
    )


def run_of(card: Card) -> Run:
    """The run of its step. No query while nobody decided anything in it, else at most two."""
    step = card.step
    if not getattr(step, "decided", True) and step.carried_from_id is None:
        return Run(step=step, request=card.request, steps=[step], decisions=[])
    siblings = ApprovalStep.objects.filter(approval=step.approval_id)
    return running.read(card.request, siblings, step.pk)


def _differs(card: Card) -> list[str]:
    """What is not as it was when the request was decided about the last time."""
    if card.step.approval.round < 2:
        return []
    before = Approval.objects.filter(request=card.request, round=card.step.approval.round - 1).first()
    if before is None or not before.content:
        return []
    return differences.words(before.content, content_of(card.request, card.lines), card.request)
