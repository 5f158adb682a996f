"""Policies as versioned data, the run of one approval, and budgets."""

from .budget import Budget
from .policy import ApprovalPolicy, PolicyRule, PolicyStep
from .run import Approval, ApprovalStep, Decision, StepApprover, new_ref

__all__ = [
    "Approval",
    "ApprovalPolicy",
    "ApprovalStep",
    "Budget",
    "Decision",
    "PolicyRule",
    "PolicyStep",
    "StepApprover",
    "new_ref",
]
