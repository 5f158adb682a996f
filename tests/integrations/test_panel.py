"""The orders of a request as the ward reads them."""

from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils.translation import override

from integrations.models import ExternalReference, OutboxMessage
from requests_app import access
from requests_app.models import ServiceRequest
from tests import journeys
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import dispatch_later, later, message, order, poll

PANEL = Template("{% load integrations_panels %}{% orders_panel request %}")


def shown(request: ServiceRequest) -> str:
    return PANEL.render(Context({"request": journeys.fresh(request)}))


def test_nothing_before_it_is_agreed(linked: SimpleNamespace, django_assert_num_queries) -> None:
    request = journeys.sent(linked, SPO_SEN=1)

    with django_assert_num_queries(0):
        assert PANEL.render(Context({"request": request})).strip() == ""


def test_an_order_that_waits_and_one_that_was_refused(linked: SimpleNamespace, settings) -> None:
    request = journeys.approved(linked, SPO_SEN=1)
    assert "Order for Kestrel Devices is waiting to be sent" in shown(request)
    OutboxMessage.objects.update(
        last_error="Odoo cannot be reached (ConnectionRefusedError).", error_kind="transport"
    )
    assert "cannot be reached just now" in shown(request)
    assert "ConnectionRefusedError" not in shown(request)
    settings.ODOO_URL = ""
    assert "no purchasing system is connected" in shown(request)
    OutboxMessage.objects.update(state=OutboxMessage.State.DEAD, last_error="ValidationError: 'Vendor'")
    assert "The purchasing system refused it; Integration operator has it" in shown(request)
    assert "ValidationError" not in shown(request)


def test_how_an_order_goes_on(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = journeys.approved(linked, SPO_SEN=2)
    dispatch_later()
    [there] = odoo.orders()
    poll()
    html = shown(request)
    assert f'href="{odoo.url}/odoo/purchase/{there["id"]}"' in html
    assert f"order {there['name']}" in html
    assert "With the buyer" in html
    assert "just now" in html
    with later(120):
        assert "2 min ago" in shown(request)

    odoo.confirm(there["id"])
    poll()
    assert "Ordered from the supplier, expected" in shown(request)
    with later(60 * 24 * 3600):
        assert "Ordered from the supplier, was expected" in shown(request)
    odoo.receive(there["id"], {there["lines"][0]["id"]: 1})
    poll()
    assert "Some has arrived at goods-in" in shown(request)
    odoo.receive(there["id"])
    poll()
    assert "At goods-in, on its way to you" in shown(request)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": "draft"}, "With the buyer"),
        ({"state": "to approve"}, "With the buyer (second signature)"),
        ({"state": "cancel"}, "The order was cancelled. Ask the buyer why"),
        ({"state": "done"}, "Ordered from the supplier, expected"),
    ],
)
def test_each_state_has_words(linked: SimpleNamespace, odoo: FakeOdoo, columns: dict, words: str) -> None:
    request = journeys.approved(linked, SPO_SEN=1)
    dispatch_later()
    ExternalReference.objects.filter(pk=order(request).pk).update(**columns)

    with override("en-gb"):
        assert words in shown(request)


def test_an_order_that_is_gone_has_no_link(linked: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = journeys.approved(linked, SPO_SEN=1)
    dispatch_later()
    odoo.delete(odoo.orders()[0]["id"])
    poll()

    assert "The order was taken back; the buyer has it" in shown(request)
    assert "href" not in shown(request)


def test_two_queries_whatever_is_on_it(
    linked: SimpleNamespace, odoo: FakeOdoo, django_assert_num_queries
) -> None:
    small = journeys.approved(linked, SPO_SEN=1)
    big = journeys.approved(linked, note="for the new bay", SPO_SEN=1, TON_BLK=1, DIS_SCO=1, NPW_KIT=1)
    small, big = (access.get_request(linked.nurse, request.public_id) for request in (small, big))
    for request in (small, big):
        with django_assert_num_queries(2):
            waiting = PANEL.render(Context({"request": request}))
        assert waiting.count("<dt>") == OutboxMessage.objects.filter(request=request).count()
    assert dispatch_later()["delivered"] == 5
    for request in (small, big):
        with django_assert_num_queries(2):
            sent = PANEL.render(Context({"request": request}))
        assert sent.count("<a ") == OutboxMessage.objects.filter(request=request).count()
    assert message(small).state == OutboxMessage.State.DONE
