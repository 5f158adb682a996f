"""What an operator does at the shell."""

from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from portal.audit.models import Event
from requests_app import linking
from tests import journeys
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import dispatch_later, message, open_exceptions


def test_a_refused_order_is_sent_again_with_a_reason(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    partner = linked.vendors["KES"].odoo_partner_id
    linking.link_vendors(links={"KES": 999_999}, by=linked.system)
    request = journeys.approved(linked, SPO_SEN=1)
    dispatch_later()
    linking.link_vendors(links={"KES": partner}, by=linked.system)
    key, out = message(request).key, StringIO()

    with pytest.raises(CommandError, match="--why"):
        call_command("dispatch", again=key)
    call_command("dispatch", again=key, why="Vendor was archived", stdout=out)

    assert out.getvalue().strip() == "delivered: 1"
    assert open_exceptions(request) == []
    assert Event.objects.get(action="outbox.again").reason == "Vendor was archived"
    with pytest.raises(CommandError, match="refused"):
        call_command("dispatch", again=key, why="once more")


def test_nothing_is_due(db: None, odoo: FakeOdoo) -> None:
    out = StringIO()
    call_command("dispatch", stdout=out)

    assert out.getvalue().strip() == "Nothing is due."
