"""What is wrong with a policy, and the smallest case that shows it. PURE: no database, no clock."""

from dataclasses import dataclass, field
from typing import Any

from approvals.routing import RoutingCase

# In the order in which they are shown: what cannot be read, what never happens, what is not decided, who is missing.
UNREADABLE = ("unknown_condition", "bad_value")
UNKNOWN = ("unknown_value", "unknown_role", "unknown_group", "unknown_person", "unknown_calendar")
NEVER = (
    "empty_band",
    "limits_never_meet",
    "never_holds",
    "unreachable_rule",
    "unreachable_step",
    "asks_nobody",
)
ROUTES = ("gap", "overlap", "control_goods")
PEOPLE = ("nobody", "too_few", "no_holder", "self_approval", "one_person", "same_eyes")
CODES = (*UNREADABLE, *UNKNOWN, *NEVER, *ROUTES, *PEOPLE)


@dataclass(frozen=True)
class Finding:
    """`case` and the people replay to the defect: planned by the same rules, decided by the same people.

    `requester` and `away` are sign-in names; empty: somebody without a part in it, nobody. `facts` are what its sentence
    speaks of.
    """

    code: str
    rules: tuple[str, ...]
    case: RoutingCase
    role: str = ""
    requester: str = ""
    away: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    sentence: str = ""
    example: str = ""  # the case in words
