"""Each broken policy is caught, for nothing else than what is broken, by a case that replays to the defect."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from approvals.models import ApproverGroup, Delegation
from approvals.proof import World, prove, read_world
from approvals.proof.finding import CODES, UNKNOWN
from portal.clock import now
from requests_app.models import Category
from tests.approvals.proof.broken import BROKEN, GOOD
from tests.approvals.proof.replaying import shows

pytestmark = [pytest.mark.django_db, pytest.mark.thorough, pytest.mark.timeout(180)]


@pytest.fixture
def here(world: SimpleNamespace) -> World:
    """St Brigid's, with three named groups; a member of one lent the right to a nurse for as long as they are away."""
    ApproverGroup.objects.create(code="empty", name="Nobody yet")
    partners = ApproverGroup.objects.create(code="partners", name="Partners")
    partners.members.set([world.finance, world.finance_colleague, world.director])
    lent = ApproverGroup.objects.create(code="lent", name="Officers")
    lent.members.set([world.product_lead])
    Delegation.objects.create(
        grantor=world.product_lead, delegate=world.nurse, standing=True, starts_at=now() - timedelta(days=1), made_at=now()
    )  # fmt: skip
    return read_world(Category.objects.get(code="supply"), [world.hospital])


@pytest.mark.parametrize("name", GOOD)
def test_nothing_is_said_about_a_good_policy(here: World, name: str) -> None:
    assert prove(GOOD[name], here) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_policy_is_caught_and_replays(here: World, name: str) -> None:
    rules, codes = BROKEN[name]
    found = prove(rules, here)
    assert {one.code for one in found} == codes, [one.sentence for one in found]
    for one in found:
        assert one.sentence and "%(" not in one.sentence
        assert one.code in UNKNOWN or shows(one, rules), one


def test_there_are_at_least_thirty_and_every_code_is_among_them() -> None:
    assert len(BROKEN) >= 30
    assert {code for _rules, codes in BROKEN.values() for code in codes} == set(CODES)
