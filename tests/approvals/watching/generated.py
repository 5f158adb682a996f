"""A year of made-up requests of three hospitals, with splits planted in it. Knows nothing of how they are looked for.

Wards order the same things week after week, part of them from the agreed list; now and then somebody buys something that
nobody bought before. A planted split is one larger purchase, cut into pieces that each stay under a limit.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from approvals.watching.routine import Line

LIMITS = (1_000, 5_000, 25_000)
BEGIN = datetime(2029, 1, 1, 7, tzinfo=UTC)
YEAR = 364
FIRST_PLANT = 150  # the first months teach what is usual
KINDS = ("person", "colleagues", "cost centre", "alias")
SPANS = (1, 7, 30)


@dataclass(frozen=True)
class Ware:
    id: int
    family: str
    supplier: int
    price: float


@dataclass(frozen=True)
class Ward:
    id: int
    hospital: int
    cost_centre: str
    staff: tuple[int, ...]
    list_of: tuple[tuple[Ware, int, int, bool], ...]  # ware, usual quantity, every so many days, agreed


@dataclass(frozen=True)
class Plant:
    kind: str
    days: int
    requests: frozenset[int]


@dataclass
class Past:
    lines: list[Line] = field(default_factory=list)
    plants: list[Plant] = field(default_factory=list)
    requests: int = 0


class Maker:
    def __init__(self, seed: int, requests: int, plants: int) -> None:
        self.dice, self.past = random.Random(seed), Past()
        # supplier 2n + 1 is the alias of 2n for the first five pairs
        self.wares = [
            Ware(number, f"family {number % 45}", self.dice.randrange(36), self.price(number % 45))
            for number in range(500)
        ]
        wards = max(6, requests // 330)
        self.wards = [self.ward(number) for number in range(wards)]
        pieces = self.plant(plants)
        self.everyday(requests - pieces)

    def price(self, family: int) -> float:
        """Gloves, kits, small devices: a family costs what it costs."""
        return round(self.dice.lognormvariate((2.6, 3.4, 5.2)[family % 3], 0.6), 2)

    def ward(self, number: int) -> Ward:
        hospital = number % 3
        staff = tuple(number * 100 + one for one in range(self.dice.randint(4, 10)))
        wares = self.dice.sample([ware for ware in self.wares if ware.price < 120], 14)
        usual = tuple(
            (ware, self.dice.randint(2, 9), self.dice.choice((7, 7, 7, 14, 28)), place < 9)
            for place, ware in enumerate(wares)
        )
        return Ward(number, hospital, f"cc {number // 6}", staff, usual)

    def sent(self, ward: Ward, who: int, at: datetime, wanted: list[tuple[Ware, int, bool, float]]) -> int:
        """One request; `wanted`: ware, quantity, agreed, amount (0: quantity x price)."""
        self.past.requests += 1
        amounts = [Decimal(str(round(amount or ware.price * n, 2))) for ware, n, _agreed, amount in wanted]
        for (ware, quantity, agreed, _amount), amount in zip(wanted, amounts, strict=True):
            supplier = ware.supplier - 1 if ware.supplier < 10 and ware.supplier % 2 else ware.supplier
            self.past.lines.append(
                Line(
                    request=self.past.requests,
                    requester=who,
                    ward=ward.id,
                    cost_centre=ward.cost_centre,
                    hospital=ward.hospital,
                    item=ware.id,
                    family=ware.family,
                    supplier=supplier + 1,
                    quantity=quantity,
                    amount=amount,
                    whole=sum(amounts, Decimal(0)),
                    at=at,
                    topped_up=agreed,
                )
            )
        return self.past.requests

    def moment(self, day: float) -> datetime:
        return BEGIN + timedelta(days=int(day), minutes=self.dice.randint(0, 600))

    def everyday(self, requests: int) -> None:
        routine = int(requests * 0.8)
        calendar = []
        for ward in self.wards:
            for day in range(YEAR):
                due = [
                    (ware, max(1, round(n * self.dice.uniform(0.7, 1.3))), agreed, 0.0)
                    for place, (ware, n, every, agreed) in enumerate(ward.list_of)
                    if (day + place // 4 * 2) % every == 0
                ]
                if due:
                    calendar.append((ward, day, due))
        share = min(1.0, routine / len(calendar))
        for ward, day, due in calendar:
            if self.dice.random() < share:
                self.sent(ward, self.dice.choice(ward.staff), self.moment(day), due)
        for _number in range(requests - min(routine, len(calendar))):
            ward = self.dice.choice(self.wards)
            ware = self.dice.choice(self.wares)
            amount = min(round(self.dice.lognormvariate(5.0, 1.1), 2), 40_000)
            quantity = max(1, round(amount / ware.price))
            wanted = [(ware, quantity, False, amount)]
            self.sent(ward, self.dice.choice(ward.staff), self.moment(self.dice.randrange(YEAR)), wanted)

    def plant(self, count: int) -> int:
        before = self.past.requests
        for number in range(count):
            kind, days = KINDS[number % 4], SPANS[number // 4 % 3]
            limit = self.dice.choices(LIMITS, (6, 3, 1))[0]
            self.past.plants.append(self.split(kind, days, limit))
        return self.past.requests - before

    def split(self, kind: str, days: int, limit: int) -> Plant:
        dice = self.dice
        ward = dice.choice(self.wards)
        beside = [
            one for one in self.wards if one.cost_centre == ward.cost_centre and one.hospital == ward.hospital
        ]
        pieces, whole = dice.randint(2, 5), limit * dice.uniform(1.02, 1.6)
        if whole / pieces > limit * 0.95:
            pieces += 1
        shares = self.shares(pieces, whole, limit)
        ware, person = dice.choice(self.wares), dice.choice(ward.staff)
        alike = [one for one in self.wares if one.family == ware.family]
        pair = dice.randrange(5) * 2
        aliases = [one for one in self.wares if one.supplier in (pair, pair + 1)]
        first = dice.uniform(FIRST_PLANT, YEAR - 31)
        start, found = self.moment(first), set()
        for place, share in enumerate(shares):
            at = start + timedelta(days=days * 0.99 * dice.random())
            who, where, what = person, ward, ware
            if kind == "colleagues":
                who = ward.staff[place % len(ward.staff)]
            elif kind == "cost centre":
                where = beside[place % len(beside)]
                who = dice.choice(where.staff)
            elif kind == "alias":
                what = dice.choice(aliases)
            if kind != "alias" and dice.random() < 0.4:  # another code of the same family
                what = dice.choice(alike)
            wanted = [(what, max(1, round(share / what.price)), False, share)]
            found.add(self.sent(where, who, at, wanted))
        return Plant(kind, days, frozenset(found))

    def shares(self, pieces: int, whole: float, limit: int) -> list[float]:
        while True:
            cuts = [self.dice.gammavariate(6, 1) for _piece in range(pieces)]
            shares = [round(whole * cut / sum(cuts), 2) for cut in cuts]
            if max(shares) < limit and sum(shares) >= limit:
                return shares


def past(*, seed: int, requests: int, plants: int) -> Past:
    return Maker(seed, requests, plants).past
