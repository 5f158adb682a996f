"""What did not wait for its approval says so in Odoo, and leaves within four hours or not at all."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from approvals.models import ApprovalPolicy
from integrations.models import OutboxMessage
from portal import clock
from requests_app.models import CaseException
from tests import journeys, repairs
from tests.fake_odoo.instance import FakeOdoo
from tests.glass import on_duty, smash
from tests.integrations.steps import dispatch_later

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything_agrees")]


def test_the_buyer_reads_it_in_the_order(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    broken, usual = journeys.sent(linked, NPW_KIT=2), journeys.approved(linked, NPW_KIT=1)
    smash(broken, on_duty(linked))
    assert dispatch_later() == {"delivered": 2}
    number = journeys.fresh(broken).number
    assert {found["origin"] for found in odoo.orders()} == {f"{number}, Break-glass", usual.number}


def test_the_team_reads_it_in_the_maintenance_request(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    ApprovalPolicy.objects.filter(category__code="repair").update(status=ApprovalPolicy.Status.SUPERSEDED)
    repair = repairs.sent(equipped)
    smash(repair, on_duty(equipped))
    assert dispatch_later()["delivered"] == 1
    [found] = odoo.repairs()
    assert found["description"].startswith("<p>Break-glass<br/>Portal number")


def test_after_four_hours_it_is_held_and_has_an_owner(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    late, in_time = journeys.sent(linked, NPW_KIT=2), journeys.sent(linked, NPW_KIT=1)
    manager = on_duty(linked)
    broken = smash(late, manager)
    with clock.at(broken.used_at + timedelta(hours=1)):
        smash(in_time, manager)
    left = (broken.ends_at - clock.now()).total_seconds()
    dispatch_later(left + 1)
    assert [found["origin"] for found in odoo.orders()] == [f"{journeys.fresh(in_time).number}, Break-glass"]
    assert OutboxMessage.objects.get(request=late).state != OutboxMessage.State.DONE
    held = CaseException.objects.get(request=late, kind="missing_approval", closed_at=None)
    assert "four hours" in held.detail
