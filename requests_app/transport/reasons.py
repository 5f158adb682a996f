"""Why a move is not ready or ends otherwise, who is charged for it, and to whom something is handed over. Tables, PURE."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.waiting_reasons import NOBODY

CALLED_AWAY = "called_away"
WARD, BUILDING, PORTERS, DESTINATION = "ward", "building", "porters", "destination"


@dataclass(frozen=True)
class NotReady:
    """`before`, `after`: may be said before or after the pick-up. Who is charged stands in `waiting_reasons`."""

    label: str | Promise
    before: bool = True
    after: bool = False
    patient: bool = False


# Those but the last are reasons of `waiting_reasons` too.
NOT_READY: dict[str, NotReady] = {
    "patient_not_ready": NotReady(_("Patient not ready"), patient=True),
    "escort_not_free": NotReady(_("Nurse or escort not free"), patient=True),
    "papers_missing": NotReady(_("Notes, slip or label missing")),
    "no_cylinder": NotReady(_("On oxygen, no cylinder"), patient=True),
    "lift": NotReady(_("Waiting for the lift"), after=True),
    "no_chair": NotReady(_("Chair, trolley or bed not to be had")),
    "destination_not_ready": NotReady(_("Destination not ready"), after=True),
    CALLED_AWAY: NotReady(_("I am called to an emergency")),
}


@dataclass(frozen=True)
class Failed:
    """How a move ends that is not handed over; the words stand in `outcomes`. Offered to porters as with `NotReady`."""

    charged: str
    before: bool = True
    after: bool = False
    patient: bool = False
    things: bool = True


FAILED: dict[str, Failed] = {
    "not_there": Failed(WARD, patient=True, things=False),
    "declined": Failed(NOBODY, patient=True, things=False),
    "wrong_details": Failed(WARD, after=True),
    "refused": Failed(DESTINATION, before=False, after=True),
    "nothing_to_collect": Failed(WARD),
    "unsafe": Failed(NOBODY, after=True),
    "no_skill": Failed(PORTERS),
    "accident": Failed(NOBODY, after=True),
}

# Who takes it over, by what moves; what is not here is set down without a name. Of samples only the urgent ones.
_STAFF: dict[str, str | Promise] = {"nurse": _("Nurse"), "doctor": _("Doctor")}
HANDED_TO: dict[str, dict[str, str | Promise]] = {
    "patient": {
        "nurse": _("Nurse"),
        "radiographer": _("Radiographer"),
        "theatre": _("Theatre staff"),
        "therapist": _("Therapist"),
        "clinic": _("Clinic staff"),
        "other": _("Other staff"),
    },
    "blood": _STAFF | {"midwife": _("Midwife")},
    "sample": {"laboratory": _("Laboratory staff"), **_STAFF},
    "equipment": {"nurse": _("Nurse"), "engineer": _("Technician"), "library": _("Equipment library"), "other": _("Other staff")},
}  # fmt: skip


def not_ready(*, patient: bool, picked_up: bool) -> dict[str, str | Promise]:
    """Code -> words of what a porter may say now."""
    return {
        code: one.label
        for code, one in NOT_READY.items()
        if (one.after if picked_up else one.before) and (patient or not one.patient)
    }


def failed(*, patient: bool, picked_up: bool) -> list[str]:
    """Codes of `outcomes` with which a porter may end it now."""
    return [
        code
        for code, one in FAILED.items()
        if (one.after if picked_up else one.before) and (one.things or patient)
    ]


def handed_to(what: str, *, urgent: bool) -> dict[str, str | Promise]:
    """Code -> words of who may take it over; {} where nobody has to be named."""
    return {} if what == "sample" and not urgent else HANDED_TO.get(what, {})


def receiver_in_words(what: str, code: str) -> str:
    """Who took it over, as people read it."""
    return str(HANDED_TO.get(what, {}).get(code, code))
