"""Random lives of a few requests: whatever people do, in whatever order, the laws of deciding hold."""

import os
from time import process_time
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.approvals.machine import town
from tests.approvals.machine.machine import Deciding

DEEP = bool(os.environ.get("TEST_DEEP"))
EXAMPLES, STEPS = (2_000, 60) if DEEP else (100, 30)
PROFILE = settings(
    max_examples=int(os.environ.get("MACHINE_EXAMPLES", EXAMPLES)),
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    print_blob=True,
    derandomize=not DEEP,  # CI plays the same lives each time, the deep search others
    phases=(Phase.generate, Phase.shrink) if DEEP else (Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.thorough
@pytest.mark.django_db
@pytest.mark.timeout(3 * 3600 if DEEP else 600)
def test_whatever_people_do_the_laws_of_deciding_hold(world: SimpleNamespace) -> None:
    Deciding.setting = town.make(world)
    Deciding.tally.clear()
    began = process_time()
    run_state_machine_as_test(Deciding, settings=PROFILE)
    print(f"{PROFILE.max_examples} examples, {process_time() - began:.0f} s of CPU")
    for name in sorted({name for name, _done in Deciding.tally}):
        print(f"  {name:<20} {Deciding.tally[name, True]:>6} done {Deciding.tally[name, False]:>6} refused")
