"""Which budget something belongs to: from the catalogue group, flags and source of a line to a spend group. PURE."""

from collections.abc import Collection

from approvals.models.budget import Budget

Group = Budget.SpendGroup
REPAIR = str(Group.REPAIR)
OF_GROUP = {
    "equipment": Group.EQUIPMENT,
    "IT": Group.IT,
    "office": Group.OFFICE,
    "hire": Group.OFFICE,
    "service": Group.REPAIR,
}


def group_of(group: str, flags: Collection[str], source: str) -> str:
    """`group`: of the catalogue item. Capital is capital whatever it is, a service is work from outside; what no row names
    is a consumable."""
    if "capital" in flags:
        return str(Group.CAPITAL)
    if source == "service":
        return REPAIR
    return str(OF_GROUP.get(group, Group.CONSUMABLES))
