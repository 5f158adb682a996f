"""What a second person looks at before a version decides, and what each older version changed."""

from dataclasses import dataclass
from typing import Any

from approvals.governing import diffing, kept, known
from approvals.governing.diffing import Difference
from approvals.governing.showing import Shown
from approvals.models import ApprovalPolicy
from approvals.proof.drafted import by_hospital, prove_version
from approvals.simulation import simulate

REHEARSED = 1000  # past requests, the latest: a page does not wait for more


@dataclass(frozen=True)
class Step:
    """One version in the history of its type."""

    policy: ApprovalPolicy
    differences: list[Difference]


def looked_at(at: Shown) -> dict[str, Any]:
    """The proof and the simulation of what would decide."""
    policy = at.policy
    report = simulate(
        by_hospital(policy),
        category=policy.category.code,
        hospital=policy.hospital.code if policy.hospital else None,
        most=REHEARSED,
    )
    return {"findings": prove_version(policy), "report": report}


def history(at: Shown) -> list[Step]:
    """All versions, the newest first, each with what differs from the one that it was begun from. Ten queries at most."""
    contents = kept.versions(at.versions)
    words = known.load(rule for one in contents.values() for rule in one.rules)
    return [
        Step(
            one,
            diffing.differences(
                contents.get(one.based_on_id or 0) or kept.empty(one), contents[one.pk], words
            ),
        )
        for one in at.versions
    ]
