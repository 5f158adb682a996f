"""What the pages of equipment show, and what their addresses ask for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.http import QueryDict  # noqa: TID251 (reads an address)
from django.utils.formats import date_format

from portal.accounts.models import Department, Location
from portal.accounts.place import Standing
from portal.accounts.roles import ROLES
from portal.web import keyset
from requests_app.equipment import equipment_finding, keeping_page, loans, reported
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.equipment.symptoms import ELSE, SETS, named
from requests_app.kinds.repair import shown_state, symptom_set
from requests_app.models import Equipment, Repair, ServiceRequest
from requests_app.states import RequestState

if TYPE_CHECKING:
    from portal.accounts.models import User


@dataclass(frozen=True)
class Row:
    piece: Equipment
    state: str  # in words, '' where there is nothing to say
    open: int  # reports that the person may see


def one_piece(user: "User", piece: Equipment, here: Standing) -> dict[str, Any]:
    """The page of a piece: what it is, and what of it `user` may see.

    One query; three more while it is lent, and more for those who look after it.
    """
    rows, loan = reported.on_equipment(user, piece), keeping_page.loan_of(piece)
    return {
        "check_form": None,
        "lend_form": None,
        **keeping_page.of_piece(user, piece, here),
        "loan": loan,
        "may_return": loan is not None and loans.may_give_back(user, loan),
        "piece": piece,
        "kind": CLASSES[piece.class_code].label if piece.class_code in CLASSES else "",
        "state": shown_state(piece, rows),
        "rows": rows,
        "symptoms": SETS[symptom_set(piece)],
        "may_ask": "work_here" in here.rights(),
        "elsewhere": here.here is not None and here.here.pk != piece.hospital_id,
    }


def listed(user: "User", here: Standing, asked: QueryDict, ward: Department | None) -> dict[str, Any]:
    """The list as its address asks for it. Without any wish: the ward of today. At most five queries."""
    hospitals = [here.chosen] if here.chosen else here.hospitals
    words = asked.get("q", "").strip()[:80]
    room = equipment_finding.room_at(hospitals, asked.get("place", ""))
    wards = [one for one in here.departments() if one.hospital_id in {each.pk for each in hospitals}]
    chosen = _ward(asked, room, wards, ward if not words else None)
    pieces = equipment_finding.called(equipment_finding.in_use(hospitals), words)
    if room:
        pieces = pieces.filter(location=room)
    elif chosen:
        pieces = pieces.filter(department=chosen)
    page = keyset(pieces, by="tag", cursor=asked.get("after", ""))
    counted = reported.counted(user, page.rows)
    return {
        "words": words,
        "room": room,
        "ward": chosen,
        "wards": wards,
        "rooms": equipment_finding.rooms_of(chosen) if chosen else [],
        "room_rows": reported.in_room(user, room) if room else [],
        "rows": [Row(one, shown_state(one, [1] * counted[one.pk]), counted[one.pk]) for one in page.rows],
        "next": page.next,
        "may_check": bool(here.rights() & keeping_page.KEEPING_RIGHTS),
        "may_ask": "work_here" in here.rights(),
    }


def _ward(
    asked: QueryDict, room: Location | None, wards: list[Department], today: Department | None
) -> Department | None:
    """The ward that is asked for, or that of the room; the ward of today where nothing is asked; '' asks for all."""
    if room:
        return room.department
    if "department" in asked:
        return next((one for one in wards if str(one.pk) == asked["department"]), None)
    return today


def tag_of(request: ServiceRequest, repair: Repair) -> dict[str, Any]:
    """What stands on the tag DO NOT USE: nothing that names a person, no free words. One query."""
    held = request.filed_by.memberships.filter(department=request.department).order_by("pk").first()
    wrong = [one.label for one in named(repair.symptom_set, repair.symptoms) if one.code != ELSE]
    return {
        "case": request,
        "repair": repair,
        "piece": repair.equipment,
        "wrong": wrong,
        "role": ROLES[held.role].label if held else "",
        "clean": repair.cleanliness == Repair.Clean.CLEAN,
        "team": request.team.name if request.team else "",
        "stamp": date_format(
            (request.submitted_at or request.created_at).astimezone(ZoneInfo(request.hospital.time_zone)),
            "l j F Y, H:i",
        ),
        "over": request.state in (RequestState.CANCELLED, RequestState.CLOSED),
    }
