"""The cells of one record in load(): strings into values. An empty cell is a value: it suppresses the default."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.fake_odoo.schema import Field
from tests.fake_odoo.values import DATETIME

if TYPE_CHECKING:
    from tests.fake_odoo.orm import Model

EMPTY = ("", None, False)


class CellError(Exception):
    """What is wrong with a cell, in Odoo's words; `more` goes into the message."""

    def __init__(self, text: str, **more: Any):
        super().__init__(text)
        self.more = more


def split_columns(model: "Model", fields: list[str]) -> list[list[str]]:
    """Column paths; those of lines begin with "*". Raises for an unknown column, the only exception load() knows."""
    columns = []
    for name in fields:
        path = name.split("/")
        if path[0] not in ("id", ".id") and path[0] not in model.shape.fields:
            raise ValueError(f"Invalid field name {name!r}") if model.env.version >= 19 else KeyError(path[0])
        if path[0] in model.shape.fields and model.shape.fields[path[0]].kind == "one2many":
            lines = model.env[model.shape.fields[path[0]].relation]
            split_columns(lines, ["/".join(path[1:])])
            path = ["*", *path]
        columns.append(path)
    return columns


class Cells:
    """One record: `values` to write, its `external_id`, its `lines` (Cells too) and `problems` (messages)."""

    def __init__(
        self, model: "Model", columns: list[list[str]], rows: list[list], prefix: str = "", inverse: str = ""
    ):
        self.model, self.prefix, self.inverse = model, prefix, inverse
        self.values: dict[str, Any] = {}
        self.external_id = ""
        self.lines: list[Cells] = []
        self.problems: list[dict] = []
        for path, cell in zip(columns, rows[0], strict=True):
            if path[0] == "id":
                self.external_id = _full(cell)
            elif path[0] not in (".id", "*"):
                self._take(path, cell)
        for name in {path[1]: None for path in columns if path[0] == "*"}:
            self._take_lines(name, columns, rows)

    def _take(self, path: list[str], cell: Any) -> None:
        field = self.model.shape.fields[path[0]]
        try:
            self.values[field.name] = self._value(field, path[1:], cell)
        except CellError as error:
            self.problems.append(
                {"field": field.name, "field_name": field.label, "message": str(error), **error.more}
            )

    def _take_lines(self, name: str, columns: list[list[str]], rows: list[list]) -> None:
        field = self.model.shape.fields[name]
        picked = [number for number, path in enumerate(columns) if path[:2] == ["*", name]]
        paths = [columns[number][2:] for number in picked]
        lines = []
        for row in rows:
            cells = [row[number] for number in picked]
            if any(cell not in EMPTY for cell in cells):
                lines.append(
                    Cells(self.model.env[field.relation], paths, [cells], f"{field.label}/", field.inverse)
                )
        problems = [problem for line in lines for problem in line.problems]
        if problems:  # the field is left out as a whole; the first problem of it is told
            self.problems.append({**problems[0], "field": field.name, "field_name": field.label})
        else:
            self.lines += lines

    def _value(self, field: Field, rest: list[str], cell: Any) -> Any:
        if cell in EMPTY:
            return False
        said = f"field '{self.prefix}{field.label}'"
        try:
            match field.kind:
                case "many2one":
                    return self._reference(field, rest, cell, said)
                case "float" | "monetary":
                    return float(cell)
                case "integer":
                    return int(cell)
                case "boolean":
                    return str(cell).lower() in ("1", "true", "yes")
                case "datetime":
                    return self._utc(cell)
        except ValueError:
            what = {"datetime": "a valid datetime", "integer": "an integer"}.get(field.kind, "a number")
            raise CellError(f"'{cell}' does not seem to be {what} for {said}") from None
        if field.kind == "selection" and cell not in field.selection:
            wanted = next((key for key in field.selection if key.lower() == str(cell).lower()), None)
            if wanted is None:
                raise CellError(f"Value '{cell}' not found in selection {said}")
            return wanted
        return cell

    def _utc(self, cell: str) -> str:
        """Dates are read in the time zone of the context, else of the account."""
        zone = ZoneInfo(self.model.env.context.get("tz") or self.model.env.user.get("tz") or "UTC")
        return datetime.strptime(cell, DATETIME).replace(tzinfo=zone).astimezone(UTC).strftime(DATETIME)

    def _reference(self, field: Field, rest: list[str], cell: Any, said: str) -> int:
        env = self.model.env
        rows = env.store.rows[field.relation]
        if rest == [".id"]:
            if str(cell).isdigit() and int(cell) in rows:
                return int(cell)
            kind = "database id"
        elif rest == ["id"]:
            module, _, name = _full(cell).partition(".")
            for found in env["ir.model.data"].where(module=module, name=name, model=field.relation):
                return found["res_id"]
            kind = "external id"
        else:
            for row in rows.values():
                if env[field.relation].display(row) == cell:
                    return row["id"]
            kind = "name"
        views = "list,form" if env.version >= 19 else "tree,form"
        raise CellError(
            f"No matching record found for {kind} '{cell}' in {said}",
            moreinfo={
                "name": "Possible Values",
                "type": "ir.actions.act_window",
                "target": "new",
                "view_mode": views,
                "views": [[False, "list"], [False, "form"]],
                "context": {"create": False},
                "help": "See all possible values",
                "res_model": "ir.model.data",
                "domain": [["model", "=", field.relation]],
            },
        )


def _full(external_id: Any) -> str:
    name = str(external_id or "")
    return name if not name or "." in name else f"__import__.{name}"
