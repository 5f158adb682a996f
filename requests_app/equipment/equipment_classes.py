"""Classes of equipment: what people call them, which team repairs them, how much depends on them. One table, pure."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class EquipmentClass:
    """`team` is the code of the team that repairs it; `criticality` that of a new piece (its row may differ).

    `symptoms` names its set in `requests_app.equipment.symptoms`.
    """

    label: str | Promise
    team: str
    criticality: str
    symptoms: str


CLASSES: dict[str, EquipmentClass] = {
    "ventilator": EquipmentClass(_("Ventilator"), "biomed", "A", "breathing"),
    "anaesthetic": EquipmentClass(_("Anaesthetic machine"), "biomed", "A", "breathing"),
    "defibrillator": EquipmentClass(_("Defibrillator"), "biomed", "A", "defib"),
    "dialysis": EquipmentClass(_("Dialysis machine"), "biomed", "A", "fluid"),
    "infant_warmer": EquipmentClass(_("Incubator, infant warmer"), "biomed", "A", "warming"),
    "suction": EquipmentClass(_("Suction unit"), "biomed", "A", "suction"),
    "hfno_cpap": EquipmentClass(_("High-flow oxygen, CPAP"), "biomed", "A", "breathing"),
    "theatre_table": EquipmentClass(_("Operating table"), "biomed", "A", "bed"),
    "infusion_pump": EquipmentClass(_("Infusion pump (volumetric)"), "biomed", "B", "pump"),
    "syringe_pump": EquipmentClass(_("Syringe pump"), "biomed", "B", "pump"),
    "feeding_pump": EquipmentClass(_("Feeding pump"), "biomed", "B", "pump"),
    "patient_monitor": EquipmentClass(_("Patient monitor"), "biomed", "B", "monitor"),
    "telemetry": EquipmentClass(_("Telemetry"), "biomed", "B", "monitor"),
    "ecg": EquipmentClass(_("ECG recorder"), "biomed", "B", "monitor"),
    "bp_monitor": EquipmentClass(_("Blood pressure monitor"), "biomed", "B", "monitor"),
    "pulse_oximeter": EquipmentClass(_("Oxygen saturation meter"), "biomed", "B", "monitor"),
    "glucose_meter": EquipmentClass(_("Blood glucose or gas analyser"), "biomed", "B", "analyser"),
    "diathermy": EquipmentClass(_("Diathermy"), "biomed", "B", "theatre"),
    "endoscope": EquipmentClass(_("Endoscope and stack"), "biomed", "B", "endoscopy"),
    "ultrasound": EquipmentClass(_("Ultrasound"), "biomed", "B", "imaging"),
    "xray_ct_mri": EquipmentClass(_("X-ray, CT, MRI"), "biomed", "B", "imaging"),
    "steriliser": EquipmentClass(_("Steriliser, washer-disinfector"), "estates", "B", "steriliser"),
    "medicine_fridge": EquipmentClass(_("Medicine or blood fridge"), "estates", "B", "cold"),
    "nurse_call": EquipmentClass(_("Nurse call"), "estates", "B", "call"),
    "medical_gas": EquipmentClass(_("Medical gas outlet, alarm panel"), "estates", "A", "gas"),
    "bed_electric": EquipmentClass(_("Electric bed"), "estates", "C", "bed"),
    "mattress_dynamic": EquipmentClass(_("Pressure-relieving mattress"), "library", "C", "mattress"),
    "hoist": EquipmentClass(_("Patient hoist, stand aid"), "estates", "B", "hoist"),
    "wheelchair_trolley": EquipmentClass(_("Wheelchair, trolley"), "porters", "C", "wheels"),
    "exam_light": EquipmentClass(_("Examination or theatre light"), "estates", "C", "light"),
    "bladder_scanner": EquipmentClass(_("Bladder scanner"), "biomed", "C", "monitor"),
    "scales": EquipmentClass(_("Scales"), "biomed", "C", "scales"),
    "thermometer": EquipmentClass(_("Thermometer"), "biomed", "C", "monitor"),
    "lift": EquipmentClass(_("Lift"), "estates", "B", "lift"),
    "ventilation": EquipmentClass(_("Ventilation, cooling, theatre air"), "estates", "B", "air"),
    "pneumatic_tube": EquipmentClass(_("Pneumatic tube"), "estates", "C", "tube"),
    "washer_macerator": EquipmentClass(_("Macerator, bedpan washer"), "estates", "C", "water"),
    "kitchen": EquipmentClass(_("Ward kitchen appliance"), "estates", "D", "plain"),
    "tv_entertainment": EquipmentClass(_("Bedside television"), "estates", "D", "plain"),
    "workstation": EquipmentClass(_("Computer, workstation on wheels"), "it", "C", "computer"),
    "printer_label": EquipmentClass(_("Printer, label printer"), "it", "C", "printer"),
    "phone_bleep": EquipmentClass(_("Telephone, bleep, radio"), "it", "B", "phone"),
}
# Of these a hospital keeps some to lend; a ward is lent one of the same class while its own is repaired.
LENT = frozenset(
    "ventilator defibrillator infant_warmer suction hfno_cpap infusion_pump syringe_pump feeding_pump patient_monitor ecg "
    "bp_monitor pulse_oximeter glucose_meter diathermy bed_electric mattress_dynamic hoist wheelchair_trolley "
    "bladder_scanner scales thermometer workstation printer_label phone_bleep".split()
)


def choices() -> list[tuple[str, str | Promise]]:
    """Code and label of every class."""
    return [(code, kind.label) for code, kind in CLASSES.items()]
