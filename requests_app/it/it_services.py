"""The services that IT offers: what depends on each, and what can be wrong with it. One table, PURE."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.equipment.symptoms import OTHER, SETS, Symptom
from requests_app.priorities import HIGH, LOW, MEDIUM

ROOM, WARD = "room", "ward"  # how far it reaches; the third answer is one person or device


@dataclass(frozen=True)
class ItService:
    """`impact`: what usually depends on it; `from_ward`: only when it concerns the whole ward. `classes` of equipment."""

    label: str | Promise
    impact: str
    symptoms: tuple[Symptom, ...]
    hint: str | Promise = ""
    from_ward: bool = False
    classes: tuple[str, ...] = ()

    def symptom(self, code: str) -> Symptom | None:
        return next((one for one in self.symptoms if one.code == code), None)


PROGRAM = (
    Symptom("open", _("Will not open")),
    Symptom("sign_in", _("Cannot sign in")),
    Symptom("slow", _("Slow")),
    Symptom("stops", _("Stops or shows an error")),
    Symptom("data", _("Something is missing or wrong in it")),
    OTHER,
)
NETWORK = (
    Symptom("none", _("No connection")),
    Symptom("drops", _("Comes and goes")),
    Symptom("slow", _("Slow")),
    Symptom("socket", _("Socket or cable broken")),
    OTHER,
)
SIGN_IN = (
    Symptom("password", _("Password forgotten or run out")),
    Symptom("locked", _("Account is locked")),
    Symptom("badge", _("Badge is not read")),
    Symptom("code", _("Code does not come")),
    OTHER,
)

SERVICES: dict[str, ItService] = {
    "patient_record": ItService(
        _("Electronic patient record"), HIGH, PROGRAM, _("If it is down, use the downtime sheets.")
    ),
    "results": ItService(_("Results and imaging viewer"), HIGH, PROGRAM),
    "prescribing": ItService(
        _("Electronic prescribing"),
        HIGH,
        PROGRAM,
        _("If it is down, use the charts in the downtime cupboard."),
    ),
    "patient_admin": ItService(_("Patient administration"), MEDIUM, PROGRAM),
    "network": ItService(_("Network or Wi-Fi"), HIGH, NETWORK, from_ward=True),
    "bleep": ItService(_("Bleep"), HIGH, SETS["phone"]),
    "telephone": ItService(_("Telephone, radio"), MEDIUM, SETS["phone"], classes=("phone_bleep",)),
    "printer": ItService(_("Printer, label printer"), MEDIUM, SETS["printer"], classes=("printer_label",)),
    "computer": ItService(
        _("Computer, workstation on wheels"),
        LOW,
        SETS["computer"],
        _("Take one from the spare pool meanwhile."),
        classes=("workstation",),
    ),
    "sign_in": ItService(
        _("Sign-in, badge, password"),
        LOW,
        SIGN_IN,
        _("The telephone self-service resets passwords at any hour. A colleague can send this for you."),
    ),
    "office": ItService(_("E-mail, office, roster, training"), LOW, PROGRAM),
}


def service_of_class(class_code: str) -> str:
    """Code of the service that a piece of equipment of this class belongs to, '' for none."""
    return next((code for code, service in SERVICES.items() if class_code in service.classes), "")


def label_of(code: str) -> str:
    """The service in words; the code itself for one that is not offered any more."""
    return str(SERVICES[code].label) if code in SERVICES else code


def choices() -> list[tuple[str, str | Promise]]:
    """Code and label of every service."""
    return [(code, service.label) for code, service in SERVICES.items()]
