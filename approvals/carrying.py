"""What stands of the round before when a request is decided anew: who agreed and is not concerned by what changed.

Nothing of the earlier round is written to. A step that stands is a new step that points at the one that was agreed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from approvals import authority, differences, materiality, signals
from approvals.models import Approval, ApprovalStep, Decision
from portal.audit import events
from portal.clock import now
from portal.facts import publish
from requests_app.models import ServiceRequest

if TYPE_CHECKING:
    from portal.accounts.models import User

APPROVED = Decision.Outcome.APPROVED


@dataclass
class Round:
    """The round before: its steps, and the decisions on them and on those that they carry on from."""

    approval: Approval
    steps: list[ApprovalStep]
    decisions: list[Decision]

    def agreed(self, step: ApprovalStep) -> list[Decision]:
        """The agreements that closed `step`, or the one that it carries on from; those taken back do not count."""
        root = root_of(step)
        mine = [one for one in self.decisions if one.step_id == root.pk and one.round == root.round]
        back = {one.withdraws_id for one in mine}
        return [one for one in mine if one.outcome == APPROVED and one.pk not in back]

    def content_of(self, approval: Approval) -> dict[str, Any]:
        """What was decided about in the end, with what an approver took down, and the facts beside it."""
        rows = [row for one in self.decisions if one.step.approval_id == approval.pk for row in one.adjusted]
        content = materiality.adjusted(approval.content, rows) if rows else approval.content
        return {**content, **beside(approval.case)}

    @property
    def owed(self) -> list[ApprovalStep]:
        """Steps that were asked and gave no agreement, once anybody had decided: they are asked again in any case."""
        if self.approval.round == 1 and not self.decisions:
            return []
        return [one for one in self.steps if one.opened_at and one.state != ApprovalStep.State.APPROVED]


def root_of(step: ApprovalStep) -> ApprovalStep:
    """The step that holds the decisions."""
    return step.carried_from or step


def beside(case: Mapping[str, Any]) -> dict[str, Any]:
    """What materiality compares besides the content; of a round without a plan, nothing."""
    return {"department": case["department"], "base_amount": case["amount"]} if case else {}


def before(request: ServiceRequest) -> Approval | None:
    """The latest round of the request. One query."""
    return Approval.objects.filter(request=request).select_related("policy").order_by("-pk").first()


def read(approval: Approval) -> Round:
    """That round with its steps and decisions. Two queries."""
    steps = list(approval.steps.select_related("carried_from__approval").order_by("sequence", "pk"))
    for step in steps:
        step.approval = approval
    of = {root_of(step).pk for step in steps}
    decisions = Decision.objects.filter(step__in=of).select_related("step", "actor", "authority")
    return Round(approval, steps, list(decisions.order_by("pk")))


def again(approval: Approval, steps: list[ApprovalStep], earlier: Round) -> list[ApprovalStep]:
    """`steps` of the new round, and those of the round before that nobody has answered yet.

    A smaller amount never takes out who had it and asked for more.
    """
    planned = {step.role for step in steps}
    kept = (
        "sequence",
        "role",
        "needed",
        "of_all",
        "distinct",
        "within",
        "escalate_to",
        "calendar",
        "documents",
    )
    left = [
        ApprovalStep(
            approval=approval,
            asked_role=one.role,
            why=_("Asked in the round before, and did not agree to it"),
            **{name: getattr(one, name) for name in kept},
        )
        for one in earlier.owed
        if one.role not in planned
    ]
    return sorted([*steps, *left], key=lambda step: step.sequence)


def carry(
    approval: Approval, request: ServiceRequest, steps: list[ApprovalStep], earlier: Round, *, by: "User"
) -> set[int]:
    """Mark those of `steps` (new, not stored) that stand. Returns who decided them: steps go to distinct people.

    A step stands where the same version of the policy asked for it in the same way, no change concerns its role
    (`materiality`), and whoever agreed may still decide it. The last step never stands if all others do: somebody looks
    at every round. Two queries for each step that could stand. Publishes `step_kept`.
    """
    versions = [(one.policy_id, one.site_policy_id) for one in (earlier.approval, approval)]
    if versions[0] != versions[1] or earlier.approval.policy is None:
        return set()
    old = {one.role: one for one in earlier.steps if one.state == ApprovalStep.State.APPROVED}
    could = [step for step in steps if step.role in old and _same(step, old[step.role])]
    found = _concerned(approval, request, [old[step.role] for step in could], earlier)
    standing = [
        step
        for step in could
        if step.role not in found and _still_theirs(request, old[step.role], earlier.agreed(old[step.role]))
    ]
    if len(standing) == len(steps):
        standing.pop()
    deciders: set[int] = set()
    for step in standing:
        agreed = earlier.agreed(old[step.role])
        step.carried_from, step.asked_role = root_of(old[step.role]), old[step.role].asked_role
        step.mark_carried(now())
        deciders |= {pk for one in agreed for pk in (one.actor_id, one.authority_id)}
        _tell(approval, request, step, agreed, earlier, by)
    return deciders


def _same(step: ApprovalStep, old: ApprovalStep) -> bool:
    """Is it asked for as it was? Where everybody must agree, everybody looks again."""
    ways = ("distinct", "documents", "escalate_to")
    needed = old.state == ApprovalStep.State.APPROVED and step.needed == old.needed
    return (
        needed and not (step.of_all or old.of_all) and all(getattr(step, a) == getattr(old, a) for a in ways)
    )


def _concerned(
    approval: Approval, request: ServiceRequest, old: list[ApprovalStep], earlier: Round
) -> dict[str, str]:
    """Roles whose agreement does not stand, each judged by what it was given about. No query."""
    table = materiality.Table.of(earlier.approval.policy.materiality if earlier.approval.policy else {})
    after = {**approval.content, **beside(approval.case)}
    asked: dict[str, str] = {}
    for given in {root_of(one).approval_id: root_of(one).approval for one in old}.values():
        roles = [one.role for one in old if root_of(one).approval_id == given.pk]
        flags = _flags(given.case, approval.case)
        asked |= materiality.asked_again(
            materiality.changes(earlier.content_of(given), after), roles, table, flags
        )
    return asked


def _flags(*cases: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """By code of a line: what is special about it in any of `cases`."""
    flags: dict[str, frozenset[str]] = {}
    for line in (line for case in cases for line in case.get("lines", [])):
        flags[line["code"]] = flags.get(line["code"], frozenset()) | set(line["flags"])
    return flags


def _still_theirs(request: ServiceRequest, step: ApprovalStep, agreed: list[Decision]) -> bool:
    """May each of them still decide it, by the right of the same person, and with no part in it?"""
    without = authority.subjects(request)
    for one in agreed:
        claim = authority.claim(one.actor, step, request, without=without)
        if not one.actor.is_active or claim is None or claim.authority.pk != one.authority_id:
            return False
    return bool(agreed)


def _tell(
    approval: Approval,
    request: ServiceRequest,
    step: ApprovalStep,
    agreed: list[Decision],
    earlier: Round,
    by: "User",
) -> None:
    root = root_of(step)
    was, after = earlier.content_of(root.approval), {**approval.content, **beside(approval.case)}
    kinds = sorted({change.kind for change in materiality.changes(was, after)})
    events.record(
        action="step.kept",
        by=by,
        case=request.public_id,
        subject=f"step:{root.pk}",
        after={"role": step.role, "round": approval.round, "rule": "materiality", "changes": kinds},
        policy=approval.version,
    )
    publish(
        signals.step_kept,
        request=request,
        step_ref=f"step:{root.pk}",
        round=approval.round,
        decider_ids=sorted({one.actor_id for one in agreed} | {one.authority_id for one in agreed}),
        changes=differences.words(was, after, request),
        by=by,
    )
