"""Two hands at the same moment: the second signature, and the last free piece of the library."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal import clock
from portal.errors import DomainError
from requests_app import costs, work
from requests_app.equipment import keeping, loans
from requests_app.models import CostApproval, EquipmentChange, Loan
from tests import personas, repairs
from tests.journeys import fresh
from tests.racing import race
from tests.repairs import DEFIBRILLATOR

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
SPARE = "10462"


@pytest.fixture
def ward(transactional_db: None) -> SimpleNamespace:
    world = repairs.equip(personas.world())
    biomed = world.teams["biomed"]
    world.mates = [personas.person(f"mate.n{n}", role="fulfiller", place=biomed) for n in range(8)]
    return world


def split(results: list[Any]) -> tuple[list[Any], list[Any]]:
    refused = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, DomainError) for one in refused), refused
    return [one for one in results if not isinstance(one, Exception)], refused


@pytest.mark.parametrize("round_", range(5))
def test_many_second_signatures_are_one(ward: SimpleNamespace, round_: int) -> None:
    case = repairs.sent(ward, equipment=DEFIBRILLATOR, symptoms=["battery"], safe="no_removed")
    work.take(request=case, by=ward.engineer)
    work.finish(request=case, by=ward.engineer, outcome="part_replaced")
    device = ward.pieces[DEFIBRILLATOR]
    day = (clock.now() + timedelta(days=90)).date()

    def first(by: Any) -> Any:
        return lambda: keeping.check(equipment=device, by=by, safety=True, function=True, next_service_on=day)

    done, refused = split(race([first(by) for by in ward.mates[:4]]))
    assert (len(done), len(refused)) == (1, 3)
    assert fresh(device).state == "awaiting_check"
    others = [by for by in ward.mates if by.pk != done[0].by_id]
    signed, refused = split(
        race([lambda by=by: keeping.countersign(equipment=device, by=by) for by in others])
    )
    assert (len(signed), len(refused)) == (1, len(others) - 1)
    assert fresh(device).state == "in_use"
    assert EquipmentChange.objects.filter(equipment=device, to_state="in_use").count() == 1


def test_the_last_free_piece_is_lent_once(ward: SimpleNamespace) -> None:
    cases = [repairs.sent(ward, ward.nurse, equipment=tag) for tag in ("10231", "10238", "10252")]
    spare = ward.pieces[SPARE]
    jobs = [lambda case=case: loans.lend(equipment=spare, request=case, by=ward.engineer) for case in cases]
    done, refused = split(race(jobs))
    assert (len(done), len(refused), Loan.objects.count()) == (1, 2, 1)


def test_decided_and_cancelled_at_the_same_moment_one_wins(ward: SimpleNamespace) -> None:
    from requests_app import lifecycle
    from tests.journeys import approve, open_steps

    lead = personas.person("lena.fischer", role="team_lead", place=ward.teams["biomed"])
    for _round in range(5):
        case = repairs.sent(ward)
        work.take(request=case, by=ward.engineer)
        cost = costs.estimate(request=case, amount="420", what="Board", by=ward.engineer)
        assert open_steps(cost.decision)
        results = race(
            [
                lambda cost=cost: approve(cost.decision, lead),
                lambda case=case: lifecycle.cancel(request=case, by=ward.nurse, reason="works"),
            ]
        )
        split(results)
        assert not CostApproval.objects.filter(outcome="").exists()
        assert fresh(case).state == "cancelled"
