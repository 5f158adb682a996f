"""The vendors, products and equipment that the recordings were made with."""

from tests.fake_odoo.seed import IDS, add
from tests.fake_odoo.store import Store

CONSUMABLES = 20


def samples(store: Store, version: int) -> None:
    """Adds them, under the recorded ids."""
    ids = IDS[version]
    for offset, (name, ref) in enumerate(
        (("MedSupply GmbH", "V001"), ("PharmaDirect", "V002"), ("Old vendor", "V003"))
    ):
        add(
            store,
            "res.partner",
            ids.vendors + offset,
            name=name,
            ref=ref,
            is_company=True,
            supplier_rank=0,
            email=f"v{offset + 1}@example.com",
        )
    store.update("res.partner", ids.vendors + 2, {"active": False})
    add(store, "res.partner", ids.vendors + 3, name="Portal integration", is_company=False, supplier_rank=0)
    taxes = []
    if version >= 19:
        taxes = [add(store, "account.tax", 2, name="15%", amount=15.0)]
    for number in range(1, CONSUMABLES + 1):
        product(
            store,
            version,
            ids.products + number - 1,
            f"MED-{number:03d}",
            f"Consumable {number:03d}",
            1.5 * number,
            taxes=taxes,
        )
        for vendor in range(2):
            place = ids.offers + 2 * (number - 1) + vendor
            offer(
                store,
                version,
                ids.products + number - 1,
                ids.vendors + vendor,
                1.5 * number + vendor,
                delay=3 + vendor,
                code=f"V-MED-{number:03d}",
                id_=place,
            )
    if version < 19:
        store.update("product.product", ids.products + 1, {"uom_po_id": ids.dozen})
    last = ids.products + CONSUMABLES
    product(store, version, last, "MED-ARCH", "Archived consumable", 1.0, active=False)
    product(store, version, last + 1, "MED-NOVENDOR", "Without vendor", 1.0)
    product(store, version, last + 3, "MED-NOBUY", "Not for buying", 1.0, purchase_ok=False)
    product(store, version, last + 4, "MED-OTHER", "Of another company", 1.0, company_id=ids.other_company)
    add(store, "maintenance.team", ids.team, name="Biomed", company_id=1)
    add(store, "maintenance.equipment.category", ids.category, name="Imaging")
    for number in (1, 2):
        add(
            store,
            "maintenance.equipment",
            ids.equipment + number - 1,
            name=f"Ultrasound {number}",
            company_id=1,
            serial_no=f"SN-{number:04d}",
            category_id=ids.category,
            maintenance_team_id=ids.team,
        )
    add(store, "hr.department", 1, name="Administration", company_id=1)
    add(store, "hr.department", ids.department, name="Radiology", company_id=1)


def product(
    store: Store, version: int, id_: int | None, code: str, name: str, price: float, **more: object
) -> int:
    purchase_unit = {} if version >= 19 else {"uom_po_id": 1}
    id_ = add(
        store,
        "product.product",
        id_,
        **{
            "default_code": code,
            "name": name,
            "type": "consu",
            "purchase_ok": True,
            "uom_id": 1,
            "company_id": False,
            "standard_price": price,
            "lst_price": 0.0,
            "currency_id": 1,
            **purchase_unit,
            **more,
        },
    )
    store.update("product.product", id_, {"product_tmpl_id": id_})
    add(store, "product.template", id_, default_code=code, name=name)
    return id_


def offer(
    store: Store,
    version: int,
    product_id: int,
    partner_id: int,
    price: float,
    *,
    delay: int,
    code: object = False,
    id_: int | None = None,
) -> int:
    unit = "product_uom_id" if version >= 19 else "product_uom"
    return add(
        store,
        "product.supplierinfo",
        id_,
        **{
            "partner_id": partner_id,
            "product_tmpl_id": product_id,
            "product_id": False,
            "product_code": code,
            "min_qty": 0.0,
            "price": price,
            "discount": 0.0,
            "currency_id": 1,
            "delay": delay,
            "sequence": 1,
            unit: 1,
        },
    )
