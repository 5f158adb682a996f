"""Infection precautions: their codes, words, icons, and what whoever moves or cleans has to do. PURE."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STANDARD, HIGH_CONSEQUENCE, UNKNOWN = "standard", "high_consequence", "unknown"


@dataclass(frozen=True)
class Precaution:
    """`does`: what the card of the porter says. `tone`: "" quiet, "risk" or "late" loud."""

    code: str
    label: str | Promise
    icon: str
    does: str | Promise
    tone: str = "risk"


PRECAUTIONS = {
    one.code: one
    for one in (
        Precaution(STANDARD, _("None known"), "shield", _("Clean hands before and after"), ""),
        Precaution("contact", _("Contact"), "hand", _("Apron and gloves; wipe chair or trolley afterwards")),
        Precaution(
            "contact_enteric",
            _("Contact, diarrhoea"),
            "droplets",
            _("As contact; soap and water, not gel; sporicidal wipe"),
        ),
        Precaution(
            "droplet",
            _("Droplet"),
            "droplet",
            _("Fluid-resistant mask, apron, gloves; patient wears a mask if able"),
        ),
        Precaution(
            "airborne",
            _("Airborne"),
            "wind",
            _("Fitted respirator; patient wears a mask; direct route, no waiting area"),
            "late",
        ),
        Precaution(
            "protective",
            _("Protective (patient at risk)"),
            "shield-plus",
            _("Patient goes first; no sharing of lift; clean equipment"),
        ),
        Precaution(
            HIGH_CONSEQUENCE,
            _("High consequence"),
            "biohazard",
            _("Stop. Ring infection prevention."),
            "late",
        ),
        Precaution(
            UNKNOWN,
            _("Not known"),
            "circle-question-mark",
            _("Treated as contact and droplet; ask the ward"),
        ),
    )
}


def of(codes: str) -> list[Precaution]:
    """Those of a request (`ServiceRequest.precautions`), in the order of the table."""
    named = set(codes.split())
    return [one for code, one in PRECAUTIONS.items() if code in named]
