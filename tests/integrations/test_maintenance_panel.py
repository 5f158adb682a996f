"""A repair in the list of its team, as the ward reads it."""

from types import SimpleNamespace

import pytest
from django.utils.translation import override

from integrations.models import ExternalReference, OutboxMessage, TeamLink
from integrations.order_rows import order_rows
from requests_app.models import ServiceRequest
from tests import repairs
from tests.fake_odoo.instance import FakeOdoo
from tests.integrations.steps import dispatch_later, poll, record
from tests.integrations.test_panel import shown
from tests.journeys import fresh

pytestmark = pytest.mark.django_db


def words(request: ServiceRequest) -> list[str]:
    with override("en-gb"):
        return [row.words for row in order_rows(fresh(request))]


def test_before_it_is_there(equipped: SimpleNamespace, settings) -> None:
    request = repairs.sent(equipped)
    assert words(request) == ["Waiting to be put in the team's list"]
    OutboxMessage.objects.update(last_error="Odoo cannot be reached (URLError).", error_kind="transport")
    assert "cannot be reached just now" in words(request)[0]
    OutboxMessage.objects.update(error_kind="unlinked")
    assert "does not know the team yet; Integration operator has it" in words(request)[0]
    OutboxMessage.objects.update(state="dead", last_error="ValidationError: 'Team'")
    assert words(request) == ["The maintenance system refused it; Integration operator has it"]
    OutboxMessage.objects.update(state="pending")
    settings.ODOO_URL = ""
    assert words(request) == ["Not in the maintenance system: none is connected"]


def test_how_it_goes_on(equipped: SimpleNamespace, odoo: FakeOdoo) -> None:
    request = repairs.sent(equipped)
    dispatch_later()
    id_ = record(request).record_id
    page = shown(request)
    assert "Clinical engineering has it in the list" in page
    assert f'href="{odoo.url}/odoo/maintenance.request/{id_}"' in page
    assert f"job #{id_}" in page

    odoo.move_repair(id_, "In Progress")
    poll()
    assert words(request) == ["Being repaired (In Progress)"]
    odoo.move_repair(id_, "Repaired")
    poll()
    assert words(request) == ["Repaired"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"state": "done", "stage": "Repaired"}, "Repaired, being checked"),
        ({"state": "done", "stage": "Scrap"}, "Cannot be repaired"),
        ({"state": "cancelled"}, "The team cancelled it"),
        ({"gone_at": "2030-01-01T00:00Z"}, "taken out of the team's list; the service manager has it"),
    ],
)
def test_each_end_has_words(equipped: SimpleNamespace, odoo: FakeOdoo, columns: dict, said: str) -> None:
    request = repairs.sent(equipped)
    dispatch_later()
    ExternalReference.objects.filter(pk=record(request).pk).update(**columns)
    assert said in words(request)[0]


def test_two_queries(equipped: SimpleNamespace, odoo: FakeOdoo, django_assert_num_queries) -> None:
    request = fresh(repairs.sent(equipped))
    assert request.team, TeamLink.objects.count()
    with django_assert_num_queries(2):
        order_rows(request)
