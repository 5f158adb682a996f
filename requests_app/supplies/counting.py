"""Counting a shelf against what was agreed to be held there: what is missing becomes a draft."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.accounts import scopes
from portal.clock import now
from portal.errors import Invalid, NotAllowed
from portal.facts import verb
from requests_app.models import ParCount, ServiceRequest, UsualList
from requests_app.supplies import drafting

if TYPE_CHECKING:
    from portal.accounts.models import User

MOST = 9_999


def latest(usual: UsualList) -> ParCount | None:
    """The last count of the list, by whom; None without one. One query."""
    return usual.counts.select_related("by").first()


@verb
def count_shelf(
    *, usual: UsualList, left: Mapping[str, int], by: "User", client_key: uuid.UUID
) -> ServiceRequest | None:
    """Keep what is `left` (whole order units by item code) and draft par less that; None when nothing is missing.

    A line that nobody counted is left out of the draft. The same count again answers with the same draft. Raises
    NotAllowed to who does not work on the ward, Invalid (left-<code>, left), else as `drafting.save_draft`.
    """
    if not scopes.has_perm_at(by, "work_here", usual.department):
        raise NotAllowed(_("Only who works on the ward counts its shelf."))
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
