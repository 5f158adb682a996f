"""A repair: of a piece of equipment by its label, of a room, or of a thing that has no label."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal.facts import publish
from requests_app import signals
from requests_app.equipment import equipment_state, reported, symptoms
from requests_app.equipment.equipment_classes import CLASSES
from requests_app.kinds import references, repair_facts
from requests_app.kinds.base import Facts, Kind, Read
from requests_app.kinds.cost import undecided
from requests_app.kinds.repair_questions import CRITICAL, Clean, Needed, repair_questions
from requests_app.models.equipment import Equipment
from requests_app.models.repair import Repair
from requests_app.questions import Question, applies, in_words
from requests_app.states import Priority

if TYPE_CHECKING:
    from portal.accounts.models import Location, User
    from requests_app.models import ServiceRequest


class RepairKind(Kind):
    panel = "requests_app/_reported.html"
    panel_above = True

    # ---- what is asked ----

    def questions(self, draft: "ServiceRequest") -> list[Question]:
        kept = _kept(draft)
        piece = kept.equipment if kept else _piece(draft)
        chips = kept.symptom_set if kept else _set_of(draft, piece)
        return repair_questions(piece, chips, thing=bool(Read(draft).text("thing")) and piece is None)

    def problems(self, draft: "ServiceRequest") -> dict[str, list[str]]:
        found = self.further(draft) | super().problems(draft)
        if "equipment" in found:
            found["equipment"] = [
                _(
                    "No equipment here has this number. Check it, or leave it empty and say what it is, and where."
                )
            ]
        return found

    def further(self, draft: "ServiceRequest") -> dict[str, list[str]]:
        read = Read(draft)
        if read.text("equipment") or read.text("place"):
            return {}
        if read.text("thing"):
            return {"place": [_("Choose the room where it is.")]}
        return {"equipment": [_("Enter the number on the label, or choose the room.")]}

    def prefill(self, draft: "ServiceRequest", given: Mapping[str, str]) -> dict[str, Any]:
        """From the label: the piece, and what usually depends on it.

        Whether it is safe and whether it is clean are never filled in: that is for somebody to say who looked.
        """
        known = {key: given[key] for key in ("equipment", "place", "thing", "symptoms") if given.get(key)}
        draft.answers = {**draft.answers, **known}
        piece = _piece(draft)
        if piece is not None:
            known["equipment"] = piece.tag
            known["needed"] = Needed.TODAY if piece.criticality in CRITICAL else Needed.CAN_WAIT
        return known

    # ---- what follows ----

    def facts(self, draft: "ServiceRequest") -> Facts:
        read, piece, room = Read(draft), _piece(draft), _room(draft)
        chips = _set_of(draft, piece)
        priority, reason = repair_facts.priority(read, piece, room, chips)
        wrong = ", ".join(str(one.label) for one in symptoms.named(chips, read.several("symptoms")))
        return Facts(
            title=_("%(what)s: %(wrong)s") % {"what": repair_facts.what(read, piece, room), "wrong": wrong},
            service=repair_facts.service(read, piece),
            priority=priority,
            reason=reason,
            team_code=repair_facts.team(read, piece),
            place=room,
        )

    def likely_priority(self, draft: "ServiceRequest") -> Priority:
        read = Read(draft)
        if read.text("needed") not in Needed.values:
            return Priority.ROUTINE
        piece = _piece(draft)
        return repair_facts.priority(read, piece, _room(draft), _set_of(draft, piece))[0]

    def beside(self, draft: "ServiceRequest", by: "User") -> dict[str, Any]:
        """The piece or room that was named, and what is already open on it that `by` may see. At most three queries."""
        piece = _piece(draft)
        room = None if piece else _room(draft)
        if piece:
            rows = reported.on_equipment(by, piece, besides=draft.pk)
        else:
            chosen = Read(draft).several("symptoms")
            rows = reported.in_room(by, room, chosen, besides=draft.pk) if room else []
        return {
            "piece": piece,
            "room": room,
            "rows": rows,
            "state": shown_state(piece, rows) if piece else "",
        }

    # ---- what is kept ----

    def keep(self, request: "ServiceRequest", by: "User") -> None:
        """The row of the repair, and the state of the piece."""
        read, piece, room = Read(request), _piece(request), _room(request)
        clean = read.text("clean") if piece or read.text("thing") else ""
        repair, _new = Repair.objects.update_or_create(
            request=request,
            defaults={
                "equipment": piece,
                "location": room,
                "thing": "" if piece else read.text("thing"),
                "symptom_set": _set_of(request, piece),
                "symptoms": read.several("symptoms"),
                "needed": read.text("needed"),
                "safe": read.text("safe"),
                "cleanliness": clean,
                "incident_number": read.text("incident_number")[:40] if clean == Clean.INCIDENT else "",
            },
        )
        request.repair = repair
        if piece:
            equipment_state.report(
                equipment=piece, request=request, removed=repair.out_of_use, harmed=repair.harmed, by=by
            )

    def sent(self, request: "ServiceRequest", by: "User") -> None:
        """Harm is told to the head of clinical engineering."""
        if request.repair.harmed:
            publish(signals.harm_reported, request=request, by=by)

    def not_to_go_on(self, request: "ServiceRequest") -> str:
        return undecided(request)

    def not_to_finish(self, request: "ServiceRequest") -> str:
        """What did harm is closed only after the head of clinical engineering has looked at it; nor while a cost is decided."""
        repair = request.repair
        if repair.harmed and repair.cleared_at is None:
            return _(
                "Somebody was or could have been harmed: the head of clinical engineering looks at it first."
            )
        return undecided(request)

    def said(self, request: "ServiceRequest") -> list[tuple[str, str]]:
        """As it was asked: also when the piece was given up or its class changed since."""
        kept = _kept(request)
        if kept is None:
            return super().said(request)
        asked = repair_questions(kept.equipment, kept.symptom_set, thing=bool(kept.thing))
        rows = {"equipment": kept.equipment, "place": kept.location}
        words = [
            (str(one.label), str(rows[one.key] or "") if one.key in rows else in_words(one, request.answers))
            for one in asked
            if applies(one, request.answers)
        ]
        return [(label, answer) for label, answer in words if answer]


def symptom_set(piece: Equipment) -> str:
    """The code of the symptoms of its class."""
    return CLASSES[piece.class_code].symptoms if piece.class_code in CLASSES else symptoms.PLAIN


def shown_state(piece: Equipment, rows: Iterable[Any]) -> str:
    """The state in words for somebody who sees `rows` of its requests. A report that they may not see says nothing here;
    what every user must know, that it is not to be used, does."""
    told = piece.state in equipment_state.KNOWN_TO_ALL or (
        piece.state == Equipment.State.REPORTED and bool(list(rows))
    )
    return str(piece.get_state_display()) if told else ""


def _kept(draft: "ServiceRequest") -> Repair | None:
    """The row of a repair that was sent; a draft, and what came back to be changed, is read from its answers."""
    if draft.pk is None or draft.is_editable:
        return None
    return getattr(draft, "repair", None)


def _piece(draft: "ServiceRequest") -> Equipment | None:
    """The piece that was named; looked up once while the answer stays the same."""
    asked = (draft.hospital_id, Read(draft).text("equipment"))
    known = draft.__dict__.get("_named_piece")
    if known is None or known[0] != asked:
        known = draft.__dict__["_named_piece"] = (asked, references.equipment(draft))
    return known[1]


def _room(draft: "ServiceRequest") -> "Location | None":
    """The room that was named, else the usual place of the piece."""
    named, piece = references.place(draft, "place"), _piece(draft)
    return named or (piece.location if piece else None)


def _set_of(draft: "ServiceRequest", piece: Equipment | None) -> str:
    if piece is not None:
        return symptom_set(piece)
    return symptoms.PLAIN if Read(draft).text("thing") else symptoms.ROOM
