"""What follows from the answers about a repair: how urgent it is and why, whose it is, what it is called. No queries."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from requests_app import priorities
from requests_app.equipment import symptoms
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.kinds.base import Read
from requests_app.kinds.repair_questions import CRITICAL, UNKNOWN, Needed, Safe
from requests_app.models.equipment import Equipment
from requests_app.priorities import CAN_WAIT, HIGH, LOW, MEDIUM, NOW, TODAY
from requests_app.states import Priority

if TYPE_CHECKING:
    from portal.accounts.models import Location

MATRIX = {Needed.NOW: (HIGH, NOW), Needed.TODAY: (MEDIUM, TODAY), Needed.CAN_WAIT: (LOW, CAN_WAIT)}
SERVICE = {"A": "repair_a", "B": "repair_b", "C": "repair_c", "D": "repair_c"}
BUILDING = "repair_building"
BUILDING_TEAM, TRIAGE_TEAM = "estates", "triage"


def priority_of(
    needed: str, safe: str, *, criticality: str, dangers: Iterable[str], acute: bool
) -> tuple[Priority, str]:
    """The priority and its reason in words. PURE: codes of the answers, and the facts that raise it, never lower it.

    `criticality`: of the piece, '' for a room. `dangers`: labels of symptoms that are a danger. `acute`: the room is one.
    """
    answer = Needed(needed)
    priority = priorities.of(*MATRIX[answer])
    unsafe, why = safe in (Safe.REMOVED, Safe.IN_USE), []
    raises: list[tuple[bool, Priority, str]] = [
        (criticality == "A" and unsafe, Priority.URGENT, _("it keeps a patient alive and is not safe")),
        *((True, Priority.URGENT, _("a danger: %(what)s") % {"what": danger}) for danger in dangers),
        (
            criticality in CRITICAL and safe == Safe.IN_USE,
            Priority.EMERGENCY,
            _("not safe and cannot be taken out of use"),
        ),
    ]
    for holds, least, words in raises:
        if holds and priorities.at_least(priority, least) != priority:
            priority, why = least, [words]
    if acute and priorities.one_up(priority) != priority:
        priority = priorities.one_up(priority)
        why.append(_("this is an acute area"))
    raised = _("; raised: %(why)s") % {"why": ", ".join(why)} if why else ""
    return priority, f"{answer.label}{raised}"


def what(read: Read, piece: Equipment | None, room: "Location | None") -> str:
    """For mails and walls: the class and the number, or the room; never free words."""
    if piece is not None:
        label = CLASSES[piece.class_code].label if piece.class_code in CLASSES else _("Equipment")
        return f"{label} {piece.tag}"
    if read.text("thing"):
        return _("Something without a label, %(room)s") % {"room": room or ""}
    return str(room or "")


def service(read: Read, piece: Equipment | None) -> str:
    if piece is not None:
        return SERVICE[piece.criticality]
    return SERVICE[UNKNOWN] if read.text("thing") else BUILDING


def team(read: Read, piece: Equipment | None) -> str:
    """The team of the class, else of the building; nobody knows whose a thing without a label is."""
    if piece is not None:
        return CLASSES[piece.class_code].team if piece.class_code in CLASSES else TRIAGE_TEAM
    return TRIAGE_TEAM if read.text("thing") else BUILDING_TEAM


def priority(
    read: Read, piece: Equipment | None, room: "Location | None", chips: str
) -> tuple[Priority, str]:
    criticality = piece.criticality if piece else UNKNOWN if read.text("thing") else ""
    dangers = symptoms.dangers(chips, read.several("symptoms"), criticality)
    return priority_of(
        read.text("needed"),
        read.text("safe"),
        criticality=criticality,
        dangers=[str(one.label) for one in dangers],
        acute=room is not None and room.acute,
    )
