"""An IT fault: which service or device, what is wrong with it, and what it stops."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import priorities, questions
from requests_app.equipment.symptoms import ELSE
from requests_app.it import outages
from requests_app.it.it_services import ROOM, SERVICES, WARD, service_of_class
from requests_app.kinds import references
from requests_app.kinds.base import Facts, Kind
from requests_app.kinds.cost import undecided
from requests_app.priorities import CAN_WAIT, HIGH, LOW, MEDIUM, NOW, TODAY
from requests_app.questions import Ask, Choice, Question
from requests_app.states import Priority

if TYPE_CHECKING:
    from portal.accounts.models import User
    from requests_app.models import ServiceRequest

TEAM = "it"
# answer to "What does it stop?" -> label, impact, urgency
STOPS = {
    "unsafe": (gettext_lazy("We cannot look after patients safely"), HIGH, NOW),
    "slowed": (gettext_lazy("We can, but slowly or on paper"), MEDIUM, TODAY),
    "one_person": (gettext_lazy("One person cannot work"), LOW, TODAY),
    "nuisance": (gettext_lazy("Nothing, it is a nuisance"), LOW, CAN_WAIT),
}
IMPACTS = (LOW, MEDIUM, HIGH)
REACH = (
    Choice("one", gettext_lazy("One person or device")),
    Choice(ROOM, gettext_lazy("One room or bay")),
    Choice(WARD, gettext_lazy("The whole ward or more")),
)


class ItKind(Kind):
    """`beside()` holds the outages that are known already, those of the chosen service first."""

    panel = "requests_app/_outages.html"
    panel_above = True

    def questions(self, draft: "ServiceRequest") -> list[Question]:
        service = SERVICES.get(questions.text(draft.answers, "service"))
        asked = [
            Question(
                "service",
                _("What is it about?"),
                Ask.ONE,
                tuple(Choice(code, one.label) for code, one in SERVICES.items()),
                hint=str(service.hint) if service else "",
                missing=_("Choose what it is about."),
            ),
            Question(
                "equipment",
                _("Number on the label of the device"),
                Ask.EQUIPMENT,
                required=False,
                hint=_("If it is one device. It is on the sticker with the square code."),
            ),
        ]
        if service:
            chips = tuple(Choice(one.code, one.label) for one in service.symptoms)
            asked.append(
                Question("symptom", _("What is wrong?"), Ask.ONE, chips, missing=_("Choose what is wrong."))
            )
            asked.append(
                Question(
                    "words",
                    _("What happens?"),
                    Ask.TEXT,
                    only_if=("symptom", (ELSE,)),
                    missing=_("Say what happens."),
                )
            )
        return [*asked, *_always()]

    def further(self, draft: "ServiceRequest") -> dict[str, list[str]]:
        """What must be rung at once is no IT fault; other words may name what a programme or device is for."""
        return self.elsewhere(draft, self.questions(draft), only_rung=True)

    def not_to_go_on(self, request: "ServiceRequest") -> str:
        return undecided(request)

    def not_to_finish(self, request: "ServiceRequest") -> str:
        return undecided(request)

    def facts(self, draft: "ServiceRequest") -> Facts:
        code = questions.text(draft.answers, "service")
        service = SERVICES[code]
        symptom = service.symptom(questions.text(draft.answers, "symptom"))
        piece = references.equipment(draft)
        priority, reason = _priority(draft.answers)
        said = symptom.label if symptom and symptom.code != ELSE else _("something is wrong")
        return Facts(
            title=f"{service.label}: {str(said)[:1].lower()}{str(said)[1:]}",
            service="it_fault",
            priority=priority,
            reason=reason,
            team_code=TEAM,
            place=piece.location if piece else None,
        )

    def likely_priority(self, draft: "ServiceRequest") -> Priority:
        return _priority(draft.answers)[0]

    def prefill(self, draft: "ServiceRequest", given: Mapping[str, str]) -> dict[str, Any]:
        """The ward's telephone, and the service that a device belongs to."""
        keys = ("service", "equipment", "symptom", "stops", "reach", "contact")
        known = {key: given[key] for key in keys if given.get(key)}
        known.setdefault("contact", draft.department.phone)
        if "equipment" in known and "service" not in known:
            draft.answers = known
            piece = references.equipment(draft)
            service = service_of_class(piece.class_code) if piece else ""
            known |= {"service": service} if service else {}
        return known

    def beside(self, draft: "ServiceRequest", by: "User") -> dict[str, Any]:
        found = outages.known(draft.hospital, by)
        chosen = questions.text(draft.answers, "service")
        return {"outages": sorted(found, key=lambda outage: outage.service_code != chosen)}


def _always() -> list[Question]:
    return [
        Question(
            "stops",
            _("What does it stop?"),
            Ask.ONE,
            tuple(
                Choice(code, label, emergency=(impact, urgency) == (HIGH, NOW))
                for code, (label, impact, urgency) in STOPS.items()
            ),
            missing=_("Choose what it stops."),
        ),
        Question(
            "reach",
            _("How far does it reach?"),
            Ask.ONE,
            REACH,
            required=False,
            only_if=("service", ("network",)),
        ),
        Question(
            "contact",
            _("How do we reach you?"),
            most=60,
            hint=_("Telephone or bleep."),
            missing=_("Enter a telephone number or bleep."),
        ),
    ]


def _priority(answers: questions.Answers) -> tuple[Priority, str]:
    """By what it stops; what usually depends on the service raises it. A nuisance stays one."""
    label, impact, urgency = STOPS.get(questions.text(answers, "stops"), ("", LOW, CAN_WAIT))
    answered = priorities.of(impact, urgency)
    service = SERVICES.get(questions.text(answers, "service"))
    if service is None or (service.from_ward and questions.text(answers, "reach") != WARD):
        return answered, str(label)
    raised = priorities.at_least(
        answered, priorities.of(max(impact, service.impact, key=IMPACTS.index), urgency)
    )
    if raised == answered:
        return answered, str(label)
    why = _("much depends on “%(service)s”") % {"service": service.label}
    return raised, f"{label}; {why}"[:120]
