"""The static proof of a policy: what is wrong with it in any case that there can be, before anybody is asked by it.

`prove(rules, read_world(category))`: no finding, or each with the smallest case that replays to the defect.
"""

from approvals.proof.finding import Finding
from approvals.proof.proving import prove
from approvals.proof.reading import read_world
from approvals.proof.world import World

__all__ = ["Finding", "World", "prove", "read_world"]
