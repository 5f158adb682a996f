"""The demonstration: the same rows from the same seed, what agrees, what is refused, and every story findable."""

import json
import os
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from portal import clock
from portal.desk.demo.playing import BEGUN, ENDED
from portal.desk.demo.queue import Queue
from portal.desk.demo.stories import NOT_YET, STORIES
from portal.desk.seed.tables import table
from requests_app.models import ServiceRequest
from tests import journeys
from tests.fake_odoo.fixtures import fake_odoo
from tests.fake_odoo.instance import FakeOdoo
from tests.platform.processes import ROOT, environment, free_port
from tests.seed.small_play import UNTIL

__all__ = ["fake_odoo"]
DEEP = os.environ.get("TEST_DEEP") == "1"


@pytest.fixture(scope="module")
def migrated(django_db_setup, django_db_blocker, tmp_path_factory) -> Path:
    """A file with the tables of the test database, and no rows of tests in it."""
    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            pytest.skip("the play of two processes has files of its own: SQLite")
        name = connection.settings_dict["NAME"]
    copy = tmp_path_factory.mktemp("demo") / "migrated.sqlite3"
    with sqlite3.connect(name) as source:
        source.execute("VACUUM INTO ?", [str(copy)])
    return copy


def started(migrated: Path, folder: Path, seed: int, hashes: str, **more: str) -> "subprocess.Popen[str]":
    """A play in a process of its own, whose sets and dicts come in another order."""
    folder.mkdir()
    database = folder / "portal.sqlite3"
    database.write_bytes(migrated.read_bytes())
    own = {"VAR_DIR": str(folder), "PYTHONHASHSEED": hashes, "STATIC_MANIFEST": "0", "LOG_LEVEL": "ERROR"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.seed.small_play", str(seed)],
        cwd=ROOT,
        env=environment(**own, **more),
        stdout=subprocess.PIPE,
        text=True,
    )


def played(run: "subprocess.Popen[str]") -> dict:
    said, _nothing = run.communicate(timeout=1500 if DEEP else 280)
    assert run.returncode == 0
    return json.loads(said)


@pytest.mark.long
@pytest.mark.timeout(3000 if DEEP else 300)
def test_the_same_seed_gives_the_same_rows_and_another_one_others(migrated: Path, tmp_path: Path) -> None:
    how = {"PLAYED": "400"} if DEEP else {}
    runs = [
        started(migrated, tmp_path / str(number), seed, str(number), **how)
        for number, seed in enumerate((7, 7, 8), start=1)
    ]
    first, again, other = (played(run) for run in runs)
    for name, rows in first["rows"].items():
        assert rows == again["rows"][name], name
    assert first["findings"] == again["findings"] == other["findings"] == []

    acts = [row["action"] for row in first["rows"]["audit.Event"]]
    assert acts[0] == BEGUN and acts[-1] == ENDED
    requests = "requests_app.ServiceRequest"
    assert len(first["rows"][requests]) >= 20
    assert {row["state"] for row in first["rows"][requests]} >= {"closed"}
    assert all(
        first["rows"][f"{name}"]
        for name in ("integrations.ExternalReference", "sla.ClockEvent", "audit.Event")
    )
    assert not {row["public_id"] for row in first["rows"][requests]} & {
        row["public_id"] for row in other["rows"][requests]
    }
    assert [row["title"] for row in first["rows"][requests]] != [
        row["title"] for row in other["rows"][requests]
    ]


def test_every_situation_is_told_or_says_why_not() -> None:
    told = {number for story in STORIES for number in story.situations}
    assert not told & set(NOT_YET)
    assert told | set(NOT_YET) == set(range(1, 26))
    assert all(NOT_YET.values())


def test_every_story_names_somebody_of_the_seed_and_a_page() -> None:
    people = {row["username"] for row in table("people")}
    assert len({story.code for story in STORIES}) == len(STORIES)
    for story in STORIES:
        assert story.look_as in people, story.code
        assert str(story.title) and str(story.sentence), story.code
        if story.where:
            reverse(story.where)


def test_a_story_that_was_not_played_leads_nowhere(db: None) -> None:
    assert all(story.address() == "" and story.request() is None for story in STORIES)


class TestQueue:
    def test_it_plays_in_order_with_the_clock_set_and_stops_at_the_end(self) -> None:
        queue, heard = Queue(start=UNTIL - timedelta(days=1), until=UNTIL), []

        def say(word: str) -> None:
            heard.append((word, clock.now()))

        hour = timedelta(hours=1)
        queue.push(UNTIL - hour, lambda: say("last"))
        queue.push(
            UNTIL - 3 * hour, lambda: (say("first"), queue.push(UNTIL - 2 * hour, lambda: say("pushed")))
        )
        queue.push(UNTIL - 3 * hour, lambda: say("second of the same moment"))
        queue.push(UNTIL + hour, lambda: say("never"))
        queue.push(UNTIL - timedelta(days=9), lambda: say("over already: now"))
        queue.run(after_each=lambda: None, say=lambda moment: None)
        assert heard == [
            ("over already: now", UNTIL - timedelta(days=1)),
            ("first", UNTIL - 3 * hour),
            ("second of the same moment", UNTIL - 3 * hour),
            ("pushed", UNTIL - 2 * hour),
            ("last", UNTIL - hour),
        ]


class TestRefusals:
    """Each says what to do, and nothing was made."""

    @pytest.fixture(autouse=True)
    def at_nowhere(self, settings) -> None:
        settings.ODOO_URL = ""

    def refusal(self, *arguments: str) -> str:
        with pytest.raises(CommandError) as refused:
            call_command("seed_demo", *arguments)
        return str(refused.value)

    def test_in_production(self, db: None, settings) -> None:
        settings.PRODUCTION = True
        assert "PORTAL_ENV=production" in self.refusal()

    def test_where_requests_are(self, world: SimpleNamespace) -> None:
        journeys.draft(world, GLV_NIT_M=1)
        assert "make reset" in self.refusal()
        assert ServiceRequest.objects.count() == 1

    def test_without_odoo(self, db: None) -> None:
        assert "tests.fake_odoo" in self.refusal()

    def test_where_nothing_answers(self, db: None, settings, monkeypatch) -> None:
        monkeypatch.setattr("portal.desk.demo.buyer.StandIn.check.__defaults__", (0.0,))
        settings.ODOO_URL = f"http://127.0.0.1:{free_port()}"
        said = self.refusal()
        assert "Nothing answers" in said and "tests.fake_odoo" in said

    def test_where_something_else_answers(self, db: None, settings, live_server) -> None:
        settings.ODOO_URL = live_server.url
        assert "is not the stand-in" in self.refusal()

    def test_in_the_future(self, db: None) -> None:
        assert "--until" in self.refusal("--until", "2099-01-01")

    def test_a_number_of_copies_below_nothing(self, world: SimpleNamespace) -> None:
        journeys.draft(world, GLV_NIT_M=1)
        assert "--requests" in self.refusal("--requests", "-5")

    def test_people_who_are_too_young(self, world: SimpleNamespace, settings, fake_odoo: FakeOdoo) -> None:
        settings.ODOO_URL = fake_odoo.url
        assert "fewer --days" in self.refusal("--days", "2000")
