"""A draft of a policy run over past requests: what it would change, for whom, without writing anything."""

from approvals.simulation.report import Report
from approvals.simulation.simulating import simulate

__all__ = ["Report", "simulate"]
