"""Finding the catalogue in Odoo: items by their code (internal reference), vendors by theirs (reference).

Teams and equipment of Odoo's maintenance are found on the same occasion (linking_maintenance).
"""

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q

from integrations.linking_maintenance import LinkedMaintenance, link_maintenance, waits_for_a_team
from integrations.odoo import catalogue
from integrations.odoo.connection import OdooConnection, connect
from integrations.odoo.errors import OdooError
from requests_app import linking as core
from requests_app.models import CatalogueItem, Vendor
from requests_app.states import Source

if TYPE_CHECKING:
    from portal.accounts.models import User

log = logging.getLogger(__name__)
UNLINKED = Q(odoo_product_id=None) | Q(odoo_uom_id=None)
PAUSE = 600  # seconds between two looks for what Odoo did not know


@dataclass
class Linked:
    """How many items and vendors changed, and the codes that Odoo does not know or knows twice. Also of maintenance."""

    items: int = 0
    vendors: int = 0
    missing_items: list[str] = field(default_factory=list)
    missing_vendors: list[str] = field(default_factory=list)
    maintenance: LinkedMaintenance = field(default_factory=LinkedMaintenance)


def link_catalogue(*, by: "User", only_missing: bool = False) -> Linked:
    """Store the ids that Odoo uses for active items and vendors; `only_missing` leaves those that have one alone.

    Codes that Odoo does not know, or knows twice, keep what they have and are returned. An Odoo without maintenance, or an
    account that may not read it, is only logged. Raises OdooError.
    """
    items, vendors = CatalogueItem.objects.filter(active=True), Vendor.objects.filter(active=True)
    if only_missing:
        items, vendors = items.filter(UNLINKED), vendors.filter(odoo_partner_id=None)
    codes, refs = set(items.values_list("code", flat=True)), set(vendors.values_list("code", flat=True))
    connection = connect()
    products = catalogue.read_products(connection, codes)
    partners = catalogue.read_vendors(connection, refs)
    return Linked(
        items=core.link_items(
            links={code: (found.id, found.uom_id) for code, found in products.items()}, by=by
        ),
        vendors=core.link_vendors(links={ref: found.id for ref, found in partners.items()}, by=by),
        missing_items=sorted(codes - set(products)),
        missing_vendors=sorted(refs - set(partners)),
        maintenance=_maintenance(connection, by=by, only_missing=only_missing),
    )


def _maintenance(connection: OdooConnection, *, by: "User", only_missing: bool) -> LinkedMaintenance:
    try:
        return link_maintenance(connection, by=by, only_missing=only_missing)
    except OdooError as error:
        log.warning("Teams and equipment could not be linked: %s", error)
        return LinkedMaintenance()


def link_what_is_missing(*, by: "User") -> Linked | None:
    """Look again for what cannot be ordered yet, at most every ten minutes; None when there was nothing to do."""
    if not settings.ODOO_URL or not cache.add("integrations.linked", 1, PAUSE):
        return None
    bought = CatalogueItem.objects.filter(active=True).exclude(source=Source.STORE)
    if not (bought.filter(UNLINKED | Q(vendor__odoo_partner_id=None)).exists() or waits_for_a_team()):
        return None
    try:
        return link_catalogue(by=by, only_missing=True)
    except OdooError as error:
        cache.delete("integrations.linked")
        log.warning("The catalogue could not be linked: %s", error)
        return None
