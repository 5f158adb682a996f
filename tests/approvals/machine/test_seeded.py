"""A machine that finds nothing proves nothing: three mistakes, each found. `make seeded-bugs` makes all of them."""

from types import SimpleNamespace

import pytest

from tests.approvals.machine import seeded, town
from tests.approvals.machine.machine import Deciding

QUICK = ("no-self-check", "same-person", "no-event")


@pytest.mark.django_db
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", QUICK)
def test_a_mistake_is_found(world: SimpleNamespace, name: str) -> None:
    Deciding.setting = town.make(world)
    mistake = next(one for one in seeded.MISTAKES if one.name == name)
    with seeded.made(mistake):
        count, law, _said = seeded.search(60, about=mistake.about)
    assert law, f"not found in {count} examples"
