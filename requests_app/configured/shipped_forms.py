"""The questions of the configured types as shipped (an administrator may publish other versions)."""

from django.utils.translation import gettext as _

from requests_app.configured.schema import Asked, Form
from requests_app.questions import Ask, Choice, Question
from requests_app.states import Priority
from requests_app.transport.precautions import PRECAUTIONS

URGENT, ROUTINE, EMERGENCY = Priority.URGENT, Priority.ROUTINE, Priority.EMERGENCY


def _list(*pairs: tuple[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, label) for code, label in pairs)


def _yes_no() -> tuple[Choice, ...]:
    return _list(("yes", _("Yes")), ("no", _("No")))


def _place(label: str = "") -> Asked:
    return Asked(Question("place", label or _("Where?"), Ask.PLACE))


def _due(label: str, ask: Ask = Ask.DATE, *, required: bool = False, detail: bool = False) -> Asked:
    return Asked(Question("due", label, ask, required=required, detail=detail), means="due")


def _infection() -> Asked:
    choices = tuple(Choice(one.code, str(one.label), icon=one.icon) for one in PRECAUTIONS.values())
    return Asked(
        Question("precautions", _("Infection precautions"), Ask.SEVERAL, choices), means="precautions"
    )


def clean() -> Form:
    what = Question(
        "what",
        _("What is it?"),
        Ask.ONE,
        _list(
            ("discharge", _("A bed after discharge")),
            ("isolation", _("An isolation room")),
            ("spill", _("A spill or body fluid")),
            ("other", _("Something else")),
        ),
    )
    when = Question(
        "when",
        _("When?"),
        Ask.ONE,
        (
            Choice("now", _("Spill or body fluid now"), emergency=True),
            Choice("bed", _("Bed needed: a patient is waiting")),
            Choice("shift", _("By the end of the shift")),
        ),
    )
    services = {
        "discharge": "clean_bed", "isolation": "clean_isolation", "spill": "clean_spill", "other": "clean_other"
    }  # fmt: skip
    priorities = {"now": EMERGENCY, "bed": URGENT, "shift": ROUTINE}
    return Form(
        (
            _place(),
            Asked(what, effects={code: {"service": service} for code, service in services.items()}),
            _infection(),
            Asked(when, effects={code: {"priority": str(level)} for code, level in priorities.items()}),
            _due(_("Bed needed by"), Ask.MOMENT, detail=True),
        )
    )


def loan() -> Form:
    things = _list(
        ("infusion_pump", _("Infusion pump")),
        ("syringe_pump", _("Syringe pump")),
        ("monitor", _("Patient monitor")),
        ("bladder_scanner", _("Bladder scanner")),
        ("hoist", _("Hoist")),
        ("mattress", _("Pressure mattress")),
        ("wheelchair", _("Wheelchair")),
        ("other", _("Something else: say what in the note")),
    )
    when = _list(
        ("now", _("Now, a patient is waiting")),
        ("today", _("Today")),
        ("date", _("On a date")),
    )
    long = _list(("day", _("A day")), ("week", _("Up to a week")), ("longer", _("Longer")))
    special = _list(("bariatric", _("For a heavy patient")), ("paediatric", _("For a child")))
    day = Question("due", _("On which day?"), Ask.DATE, only_if=("when", ("date",)))
    return Form(
        (
            Asked(Question("what", _("What do you need?"), Ask.ONE, things)),
            Asked(
                Question("when", _("When do you need it?"), Ask.ONE, when),
                effects={
                    "now": {"priority": str(URGENT)},
                    "today": {"priority": str(ROUTINE)},
                    "date": {"priority": str(Priority.PLANNED)},
                },
            ),
            Asked(day, means="due"),
            Asked(Question("how_long", _("For how long?"), Ask.ONE, long)),
            Asked(Question("ward", _("For which ward?"), Ask.WARD)),
            Asked(
                Question("special", _("Anything special?"), Ask.SEVERAL, special, required=False, detail=True)
            ),
        )
    )


def give_back() -> Form:
    return Form(
        (
            Asked(Question("equipment", _("The number on the label"), Ask.EQUIPMENT)),
            _place(_("Where is it?")),
            Asked(Question("clean", _("Is it clean?"), Ask.ONE, _yes_no())),
            Asked(
                Question(
                    "faulty",
                    _("Is anything wrong with it?"),
                    Ask.ONE,
                    _yes_no(),
                    hint=_("If so, report a repair too: it must not be lent again before that."),
                )
            ),
        )
    )


def linen_waste() -> Form:
    what = _list(
        ("sheets", _("Sheets and blankets")),
        ("gowns", _("Gowns and pyjamas")),
        ("towels", _("Towels")),
        ("used_linen", _("Used linen to collect")),
        ("clinical_waste", _("Clinical waste to collect")),
        ("sharps", _("Full sharps boxes")),
        ("bulky", _("Something bulky to take away")),
    )
    teams = {choice.code: "linen" for choice in what[:4]} | {choice.code: "waste" for choice in what[4:]}
    when = _list(("now", _("Today, it cannot wait for the round")), ("round", _("With the next round")))
    return Form(
        (
            Asked(
                Question("what", _("What is it?"), Ask.ONE, what),
                effects={code: {"team": team} for code, team in teams.items()},
            ),
            Asked(Question("how_many", _("How many bags, boxes or bundles?"), Ask.NUMBER, least=1, most=200)),
            _place(),
            Asked(
                Question("when", _("When?"), Ask.ONE, when),
                effects={"now": {"priority": str(URGENT)}, "round": {"priority": str(ROUTINE)}},
            ),
        )
    )


def minor_works() -> Form:
    return Form(
        (
            _place(),
            Asked(Question("what", _("What should be changed?"), Ask.LONG, most=500)),
            Asked(Question("why", _("Why?"), Ask.LONG, most=500)),
            Asked(Question("opens", _("Will a wall or a ceiling be opened?"), Ask.ONE, _yes_no())),
            _due(_("By when?")),
        )
    )


def new_supplier() -> Form:
    return Form(
        (
            Asked(Question("name", _("Name of the supplier"))),
            Asked(Question("for_what", _("What will they supply?"), Ask.LONG, most=500)),
            Asked(Question("contact", _("Who is the contact there?"))),
            Asked(
                Question(
                    "interest",
                    _("Do you, or somebody close to you, have an interest in it?"),
                    Ask.ONE,
                    _yes_no(),
                )
            ),
            Asked(
                Question("which", _("Which interest?"), Ask.LONG, most=500, only_if=("interest", ("yes",)))
            ),
        )
    )


def document() -> Form:
    return Form(
        (
            Asked(
                Question(
                    "what",
                    _("What do you need?"),
                    Ask.LONG,
                    most=500,
                    hint=_("A letter, a certificate, help with a form"),
                )
            ),
            Asked(Question("for_whom", _("For whom?"), hint=_("A colleague, never a patient"))),
            _due(_("By when?")),
        )
    )


def pass_key() -> Form:
    what = _list(
        ("pass", _("Access pass")), ("door", _("Another door on the pass")), ("key", _("Key")), ("locker", _("Locker"))
    )  # fmt: skip
    return Form(
        (
            Asked(Question("person", _("For whom?"), Ask.PERSON), means="person"),
            Asked(Question("what", _("What?"), Ask.ONE, what)),
            Asked(Question("which", _("Which door or room?"), required=False)),
            Asked(Question("until", _("Until when?"), Ask.DATE, required=False, detail=True), means="until"),
        )
    )


def lost_property() -> Form:
    what = _list(
        ("lost", _("Something is lost")), ("found", _("Something was found")), ("security", _("Security"))
    )
    return Form(
        (
            Asked(
                Question(
                    "what",
                    _("What is it about?"),
                    Ask.ONE,
                    what,
                    hint=_("If somebody is in danger, ring instead."),
                )
            ),
            _place(),
            Asked(Question("describe", _("Describe it"), Ask.LONG, most=500)),
        )
    )


def room_turnover() -> Form:
    what = _list(("discharge", _("A usual room")), ("isolation", _("An isolation room")))
    return Form(
        (
            _place(_("Which room did the patient leave?")),
            Asked(Question("what", _("What kind of room is it?"), Ask.ONE, what)),
            _infection(),
            Asked(
                Question("broken", _("Is anything broken?"), required=False, hint=_("Leave it empty if not"))
            ),
        )
    )


def new_starter() -> Form:
    posts = _list(
        ("nurse", _("Nurse or healthcare assistant")),
        ("doctor", _("Doctor")),
        ("therapist", _("Therapist")),
        ("office", _("Office or support")),
    )
    return Form(
        (
            Asked(Question("name", _("Who starts?"))),
            Asked(Question("post", _("In which post?"), Ask.ONE, posts)),
            Asked(Question("first_day", _("First day"), Ask.DATE), means="start"),
            Asked(Question("computer", _("Is a computer or telephone needed?"), Ask.ONE, _yes_no())),
        )
    )
