"""How much the store has, as Odoo counts it: read in chunks, kept as it was read. Nothing here is written to Odoo."""

import logging
import math
from datetime import datetime

from django.conf import settings

from integrations.odoo import catalogue
from integrations.odoo.connection import connect
from integrations.odoo.errors import OdooError
from requests_app.models import CatalogueItem
from requests_app.states import Source
from requests_app.supplies import stock as core

log = logging.getLogger(__name__)


def poll(*, now: datetime) -> int:
    """Read the stock on hand of every linked store item; returns how many were kept, 0 without ODOO_URL.

    Whole order units, rounded down: a broken box cannot be issued. Trouble with Odoo is only logged: what was read
    before stays, with its age, and says nothing any more when it is too old.
    """
    items = CatalogueItem.objects.filter(active=True, source=Source.STORE, odoo_product_id__isnull=False)
    products = dict(items.values_list("pk", "odoo_product_id")) if settings.ODOO_URL else {}
    if not products:
        return 0
    try:
        found = catalogue.read_stock(connect(), {product for product in products.values() if product})
    except OdooError as error:
        log.warning("The stock could not be read: %s", error)
        return 0
    levels = {pk: math.floor(found[product]) for pk, product in products.items() if product in found}
    return core.record_levels(levels=levels, at=now)
