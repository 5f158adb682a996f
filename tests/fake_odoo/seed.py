"""What every new database holds. Ids are those of the servers that the recordings were made with."""

from dataclasses import dataclass

from tests.fake_odoo.store import Store


@dataclass(frozen=True)
class Ids:
    """Where the recorded servers kept things."""

    sync_user: int
    vendors: int
    other_company: int
    other_partner: int
    products: int
    offers: int
    equipment: int
    category: int
    team: int
    dozen: int
    kg: int
    department: int
    stock_module: int


IDS = {
    17: Ids(6, 12, 3, 11, 26, 43, 6, 2, 3, 2, 12, 3, 463),
    19: Ids(5, 7, 2, 6, 1, 1, 1, 1, 2, 3, 16, 2, 529),
}
STAMP = {
    "create_date": "2026-11-22 02:30:27.000000",
    "write_date": "2026-11-22 02:30:27.000000",
    "create_uid": 1,
    "write_uid": 1,
    "active": True,
}


def add(store: Store, model: str, id_: int | None = None, **values: object) -> int:
    return store.insert(model, {**STAMP, **values}, id_)


def base(store: Store, version: int, *, currency: str, login: str, password: str, api_key: str) -> None:
    """Companies, accounts, units, stages: what every database has."""
    ids = IDS[version]
    add(store, "res.currency", 1, name=currency)
    for id_, partner, name in (
        (1, 1, "General Hospital"),
        (ids.other_company, ids.other_partner, "Other Hospital"),
    ):
        add(
            store, "res.partner", partner, name=name, is_company=True, ref=False, email=False, supplier_rank=0
        )
        add(
            store,
            "res.company",
            id_,
            name=name,
            currency_id=1,
            partner_id=partner,
            po_lock="edit",
            po_double_validation="one_step",
            po_double_validation_amount=5000.0,
        )
    accounts = [
        ("OdooBot", "__system__", ["admin"], ""),
        ("Administrator", "admin", ["admin"], "admin"),
        ("Portal integration", login, ["purchase", "maintenance"], password),
        ("Plain employee", "plain", [], password),
        ("Maintenance only", "maint_only", ["maintenance"], password),
        ("Stock and sync", "stock_sync", ["purchase", "maintenance", "stock"], password),
    ]
    places = [1, 2, *range(ids.sync_user, ids.sync_user + 4)]
    for id_, (name, user, groups, secret) in zip(places, accounts, strict=True):
        add(
            store,
            "res.users",
            id_,
            name=name,
            login=user,
            groups=groups,
            password=secret,
            company_id=1,
            company_ids=[1],
            api_key=api_key if user == login else "",
            lang="en_US",
            tz=False,
        )
    _units(store, version, ids)
    add(store, "stock.picking.type", 1, name="Receipts", code="incoming")
    for number, name in enumerate(("New Request", "In Progress", "Repaired", "Scrap"), 1):
        add(store, "maintenance.stage", number, name=name, sequence=number, done=number > 2, fold=number > 2)
    add(store, "maintenance.team", 1, name="Internal Maintenance", company_id=1)
    for id_, module in ((1, "account"), (ids.stock_module, "stock")):
        revision = "1.1" if module == "stock" else {17: "1.2", 19: "1.4"}[version]
        add(
            store,
            "ir.module.module",
            id_,
            name=module,
            state="installed",
            latest_version=f"{version}.0.{revision}",
        )


def _units(store: Store, version: int, ids: Ids) -> None:
    if version >= 19:
        add(store, "uom.uom", 1, name="Units", factor=1.0, relative_factor=1.0, relative_uom_id=False)
        add(store, "uom.uom", ids.dozen, name="Dozens", factor=12.0, relative_factor=12.0, relative_uom_id=1)
        store.update("uom.uom", ids.dozen, {"active": False})
        add(store, "uom.uom", 15, name="g", factor=1.0, relative_factor=1.0, relative_uom_id=False)
        add(store, "uom.uom", ids.kg, name="kg", factor=1000.0, relative_factor=1000.0, relative_uom_id=15)
        return
    add(store, "uom.category", 1, name="Unit")
    add(store, "uom.category", 2, name="Weight")
    add(store, "uom.uom", 1, name="Units", category_id=1, factor=1.0, factor_inv=1.0, uom_type="reference")
    add(
        store,
        "uom.uom",
        ids.dozen,
        name="Dozens",
        category_id=1,
        factor=1 / 12,
        factor_inv=12.0,
        uom_type="bigger",
    )
    add(store, "uom.uom", ids.kg, name="kg", category_id=2, factor=1.0, factor_inv=1.0, uom_type="reference")
