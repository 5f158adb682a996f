"""What only the open card of an inbox says: what its reader may do, who agreed before, and what changed since the last round."""

from dataclasses import replace
from typing import TYPE_CHECKING

from approvals import differences, options, running
from approvals.budgets import showing
from approvals.content import content_of
from approvals.inbox import Card
from approvals.models import Approval, ApprovalStep
from approvals.running import APPROVED, Run
from requests_app import attachments

if TYPE_CHECKING:
    from portal.accounts.models import User


def opened(card: Card, user: "User") -> Card:
    """`card` with `may`, `agreed`, `differs`, `budgets` and `papers`.

    One query for budgets where some pay, one where files are attached. One query for an own right while nobody
    decided yet; one or two more where somebody did, two or three for a lent right, and one or two where the request was
    decided about before.
    """
    run = run_of(card)
    agreed = [one for one in run.on_step if one.outcome == APPROVED]
    return replace(
        card,
        may=options.options(run, user, lines=card.lines, whole=False),
        agreed=agreed,
        last=not card.others and len(agreed) + 1 >= card.step.needed,
        differs=_differs(card),
        budgets=showing.waiting(card.request) if card.budgeted and not card.step.approval.about_price else (),
        papers=[one for one in attachments.shown(card.request) if one.removed_at is None]
        if card.files
        else [],
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
