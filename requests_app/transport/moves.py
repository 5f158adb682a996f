"""What moves, how, and what is asked about it: the tables and the questions of a move. PURE."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.questions import Ask, Choice, Question
from requests_app.transport.precautions import PRECAUTIONS

PATIENT, AFTER_DEATH = "patient", "after_death"
HANDED_OVER = "handed_over"  # the outcome of a move that arrived
NOW, FREE, AT, BETWEEN, READY = "now", "free", "at", "between", "ready"
ELSEWHERE = "other"


@dataclass(frozen=True)
class Thing:
    """Something that moves. `service`: whose target times apply; `team`: the code of the team that moves it.

    `origin`: the question that says where it is: `from` is filled in with the ward, `collect` is asked; "" for neither.
    """

    label: str | Promise
    icon: str
    service: str = "move_goods"
    team: str = "porters"
    origin: str = "from"
    destination: bool = True


WHAT = {
    PATIENT: Thing(_("Patient"), "user-round", "move_patient"),
    "bed": Thing(_("Bed or trolley, empty"), "bed-double"),
    "sample": Thing(_("Sample"), "test-tube", "move_sample"),
    "blood": Thing(_("Blood or platelets"), "droplet", "move_blood", origin="collect"),
    "equipment": Thing(_("Equipment"), "stethoscope", origin="collect"),
    "gas": Thing(_("Gas cylinder"), "cylinder", destination=False),
    "goods": Thing(_("Goods, notes, parcel"), "package", origin="collect"),
    "meal": Thing(_("Late meal"), "utensils", origin=""),
    "waste": Thing(_("Waste or sharps box"), "trash-2", "linen_waste", "waste", destination=False),
    "linen": Thing(_("Linen"), "shirt", "linen_waste", "linen", destination=False),
    AFTER_DEATH: Thing(_("Transfer after death"), "user-round", "move_after_death", destination=False),
}
HOW = {
    "walk": _("Walks with a porter"),
    "chair": _("Wheelchair"),
    "chair_large": _("Wide wheelchair (160 kg)"),
    "trolley": _("Trolley"),
    "bed": _("In bed"),
    "bed_large": _("Wide bed"),
    "cot": _("Cot or incubator"),
    "stretcher_theatre": _("Theatre trolley"),
}
ESCORTS = {
    "none": _("Nobody"),
    "nurse": _("Nurse"),
    "nurse_and_doctor": _("Nurse and doctor"),
    "carer": _("Carer"),
    "security": _("Security"),
}
COMES_ALONG = {
    "oxygen": _("Oxygen cylinder"),
    "pump": _("Drip stand or pump"),
    "monitor": _("Monitor"),
    "drain": _("Drain or catheter"),
    "slide_sheet": _("Slide sheet"),
    "interpreter": _("Interpreter or carer"),
    "aid": _("Hearing or sight aid"),
    "notes": _("Notes"),
    "own_chair": _("Own wheelchair"),
}
TELL = {
    "may_fall": _("May fall"),
    "may_wander": _("May wander or pull lines"),
    "calm": _("Needs calm, no waiting in corridors"),
    "no_metal": _("MRI: nothing metal"),
    "flat": _("Must stay flat"),
    "connected": _("Do not disconnect"),
}
WHEN = {
    NOW: _("Now: theatre has sent, urgent scan, unwell patient"),
    FREE: _("When a porter is free"),
    AT: _("To arrive at a time"),
    BETWEEN: _("Between two times"),
}
YES_NO = (Choice("yes", _("Yes")), Choice("no", _("No")))
CLEAN_OR_USED = (Choice("clean", _("Clean")), Choice("used", _("Used")))


def _choices(table: Mapping[str, str | Promise]) -> tuple[Choice, ...]:
    return tuple(Choice(code, label) for code, label in table.items())


def _when(answered: str) -> tuple[Choice, ...]:
    """The way back is asked for by the portal, for when it is ready: that answer is offered where it was given."""
    offered = _choices(WHEN)
    return (*offered, Choice(READY, _("When it is ready to go back"))) if answered == READY else offered


def _of(*things: str) -> tuple[str, tuple[str, ...]]:
    return "what", things


def _from(question: str) -> tuple[str, tuple[str, ...]]:
    return _of(*(code for code, thing in WHAT.items() if thing.origin == question))


def asked(*, recent: tuple[Choice, ...] = (), to: str = "", when: str = "") -> list[Question]:
    """The questions of a move. `recent`: where this ward sent things lately; `to`, `when`: what was answered to those.

    What the ward itself sends starts at the ward: that is filled in and stands behind "Add details". Of a patient, five
    questions are seen.
    """
    return [
        Question(
            "what",
            _("What moves?"),
            Ask.ONE,
            tuple(Choice(code, thing.label, icon=thing.icon) for code, thing in WHAT.items()),
        ),
        Question("collect", _("Collect from"), Ask.PLACE, only_if=_from("collect")),
        *_where_to(recent, to),
        *_patient(),
        *_things(),
        Question("when", _("When?"), Ask.ONE, _when(when)),
        Question("agreed_from", _("Not before"), Ask.MOMENT, only_if=("when", (BETWEEN,))),
        Question("agreed_at", _("To arrive by"), Ask.MOMENT, only_if=("when", (AT, BETWEEN))),
        Question("from", _("From"), Ask.PLACE, only_if=_from("from"), detail=True),
        *_details(),
    ]


def _where_to(recent: tuple[Choice, ...], answered: str) -> tuple[Question, ...]:
    """One tap where the ward sent something lately; every other place is a list."""
    goes = _of(*(code for code, thing in WHAT.items() if thing.destination))
    label, missing = _("Where to?"), _("Choose where to.")
    if not recent and answered != ELSEWHERE:
        return (Question("to", label, Ask.PLACE, only_if=goes, missing=missing),)
    other = Choice(ELSEWHERE, _("Somewhere else"))
    return (
        Question("to", label, Ask.ONE, (*recent, other), only_if=goes, missing=missing),
        Question("to_other", _("Which place?"), Ask.PLACE, only_if=("to", (ELSEWHERE,)), missing=missing),
    )


def _patient() -> tuple[Question, ...]:
    return (
        Question("how", _("How do they travel?"), Ask.ONE, _choices(HOW), only_if=_of(PATIENT)),
        Question(
            "precautions",
            _("Infection precautions"),
            Ask.SEVERAL,
            tuple(Choice(one.code, one.label, icon=one.icon) for one in PRECAUTIONS.values()),
            only_if=_of(PATIENT, AFTER_DEATH),
            missing=_("Choose the precautions, or “None known”."),
        ),
    )


def _details() -> tuple[Question, ...]:
    patient = _of(PATIENT)
    return (
        Question("back", _("Back again?"), Ask.ONE, YES_NO, required=False, only_if=patient, detail=True),
        Question(
            "escort",
            _("Who goes along?"),
            Ask.ONE,
            _choices(ESCORTS),
            required=False,
            only_if=patient,
            detail=True,
        ),
        Question(
            "bed",
            _("Bed"),
            required=False,
            hint=_("Number or letter, such as 12 or B3"),
            only_if=patient,
            detail=True,
            patient=True,
        ),
        Question(
            "initials",
            _("Initials"),
            required=False,
            hint=_("At most three letters, never the name"),
            only_if=patient,
            detail=True,
            patient=True,
        ),
        Question(
            "comes_along",
            _("Comes along"),
            Ask.SEVERAL,
            _choices(COMES_ALONG),
            required=False,
            only_if=patient,
            detail=True,
        ),
        Question(
            "oxygen_litres",
            _("Litres per minute"),
            Ask.NUMBER,
            least=1,
            most=15,
            only_if=("comes_along", ("oxygen",)),
            detail=True,
        ),
        Question(
            "tell",
            _("Tell the porter"),
            Ask.SEVERAL,
            _choices(TELL),
            required=False,
            only_if=patient,
            detail=True,
        ),
    )


def _things() -> tuple[Question, ...]:
    return (
        Question(
            "condition", _("Clean or used?"), Ask.ONE, CLEAN_OR_USED, only_if=_of("bed", "equipment", "linen")
        ),
        Question(
            "tag",
            _("Number on the label"),
            Ask.EQUIPMENT,
            required=False,
            only_if=_of("equipment"),
            detail=True,
        ),
        Question("samples", _("How many samples?"), Ask.NUMBER, least=1, most=99, only_if=_of("sample")),
        Question(
            "sample_needs",
            _("They need"),
            Ask.SEVERAL,
            (Choice("ice", _("Ice")), Choice("by_hand", _("Hand to hand, not by tube"))),
            required=False,
            only_if=_of("sample"),
        ),
        Question(
            "units",
            _("How many units?"),
            Ask.NUMBER,
            hint=_("The porter brings the collection slip"),
            least=1,
            most=20,
            only_if=_of("blood"),
        ),
        Question(
            "gas",
            _("Which gas?"),
            Ask.ONE,
            (
                Choice("oxygen", _("Oxygen")),
                Choice("air", _("Air")),
                Choice("entonox", _("Entonox")),
                Choice("other", _("Another")),
            ),
            only_if=_of("gas"),
        ),
        Question("cylinder", _("Which size?"), hint=_("Such as CD or HX"), most=10, only_if=_of("gas")),
        Question(
            "filling",
            _("Full or empty?"),
            Ask.ONE,
            (Choice("full", _("Bring a full one")), Choice("empty", _("Take the empty one"))),
            only_if=_of("gas"),
        ),
        Question("heavy", _("Over 20 kg?"), Ask.ONE, YES_NO, only_if=_of("goods")),
        Question("meals", _("How many meals?"), Ask.NUMBER, least=1, most=30, only_if=_of("meal")),
        Question(
            "waste_kind", _("What kind?"), hint=_("Such as sharps or clinical"), most=60, only_if=_of("waste")
        ),
        Question("boxes", _("How many full boxes?"), Ask.NUMBER, least=1, most=50, only_if=_of("waste")),
        Question("bags", _("How many bags?"), Ask.NUMBER, least=1, most=50, only_if=_of("linen")),
    )
