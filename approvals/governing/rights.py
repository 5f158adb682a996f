"""Who may look at policies, write them and agree to them. Whoever wrote to a version never agrees to it."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals.models import ApprovalPolicy
from portal.accounts import scopes
from portal.accounts.roles import POLICY_VIEWERS
from portal.audit.models import Event
from portal.errors import NotAllowed

if TYPE_CHECKING:
    from portal.accounts.models import User

OWNER = "policy_owner"
WRITTEN = ("policy.started", "policy.changed", "policy.imported")  # the verbs that make somebody an author


def may_write(user: "User") -> bool:
    """One query."""
    return user.is_system or scopes.holds(user, OWNER)


def check_views(user: "User") -> None:
    """Raises NotAllowed."""
    if not any(scopes.holds(user, role) for role in POLICY_VIEWERS):
        raise NotAllowed(_("Only policy owners, administrators and auditors look at the rules of approval."))


def check_writes(user: "User") -> None:
    """Raises NotAllowed."""
    if not may_write(user):
        raise NotAllowed(_("Only a policy owner may change who decides."))


def writers(policy: ApprovalPolicy) -> set[int]:
    """Everybody who wrote to this version, by the record. One query."""
    rows = Event.objects.filter(action__in=WRITTEN, subject=f"policy:{policy.pk}")
    return {policy.author_id or 0, *rows.values_list("actor_id", flat=True)} - {0}


def why_not_agree(policy: ApprovalPolicy, user: "User") -> str:
    """Why `user` may not publish or refuse this version, as a sentence; '' when they may. Three queries at most."""
    if not may_write(user):
        return _("Only a policy owner may publish it.")
    theirs = writers(policy)
    if user.pk in theirs:
        return _("You wrote to this version. A second policy owner publishes it.")
    if user.person_key and type(user).objects.filter(pk__in=theirs, person_key=user.person_key).exists():
        return _("You wrote to this version with another account. A second policy owner publishes it.")
    return ""


def check_agrees(policy: ApprovalPolicy, user: "User") -> None:
    """Raises NotAllowed."""
    if why := why_not_agree(policy, user):
        raise NotAllowed(why)
