"""The record of a request told in words: who did what, for whom, what it was before and is now, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.audit.models import Event
from portal.templatetags.ui import amount_in_units
from requests_app.models import CaseException, RequestItem
from requests_app.states import LineState, RequestState

# action -> what happened, and the icon beside it; an action that is not here is told by `UNKNOWN`.
SAID = {
    "request.submitted": (gettext_lazy("Sent it"), "send"),
    "request.extended": (gettext_lazy("Added to it"), "list-plus"),
    "request.substituted": (gettext_lazy("Another make goes out, as agreed with the store"), "replace"),
    "list.drafted": (gettext_lazy("A list that comes again was drafted"), "repeat-2"),
    "request.withdrawn": (gettext_lazy("Took it back to change it"), "pencil"),
    "request.returned": (gettext_lazy("Needs more from its sender"), "circle-help"),
    "request.released": (gettext_lazy("Its time came: the team has it"), "clock"),
    "request.reopened": (gettext_lazy("Sent it back to the team"), "rotate-ccw"),
    "request.approved": (gettext_lazy("It is agreed"), "circle-check"),
    "request.rejected": (gettext_lazy("Said no, so it ends here"), "circle-x"),
    "request.cancelled": (gettext_lazy("Cancelled it"), "circle-x"),
    "request.not_supplied": (gettext_lazy("Nothing of it can be supplied"), "circle-x"),
    "request.taken": (gettext_lazy("Work on it began"), "hand"),
    "request.fulfilled": (gettext_lazy("Everything is here"), "package-check"),
    "request.closed": (gettext_lazy("Closed"), "archive"),
    "step.approved": (gettext_lazy("Agreed"), "circle-check"),
    "step.returned": (gettext_lazy("Asked its sender for more"), "circle-help"),
    "step.rejected": (gettext_lazy("Said no"), "circle-x"),
    "approval.routed": (gettext_lazy("Somebody was found to decide"), "route"),
    "lines.picked": (gettext_lazy("Picked in the store"), "clipboard-check"),
    "lines.on_the_way": (gettext_lazy("Sent to the ward"), "truck"),
    "lines.with_buyer": (gettext_lazy("The order is with the buyer"), "shopping-cart"),
    "lines.ordered": (gettext_lazy("Ordered from the supplier"), "shopping-cart"),
    "lines.at_goods_in": (gettext_lazy("Came in at goods-in, on its way to the ward"), "truck"),
    "lines.received": (gettext_lazy("Confirmed what arrived"), "package-check"),
    "lines.supplier_cancelled": (gettext_lazy("The order was cancelled"), "circle-x"),
    "request.joined": (gettext_lazy("Has the same trouble"), "users"),
    "request.watched": (gettext_lazy("Follows it"), "eye"),
    "request.unwatched": (gettext_lazy("No longer follows it"), "eye-off"),
    "equipment.reported": (gettext_lazy("The equipment is reported broken"), "wrench"),
    "equipment.out_of_use": (gettext_lazy("The equipment is out of use"), "ban"),
    "equipment.quarantined": (gettext_lazy("Do not use: it is left as it is"), "octagon-alert"),
    "harm.cleared": (gettext_lazy("Allowed that it is worked on and closed"), "shield-check"),
    "emergency.called": (gettext_lazy("Told whoever is on duty"), "siren"),
    "emergency.again": (gettext_lazy("Nobody took it: told whoever is on duty again"), "siren"),
    "emergency.manager": (gettext_lazy("Nobody took it: told the site manager"), "siren"),
    "emergency.answered": (gettext_lazy("Said that they have it"), "hand"),
    "attachment.added": (gettext_lazy("Added a file"), "paperclip"),
    "attachment.removed": (gettext_lazy("Removed a file"), "file-x"),
    "attachment.infected": (gettext_lazy("A file carried a virus and was deleted"), "shield-x"),
    "request.patient_data_kept": (
        gettext_lazy("Sent it although a text looks like patient data"),
        "shield-alert",
    ),
    "exception.opened": (gettext_lazy("Somebody needs to look at it"), "triangle-alert"),
    "exception.closed": (gettext_lazy("It was looked at and settled"), "circle-check"),
    "clock.warned": (gettext_lazy("It is likely to be late"), "triangle-alert"),
    "clock.breached": (gettext_lazy("It is late"), "octagon-alert"),
    "outbox.delivered": (gettext_lazy("The order reached the buyers' desk"), "send"),
    "outbox.again": (gettext_lazy("The order is sent once more"), "refresh-cw"),
    "outbox.void": (gettext_lazy("The order is not sent any more"), "circle-x"),
}
DONE = gettext_lazy("Done")
UNKNOWN = (gettext_lazy("A change was put on record"), "circle-dot")


@dataclass(frozen=True)
class Entry:
    """`who` is '' where the portal acted by itself; `changes` are (thing, before, after) in words."""

    at: datetime
    icon: str
    what: str
    who: str
    on_behalf_of: str
    changes: list[tuple[str, str, str]]
    why: str


def tell(events: Iterable[Event], lines: Iterable[RequestItem]) -> list[Entry]:
    """The timeline, latest first. The no of a decider ends the request and is told once. No query."""
    told, names = list(events), {line.code: line for line in lines}
    if any(event.action == "request.rejected" for event in told):
        told = [event for event in told if event.action != "step.rejected"]
    return [_entry(event, names) for event in told][::-1]


def _what(event: Event, names: Mapping[str, RequestItem]) -> tuple[Any, str]:
    """What happened, and its icon. Only lines arrive; work is done."""
    if event.action == "request.fulfilled" and not names:
        return DONE, "circle-check"
    return SAID.get(event.action, UNKNOWN)


def _entry(event: Event, names: Mapping[str, RequestItem]) -> Entry:
    what, icon = _what(event, names)
    behalf = event.on_behalf_of
    return Entry(
        at=event.at,
        icon=icon,
        what=str(what),
        who=event.actor.get_full_name() if event.actor.kind == User.Kind.PERSON else "",
        on_behalf_of=behalf.get_full_name() if behalf and behalf.pk != event.actor_id else "",
        changes=_changes(event.before or {}, event.after or {}, names),
        why=_why(event),
    )


def _why(event: Event) -> str:
    """The reason in the words of people; a kind of exception says itself."""
    kind = (event.after or {}).get("kind", "")
    if event.action == "exception.opened" and kind in CaseException.Kind.values:
        return str(CaseException.Kind(kind).label)
    return event.reason


def _changes(before: Any, after: Any, names: Mapping[str, RequestItem]) -> list[tuple[str, str, str]]:
    changes = []
    if "state" in before and "state" in after and after["state"] in RequestState.values:
        changes.append(("", _state(before["state"], names), _state(after["state"], names)))
    if order := after.get("order"):
        changes.append((_("Order"), "", str(order)))
    arrived = after.get("arrived") or after.get("goods_in") or {}
    was, now = before.get("lines"), after.get("lines")
    if isinstance(was, dict) and isinstance(now, dict):
        for code, state in now.items():
            line = names.get(code)
            count = f"{amount_in_units(line, arrived[code])}, " if line and code in arrived else ""
            changes.append((line.name if line else code, _line(was.get(code)), count + _line(state)))
    return changes


def _state(value: str, names: Mapping[str, RequestItem]) -> str:
    if value == RequestState.FULFILLED and not names:
        return str(DONE)
    return str(RequestState(value).label) if value in RequestState.values else ""


def _line(value: Any) -> str:
    return str(LineState(value).label) if value in LineState.values else ""
