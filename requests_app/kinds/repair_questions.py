"""What is asked about a repair: at most five questions to be seen at once. No queries."""

from django.utils.translation import gettext as _

from requests_app.equipment import symptoms
from requests_app.models.equipment import Equipment
from requests_app.models.repair import Repair
from requests_app.questions import Ask, Choice, Question

Needed, Safe, Clean = Repair.Needed, Repair.Safe, Repair.Clean
CRITICAL = ("A", "B")
UNKNOWN = "B"  # a thing without a label is taken for one that treats or monitors

NEEDED_CHOICES = tuple(Choice(one.value, one.label, emergency=one is Needed.NOW) for one in Needed)
CLEAN_CHOICES = tuple(Choice(one.value, one.label) for one in Clean)


def repair_questions(piece: Equipment | None, chips: str, *, thing: bool) -> list[Question]:
    """At most five to be seen at once: with a piece its cleanliness, without one the room.

    `thing`: something without a label was named.
    """
    wrong = tuple(Choice(one.code, one.label, emergency=one.ring) for one in symptoms.SETS[chips])
    which = Question(
        "equipment",
        _("Which equipment?") if piece else _("Which equipment, if it is one?"),
        Ask.EQUIPMENT,
        required=piece is not None,
        hint="" if piece else _("The number on its label. Leave it empty for a room."),
    )
    where = Question(
        "place",
        _("Where is it now?") if piece else _("Which room?"),
        Ask.PLACE,
        required=False,
        detail=piece is not None,
        hint=_("Only if it is not in its usual place.") if piece else "",
    )
    return [
        which,
        where,
        Question("symptoms", _("What is wrong?"), Ask.SEVERAL, wrong, missing=_("Choose what is wrong.")),
        Question("other", _("What is it?"), most=200, only_if=("symptoms", (symptoms.ELSE,))),
        Question("needed", _("Is it needed for a patient?"), Ask.ONE, NEEDED_CHOICES),
        Question(
            "safe",
            _("Safe to keep using?"),
            Ask.ONE,
            _safe_choices(piece, thing=thing),
            missing=_("Say whether it is safe to keep using."),
        ),
        *(_cleanliness(visible=piece is not None) if piece or thing else []),
        *([] if piece else [_unlabelled()]),
    ]


def _safe_choices(piece: Equipment | None, *, thing: bool) -> tuple[Choice, ...]:
    critical = (piece.criticality if piece else UNKNOWN if thing else "") in CRITICAL
    ring = _("Ring as well.") if critical else ""
    return (
        Choice(Safe.YES, Safe.YES.label),
        Choice(Safe.REMOVED, Safe.REMOVED.label),
        Choice(Safe.IN_USE, Safe.IN_USE.label, hint=ring, emergency=critical),
    )


def _cleanliness(*, visible: bool) -> list[Question]:
    return [
        Question(
            "clean",
            _("Is it clean?"),
            Ask.ONE,
            CLEAN_CHOICES,
            required=False,
            hint=_("Without an answer it counts as not clean."),
            detail=not visible,
        ),
        Question(
            "incident_number",
            _("Number of the incident report"),
            most=40,
            required=False,
            hint=_(
                "Keep settings, tubing, batteries and packaging. Do not switch it off or reset it unless it is "
                "dangerous. Do not send it away. The number only; leave it empty if there is none yet."
            ),
            only_if=("clean", (Clean.INCIDENT,)),
        ),
    ]


def _unlabelled() -> Question:
    hint = _("Choose the room as well. No names of patients.")
    return Question("thing", _("It has no label: what is it?"), required=False, detail=True, hint=hint)
