"""Counting a shelf against what was agreed to be held there: what is missing becomes a draft."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.accounts.models import Department, Team
from portal.clock import now
from portal.errors import Invalid, NotAllowed
from portal.facts import verb
from requests_app import lifecycle
from requests_app.models import ParCount, ServiceRequest, UsualList
from requests_app.supplies import drafting
from requests_app.supplies.quoting import quote

if TYPE_CHECKING:
    from portal.accounts.models import User

MOST = 9_999


def latest(usual: UsualList) -> ParCount | None:
    """The last count of the list, by whom; None without one. One query."""
    return usual.counts.select_related("by").first()


@dataclass(frozen=True)
class ToCount:
    """A list that the store counts; `counted_at` is the last time, None: never. `due`: today is its day, and nobody did."""

    usual: UsualList
    counted_at: datetime | None
    counted_by: str
    due: bool


def counted_by_store(user: "User") -> QuerySet[UsualList]:
    """Lists that the store counts, of the hospitals whose store is this person's. Lazy."""
    stores = scopes.teams_with(user, "fulfil_here").filter(code=Team.STORE)
    found = UsualList.objects.filter(
        department__hospital__in=stores.values("hospital"), department__active=True
    )
    return found.exclude(counted_on="").select_related("department__hospital")


def to_count(user: "User") -> list[tuple[Department, list[ToCount]]]:
    """By ward, the lists that this person's store counts, those of today first. One query."""
    last = ParCount.objects.filter(usual_list=OuterRef("pk")).order_by("-at", "-pk")
    found = counted_by_store(user).annotate(
        size=Count("lines"),
        last_at=Subquery(last.values("at")[:1]),
        last_first=Subquery(last.values("by__first_name")[:1]),
        last_name=Subquery(last.values("by__last_name")[:1]),
    )
    wards: dict[Department, list[ToCount]] = {}
    for usual in found.order_by("department__code", "position", "pk"):
        wards.setdefault(usual.department, []).append(_to_count(usual))
    return sorted(wards.items(), key=lambda ward: not any(one.due for one in ward[1]))


def _to_count(usual: UsualList) -> ToCount:
    zone = ZoneInfo(usual.department.hospital.time_zone)
    today, last = now().astimezone(zone), usual.last_at  # type: ignore[attr-defined]
    done = last is not None and last.astimezone(zone).date() == today.date()
    who = f"{usual.last_first or ''} {usual.last_name or ''}".strip()  # type: ignore[attr-defined]
    return ToCount(usual, last, who, str(today.weekday()) in usual.counted_on and not done)


def may_count(user: "User", usual: UsualList) -> bool:
    """Who works on the ward, and the store where the list is the store's to count. Two queries at most."""
    if scopes.has_perm_at(user, "work_here", usual.department):
        return True
    return counted_by_store(user).filter(pk=usual.pk).exists()


@verb
def count_shelf(
    *, usual: UsualList, left: Mapping[str, int], by: "User", client_key: uuid.UUID
) -> ServiceRequest | None:
    """Keep what is `left` (whole order units by item code) and draft par less that; None when nothing is missing.

    A line that nobody counted is left out of the draft. The same count again answers with the same draft. Raises
    NotAllowed to who may not count it (`may_count`), Invalid (left-<code>, left), else as `drafting.save_draft`.
    """
    if not may_count(by, usual):
        raise NotAllowed(_("Only who works on the ward counts its shelf, or the store on its days."))
    lines = {line.item.code: line for line in drafting.usual_lines(usual)}
    errors = {
        f"left-{code}": [_("Enter how many are left, 0 to %(most)s.") % {"most": MOST}]
        for code, number in left.items()
        if not 0 <= number <= MOST
    }
    if not left:
        errors["left"] = [_("Enter what is left of at least one item.")]
    if errors:
        raise Invalid(errors)
    counted = {code: number for code, number in left.items() if code in lines}
    ParCount.objects.get_or_create(
        by=by, draft_key=client_key, defaults={"usual_list": usual, "at": now(), "left": counted}
    )
    missing = {code: lines[code].quantity - number for code, number in counted.items()}
    missing = {code: number for code, number in missing.items() if number > 0}
    if not missing:
        return None
    return drafting.reorder(usual=usual, by=by, client_key=client_key, quantities=missing)


@dataclass(frozen=True)
class ToppedUp:
    """What a count of the store led to: the request, sent or (with the `problem` that kept it) a draft; None: all is there."""

    request: ServiceRequest | None
    problem: str = ""


def top_up(*, usual: UsualList, left: Mapping[str, int], by: "User", client_key: uuid.UUID) -> ToppedUp:
    """Count and send what is missing, for the ward and in the name of who counted. Raises as `count_shelf`.

    Two verbs: a count is kept also where its request cannot be sent as it is.
    """
    draft = count_shelf(usual=usual, left=left, by=by, client_key=client_key)
    if draft is None:
        return ToppedUp(None)
    try:
        sent = lifecycle.submit(public_id=draft.public_id, by=by, seen=quote(draft).fingerprint)
    except Invalid as refusal:
        return ToppedUp(draft, next(iter(refusal.errors.values()))[0])
    return ToppedUp(sent)
