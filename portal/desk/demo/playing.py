"""The whole play: sow what is missing, put everything into one queue, play it, and leave the stand-in at real time."""

import gc
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Min

from integrations import linking
from portal import clock, ids
from portal.accounts import scopes
from portal.accounts.models import Membership
from portal.audit import events
from portal.audit.models import Event
from portal.desk.demo.buyer import StandIn
from portal.desk.demo.everyday import everyday
from portal.desk.demo.everyday_work import everyday_work
from portal.desk.demo.life import Life
from portal.desk.demo.queue import Queue
from portal.desk.demo.reading import read_notices
from portal.desk.demo.stage import Stage, dated_log
from portal.desk.demo.stories import STORIES
from portal.desk.demo.story import Story
from portal.desk.demo.sweeps import Sweeps
from portal.desk.demo.trade import Trade
from portal.desk.demo.waiting import trouble_of_today, waiting
from portal.desk.seed.sowing import sow

BEFORE = timedelta(days=2)  # the hospitals are there before their first request
TEAM_WORK = 40  # per cent of the ordinary requests are work of a team; the others are for supplies
BEGUN, ENDED = "demo.begun", "demo.ended"  # events: they stay with the rows that they tell of


@dataclass(frozen=True)
class Asked:
    """What to play: `until` is the end, `requests` how many in all (stories and what waits count too)."""

    seed: int
    until: datetime
    days: int
    requests: int
    password: str
    stories: tuple[Story, ...] = STORIES
    with_waiting: bool = True
    hospitals: tuple[str, ...] = ("SBG", "NFC", "SAK")

    @property
    def start(self) -> datetime:
        return self.until - timedelta(days=self.days)


class TooYoung(Exception):
    """The people of the hospitals did not hold their roles yet when the play would begin."""


def broke_off() -> bool:
    """Whether a play began in this database and none ended: what is there stops somewhere in the past.

    Two queries at most.
    """
    return Event.objects.filter(action=BEGUN).exists() and not Event.objects.filter(action=ENDED).exists()


def play(
    asked: Asked, odoo: StandIn, *, say: Callable[[str], object], tell: "Callable[[float, str], object]"
) -> int:
    """Play `asked` against `odoo`; returns how many requests were sent.

    `say` gets sentences about what is set up, `tell` how far the play is (0 to 1) and where. The stand-in's buyer rests
    meanwhile; afterwards its clock runs again and its buyer leaves alone what was ordered here. Records `demo.begun` before
    the first row and `demo.ended` after the last.
    """
    first = Membership.objects.aggregate(at=Min("valid_from"))["at"]
    if first and first > asked.start:
        raise TooYoung(f"The people who are here hold their roles since {first:%d %B %Y} and not before.")
    odoo.check()
    odoo.rest()
    try:
        with ids.seeded(asked.seed), dated_log(), _quick(), _refusals_unsaid():
            with clock.at(asked.start - BEFORE):
                odoo.set_clock(clock.now())
                _sow(asked, say)
            sent = _play(asked, odoo, tell)
    finally:
        odoo.run_clock()
        odoo.work(since=asked.until)
    with clock.at(asked.until):
        events.record(action=ENDED, by=scopes.system_user())
    return sent


def _sow(asked: Asked, say: Callable[[str], object]) -> None:
    events.record(action=BEGUN, by=scopes.system_user())
    for code in asked.hospitals:
        sow(code=code, password=asked.password, say=say)
    linking.link_catalogue(by=scopes.system_user())


def _play(asked: Asked, odoo: StandIn, tell: Callable[[float, str], object]) -> int:
    queue = Queue(start=asked.start, until=asked.until)
    with clock.at(asked.until):
        stage = Stage(queue=queue, odoo=odoo, seed=asked.seed, days=asked.days)
    trade = Trade(stage)
    life = Life(stage, trade)
    sweeps = Sweeps(stage, life, trade)
    stage.roles_changed, stage.look = sweeps.roles_changed, life.look
    counted = Counter({"planned": 0})

    def file(moment: datetime, ask: object) -> None:
        counted["planned"] += 1
        life.ask(moment, ask)  # type: ignore[arg-type]

    stage.ask = file
    for story in asked.stories:
        story.tell(stage)
    if asked.with_waiting:
        trouble_of_today(stage)
        for moment, ask in waiting(stage):
            stage.ask(moment, ask)
    left = max(asked.requests - counted["planned"], 0)
    for moment, ask in everyday_work(stage, left * TEAM_WORK // 100):
        stage.ask(moment, ask)
    for moment, ask in everyday(stage, left - left * TEAM_WORK // 100):
        stage.ask(moment, ask)
    for moment, action in read_notices(stage):
        queue.push(moment, action)
    whole = asked.until - asked.start
    queue.run(
        after_each=sweeps.plan,
        say=lambda moment: tell((moment - asked.start) / whole, f"{moment:%d %B %Y}, {life.asked} requests"),
    )
    with clock.at(asked.until):
        sweeps.finish()
    tell(1.0, f"{asked.until:%d %B %Y}, {life.asked} requests")
    return life.asked


@contextmanager
def _refusals_unsaid() -> Iterator[None]:
    """An order that Odoo refuses is part of a story here, and no news for the terminal. Errors are still said."""
    log = logging.getLogger("integrations.dispatch")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


@contextmanager
def _quick() -> Iterator[None]:
    """Let the database not wait for the disk after each commit, and Python seldom look for circles of garbage.

    A play that is cut off starts anew anyway, and the process ends with it.
    """
    postgres = connection.vendor == "postgresql"
    off, back = (
        ("SET synchronous_commit TO OFF", "RESET synchronous_commit")
        if postgres
        else ("PRAGMA synchronous=OFF", "PRAGMA synchronous=FULL")
    )
    with connection.cursor() as cursor:
        cursor.execute(off)
    thresholds = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        with connection.cursor() as cursor:
            cursor.execute(back)
