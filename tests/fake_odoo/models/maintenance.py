"""Maintenance requests, as far as the recordings go."""

from tests.fake_odoo import access
from tests.fake_odoo.models.base import AnyModel
from tests.fake_odoo.orm import KINDS
from tests.fake_odoo.values import DATE


class Equipment(AnyModel):
    def display(self, row: dict) -> str:
        return f"{row['name']}/{row['serial_no']}" if row.get("serial_no") else row["name"]


class MaintenanceRequest(AnyModel):
    on_records = AnyModel.on_records | {"archive_equipment_request"}

    def defaults(self, given: dict) -> dict:
        return {
            "company_id": 1,
            "kanban_state": "normal",
            "maintenance_type": "corrective",
            "request_date": self.env.now.strftime(DATE),
            "stage_id": self._first("maintenance.stage"),
            # the first team of the company, not the equipment's: Odoo does so over RPC
            "maintenance_team_id": self._first("maintenance.team"),
            "user_id": 1 if given.get("schedule_date") else False,
        }

    def _first(self, model: str) -> int:
        return self.env.as_superuser()[model].search([], limit=1)[0]

    def before_save(self, given: dict, row: dict | None) -> None:
        company = given.get("company_id")
        if company and not self.env.superuser and company not in self.env.company_ids:
            raise access.hidden(self, "create" if row is None else "write", companies=True)

    def after_save(self, row: dict, given: dict) -> None:
        if "stage_id" in given:
            closed = self.env.now.strftime(DATE) if self.compute_done(row) else False
            self.env.store.update(self.name, row["id"], {"close_date": closed})

    def compute_done(self, row: dict) -> bool:
        return self.env["maintenance.stage"].row(row["stage_id"])["done"]

    def compute_category_id(self, row: dict) -> int | bool:
        return (
            self.env["maintenance.equipment"].row(row["equipment_id"])["category_id"]
            if row["equipment_id"]
            else False
        )

    def archive_equipment_request(self, ids: list[int]) -> None:
        self.write(ids, {"archive": True})


KINDS["maintenance.equipment"] = Equipment
KINDS["maintenance.request"] = MaintenanceRequest
