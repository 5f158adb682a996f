"""Classes of equipment: what people call them, which team repairs them, how much depends on them. One table, pure."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class EquipmentClass:
    """`team` is the code of the team that repairs it; `criticality` that of a new piece (its row may differ)."""

    label: str | Promise
    team: str
    criticality: str


CLASSES: dict[str, EquipmentClass] = {
    "ventilator": EquipmentClass(_("Ventilator"), "biomed", "A"),
    "anaesthetic": EquipmentClass(_("Anaesthetic machine"), "biomed", "A"),
    "defibrillator": EquipmentClass(_("Defibrillator"), "biomed", "A"),
    "dialysis": EquipmentClass(_("Dialysis machine"), "biomed", "A"),
    "infant_warmer": EquipmentClass(_("Incubator, infant warmer"), "biomed", "A"),
    "suction": EquipmentClass(_("Suction unit"), "biomed", "A"),
    "hfno_cpap": EquipmentClass(_("High-flow oxygen, CPAP"), "biomed", "A"),
    "theatre_table": EquipmentClass(_("Operating table"), "biomed", "A"),
    "infusion_pump": EquipmentClass(_("Infusion pump (volumetric)"), "biomed", "B"),
    "syringe_pump": EquipmentClass(_("Syringe pump"), "biomed", "B"),
    "feeding_pump": EquipmentClass(_("Feeding pump"), "biomed", "B"),
    "patient_monitor": EquipmentClass(_("Patient monitor"), "biomed", "B"),
    "telemetry": EquipmentClass(_("Telemetry"), "biomed", "B"),
    "ecg": EquipmentClass(_("ECG recorder"), "biomed", "B"),
    "bp_monitor": EquipmentClass(_("Blood pressure monitor"), "biomed", "B"),
    "pulse_oximeter": EquipmentClass(_("Oxygen saturation meter"), "biomed", "B"),
    "glucose_meter": EquipmentClass(_("Blood glucose or gas analyser"), "biomed", "B"),
    "diathermy": EquipmentClass(_("Diathermy"), "biomed", "B"),
    "endoscope": EquipmentClass(_("Endoscope and stack"), "biomed", "B"),
    "ultrasound": EquipmentClass(_("Ultrasound"), "biomed", "B"),
    "xray_ct_mri": EquipmentClass(_("X-ray, CT, MRI"), "biomed", "B"),
    "steriliser": EquipmentClass(_("Steriliser, washer-disinfector"), "estates", "B"),
    "medicine_fridge": EquipmentClass(_("Medicine or blood fridge"), "estates", "B"),
    "nurse_call": EquipmentClass(_("Nurse call"), "estates", "B"),
    "medical_gas": EquipmentClass(_("Medical gas outlet, alarm panel"), "estates", "A"),
    "bed_electric": EquipmentClass(_("Electric bed"), "estates", "C"),
    "mattress_dynamic": EquipmentClass(_("Pressure-relieving mattress"), "library", "C"),
    "hoist": EquipmentClass(_("Patient hoist, stand aid"), "estates", "B"),
    "wheelchair_trolley": EquipmentClass(_("Wheelchair, trolley"), "porters", "C"),
    "exam_light": EquipmentClass(_("Examination or theatre light"), "estates", "C"),
    "bladder_scanner": EquipmentClass(_("Bladder scanner"), "biomed", "C"),
    "scales": EquipmentClass(_("Scales"), "biomed", "C"),
    "thermometer": EquipmentClass(_("Thermometer"), "biomed", "C"),
    "lift": EquipmentClass(_("Lift"), "estates", "B"),
    "ventilation": EquipmentClass(_("Ventilation, cooling, theatre air"), "estates", "B"),
    "pneumatic_tube": EquipmentClass(_("Pneumatic tube"), "estates", "C"),
    "washer_macerator": EquipmentClass(_("Macerator, bedpan washer"), "estates", "C"),
    "kitchen": EquipmentClass(_("Ward kitchen appliance"), "estates", "D"),
    "tv_entertainment": EquipmentClass(_("Bedside television"), "estates", "D"),
    "workstation": EquipmentClass(_("Computer, workstation on wheels"), "it", "C"),
    "printer_label": EquipmentClass(_("Printer, label printer"), "it", "C"),
    "phone_bleep": EquipmentClass(_("Telephone, bleep, radio"), "it", "B"),
}


def choices() -> list[tuple[str, str | Promise]]:
    """Code and label of every class."""
    return [(code, kind.label) for code, kind in CLASSES.items()]
