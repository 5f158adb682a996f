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
from requests_app import comments, exception_queue
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
    "request.assigned": (gettext_lazy("Gave it to somebody"), "hand"),
    "request.passed": (gettext_lazy("Passed it to another team"), "forward"),
    "request.put_back": (gettext_lazy("Put it back into the queue"), "undo-2"),
    "request.held": (gettext_lazy("It waits"), "circle-pause"),
    "request.resumed": (gettext_lazy("It goes on"), "circle-play"),
    "question.asked": (gettext_lazy("Asked the ward"), "message-circle-question-mark"),
    "question.answered": (gettext_lazy("Answered"), "message-circle"),
    "move.ready": (gettext_lazy("Said that it is ready"), "circle-play"),
    "move.at_pick_up": (gettext_lazy("Is at the pick-up"), "map-pin"),
    "move.picked_up": (gettext_lazy("Picked it up"), "hand"),
    "move.at_destination": (gettext_lazy("Is at the destination"), "map-pin"),
    "move.handed_over": (gettext_lazy("Handed it over"), "circle-check"),
    "move.not_ready": (gettext_lazy("Found it not ready"), "circle-pause"),
    "move.handed_back": (gettext_lazy("Went on to something else; it waits for the ward"), "undo-2"),
    "move.failed": (gettext_lazy("Could not deliver it"), "circle-x"),
    "move.ranked": (gettext_lazy("Put it at another place among the moves"), "list-ordered"),
    "request.fulfilled": (gettext_lazy("Everything is here"), "package-check"),
    "request.closed": (gettext_lazy("Closed"), "archive"),
    "step.approved": (gettext_lazy("Agreed"), "circle-check"),
    "step.passed": (gettext_lazy("Left the decision to somebody else"), "forward"),
    "lines.adjusted": (gettext_lazy("Agreed to less of it"), "list-minus"),
    "price.agreed": (gettext_lazy("Agreed to the price of the order"), "circle-check"),
    "price.refused": (gettext_lazy("Said no to the price of the order"), "circle-x"),
    "step.kept": (gettext_lazy("An agreement of the round before stands"), "check"),
    "step.returned": (gettext_lazy("Asked its sender for more"), "circle-help"),
    "step.rejected": (gettext_lazy("Said no"), "circle-x"),
    "approval.break_glass": (gettext_lazy("Broke the glass: nobody was waited for"), "siren"),
    "approval.glass_reviewed": (gettext_lazy("Reviewed the break-glass"), "scan-eye"),
    "approval.glass_overdue": (gettext_lazy("Nobody reviewed the break-glass in time"), "octagon-alert"),
    "approval.routed": (gettext_lazy("Somebody was found to decide"), "route"),
    "lines.picked": (gettext_lazy("Picked in the store"), "clipboard-check"),
    "lines.on_the_way": (gettext_lazy("Sent to the ward"), "truck"),
    "lines.struck": (gettext_lazy("Gave up the rest of a line: it will not come"), "circle-x"),
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
    "equipment.under_repair": (gettext_lazy("The equipment is in the workshop"), "wrench"),
    "equipment.awaiting_check": (
        gettext_lazy("Repaired: the equipment waits for its check"),
        "clipboard-check",
    ),
    "equipment.in_use": (gettext_lazy("The equipment is in use again"), "circle-check"),
    "equipment.on_loan": (gettext_lazy("The equipment is on loan"), "package-open"),
    "equipment.lost": (gettext_lazy("The equipment cannot be found"), "search-x"),
    "equipment.condemned": (gettext_lazy("The equipment is given up"), "ban"),
    "equipment.checked": (
        gettext_lazy("Tested the equipment: safety and function passed"),
        "clipboard-check",
    ),
    "equipment.check_failed": (gettext_lazy("Tested the equipment: it did not pass"), "octagon-alert"),
    "equipment.countersigned": (gettext_lazy("Signed the test as the second"), "signature"),
    "repair.made_safe": (gettext_lazy("Made it safe"), "shield-check"),
    "loan.given": (gettext_lazy("Lent a piece"), "package-open"),
    "loan.ended": (gettext_lazy("The piece on loan is back"), "undo-2"),
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
    "request.shared": (gettext_lazy("Shared it"), "share-2"),
    "request.unshared": (gettext_lazy("No longer shared"), "user-minus"),
    **exception_queue.SAID,
    "clock.warned": (gettext_lazy("It is likely to be late"), "triangle-alert"),
    "clock.breached": (gettext_lazy("It is late"), "octagon-alert"),
    "clock.retargeted": (gettext_lazy("Another time is promised"), "clock"),
    "outbox.delivered": (gettext_lazy("The order reached the buyers' desk"), "send"),
    "outbox.again": (gettext_lazy("The order is sent once more"), "refresh-cw"),
    "outbox.void": (gettext_lazy("The order is not sent any more"), "circle-x"),
    "maintenance.made": (gettext_lazy("It stands in the list of the team that repairs"), "wrench"),
    "maintenance.moved": (gettext_lazy("It moved on in the list of the team that repairs"), "wrench"),
    "maintenance.brought": (
        gettext_lazy("The list of the team that repairs says the same now"),
        "circle-check",
    ),
    "maintenance.again": (gettext_lazy("It is put in the list of the team once more"), "refresh-cw"),
    "maintenance.void": (gettext_lazy("It is not put in the list of the team any more"), "circle-x"),
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
    told = [
        event for event in events if event.action not in comments.ACTIONS
    ]  # what was said is shown instead
    names = {line.code: line for line in lines}
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
    for code, left in (after.get("quantities") or {}).items():
        line, had = names.get(code), (before.get("quantities") or {}).get(code)
        if line and had is not None:
            changes.append((line.name, amount_in_units(line, had), amount_in_units(line, left)))
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
