"""What the store has, read from Odoo."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from integrations import stock, tasks
from integrations.odoo.catalogue import read_stock
from integrations.odoo.connection import connect
from portal import clock
from requests_app.models import CatalogueItem, StockOnHand
from requests_app.supplies import stock as core
from tests.fake_odoo.instance import FakeOdoo


def level(world: SimpleNamespace, code: str) -> core.OnHand | None:
    return core.on_hand(CatalogueItem.objects.select_related("on_hand").get(pk=world.items[code].pk))


@pytest.mark.parametrize("odoo", [17, 19], indirect=True)
def test_what_odoo_counts_is_kept_with_the_time_when_it_was_read(
    linked: SimpleNamespace, odoo: FakeOdoo
) -> None:
    at = clock.now()
    kept = stock.poll(now=at)
    assert kept == CatalogueItem.objects.filter(source="store", odoo_product_id__isnull=False).count() > 0
    gloves = level(linked, "GLV-NIT-M")
    assert gloves is not None
    assert (gloves.read_at, gloves.quantity > 0, gloves.old) == (at, True, False)
    cannula = level(linked, "CAN-20")
    assert cannula is not None
    assert cannula.out
    assert not StockOnHand.objects.exclude(item__source="store").exists(), "what is bought is in no store"


def test_a_broken_box_cannot_be_issued_and_less_than_nothing_is_nothing(
    linked: SimpleNamespace, odoo: FakeOdoo
) -> None:
    for code, on_hand in (("GLV-NIT-M", 2.75), ("APR-WHT", -3.0)):
        with odoo.store.transaction():
            odoo.store.update("product.product", linked.items[code].odoo_product_id, {"stock": on_hand})
    stock.poll(now=clock.now())
    assert [level(linked, code).quantity for code in ("GLV-NIT-M", "APR-WHT")] == [2, 0]


def test_while_odoo_is_down_the_last_reading_stays_and_grows_old(
    linked: SimpleNamespace, odoo: FakeOdoo
) -> None:
    at = clock.now()
    stock.poll(now=at)
    odoo.fault("drop")
    later = at + timedelta(minutes=20)
    assert stock.poll(now=later) == 0
    with clock.at(later):
        gloves = level(linked, "GLV-NIT-M")
        assert gloves is not None
        assert gloves.old
    with clock.at(at + timedelta(hours=2, seconds=1)):
        assert level(linked, "GLV-NIT-M") is None


def test_a_product_that_is_gone_from_odoo_keeps_its_last_reading(
    linked: SimpleNamespace, odoo: FakeOdoo
) -> None:
    at = clock.now()
    stock.poll(now=at)
    odoo.change("product.product", linked.items["GLV-NIT-M"].odoo_product_id, active=False)
    stock.poll(now=at + timedelta(minutes=5))
    assert StockOnHand.objects.get(item=linked.items["GLV-NIT-M"]).read_at == at
    assert read_stock(connect(), [999_999]) == {}


def test_without_odoo_nothing_is_asked(world: SimpleNamespace, settings, django_assert_num_queries) -> None:
    settings.ODOO_URL = ""
    with django_assert_num_queries(0):
        assert stock.poll(now=clock.now()) == 0


def test_the_sweep_reads_it_with_four_queries(
    linked: SimpleNamespace, odoo: FakeOdoo, django_assert_num_queries
) -> None:
    with django_assert_num_queries(5):  # with its savepoint
        assert tasks.poll_stock.run() > 0
