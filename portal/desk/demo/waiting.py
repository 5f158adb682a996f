"""What is open at the end of the play, so that everybody finds something true to do: decisions, picks, deliveries, drafts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from portal.accounts.models import Department, Hospital
from portal.audit.origin import acting_from
from portal.desk.demo.everyday_work import ANSWERS, RUNG
from portal.desk.demo.plan import AT_ONCE, NOT_YET, Answer, Ask, Buyer, Plan
from portal.desk.demo.stage import Stage, story_key
from portal.desk.seed.it import open_outages
from requests_app.it import outages
from requests_app.models import Outage, UsualLine
from requests_app.states import RunOut

# role that is asked -> (item, quantity, note, working hours ago)
DESKS: dict[str, tuple[str, int, str, float]] = {
    "compliance": ("DIS-SCO", 2, "", 6),
    "biomed_manager": ("MON-PAT", 1, "", 11),
    "it_head": ("WOW-CRT", 1, "", 4),
    "product_lead": ("RSP-FF3", 3, "", 7),
    "finance": ("SCN-BLD", 1, "", 26),
    "procurement": ("NPW-KIT", 1, "", 9),
    "director": ("MON-PAT", 6, "The old ones lose their parts supply in spring", 44),
}
CLINICAL_WARDS = {"SBG": ("ED", "ICU", "MAT", "OPD"), "NFC": ("RHB", "THR"), "SAK": ("INN", "CHI", "NOT")}
ONE_OFFS = ("GEL-500", "ECG-ELE", "PAP-A4", "BPC-AD", "WIP-DET", "BAG-CLI", "TON-BLK", "PLP-BED")
STANDS = ("to pick", "picked", "coming", "with buyer", "ordered", "at goods-in", "part came")

# type of request -> answers with which it is no emergency
WORK = (
    ("transport", {"when": "free"}),
    ("transport", {"when": "free"}),
    ("repair", {"needed": "can_wait", "safe": "yes"}),
    ("it", {"stops": "one_person"}),
    ("clean", {"when": "bed"}),
)


def waiting(stage: Stage) -> Iterator[tuple[datetime, Ask]]:
    """For every head, every other decider, every store and every ward something that waits at the end."""
    yield from _heads(stage)
    yield from _desks(stage)
    yield from _deliveries(stage)
    yield from _work(stage)
    yield from _drafts(stage)


def _heads(stage: Stage) -> Iterator[tuple[datetime, Ask]]:
    """One request for each head to decide; every fourth is late already."""
    number = 0
    for hospital, wards in stage.staff.wards.items():
        for ward in wards.values():
            number += 1
            chance = stage.chance("head", ward.pk)
            hours = chance.uniform(11, 16) if number % 4 == 0 else chance.uniform(1, 9.5)
            plan = Plan(rng=chance, answers={"head": NOT_YET}, answer=AT_ONCE)
            ask = _ask(stage, ward, plan, "head", number)
            ask.lines = {_one_off(ward, number): 2}
            yield stage.hours.before(stage.hospital(hospital), "office", stage.until, hours), ask


def _one_off(ward: Department, number: int) -> str:
    """An item that is not on the ward's lists, so that a person is asked."""
    agreed = set(UsualLine.objects.filter(usual_list__department=ward).values_list("item__code", flat=True))
    free = [code for code in ONE_OFFS if code not in agreed]
    return free[number % len(free)]


def _desks(stage: Stage) -> Iterator[tuple[datetime, Ask]]:
    """One request for each decider of a hospital: those before them have agreed."""
    for hospital in stage.staff.wards:
        wards = CLINICAL_WARDS[hospital]
        for number, (role, (code, quantity, note, hours)) in enumerate(DESKS.items()):
            if not stage.staff.holders(hospital, role):
                continue
            chance = stage.chance("desk", hospital, role)
            plan = Plan(rng=chance, answers={role: NOT_YET}, answer=AT_ONCE, receive=2.0)
            ask = _ask(stage, stage.ward(hospital, wards[number % len(wards)]), plan, f"desk-{role}", number)
            ask.lines, ask.note = {code: quantity}, note
            yield stage.hours.before(stage.hospital(hospital), "finance", stage.until, hours), ask


def _deliveries(stage: Stage) -> Iterator[tuple[datetime, Ask]]:
    """In each ward that receives something at each point of the way, one after the other."""
    number = 0
    for hospital, wards in stage.staff.wards.items():
        for ward in wards.values():
            usual = ward.usual_lists.order_by("pk").first()
            if usual is None:
                continue
            for stand in ("coming", STANDS[number % 2], STANDS[3 + number % 4]):
                chance = stage.chance("way", ward.pk, stand)
                ask = _ask(stage, ward, _until(stand, chance), f"way-{stand}", number)
                if stand in STANDS[3:]:
                    ask.lines, calendar = {"SPO-SEN": 2}, "buying"
                    hours = {"with buyer": 12.0, "ordered": 20.0}.get(stand, 52.0)
                else:
                    ask.usual, calendar = usual, "stores"
                    hours = {"coming": 4.0, "picked": 2.0, "to pick": 0.5}[stand] + chance.uniform(0, 4)
                yield stage.hours.before(stage.hospital(hospital), calendar, stage.until, hours), ask
                number += 1


def _until(stand: str, chance: object) -> Plan:
    """The way of an order up to where it stands at the end."""
    plan = Plan(rng=chance, answer=Answer(share=0.08), pick=0.1, send=0.2, receive=None)  # type: ignore[arg-type]
    if stand == "to pick":
        plan.pick = None
    elif stand == "picked":
        plan.send = None
    elif stand == "with buyer":
        plan.buyer = Buyer(confirm=None)
    elif stand == "ordered":
        plan.buyer = Buyer(confirm=1.0, goods=None)
    elif stand == "at goods-in":
        plan.buyer = Buyer(confirm=1.0, goods=0.7)
    elif stand == "part came":
        plan.buyer, plan.receive = Buyer(confirm=1.0, goods=0.5, trick="late part"), 1.0
    return plan


def _work(stage: Stage) -> Iterator[tuple[datetime, Ask]]:
    """In each hospital something that its teams have not taken yet."""
    for hospital, wards in stage.staff.wards.items():
        for number, (kind, calm) in enumerate(WORK):
            chance = stage.chance("work", hospital, number)
            ward = chance.choice(list(wards.values()))
            answers = ANSWERS[kind](ward, chance)
            if answers is None:
                continue
            ask = _ask(stage, ward, Plan(rng=chance, take=None), "work", number)
            ask.type, ask.answers, ask.write = kind, answers | calm | RUNG, 1.0
            yield stage.until - timedelta(minutes=chance.uniform(10, 55)), ask


def trouble_of_today(stage: Stage) -> None:
    """What IT knows at the end: the outages of the seed were over on the first day, and are there again."""

    def over() -> None:
        for outage in Outage.objects.filter(ended_at=None).select_related("opened_by").order_by("pk"):
            with acting_from("web"):
                outages.end_outage(by=outage.opened_by, ref=outage.ref)

    def again(hospital: Hospital) -> None:
        with acting_from("web"):
            open_outages(hospital=hospital)

    stage.queue.push(stage.queue.moment + timedelta(hours=3), over)
    for hospital in stage.staff.hospitals.values():
        stage.queue.push(stage.until - timedelta(minutes=10), partial(again, hospital))


def _drafts(stage: Stage) -> Iterator[tuple[datetime, Ask]]:
    """Something begun and not sent, by every second person of a ward."""
    number = 0
    for hospital, wards in stage.staff.wards.items():
        for ward in wards.values():
            for person in stage.staff.nurses[ward.pk]:
                number += 1
                if number % 2 == 0:
                    continue
                chance = stage.chance("draft", person.username)
                ask = _ask(stage, ward, Plan(rng=chance), "draft", number)
                ask.by, ask.write = person, -1.0
                ask.lines = {_one_off(ward, number): 1, "GLV-NIT-L": 2}
                yield (
                    stage.hours.before(
                        stage.hospital(hospital), "always", stage.until, chance.uniform(0.5, 30)
                    ),
                    ask,
                )


def _ask(stage: Stage, ward: Department, plan: Plan, what: str, number: int) -> Ask:
    people = stage.staff.filers(ward)
    key = story_key(f"waiting-{what}-{ward.hospital.code}-{ward.code}", number)
    return Ask(by=people[number % len(people)], ward=ward, key=key, plan=plan, run_out=RunOut.FINE)
