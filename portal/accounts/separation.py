"""Roles that one person never holds together, whatever the place. The rest of the matrix: docs/separation.md."""

from portal.accounts.roles import ROLES

WORKS = frozenset({"work_here", "fulfil_here", "lead_here"})


def operational(code: str) -> bool:
    """Does the role ask, decide, do or receive anything?"""
    rights = ROLES[code].permissions
    return any(right in WORKS or right.startswith("approve_as_") for right in rights)


# Who judges what others did, and who can send an order again, does and decides nothing themselves.
ALONE = ("auditor", "integration_operator")


def never_with(role: str) -> frozenset[str]:
    """Roles that nobody holds beside `role`."""
    if role in ALONE:
        return frozenset(code for code in ROLES if operational(code) or (code in ALONE and code != role))
    return frozenset(ALONE) if operational(role) else frozenset()
