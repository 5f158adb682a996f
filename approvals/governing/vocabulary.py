"""The values that rules may name, and what people call them. PURE."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from approvals.routing import SAME

# Conditions over long lists: their values are typed as codes.
TYPED = ("departments", "locations", "any_vendor", "services", "any_mark")
# Conditions whose values nobody lists: kinds of request and configured types invent them.
FREE = frozenset({"services", "any_mark"})
LISTED = (
    "categories",
    "hospitals",
    "priorities",
    "any_flag",
    "groups",
    "any_requester_role",
    "any_exception",
    "budget_states",
    "any_vendor_state",
)
AMOUNTS = ("amount_from", "amount_to")
YES_NO = (*SAME, "first_order")
ROLES, CALENDARS, DOCUMENTS = "roles", "calendars", "documents"
PERSON, GROUP = "person:", "group:"
UNITS = ("min", "h", "wh", "wd")


@dataclass(frozen=True)
class Vocabulary:
    """`names`: of each condition over values, and of ROLES, CALENDARS and DOCUMENTS: code -> name."""

    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def knows(self, what: str, code: str) -> bool:
        return what in FREE or code in self.names.get(what, {})

    def name(self, what: str, code: str) -> str:
        """What people call it; a code that is not known stands for itself."""
        return self.names.get(what, {}).get(code, code)
