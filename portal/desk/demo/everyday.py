"""The ordinary requests of half a year: who asks for what and when, and how people usually are about it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.accounts.models import Department
from portal.desk.demo.plan import Answer, Ask, Buyer, Plan
from portal.desk.demo.stage import Stage
from requests_app.models import CatalogueItem, UsualList
from requests_app.states import RunOut, Source

HOSPITALS = {"SBG": 70, "NFC": 15, "SAK": 15}
WARDS = {
    "7B": 5,
    "5C": 3,
    "ICU": 3,
    "ED": 3,
    "RHB": 4,
    "INN": 4,
}  # the others ask once where these ask so often
WEEKDAYS = (10, 10, 9, 10, 9, 4, 4)
HOURS = (1, 1, 2, 1, 1, 1, 2, 7, 9, 11, 11, 9, 6, 8, 9, 7, 6, 4, 4, 5, 4, 3, 3, 2)
LIVELY, LIVELIER = 14, 2  # the last days are as full as twice as many
SLOW = {"david.price": 3.2, "ulrike.franke": 2.4, "brian.kerr": 2.0, "carol.whitby": 1.8}
BOUGHT = {"TON-BLK": 6, "SCN-BAR": 3, "SPO-SEN": 5, "DIS-SCO": 3, "NPW-KIT": 4, "HIR-BAR": 3, "SRV-CAL": 2, "WOW-CRT": 2,
          "PMP-SYR": 2, "MON-PAT": 1}  # fmt: skip
CLINICAL = ("protection", "infusion", "hygiene", "wound", "breathing", "monitoring", "continence", "waste")
GROUPS = {
    "DIG": ("office", "IT"), "FIN": ("office",), "ADM": ("office",), "VWL": ("office",), "EST": ("office", "hygiene", "waste"),
    "FAC": ("office", "hygiene", "waste"), "TEC": ("office", "hygiene", "waste"), "LAB": ("protection", "waste", "office"),
    "IMG": ("protection", "hygiene", "monitoring"), "MAT": ("protection", "continence", "monitoring", "hygiene"),
}  # fmt: skip
OFFICE_BUYS = ("TON-BLK", "SCN-BAR", "WOW-CRT")
RECALLED = "SUC-12"  # at the end nobody may order it any more: asked for with the usual lists only
REASONS = (
    "Not needed: stock is there", "Use the standard item instead", "Ordered already", "No budget this period",
    "Wrong route: ask the equipment library first", "Quantity is more than a month of use",
)  # fmt: skip
NOTES = (
    "More patients than usual this week", "For the winter beds", "Two bays were opened", "New starters need their own",
    "Last delivery was short", "Agreed with the ward manager", "For the training day",
)  # fmt: skip


def everyday(stage: Stage, count: int) -> Iterator[tuple[datetime, Ask]]:
    """So many ordinary requests, spread over the play: when, and what."""
    for number in range(count):
        chance = stage.chance("everyday", number)
        ward = ward_of(stage, chance)
        moment = moment_of(stage, chance, ward)
        people = stage.staff.filers(ward)
        by = chance.choice(people)
        heads = stage.staff.heads[ward.pk]
        if heads and chance.random() < 0.05:
            by = heads[0]
        key = UUID(int=chance.getrandbits(128), version=4)
        ask = Ask(by=by, ward=ward, key=key, plan=manners(stage, chance, ward))
        what(ask, chance)
        yield moment, ask


def ward_of(stage: Stage, chance: Random) -> Department:
    """One that asks: the busy wards more often."""
    known = [code for code in HOSPITALS if stage.staff.wards.get(code)]
    hospital = chance.choices(known, [HOSPITALS[code] for code in known])[0]
    wards = list(stage.staff.wards[hospital].values())
    return chance.choices(wards, [WARDS.get(ward.code, 1) for ward in wards])[0]


def moment_of(stage: Stage, chance: Random, ward: Department) -> datetime:
    """When people of this ward ask: by day of the week and hour of the day, more often in the last days."""
    days = list(range(stage.days))
    zone = ZoneInfo(ward.hospital.time_zone)
    today = stage.until.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    weights = [
        WEEKDAYS[(today - timedelta(days=back)).weekday()] * (LIVELIER if back <= LIVELY else 1)
        for back in days
    ]
    back = chance.choices(days, weights)[0]
    hour = chance.choices(range(24), HOURS)[0]
    moment = today.replace(hour=hour, minute=chance.randrange(60), second=chance.randrange(60))
    return moment - timedelta(days=back)


def manners(stage: Stage, chance: Random, ward: Department) -> Plan:
    """How people usually are about a request of `ward`: most in time, some late, some who say no or take it back."""
    heads = stage.staff.heads[ward.pk]
    slow = SLOW.get(heads[0].username, 1.0) if heads else 1.0
    head = Answer(share=chance.triangular(0.02, 0.9, 0.2) * slow)
    other = Answer(
        share=chance.triangular(0.03, 1.0, 0.3) if chance.random() < 0.9 else chance.uniform(1.05, 2.0)
    )
    answers = {"head": head}
    if chance.random() < 0.16:
        role = chance.choice(("head", "head", "finance", "procurement"))
        answers[role] = Answer(share=chance.uniform(0.1, 0.8), reject=chance.choice(REASONS))
    return Plan(
        rng=chance,
        answers=answers,
        answer=other,
        pick=chance.triangular(0.1, 0.95, 0.35) if chance.random() < 0.93 else chance.uniform(1.1, 2.2),
        send=chance.triangular(0.2, 3, 0.8) if chance.random() < 0.95 else chance.uniform(9, 15),
        receive=chance.triangular(0.3, 10, 1.2),
        short=chance.choice((1, 2)) if chance.random() < 0.05 else 0,
        buyer=_buyer(chance),
        cancel=chance.uniform(0.3, 3) if chance.random() < 0.04 else None,
        settle=chance.uniform(1, 10),
    )


def _buyer(chance: Random) -> Buyer:
    trick, factor = "", 1.0
    drawn = chance.random()
    if drawn < 0.10:
        trick = "part"
    elif drawn < 0.13:
        trick, factor = "price", chance.choice((0.95, 1.03))
    elif drawn < 0.15:
        trick = "cancel"
    return Buyer(
        confirm=chance.triangular(0.4, 12, 2.5),
        goods=chance.triangular(0.4, 1.4, 0.85),
        trick=trick,
        factor=factor,
    )


def what(ask: Ask, chance: Random) -> None:
    """Fill in what is asked for: the usual, some items from the store, something to buy, or a mix."""
    _when_it_runs_out(ask, chance)
    lists = list(UsualList.objects.filter(department=ask.ward).order_by("pk"))
    drawn = chance.random()
    if lists and drawn < 0.42:
        ask.usual = chance.choice(lists)
        if ask.run_out != RunOut.FINE:  # then it is written by hand
            agreed = ask.usual.lines.select_related("item").filter(item__stopped_reason="").order_by("pk")
            agreed = agreed.exclude(item__code=RECALLED)
            ask.lines = {line.item.code: line.quantity for line in agreed}
        return
    lines: dict[str, int] = {}
    if drawn < 0.80:
        lines |= _from_store(ask.ward, chance, chance.choice((1, 1, 2, 2, 3)))
    if drawn >= 0.74:
        lines |= _bought(ask.ward, chance)
    ask.lines = lines
    items = {
        item.code: item for item in CatalogueItem.objects.filter(hospital=ask.ward.hospital, code__in=lines)
    }
    if any(quantity > items[code].usual_max for code, quantity in lines.items()):
        ask.note = chance.choice(NOTES)


def _when_it_runs_out(ask: Ask, chance: Random) -> None:
    ask.run_out = chance.choices(
        (RunOut.FINE, RunOut.BEFORE_DELIVERY, RunOut.ON_DATE, RunOut.NOW), (78, 12, 8, 2)
    )[0]
    if ask.run_out == RunOut.ON_DATE:
        ask.needed_in = chance.randrange(2, 15)


def _from_store(ward: Department, chance: Random, count: int) -> dict[str, int]:
    groups = GROUPS.get(ward.code, CLINICAL)
    found = CatalogueItem.objects.filter(
        hospital=ward.hospital, active=True, source=Source.STORE, stopped_reason="", group__in=groups
    ).exclude(code=RECALLED)
    items = [item for item in found.order_by("code") if "rationed" not in item.flags or chance.random() < 0.3]
    chosen = chance.sample(items, min(count, len(items)))
    return {item.code: _quantity(item, chance) for item in chosen}


def _quantity(item: CatalogueItem, chance: Random) -> int:
    if chance.random() < 0.06:
        return item.usual_max + chance.randrange(1, 4)
    return chance.randint(1, item.usual_max)


def _bought(ward: Department, chance: Random) -> dict[str, int]:
    codes = OFFICE_BUYS if GROUPS.get(ward.code, ("",))[0] == "office" else tuple(BOUGHT)
    code = chance.choices(codes, [BOUGHT[code] for code in codes])[0]
    item = CatalogueItem.objects.filter(
        hospital=ward.hospital, code=code, active=True, stopped_reason=""
    ).first()
    if item is None:
        return {}
    return {code: chance.randint(3, 14) if code == "HIR-BAR" else chance.randint(1, item.usual_max)}
