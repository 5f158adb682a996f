"""One call's view of the database, and what every model can do. Kinds of records are in models/."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from tests.fake_odoo import errors
from tests.fake_odoo.schema import Field, Shape, shapes
from tests.fake_odoo.store import Store

MOMENT = "%Y-%m-%d %H:%M:%S.%f"


class Env:
    """A transaction's surroundings: the store, who calls, with which context, at what time."""

    def __init__(self, store: Store, version: int, now: datetime, uid: int, context: dict, since: int = 0):
        self.store, self.version, self.now, self.uid, self.context = store, version, now, uid, context
        self.since = since  # commits that this transaction can see; later ones are a conflict
        self.user = store.rows["res.users"].get(
            uid, {"name": "OdooBot", "groups": ["admin"], "company_ids": []}
        )
        self.groups: list[str] = self.user.get("groups", [])
        self.superuser = "admin" in self.groups
        self.company_ids: list[int] = self.user["company_ids"]
        self._models: dict[str, Model] = {}

    def __getitem__(self, name: str) -> "Model":
        if name not in self._models:
            if name not in shapes(self.version):
                raise errors.UserError(f"Object {name} doesn't exist")
            self._models[name] = KINDS.get(name, KINDS["*"])(self, name)
        return self._models[name]

    def stamp(self) -> str:
        return self.now.strftime(MOMENT)

    def as_superuser(self) -> "Env":
        other = Env(self.store, self.version, self.now, self.uid, self.context, self.since)
        other.superuser = True
        return other


class Model:
    """A model's rows and how they read. Subclasses add defaults, computed fields, checks and buttons."""

    on_model: ClassVar[set[str]] = set()  # public methods without ids
    on_records: ClassVar[set[str]] = set()  # public methods whose first argument is a list of ids

    def __init__(self, env: Env, name: str):
        self.env, self.name = env, name
        self.shape: Shape = shapes(env.version)[name]

    # what a subclass may say

    def defaults(self, given: dict) -> dict:
        return {}

    def before_save(self, given: dict, row: dict | None) -> None:
        """Checks and changes `given` before it is written; `row` is what stands there, None for a new one."""

    def after_save(self, row: dict, given: dict) -> None:
        """Runs when the record and its lines are written."""

    def before_delete(self, row: dict) -> None:
        """Raises when the record may not go."""

    def display(self, row: dict) -> str:
        return str(row.get("name") or "")

    # rows

    def as_superuser(self) -> "Model":
        return self.env.as_superuser()[self.name]

    def row(self, id_: int) -> dict:
        found = self.env.store.rows[self.name].get(id_)
        if found is None:
            raise errors.MissingError(self.name, [id_], self.env.uid)
        return found

    def rows(self, ids: list[int]) -> list[dict]:
        missing = [id_ for id_ in ids if id_ not in self.env.store.rows[self.name]]
        if missing:
            raise errors.MissingError(self.name, missing, self.env.uid)
        return [self.row(id_) for id_ in ids]

    def where(self, **equal: Any) -> list[dict]:
        return self.env.store.find(self.name, **equal)

    def field(self, name: str) -> Field:
        if name not in self.shape.fields:
            where = f"on '{self.name}'" if self.env.version >= 19 else f"on model '{self.name}'"
            raise ValueError(f"Invalid field {name!r} {where}")
        return self.shape.fields[name]

    def raw(self, row: dict, field: Field) -> Any:
        """A field's value, computed where it is not stored; references are bare ids."""
        compute: Callable | None = getattr(self, f"compute_{field.name}", None)
        if compute:
            return compute(row)
        if field.name == "display_name":
            return self.display(row)
        if field.kind == "one2many":
            lines = self.env[field.relation]
            found = lines.where(**{field.inverse: row["id"]})
            return [line["id"] for line in lines.sort(found, lines.shape.order)]
        return row.get(field.name, field.empty())

    def shown(self, row: dict, field: Field) -> Any:
        value = self.raw(row, field)
        if field.kind == "many2one" and value:
            other = self.env[field.relation]
            return [value, other.display(other.row(value))]
        return self.bare(row, field)

    def bare(self, row: dict, field: Field) -> Any:
        """As shown(), with ids instead of [id, name]."""
        value = self.raw(row, field)
        return value[:19] if field.kind == "datetime" and value else value

    def sort(self, rows: list[dict], order: str) -> list[dict]:
        for part in reversed(order.split(",")):
            name, _, way = part.strip().partition(" ")
            field = self.field(name)
            rows = sorted(
                rows,
                key=lambda row, f=field: (self.raw(row, f) is False, self.raw(row, f)),
                reverse=way.strip().lower() == "desc",
            )
        return rows


KINDS: dict[str, type[Model]] = {}
