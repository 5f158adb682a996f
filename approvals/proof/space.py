"""The finite partition that the conditions of a policy induce over all possible cases. PURE.

A case is cut into facts that do not depend on each other (`PARTS`). Of each part only the values matter at which some
condition changes: each limit less a cent, at it and a cent above, each value that is named, and one that is not. What is
several (marks, lines ...) only makes more conditions hold the more there is of it, but for a standing order, of which all
lines must be part: one value for each rule that must hold is enough, and none where a rule must not.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import Any

from approvals.proof.world import World
from approvals.routing import AMONG, SEVERAL, CaseLine, RoutingCase, Rule, RuleSet, matches

CENT, NOTHING = Decimal("0.01"), Decimal(0)
GOODS = ("amount_from", "amount_to", "any_flag", "groups", "first_order", "standing_order")
# The parts of a case, and the conditions that look at each.
PARTS: dict[str, tuple[str, ...]] = {
    "place": ("categories", "hospitals", "departments"),
    "time": ("priorities", "out_of_hours", "cannot_wait"),
    **{fact: (name,) for name, fact in AMONG.items() if fact in (*SEVERAL, "service", "location", "budget")},
    "goods": GOODS,
}
# Which times there are: priority, may it not wait, is the office closed. What can wait is never out of hours.
TIMES = (
    ("routine", False, False),
    ("planned", False, False),
    ("urgent", False, False),
    ("urgent", True, False),
    ("emergency", True, False),
    ("urgent", True, True),
    ("emergency", True, True),
)


@dataclass(frozen=True)
class Cell:
    """Some facts of a case, which rules they do not keep from holding (a bit each), and how unusual they are."""

    facts: dict[str, Any]
    mask: int
    weight: int

    def key(self) -> tuple[int, Decimal]:
        return self.weight, self.facts.get("amount", NOTHING)


class Space:
    """All cases of `world`, as far as `rules` can tell them apart."""

    def __init__(self, rules: RuleSet, world: World) -> None:
        self.rules, self.world = rules.rules, world
        hospital, department = world.places[0]
        self.usual = RoutingCase(world.category, hospital, department, "routine", NOTHING)
        self.amounts = _around(self._limits())
        self._kept: dict[Any, list[Cell]] = {}

    def smallest(self, hold: Iterable[int] = (), avoid: Iterable[int] = ()) -> RoutingCase | None:
        """The simplest case in which all rules of `hold` hold and none of `avoid`, by their positions; None: there is none."""
        return next(iter(self.each(hold, avoid).values()), None)

    def each(
        self,
        hold: Iterable[int] = (),
        avoid: Iterable[int] = (),
        *,
        track: Iterable[int] = (),
        apart: Callable[[dict[str, Any]], Any] = lambda facts: None,
    ) -> dict[Any, RoutingCase]:
        """As `smallest`, the simplest for each set of rules of `track` that hold, and for each value of `apart`, which sees
        the facts of one part at a time. The simplest of all comes first.
        """
        hold = tuple(hold)
        wanted, refused = _bits(hold), _bits(avoid)
        looked_at = refused | _bits(track)
        found: dict[tuple[int, Any], Cell] = {(looked_at, ()): Cell({}, -1, 0)}
        for part in PARTS:
            cells: dict[tuple[int, Any], Cell] = {}
            for cell in self._cells(part, hold):
                if cell.mask & wanted == wanted:
                    _keep(cells, (cell.mask & looked_at, apart(cell.facts)), cell)
            joined: dict[tuple[int, Any], Cell] = {}
            for ((old, told), left), ((new, said), right) in product(found.items(), cells.items()):
                key = (old & new, told if said is None else (*told, said))
                _keep(joined, key, Cell({**left.facts, **right.facts}, 0, left.weight + right.weight))
            found = joined
        fitting = [(cell.key(), key, cell.facts) for key, cell in found.items() if not key[0] & refused]
        cases = sorted(fitting, key=lambda one: one[:2])
        return {key: replace(self.usual, **facts) for _rank, key, facts in cases}

    # --- the parts ------------------------------------------------------------------------------------------------------
    def _cells(self, part: str, hold: tuple[int, ...]) -> list[Cell]:
        holding = tuple(self.rules[at] for at in hold) if part in (*SEVERAL, "goods") else ()
        key = (part, hold if holding else ())
        if key not in self._kept:
            found = [
                Cell(facts, self._mask(part, facts), weight) for facts, weight in self._values(part, holding)
            ]
            self._kept[key] = found
        return self._kept[key]

    def _mask(self, part: str, facts: dict[str, Any]) -> int:
        case = replace(self.usual, **facts)
        return _bits(
            at
            for at, rule in enumerate(self.rules)
            if matches({k: v for k, v in rule.conditions.items() if k in PARTS[part]}, case)
        )

    def _values(self, part: str, hold: tuple[Rule, ...]) -> Iterator[tuple[dict[str, Any], int]]:
        if part == "place":
            yield from (({"hospital": one, "department": ward}, 0) for one, ward in self.world.places)
        elif part == "time":
            for priority, waits, closed in (*TIMES, *((one, False, False) for one in self._strange())):
                weight = (priority != "routine") + waits + closed
                yield {"priority": priority, "cannot_wait": waits, "out_of_hours": closed}, weight
        elif part == "goods":
            yield from self._goods(hold)
        elif part in SEVERAL:
            named = [rule.conditions[PARTS[part][0]] for rule in hold if PARTS[part][0] in rule.conditions]
            for values in product(*named):
                yield {part: tuple(sorted(set(values)))}, len(set(values))
        else:
            yield from (({part: value}, int(unusual)) for value, unusual in self._singles(part))

    def _strange(self) -> set[str]:
        """Priorities that are named and that there are not."""
        named = {one for rule in self.rules for one in rule.conditions.get("priorities", ())}
        return named - {one for one, _waits, _closed in TIMES}

    def _singles(self, part: str) -> Iterator[tuple[str, bool]]:
        named = {one for rule in self.rules for one in rule.conditions.get(PARTS[part][0], ())}
        known = self.world.known.get(part)
        others = [""] if known is None or not named else sorted(known - named)
        if known is not None and not named and part == "service":
            others = sorted(known)
        yield from ((one, False) for one in others[:1])
        yield from ((one, True) for one in sorted(named))

    def _goods(self, hold: tuple[Rule, ...]) -> Iterator[tuple[dict[str, Any], int]]:
        standing = [r.conditions["standing_order"] for r in self.rules if "standing_order" in r.conditions]
        weeks = {Decimal(limits["weekly_below"]) for limits in standing}
        for amount in self.amounts:
            totals = {NOTHING, *(week - amount for week in weeks if week > amount)}
            for total, (lines, weight) in product(sorted(totals), self._lines(hold, bool(standing))):
                first = (replace(lines[0], amount=amount), *lines[1:]) if lines else ()
                facts = {"amount": amount, "weekly_standing_total": total, "lines": first}
                yield facts, weight + bool(total)

    def _lines(self, hold: tuple[Rule, ...], standing: bool) -> list[tuple[tuple[CaseLine, ...], int]]:
        """Lines for each rule that must hold: as nobody agreed on them, and where that matters within and above their list."""
        if not self.world.goods:
            return [((), 0)]
        flagged = [list(self._flagged(rule)) for rule in hold if "any_flag" in rule.conditions]
        plain = CaseLine("line", self._group(), 2, NOTHING, "buy", first_order=False)
        found = []
        for chosen in product(*flagged):
            lines = tuple(dict.fromkeys(replace(plain, **dict(one)) for one in chosen)) or (plain,)
            found.append((lines, len(set(chosen))))
            for par in (2, 1) if standing else ():
                routine = tuple(replace(line, par=par, usual_max=2) for line in lines)
                found.append((routine, len(set(chosen)) + 1))
        return found

    def _flagged(self, rule: Rule) -> Iterator[tuple[tuple[str, Any], ...]]:
        first = bool(rule.conditions.get("first_order"))
        for flag, group in product(
            rule.conditions["any_flag"], rule.conditions.get("groups") or [self._group()]
        ):
            control = (flag,) if flag in self.world.control_flags else ()
            yield (
                ("flags", (flag,)),
                ("control_flags", control),
                ("group", group),
                ("first_order", first),
            )

    def _group(self) -> str:
        """A group of the catalogue that no rule names."""
        named = {one for rule in self.rules for one in rule.conditions.get("groups") or ()}
        return next(iter(sorted(self.world.known.get("groups", frozenset()) - named)), "other")

    def _limits(self) -> Iterator[Decimal]:
        for rule in self.rules:
            yield from (
                Decimal(rule.conditions[one])
                for one in ("amount_from", "amount_to")
                if one in rule.conditions
            )
            yield from map(Decimal, rule.conditions.get("standing_order", {}).values())
        yield from self.world.limits.values()
        yield from (lent.limit for lent in self.world.lent if lent.limit is not None)


def _around(limits: Iterable[Decimal]) -> list[Decimal]:
    """Each limit less a cent, at it, and a cent above; and nothing."""
    points = {NOTHING, *(limit + step for limit in limits for step in (-CENT, NOTHING, CENT))}
    return sorted(point for point in points if point >= 0)


def _bits(positions: Iterable[int]) -> int:
    return sum(1 << at for at in set(positions))


def _keep(cells: dict[tuple[int, Any], Cell], key: tuple[int, Any], cell: Cell) -> None:
    if key not in cells or cell.key() < cells[key].key():
        cells[key] = cell
