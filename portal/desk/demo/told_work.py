"""Stories of work that teams do: moves, repairs, IT, and what takes several teams."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Location
from portal.audit.origin import acting_from
from portal.desk.demo.everyday_work import RUNG
from portal.desk.demo.hours import on
from portal.desk.demo.stage import Stage, story_key
from portal.desk.demo.story import Story, file
from requests_app import releasing
from requests_app.models import ServiceRequest

STATION, CT = "SBG-MB-07-7B-NS", "SBG-MB-00-IMG-TR01"
PUMP = "10238"
TRAINING = 7  # of the tasks for somebody new
TO_CT = {
    "what": "patient", "from": STATION, "to": CT, "how": "chair", "precautions": ["droplet"], "when": "free", "bed": "12",
    "initials": "AM",
}  # fmt: skip


def planned_move(stage: Stage) -> None:
    """Filed yesterday evening for a time that is still to come."""
    zone = ZoneInfo(stage.hospital("SBG").time_zone)
    arrive = (stage.until + timedelta(hours=5)).astimezone(zone)
    file(
        stage, "planned-move", stage.until - timedelta(hours=9), by="tom.reid", ward=("SBG", "7B"), type="transport",
        answers=TO_CT | {"how": "bed", "when": "at", "agreed_at": arrive.strftime("%Y-%m-%dT%H:%M")},
    )  # fmt: skip


def way_back(stage: Stage) -> None:
    """The way there is over; imaging said that the patient is ready to go back."""
    began = on(stage.day("SBG", 1), "13:10")
    file(
        stage, "way-back", began, by="asha.menon", ward=("SBG", "7B"), type="transport",
        answers=TO_CT | {"back": "yes", "when": "now"}, manners={"take": 0.3, "work": 0.5},
    )  # fmt: skip

    def ready() -> None:
        there = ServiceRequest.objects.get(client_key=story_key("way-back"))
        back = ServiceRequest.objects.filter(move__return_of__request=there).first()
        if back is not None and releasing.is_held(back):
            with acting_from("web"):
                releasing.release_return(request=back, by=stage.person("femi.balogun"))
            stage.look(back.pk)

    stage.queue.push(began + timedelta(minutes=75), ready)


def pump_thrice(stage: Stage) -> None:
    for number, (back, chip) in enumerate(((58, "occlusion"), (27, "battery"), (3, "occlusion")), start=1):
        file(
            stage, "pump-thrice", on(stage.day("SBG", back), "09:40"), by="asha.menon", ward=("SBG", "7B"), type="repair",
            number=number,
            answers={
                "equipment": PUMP, "symptoms": [chip], "needed": "today", "safe": "no_removed", "clean": "clean"
            },
            manners={"take": None if number == 3 else 0.4, "outcome": "no_fault_found" if number == 2 else "part_replaced"},
        )  # fmt: skip


def unlabelled(stage: Stage) -> None:
    lab = (
        Location.objects.filter(department__hospital__code="SBG", department__code="LAB")
        .order_by("pk")
        .first()
    )
    file(
        stage, "unlabelled", on(stage.day("SBG", 2), "10:25"), by="tom.reid", ward=("SBG", "7B"), type="transport",
        answers={
            "what": "sample", "from": STATION, "to": lab.code if lab else CT, "samples": "2", "when": "now"
        },
        manners={"take": 0.3, "work": 0.4, "outcome": "nothing_to_collect"},
    )  # fmt: skip


def after_death(stage: Stage) -> None:
    file(
        stage, "after-death", on(stage.day("SBG", 1), "05:50"), by="asha.menon", ward=("SBG", "7B"), type="transport",
        answers={"what": "after_death", "from": STATION, "precautions": ["standard"], "when": "free"},
        manners={"take": 0.4, "work": 0.5},
    )  # fmt: skip


def new_starter(stage: Stage) -> None:
    """Nine tasks of four teams; one of them was not done in time."""
    first_day = stage.until.date() + timedelta(days=4)
    file(
        stage, "new-starter", on(stage.day("SBG", 12), "09:15"), by="joy.okoro", ward=("SBG", "7B"), type="new_starter",
        answers={
            "name": "A new staff nurse", "post": "nurse", "first_day": first_day.isoformat(), "computer": "yes"
        },
        manners={"left": (TRAINING,)},
    )  # fmt: skip


def unsafe_pump(stage: Stage) -> None:
    file(
        stage, "unsafe-pump", stage.until - timedelta(minutes=50), by="tom.reid", ward=("SBG", "7B"), type="repair",
        answers={
            "equipment": "10252", "symptoms": ["rate"], "needed": "today", "safe": "no_removed", "clean": "not_clean"
        } | RUNG,
        manners={"take": None},
    )  # fmt: skip


STORIES = (
    Story(
        "planned-move", _("Agreed for a time"),
        _("Asked hours before: the porters get it half an hour before its time, and until then the page says that it waits."),
        "tom.reid", planned_move, situations=(2,),
    ),
    Story(
        "way-back", _("And back again"),
        _("The way back is a move of its own. It waited until imaging said “ready to go back”."),
        "asha.menon", way_back, situations=(3,),
    ),
    Story(
        "unsafe-pump", _("Taken out of use"),
        _("A wrong rate raised the priority by itself; the page says why, and the tag for the pump can be printed."),
        "tom.reid", unsafe_pump,
    ),
    Story(
        "pump-thrice", _("The same pump, again"),
        _("Three reports in 90 days; who scans its label sees what is open on it before reporting it once more."),
        "asha.menon", pump_thrice, situations=(5,),
    ),
    Story(
        "unlabelled", _("Not labelled, not taken"),
        _("The porter found two samples without labels; how it ended is on record, and the ward asks again."),
        "tom.reid", unlabelled, situations=(23,),
    ),
    Story(
        "after-death", _("On no list"),
        _("A transfer after death: its writer and the porters see it, and nobody else, on no list and in no count."),
        "asha.menon", after_death, situations=(24,),
    ),
    Story(
        "new-starter", _("Somebody new, nine tasks"),
        _("One request, nine tasks for four teams, each due before or after the first day; what is late is marked."),
        "joy.okoro", new_starter, situations=(21,),
    ),
)  # fmt: skip
