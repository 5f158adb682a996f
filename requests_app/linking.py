"""Which record in Odoo an item or a vendor is: kept on the catalogue, set from outside, recorded."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from portal.audit import events
from portal.facts import verb
from requests_app.models import CatalogueItem, Vendor

if TYPE_CHECKING:
    from portal.accounts.models import User


@verb
def link_items(*, links: Mapping[str, tuple[int, int]], by: "User") -> int:
    """Store {item code: (product id, unit id)} on the items of every hospital. Returns how many changed."""
    changed = []
    for item in CatalogueItem.objects.filter(code__in=links):
        if (item.odoo_product_id, item.odoo_uom_id) != links[item.code]:
            item.odoo_product_id, item.odoo_uom_id = links[item.code]
            changed.append(item)
    CatalogueItem.objects.bulk_update(changed, ["odoo_product_id", "odoo_uom_id"])
    if changed:
        events.record(
            action="catalogue.items_linked",
            by=by,
            after={item.code: list(links[item.code]) for item in changed},
        )
    return len(changed)


@verb
def link_vendors(*, links: Mapping[str, int], by: "User") -> int:
    """Store {vendor code: partner id}. Returns how many changed."""
    changed = []
    for vendor in Vendor.objects.filter(code__in=links):
        if vendor.odoo_partner_id != links[vendor.code]:
            vendor.odoo_partner_id = links[vendor.code]
            changed.append(vendor)
    Vendor.objects.bulk_update(changed, ["odoo_partner_id"])
    if changed:
        events.record(
            action="catalogue.vendors_linked", by=by, after={v.code: v.odoo_partner_id for v in changed}
        )
    return len(changed)
