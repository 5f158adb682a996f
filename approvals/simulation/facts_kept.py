"""Facts that only some rules ask for are looked up only then: older cases do not know them."""

from approvals.in_force import read
from approvals.models import ApprovalPolicy
from approvals.routing import AMONG, RuleSet, wanted
from approvals.simulation.past import Past

# Conditions whose facts are in a case only where a rule asked (approvals.case).
ON_DEMAND = frozenset({"locations", "any_requester_role", "any_exception", "out_of_hours", "budget_states"})
LATER = frozenset({"any_vendor_state"})  # always kept, but not from the beginning


class Kept:
    """What the versions that planned the past asked for. One query."""

    def __init__(self, category: str) -> None:
        policies = read(ApprovalPolicy.objects.filter(category__code=category))
        self.asked = {policy.pk: wanted(RuleSet(tuple(rules))) for policy, rules in policies.items()}

    def missing(self, past: Past, asked: frozenset[str]) -> frozenset[str]:
        """The conditions of `asked` that the record of this request cannot answer."""
        known = frozenset[str]().union(*(self.asked.get(pk, frozenset()) for pk in past.versions if pk))
        lacking = {name for name in asked & (ON_DEMAND | LATER) if AMONG.get(name, name) not in past.case}
        return (asked & ON_DEMAND) - known | lacking
