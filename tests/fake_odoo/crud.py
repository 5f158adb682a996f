"""What a client may do with the records of any model: search, read, create, write, delete."""

from typing import Any

from tests.fake_odoo import access, errors, values
from tests.fake_odoo.domain import compile_domain
from tests.fake_odoo.orm import Model
from tests.fake_odoo.relations import check_references, save_lines
from tests.fake_odoo.schema import Field


class Records(Model):
    """Model with the five verbs; reads are checked against groups and companies, writes also against the schema."""

    def search(
        self, domain: list | None = None, offset: int = 0, limit: int | None = None, order: str | None = None
    ) -> list[int]:
        access.check(self, "read")
        test = compile_domain(self, domain or [])
        asked = {leaf[0] for leaf in domain or [] if isinstance(leaf, list | tuple)}
        only_active = (
            "active" in self.shape.fields
            and "active" not in asked
            and self.env.context.get("active_test", True)
        )
        found = [
            row
            for row in self.env.store.rows[self.name].values()
            if access.visible(self.env, self.name, row)
            and (not only_active or row.get("active"))
            and test(row)
        ]
        ids = [row["id"] for row in self.sort(found, order or self.shape.order)]
        return ids[offset:][: limit or None]

    def search_count(self, domain: list | None = None, limit: int | None = None) -> int:
        return len(self.search(domain, limit=limit))

    def search_read(
        self,
        domain: list | None = None,
        fields: list[str] | None = None,
        offset: int = 0,
        limit: int | None = None,
        order: str | None = None,
        **others: Any,
    ) -> list[dict]:
        ids = self.search(domain, offset, limit, order)
        if unknown := sorted(set(others) - {"load"}):
            raise TypeError(f"BaseModel._read_format() got an unexpected keyword argument '{unknown[0]}'")
        return self.read(ids, fields)

    def read(
        self, ids: list[int] | int, fields: list[str] | None = None, load: str | None = "_classic_read"
    ) -> list[dict]:
        access.check(self, "read")
        ids = [ids] if isinstance(ids, int) else ids
        asked = [self.field(name) for name in (fields or self.shape.fields) if name != "id"]
        answer = []
        for row in [self.row(id_) for id_ in ids if id_ in self.env.store.rows[self.name]]:
            if not access.visible(self.env, self.name, row):
                raise access.hidden(self, "read")
            show = self.shown if load else self.bare
            answer.append({"id": row["id"], **{field.name: show(row, field) for field in asked}})
        return answer

    def create(self, vals_list: dict | list[dict]) -> int | list[int]:
        access.check(self, "create")
        if isinstance(vals_list, dict):
            return self._create(vals_list)
        return [self._create(given) for given in vals_list]

    def _create(self, given: dict) -> int:
        plain, lines = self._sorted_out(given, "in" if self.env.version >= 19 else "on model")
        self.before_save(plain, None)
        check_references(self, plain)
        plain = {
            **{
                f.name: f.empty()
                for f in self.shape.fields.values()
                if f.kind != "one2many" and not f.computed
            },
            **self.defaults(plain),
            **plain,
        }
        self.require(plain)
        stamp = {
            "create_date": self.env.stamp(),
            "write_date": self.env.stamp(),
            "create_uid": self.env.uid,
            "write_uid": self.env.uid,
        }
        id_ = self.env.store.insert(self.name, {**plain, **stamp})
        save_lines(self, id_, lines)
        self.after_save(self.row(id_), given)
        return id_

    def write(self, ids: list[int], vals: dict) -> bool:
        access.check(self, "write")
        plain, lines = self._sorted_out(vals, "in" if self.env.version >= 19 else "on model")
        for row in self.rows([ids] if isinstance(ids, int) else ids):
            changed = dict(plain)
            self.before_save(changed, row)
            check_references(self, changed)
            self.require({**row, **changed})
            self.env.store.update(
                self.name, row["id"], {**changed, "write_date": self.env.stamp(), "write_uid": self.env.uid}
            )
            save_lines(self, row["id"], lines)
            self.after_save(self.row(row["id"]), vals)
        return True

    def unlink(self, ids: list[int]) -> bool:
        access.check(self, "unlink")
        for row in self.rows([ids] if isinstance(ids, int) else ids):
            self.before_delete(row)
            for field in self.shape.fields.values():
                if field.kind == "one2many" and not field.computed:
                    self.env[field.relation].as_superuser().unlink(self.raw(row, field))
            for name in self.env["ir.model.data"].where(model=self.name, res_id=row["id"]):
                self.env.store.delete("ir.model.data", name["id"])
            self.env.store.delete(self.name, row["id"])
        return True

    def _sorted_out(self, given: dict, word: str) -> tuple[dict, dict]:
        """Accepted values, and the commands for lines."""
        plain, lines = {}, {}
        for name, value in given.items():
            field = self.shape.fields.get(name)
            if field is None:
                raise ValueError(f"Invalid field {name!r} {word} '{self.name}'")
            if field.kind == "one2many":
                lines[name] = value or []
            elif field.kind == "many2many":
                plain[name] = values.many2many([], value or [])
            else:
                plain[name] = values.accept(self.name, field, value)
        return plain, lines

    def require(self, row: dict) -> None:
        for field in self.shape.fields.values():
            if (
                field.required
                and field.kind not in ("float", "integer", "monetary")
                and not row.get(field.name)
            ):
                raise missing_value(self, field)


def missing_value(model: Model, field: Field) -> errors.ValidationError:
    label, name = model.shape.label, model.name
    if model.env.version >= 19:
        return errors.ValidationError(
            f"The operation cannot be completed: Missing required value for the field '{field.label}' ({field.name}).\n"
            f"Model: '{label}' ({name})\n- create/update: a mandatory field is not set\n"
            "- delete: another model requires the record being deleted, you can archive it instead\n",
            field.name,
        )
    return errors.ValidationError(
        "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"
        "- Delete: another model requires the record being deleted. If possible, archive it instead.\n\n"
        f"Model: {label} ({name})\nField: {field.label} ({field.name})\n",
        field.name,
    )
