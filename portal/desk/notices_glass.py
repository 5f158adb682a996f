"""Who is told about a broken glass and its review: receivers of portal/flow.py."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from approvals.glass_rules import REVIEWERS
from approvals.models import BreakGlass
from portal.accounts import scopes
from portal.accounts.models import User
from portal.notify.notices import notify, settle

LATE_TO = tuple(role for role in REVIEWERS if role != "finance")  # finance was told when it happened


def on_glass_broken(*, broken: BreakGlass, by: User, **_: Any) -> None:
    """Head of department and finance partner, or who comes next where nobody is, at once."""
    _tell("glass_broken", broken, broken.told, who=by.get_full_name(), said=broken.words)


def on_glass_reviewed(*, broken: BreakGlass, by: User, **_: Any) -> None:
    """Who broke it reads what was said of it; nobody else is asked any more."""
    settle(key=_key("glass_broken", broken), also=_key("glass_overdue", broken))
    said = str(broken.get_verdict_display())
    who = by.get_full_name()
    reason = f"{said}. {broken.review_words}" if broken.review_words else said
    _tell("glass_reviewed", broken, [broken.by_id], who=who, said=reason)


def on_glass_overdue(*, broken: BreakGlass, **_: Any) -> None:
    """Directors and executives, once."""
    place = broken.request.hospital
    people = {
        pk
        for role in LATE_TO
        for pk in scopes.users_with(f"approve_as_{role}", place).values_list("pk", flat=True)
    }
    who = broken.by.get_full_name()
    _tell("glass_overdue", broken, people - {broken.by_id}, who=who)


def _key(kind: str, broken: BreakGlass) -> str:
    return f"{kind}:{broken.ref}"


def _tell(
    kind: str,
    broken: BreakGlass,
    users: Iterable[int],
    *,
    who: str,
    said: str = "",
) -> None:
    request = broken.request
    notify(
        users=sorted(users),
        kind=kind,
        case=request.public_id,
        params={"number": request.number or "", "title": request.title, "who": who, "reason": said},
        url=reverse("desk:request-detail", args=[request.public_id]) + "#h-glass",
        key=_key(kind, broken),
    )
