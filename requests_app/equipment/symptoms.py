"""What can be wrong with a thing, in the words of the ward: a set of chips for each class of equipment. One table, PURE.

A symptom that is a danger (`unsafe_at`) raises the priority of the repair; the last of each set is "Something else".
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ELSE = "else"
ANY = "ABCD"  # criticalities
ROOM, PLAIN = "room", "plain"


@dataclass(frozen=True)
class Symptom:
    """`unsafe_at`: criticalities of a piece at which it is a danger. `ring`: telephone, whatever else is answered."""

    code: str
    label: str | Promise
    unsafe_at: str = ""
    ring: bool = False


def _unsafe(code: str, label: str | Promise, at: str = ANY) -> Symptom:
    return Symptom(code, label, unsafe_at=at)


OTHER = Symptom(ELSE, _("Something else"))

_SETS: dict[str, tuple[Symptom, ...]] = {
    "pump": (
        Symptom("start", _("Will not start")),
        Symptom("occlusion", _("Occlusion alarm keeps coming")),
        _unsafe("rate", _("Wrong rate or dose")),
        Symptom("battery", _("Battery will not hold")),
        Symptom("door", _("Door or clamp broken")),
        Symptom("screen", _("Buttons or screen")),
        Symptom("dropped", _("Dropped or wet")),
    ),
    "monitor": (
        Symptom("no_reading", _("No reading")),
        _unsafe("wrong_reading", _("Wrong reading"), at="B"),
        _unsafe("silent", _("Alarm does not sound")),
        Symptom("alarm", _("Alarm will not stop")),
        Symptom("lead", _("Lead or cuff broken")),
        Symptom("battery", _("Battery")),
        Symptom("screen", _("Screen blank")),
    ),
    "breathing": (
        Symptom("start", _("Will not start")),
        _unsafe("self_test", _("Failed self-test")),
        Symptom("alarm", _("Alarm will not clear")),
        Symptom("leak", _("Leak")),
        Symptom("oxygen", _("No oxygen supply")),
        Symptom("screen", _("Screen or controls")),
        Symptom("noise", _("Noise or smell")),
    ),
    "defib": (
        _unsafe("daily_check", _("Failed daily check")),
        Symptom("battery", _("No battery or charge")),
        Symptom("pads", _("Pads or paddles missing or out of date")),
        Symptom("screen", _("Screen or recorder")),
        Symptom("dropped", _("Dropped")),
    ),
    "fluid": (
        Symptom("start", _("Will not start")),
        Symptom("alarm", _("Pressure or air alarm")),
        Symptom("leak", _("Leak")),
        Symptom("temperature", _("Temperature")),
        Symptom("disinfection", _("Failed disinfection")),
        Symptom("screen", _("Screen")),
    ),
    "warming": (
        _unsafe("hot", _("Too hot")),
        Symptom("cold", _("Too cold")),
        Symptom("alarm", _("Alarm will not clear")),
        Symptom("door", _("Door or mattress")),
        Symptom("scales", _("Scales")),
        Symptom("power", _("Power")),
    ),
    "suction": (
        Symptom("none", _("No suction")),
        Symptom("weak", _("Weak suction")),
        Symptom("battery", _("Battery")),
        Symptom("leak", _("Leak or broken canister holder")),
        Symptom("noise", _("Noise")),
    ),
    "analyser": (
        Symptom("control", _("Failed quality control")),
        Symptom("strips", _("Will not read strips")),
        Symptom("sending", _("Not sending results")),
        Symptom("screen", _("Screen")),
        Symptom("battery", _("Battery")),
    ),
    "theatre": (
        Symptom("start", _("Will not start")),
        Symptom("output", _("No output")),
        Symptom("alarm", _("Alarm")),
        Symptom("footswitch", _("Footswitch")),
        Symptom("lead", _("Lead or plate fault")),
    ),
    "endoscopy": (
        Symptom("no_picture", _("No picture")),
        Symptom("poor_picture", _("Poor picture")),
        Symptom("leak_test", _("Leak test failed")),
        Symptom("angulation", _("Angulation")),
        Symptom("light", _("Light source")),
        Symptom("start", _("Stack will not start")),
    ),
    "imaging": (
        Symptom("start", _("Will not start")),
        Symptom("poor_picture", _("Poor picture")),
        Symptom("message", _("Error message")),
        Symptom("probe", _("Probe or detector damaged")),
        Symptom("table", _("Table or movement")),
        Symptom("sending", _("Not sending pictures")),
    ),
    "steriliser": (
        Symptom("cycle", _("Cycle failed")),
        Symptom("door", _("Door")),
        Symptom("leak", _("Water or steam leak")),
        Symptom("printout", _("Printout missing")),
        Symptom("test", _("Test failed")),
    ),
    "cold": (
        Symptom("warm", _("Too warm")),
        Symptom("cold", _("Too cold")),
        Symptom("alarm", _("Alarm")),
        Symptom("seal", _("Door seal")),
        Symptom("display", _("Display off")),
    ),
    "call": (
        Symptom("dead", _("Call point dead")),
        Symptom("cancel", _("Will not cancel")),
        Symptom("silent", _("No light or sound")),
        Symptom("cord", _("Emergency pull cord")),
        Symptom("handset", _("Handset broken")),
    ),
    "gas": (
        Symptom("pressure", _("Low-pressure alarm"), ring=True),
        _unsafe("leak", _("Leak or hiss")),
        Symptom("outlet", _("Outlet broken")),
        Symptom("panel", _("Panel fault")),
    ),
    "bed": (
        Symptom("height", _("Will not go up or down")),
        Symptom("rail", _("Side rail")),
        Symptom("brake", _("Brake")),
        Symptom("handset", _("Handset")),
        Symptom("section", _("Head or foot section")),
        Symptom("battery", _("Battery or cable")),
        _unsafe("edge", _("Bent or sharp edge")),
    ),
    "mattress": (
        Symptom("deflated", _("Deflated")),
        Symptom("alarm", _("Alarm")),
        Symptom("noise", _("Pump noisy")),
        Symptom("cover", _("Cover torn or stained")),
        Symptom("cycling", _("Not cycling")),
    ),
    "hoist": (
        Symptom("lift", _("Will not lift")),
        _unsafe("lower", _("Will not lower")),
        _unsafe("emergency_stop", _("Emergency stop")),
        Symptom("clip", _("Sling clip")),
        Symptom("battery", _("Battery")),
        Symptom("inspection", _("Overdue for inspection")),
    ),
    "wheels": (
        Symptom("wheel", _("Flat or stuck wheel")),
        Symptom("brake", _("Brake")),
        Symptom("footrest", _("Footrest")),
        Symptom("seat", _("Torn seat")),
        Symptom("part", _("Missing part")),
    ),
    "light": (
        Symptom("out", _("Out")),
        Symptom("flickers", _("Flickers")),
        Symptom("place", _("Will not stay in place")),
        _unsafe("hot", _("Hot or smells")),
    ),
    "scales": (
        Symptom("weight", _("Wrong weight")),
        Symptom("display", _("Display")),
        Symptom("battery", _("Battery")),
        Symptom("calibration", _("Overdue for calibration")),
    ),
    "lift": (
        Symptom("people", _("Stopped, people inside (ring)"), ring=True),
        Symptom("empty", _("Stopped, empty")),
        Symptom("doors", _("Doors")),
        Symptom("level", _("Not level")),
        Symptom("noise", _("Noise")),
    ),
    "air": (
        Symptom("hot", _("Too hot")),
        Symptom("cold", _("Too cold")),
        Symptom("flow", _("No flow")),
        Symptom("alarm", _("Pressure alarm")),
        Symptom("smell", _("Smell")),
    ),
    "tube": (
        Symptom("stuck", _("Carrier stuck")),
        Symptom("dead", _("Station dead")),
        Symptom("lost", _("Carrier lost")),
        Symptom("leak", _("Leak")),
    ),
    "water": (
        Symptom("blocked", _("Blocked")),
        Symptom("leak", _("Leak")),
        Symptom("no_hot", _("No hot water")),
        Symptom("hot", _("Too hot")),
        Symptom("cycle", _("Will not finish cycle")),
        Symptom("smell", _("Smell or colour")),
    ),
    ROOM: (
        Symptom("light", _("Light or socket")),
        Symptom("door", _("Door or lock")),
        Symptom("window", _("Window or restrictor")),
        Symptom("leak", _("Leak or damp")),
        Symptom("drain", _("Toilet or drain")),
        Symptom("heating", _("Heating")),
        Symptom("floor", _("Floor or trip hazard")),
    ),
    "computer": (
        Symptom("start", _("Will not start")),
        Symptom("slow", _("Slow")),
        Symptom("sign_in", _("Cannot sign in")),
        Symptom("program", _("Program will not open")),
        Symptom("screen", _("Screen, keyboard or mouse")),
        Symptom("network", _("Network")),
        Symptom("battery", _("Battery")),
    ),
    "printer": (
        Symptom("nothing", _("Not printing")),
        Symptom("wrong", _("Wrong printer")),
        Symptom("jam", _("Paper jam")),
        Symptom("faint", _("Faint or lines")),
        Symptom("empty", _("Out of labels or toner")),
        Symptom("message", _("Error on screen")),
    ),
    "phone": (
        Symptom("tone", _("No tone")),
        Symptom("ringing", _("Not ringing")),
        Symptom("battery", _("Battery")),
        Symptom("broken", _("Broken or lost")),
        Symptom("name", _("Wrong number or name")),
    ),
    PLAIN: (
        Symptom("dead", _("Not working")),
        Symptom("broken", _("Broken part")),
        Symptom("unsafe", _("Unsafe")),
    ),
}
SETS: dict[str, tuple[Symptom, ...]] = {code: (*chips, OTHER) for code, chips in _SETS.items()}


def named(code: str, chosen: list[str]) -> list[Symptom]:
    """Those of the set `code` that were chosen, in the order of the set."""
    return [symptom for symptom in SETS[code] if symptom.code in chosen]


def dangers(code: str, chosen: list[str], criticality: str) -> list[Symptom]:
    """Those of them that are a danger on a piece of this criticality ('' of a room or an unknown thing)."""
    return [
        symptom
        for symptom in named(code, chosen)
        if symptom.unsafe_at
        and (criticality in symptom.unsafe_at if criticality else symptom.unsafe_at == ANY)
    ]
