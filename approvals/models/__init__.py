"""Policies as versioned data, the run of one approval, who stands in for whom, break-glass, and budgets."""

from .break_glass import BreakGlass
from .budget import Budget
from .cover import Absence, ApproverGroup, Delegation, away_at
from .policy import ApprovalPolicy, PolicyRule, PolicyStep
from .run import Approval, ApprovalStep, Decision, StepApprover, new_ref

__all__ = [
    "Absence",
    "Approval",
    "ApprovalPolicy",
    "ApprovalStep",
    "ApproverGroup",
    "BreakGlass",
    "Budget",
    "Decision",
    "Delegation",
    "PolicyRule",
    "PolicyStep",
    "StepApprover",
    "away_at",
    "new_ref",
]
