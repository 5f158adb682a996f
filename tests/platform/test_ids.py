"""Ids cannot be guessed, except inside `seeded()`, where they come out the same twice."""

import re

from portal import ids


def _some() -> list:
    return [ids.token(), ids.hex_token(), ids.key(), ids.fraction(), ids.token()]


def test_every_id_is_new_and_has_the_promised_form():
    assert len({ids.token() for _ in range(50)}) == 50
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", ids.token())
    assert re.fullmatch(r"[0-9a-f]{32}", ids.hex_token())
    assert ids.key().version == 4
    assert 0 <= ids.fraction() < 1


def test_seeded_ids_repeat_and_only_inside_the_block():
    with ids.seeded(7):
        first = _some()
    with ids.seeded(7):
        again = _some()
    with ids.seeded(8):
        other = _some()
    assert first == again
    assert first[0] != first[4], "the ids of one block differ"
    assert not set(map(str, first)) & set(map(str, other))
    assert ids.token() != ids.token()
    assert not set(map(str, first)) & set(map(str, _some()))
