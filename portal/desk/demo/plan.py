"""How the people around one request behave: what each of them does, and after how long."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from portal.accounts.models import Department, User
from requests_app.models import UsualList
from requests_app.states import RunOut


@dataclass(frozen=True)
class Answer:
    """What whoever is asked does. `share`: of the time that the decision has (1: when it is due); None: nothing yet."""

    share: float | None = 0.3
    reject: str = ""
    who: str = ""  # username; else one of those who were asked
    most: int = 9  # how many of several answer


@dataclass(frozen=True)
class Buyer:
    """What the buyer does with an order in Odoo.

    `confirm`: working hours until the order is placed; `goods`: share of the lead time until it stands at goods-in; None:
    not yet. `trick`: "price" or "quantity" (changed before placing), "cancel" or "delete" (instead of placing), "part" (the
    rest comes two working days later), "late part" (the rest does not come before the end), "short" (the rest never comes).
    """

    confirm: float | None = 2.0
    goods: float | None = 0.8
    trick: str = ""
    factor: float = 1.0  # of the price, or of the quantity


NOT_YET = Answer(share=None)
AT_ONCE = Answer(share=0.05)


@dataclass
class Plan:
    """Times in hours. `pick` is a share of the response time; None: nobody does it before the end."""

    rng: Random
    answers: Mapping[str, Answer] = field(default_factory=dict)  # by the role that is asked
    answer: Answer = field(default_factory=Answer)  # of every other role
    pick: float | None = 0.4
    send: float | None = 0.5  # working hours of the store
    receive: float | None = 1.5
    short: int = 0  # how many of the first line from the store are missing at first
    receiver: str = ""  # username; else somebody of the ward
    buyer: Buyer = field(default_factory=Buyer)
    cancel: float | None = None  # after sending, if nobody decided by then
    settle: float | None = None  # working hours until the buyer settles what differs
    take: float | None = 0.4  # share of the response time until somebody of the team has it
    work: float = 0.5  # share of the time that is left until it is due
    outcome: str = ""  # how the work ends; empty: in the usual way
    left: tuple[int, ...] = ()  # positions of the tasks of a bundle that nobody takes

    def answer_of(self, role: str) -> Answer:
        return self.answers.get(role, self.answer)


@dataclass
class Ask:
    """One request to file: `lines` by item code, everything on the list `usual`, or the `answers` of another `type`."""

    by: User
    ward: Department
    key: UUID
    plan: Plan
    lines: Mapping[str, int] = field(default_factory=dict)
    usual: UsualList | None = None
    type: str = "supply"
    answers: Mapping[str, str | list[str]] = field(default_factory=dict)
    run_out: RunOut = RunOut.FINE
    needed_in: int = 0  # days, with RunOut.ON_DATE
    note: str = ""
    write: float = 4.0  # minutes from the first line to sending; below 0: it stays a draft
