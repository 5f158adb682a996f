"""What every model answers about itself: fields, defaults, rights, external ids."""

from typing import Any

from tests.fake_odoo import access, errors
from tests.fake_odoo.crud import Records
from tests.fake_odoo.load import load
from tests.fake_odoo.orm import KINDS


class AnyModel(Records):
    """Records with the methods that need no record of their own."""

    on_model = set(
        "search search_read search_count create fields_get default_get load has_access check_access_rights".split()
    )
    on_records = set("read write unlink get_external_id get_metadata export_data".split())

    def load(self, fields: list[str], data: list[list]) -> dict:
        return load(self, fields, data)

    def fields_get(self, allfields: list[str] | None = None, attributes: list[str] | None = None) -> dict:
        access.check(self, "read")
        known = {
            name: field.describe()
            for name, field in self.shape.fields.items()
            if not allfields or name in allfields
        }
        if attributes:
            known = {
                name: {key: value for key, value in one.items() if key in attributes}
                for name, one in known.items()
            }
        return known

    def default_get(self, fields: list[str]) -> dict:
        return {name: value for name, value in self.defaults({}).items() if name in fields}

    def check_access_rights(self, operation: str, raise_exception: bool = True) -> bool:
        if raise_exception:
            access.check(self, operation)
        return access.may(self.env, self.name, operation)

    def has_access(self, ids: list[int] | str, operation: str | None = None) -> bool:
        return access.may(self.env, self.name, operation or str(ids))

    def get_external_id(self, ids: list[int]) -> dict[str, str]:
        names = {row["res_id"]: f"{row['module']}.{row['name']}" for row in self._names(ids)}
        return {str(id_): names.get(id_, "") for id_ in ids}

    def get_metadata(self, ids: list[int]) -> list[dict]:
        answer = []
        for row in self.rows(ids):
            names = [
                {"xmlid": f"{name['module']}.{name['name']}", "noupdate": name["noupdate"]}
                for name in self._names([row["id"]])
            ]
            first = names[0] if names else {"xmlid": False, "noupdate": False}
            logged = {
                key: self.shown(row, self.field(key))
                for key in ("create_uid", "create_date", "write_uid", "write_date")
            }
            answer.append({"id": row["id"], **logged, **first, "xmlids": names})
        return answer

    def export_data(self, ids: list[int], fields: list[str]) -> dict:
        raise errors.UserError("You don't have the rights to export data. Please contact an Administrator.")

    def _names(self, ids: list[int]) -> list[dict[str, Any]]:
        return [row for row in self.env["ir.model.data"].where(model=self.name) if row["res_id"] in ids]


class ModelData(AnyModel):
    on_model = AnyModel.on_model | {"check_object_reference"}

    def check_object_reference(self, module: str, xml_id: str, raise_on_access_error: bool = False) -> list:
        for row in self.where(module=module, name=xml_id):
            target = self.env[row["model"]]
            seen = access.may(self.env, target.name, "read") and access.visible(
                self.env, target.name, target.row(row["res_id"])
            )
            return [row["model"], row["res_id"] if seen else False]
        raise ValueError(f"External ID not found in the system: {module}.{xml_id}")


KINDS["*"] = AnyModel
KINDS["ir.model.data"] = ModelData
