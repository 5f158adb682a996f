"""One stand-in server: its store, clock, faults and HTTP door, and what a buyer and a storekeeper do in it."""

import threading
from datetime import datetime
from pathlib import Path

from tests.fake_odoo import catalogue, models, samples, seed
from tests.fake_odoo.accounts import Accounts
from tests.fake_odoo.clock import Clock
from tests.fake_odoo.faults import Fault, Faults
from tests.fake_odoo.models.stock import receive
from tests.fake_odoo.orm import Env
from tests.fake_odoo.server import Server
from tests.fake_odoo.store import Store

BUYER = 2
REPAIR = "id name description priority maintenance_type request_date schedule_date close_date company_id archive".split()
assert models  # importing it registers the kinds of records


class FakeOdoo:
    """Answers on `url` from start() to stop(); used in tests through fixtures.running()."""

    def __init__(
        self,
        *,
        version: int,
        store: Path,
        port: int = 0,
        host: str = "127.0.0.1",
        db: str = "hospital",
        user: str = "portal_sync",
        password: str = "portal",
        catalogue_csv: Path | None = None,
        vendors_csv: Path | None = None,
        teams_csv: Path | None = None,
        equipment_csv: Path | None = None,
    ):
        if version not in seed.IDS:
            raise ValueError(f"speaks {' and '.join(map(str, seed.IDS))}, not {version}")
        self.version, self.db, self.user, self.password = version, db, user, password
        self.api_key = f"key-of-{user}"
        self.clock, self.faults = Clock(), Faults()
        self.store = Store(store, version)
        self.accounts = Accounts(self.store)
        with self.store.transaction():
            if not self.store.rows["res.users"]:
                from_file = catalogue_csv or vendors_csv
                seed.base(
                    self.store,
                    version,
                    currency="GBP" if from_file else "USD",
                    login=user,
                    password=password,
                    api_key=self.api_key,
                )
                if not from_file:
                    samples.samples(self.store, version)
            self._admit(user, password)
            if vendors_csv:
                catalogue.load_vendors(self.store, vendors_csv)
            if catalogue_csv:
                catalogue.load_catalogue(self.store, version, catalogue_csv)
            if teams_csv:
                catalogue.load_teams(self.store, teams_csv)
            if equipment_csv:
                catalogue.load_equipment(self.store, equipment_csv)
        self._server = Server((host, port), self)
        self.url = f"http://{host}:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def _admit(self, user: str, password: str) -> None:
        """The portal's account signs in with what this start was given, also to an older store."""
        account = seed.IDS[self.version].sync_user
        wanted = {"login": user, "password": password, "api_key": self.api_key}
        if any(self.store.rows["res.users"][account][key] != value for key, value in wanted.items()):
            self.store.update("res.users", account, wanted)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stops answering; what was committed stays in the store."""
        self.faults.clear()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.store.close()

    def env(self, uid: int = BUYER) -> Env:
        return Env(self.store, self.version, self.clock.now(), uid, {})

    # what people do in Odoo

    def orders(self, since: str = "") -> list[dict]:
        """All orders made `since` then (UTC), oldest first: {id, name, state, origin, vendor, ..., lines: [{id, ...}]}."""
        with self.store.reading():
            orders = self.env()["purchase.order"]
            found = [row for row in orders.where() if row["create_date"] >= since]
            names = self._names() if found else {}
            return [self._order(row, names) for row in orders.sort(found, "id")]

    def order(self, id_: int) -> dict:
        with self.store.reading():
            return self._order(self.env()["purchase.order"].row(id_), self._names())

    def _names(self) -> dict[tuple[str, int], str]:
        """(model, id) -> external id."""
        found = self.env()["ir.model.data"].where()
        return {(row["model"], row["res_id"]): f"{row['module']}.{row['name']}" for row in found}

    def _order(self, row: dict, names: dict[tuple[str, int], str]) -> dict:
        env = self.env()
        orders, lines, products = env["purchase.order"], env["purchase.order.line"], env["product.product"]
        shown = []
        for line in lines.sort(lines.where(order_id=row["id"]), lines.shape.order):
            code = products.row(line["product_id"])["default_code"] if line["product_id"] else ""
            shown.append(
                {
                    "id": line["id"],
                    "product_id": line["product_id"],
                    "code": code,
                    "name": line["name"],
                    "quantity": line["product_qty"],
                    "received": line["qty_received"],
                    "price_unit": line["price_unit"],
                    "uom_id": line["product_uom_id" if self.version >= 19 else "product_uom"],
                    "date_planned": line["date_planned"],
                    "subtotal": lines.compute_price_subtotal(line),
                    "external_id": names.get((lines.name, line["id"]), ""),
                }
            )
        vendor = env["res.partner"].row(row["partner_id"])
        company = env["res.company"].row(row["company_id"])
        return {
            "id": row["id"],
            "name": row["name"],
            "state": row["state"],
            "origin": row["origin"] or "",
            "partner_id": vendor["id"],
            "vendor": vendor["name"],
            "vendor_ref": vendor.get("ref") or "",
            "company_id": row["company_id"],
            "company": company["name"],
            "created": row["create_date"][:19],
            "currency": env["res.currency"].row(row["currency_id"])["name"],
            "receipt_status": orders.compute_receipt_status(row) or "",
            "amount_untaxed": orders.compute_amount_untaxed(row),
            "external_id": names.get((orders.name, row["id"]), ""),
            "lines": shown,
        }

    def confirm(self, id_: int) -> None:
        with self.store.transaction():
            self.env()["purchase.order"].button_confirm([id_])

    def cancel(self, id_: int) -> None:
        with self.store.transaction():
            self.env()["purchase.order"].button_cancel([id_])

    def receive(self, id_: int, quantities: dict[int, float] | None = None) -> None:
        """Counts goods in: everything open, or {order line id: quantity}. Raises UserError if that is too much."""
        with self.store.transaction():
            receive(self.env(), id_, quantities)

    def close(self, id_: int) -> None:
        """What has not come is not expected any more."""
        with self.store.transaction():
            for picking in self.store.find("stock.picking", purchase_id=id_, state="assigned"):
                self.store.update("stock.picking", picking["id"], {"state": "cancel"})

    def delete(self, id_: int) -> None:
        """A buyer cancels the order and deletes it."""
        with self.store.transaction():
            self.env()["purchase.order"].button_cancel([id_])
            self.env()["purchase.order"].unlink([id_])

    def change(self, model: str, id_: int, **values: object) -> None:
        """An administrator writes on a record."""
        with self.store.transaction():
            self.env()[model].write([id_], values)

    # what technicians do in Odoo

    def repairs(self) -> list[dict]:
        """All maintenance requests, oldest first: {id, name, description, team, equipment, stage, done, archive, ...}."""
        with self.store.reading():
            env = self.env()
            requests, names = env["maintenance.request"], self._names()
            return [
                {
                    **{key: row[key] for key in REPAIR},
                    "team": env["maintenance.team"].row(row["maintenance_team_id"])["name"],
                    "equipment": env["maintenance.equipment"].row(row["equipment_id"])["serial_no"]
                    if row["equipment_id"]
                    else "",
                    "stage": env["maintenance.stage"].row(row["stage_id"])["name"],
                    "done": requests.compute_done(row),
                    "external_id": names.get((requests.name, row["id"]), ""),
                }
                for row in requests.sort(requests.where(), "id")
            ]

    def stages(self) -> list[str]:
        with self.store.reading():
            stages = self.env()["maintenance.stage"]
            return [row["name"] for row in stages.sort(stages.where(), stages.shape.order)]

    def move_repair(self, id_: int, stage: str) -> None:
        """A technician drags it to the stage of this name."""
        with self.store.transaction():
            [found] = self.store.find("maintenance.stage", name=stage)
            self.env()["maintenance.request"].write([id_], {"stage_id": found["id"]})

    def cancel_repair(self, id_: int) -> None:
        with self.store.transaction():
            self.env()["maintenance.request"].archive_equipment_request([id_])

    def delete_repair(self, id_: int) -> None:
        with self.store.transaction():
            self.env()["maintenance.request"].unlink([id_])

    # what goes wrong, and when

    def fault(
        self, kind: str, *, count: int = 1, seconds: float | None = None, method: str | None = None
    ) -> Fault:
        """Switches a fault on for the next `count` calls of `method`; see faults.KINDS. Returns it, to release() it."""
        return self.faults.add(Fault(kind, count, seconds, method))

    def clear_faults(self) -> None:
        self.faults.clear()

    def set_clock(self, moment: datetime) -> None:
        self.clock.set(moment)
