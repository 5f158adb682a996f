"""Policies as versioned data, the run of one approval, who stands in for whom, break-glass, and budgets."""

from .break_glass import BreakGlass
from .budget import Budget, BudgetEntry, BudgetPeriod
from .cover import Absence, ApproverGroup, Delegation, away_at
from .policy import ApprovalPolicy, PolicyRule, PolicyStep
from .run import Approval, ApprovalStep, Decision, StepApprover, new_ref
from .watch import AcceptedConflict, SampledOrder, SplitSuspicion, SuspectedPart

__all__ = [
    "Absence",
    "AcceptedConflict",
    "Approval",
    "ApprovalPolicy",
    "ApprovalStep",
    "ApproverGroup",
    "BreakGlass",
    "Budget",
    "BudgetEntry",
    "BudgetPeriod",
    "Decision",
    "Delegation",
    "PolicyRule",
    "PolicyStep",
    "SampledOrder",
    "SplitSuspicion",
    "StepApprover",
    "SuspectedPart",
    "away_at",
    "new_ref",
]
