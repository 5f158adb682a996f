"""Whose minutes they were: the parts add up, and agree with an oracle that asks at every minute."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app import waiting_reasons
from requests_app.charging import shares

BEGIN = datetime(2027, 3, 10, 8, 0, tzinfo=UTC)
PARTIES = sorted({reason.charged for reason in waiting_reasons.REASONS.values()})
Waits = list[tuple[datetime, datetime | None, str]]
Teams = list[tuple[datetime, int]]


def after(minutes: int) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


@st.composite
def stories(draw: st.DrawFn) -> tuple[datetime, Teams, Waits]:
    """A piece of work of whole minutes: the teams that had it in turn, and waits that do not overlap, the last perhaps open."""
    length = draw(st.integers(0, 300))
    passes = sorted(draw(st.lists(st.integers(0, 320), max_size=4)))
    teams = [(BEGIN, 1), *((after(minute), draw(st.integers(1, 4))) for minute in passes)]
    edges = sorted(draw(st.lists(st.integers(0, 320), max_size=8, unique=True)))
    waits: Waits = []
    for begun, ended in zip(edges[::2], [*edges[1::2], None], strict=False):
        waits.append((after(begun), None if ended is None else after(ended), draw(st.sampled_from(PARTIES))))
    return after(length), teams, waits


def minute_by_minute(end: datetime, teams: Teams, waits: Waits) -> Counter[str]:
    """Who had each minute, asked one after the other."""
    found: Counter[str] = Counter()
    for minute in range(int((end - BEGIN).total_seconds()) // 60):
        moment = after(minute)
        waiting = [
            party for since, until, party in waits if since <= moment and (until is None or moment < until)
        ]
        had = [team for since, team in teams if since <= moment]
        found[waiting[0] if waiting else f"team:{had[-1]}"] += 60
    return found


@settings(max_examples=300, deadline=None)
@given(stories())
def test_it_agrees_with_the_clock_on_the_wall(story: tuple[datetime, Teams, Waits]) -> None:
    end, teams, waits = story
    found = shares(start=BEGIN, end=end, teams=teams, waits=waits)
    assert {one.party: one.seconds for one in found if one.seconds} == minute_by_minute(end, teams, waits)


@settings(max_examples=300, deadline=None)
@given(stories(), st.integers(0, 999_999))
def test_the_parts_add_up_to_the_second(story: tuple[datetime, Teams, Waits], micro: int) -> None:
    end, teams, waits = story
    waits = [
        (since + timedelta(microseconds=micro), until and until + timedelta(microseconds=micro), party)
        for since, until, party in waits
    ]
    found = shares(start=BEGIN, end=end, teams=teams, waits=waits)
    assert sum(one.seconds for one in found) == int((end - BEGIN).total_seconds())
    assert len({one.party for one in found}) == len(found)
    assert all(one.seconds >= 0 for one in found)


def test_told_once_in_words() -> None:
    """Engineers an hour, then parts for half, then estates for the rest, who waited for the ward."""
    found = shares(
        start=BEGIN,
        end=after(180),
        teams=[(BEGIN, 7), (after(90), 9)],
        waits=[(after(60), after(90), "supplier"), (after(120), None, "ward")],
    )
    assert [(one.party, one.seconds // 60) for one in found] == [
        ("team:7", 60),
        ("supplier", 30),
        ("team:9", 30),
        ("ward", 60),
    ]


def test_nothing_lasted_no_time() -> None:
    assert shares(start=BEGIN, end=BEGIN, teams=[(BEGIN, 7)], waits=[]) == []


@pytest.mark.parametrize("reason", waiting_reasons.REASONS)
def test_every_reason_has_words_and_a_party_that_has_words(reason: str) -> None:
    one = waiting_reasons.REASONS[reason]
    assert str(one.words)
    assert one.charged in waiting_reasons.PARTIES
    assert waiting_reasons.in_words(reason).startswith("Waiting ")
