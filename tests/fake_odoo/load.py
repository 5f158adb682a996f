"""load(): rows with external ids in, all or nothing, errors as messages and never as exceptions.

With mode=update and noupdate in the context it is an atomic get-or-create: an external id that exists is answered
with its record, untouched. A transaction that began before somebody else's commit of the same external id gets
PostgreSQL's "could not serialize access", as in a real server.
"""

from typing import TYPE_CHECKING, Any

from tests.fake_odoo import errors
from tests.fake_odoo.load_cells import CellError, Cells, split_columns

if TYPE_CHECKING:
    from tests.fake_odoo.orm import Env, Model

ACCOUNT_FOR = (errors.OdooException, ValueError, TypeError, KeyError)


def load(model: "Model", fields: list[str], data: list[list]) -> dict:
    """Answers {"ids": [...] or False, "messages": [...], "nextrow": 0}."""
    columns = split_columns(model, fields)
    ids: list[int] = []
    messages: list[dict] = []
    for number, (start, rows) in enumerate(_records(columns, data)):
        place = {"rows": {"from": start, "to": start + len(rows) - 1}, "record": number, "type": "error"}
        cells = Cells(model, columns, rows)
        messages += [{**place, **message} for message in cells.problems]
        try:
            ids += _save(model, cells)
        except ACCOUNT_FOR as error:
            messages.append({**place, **_told(model, error)})
    if messages:
        model.env.store.undo_all()
        return {"ids": False, "messages": messages, "nextrow": 0}
    return {"ids": ids, "messages": [], "nextrow": 0}


def _records(columns: list[list[str]], data: list[list]) -> list[tuple[int, list[list]]]:
    """Groups rows: one whose cells outside the lines are all empty continues the record above."""
    groups: list[tuple[int, list[list]]] = []
    for number, row in enumerate(data):
        own = [cell for column, cell in zip(columns, row, strict=True) if column[0] != "*"]
        if groups and not any(cell not in ("", None, False) for cell in own):
            groups[-1][1].append(row)
        else:
            groups.append((number, [row]))
    return groups


def _save(model: "Model", cells: Cells) -> list[int]:
    update = model.env.context.get("mode") == "update"
    name = find_name(model.env, cells.external_id)
    if name and name["model"] != model.name:
        raise errors.ValidationError(
            f"For external id {cells.external_id} when trying to create/update a record of model {model.name} "
            f"found record of different model {name['model']} ({name['id']})"
        )
    if name and update and name["noupdate"]:
        return [name["res_id"]]
    if name:
        model.write([name["res_id"]], cells.values)
        id_ = name["res_id"]
    elif update and not cells.external_id:
        return []
    else:
        created = model.create(cells.values)
        assert isinstance(created, int)
        id_ = created
        give_name(model, cells.external_id, id_)
    for line in cells.lines:
        _save_line(line, id_)
    if cells.lines:
        model.after_save(model.row(id_), {})
    return [id_]


def _save_line(line: Cells, parent: int) -> None:
    name = find_name(line.model.env, line.external_id)
    if name:
        line.model.write([name["res_id"]], line.values)
        return
    created = line.model.create({**line.values, line.inverse: parent})
    assert isinstance(created, int)
    give_name(line.model, line.external_id, created)


def find_name(env: "Env", external_id: str) -> dict | None:
    """The ir.model.data row. Raises SerializationFailure when it was written after this transaction began."""
    if not external_id:
        return None
    if env.store.named_at.get(external_id, 0) > env.since:
        raise errors.SerializationFailure
    module, _, name = external_id.partition(".")
    for row in env["ir.model.data"].where(module=module, name=name):
        return row
    return None


def give_name(model: "Model", external_id: str, id_: int) -> None:
    if not external_id:
        return
    module, _, name = external_id.partition(".")
    if " " in name:
        raise errors.ValidationError("The operation cannot be completed: External IDs cannot contain spaces")
    model.env.store.insert(
        "ir.model.data",
        {
            "module": module,
            "name": name,
            "model": model.name,
            "res_id": id_,
            "noupdate": bool(model.env.context.get("noupdate")),
        },
    )


def _told(model: "Model", error: Exception) -> dict[str, Any]:
    """The message for an exception; a missing value of the record itself also names its field."""
    if isinstance(error, CellError):
        return {"message": str(error)}
    message = str(error.args[0]) if error.args else str(error)
    field = getattr(error, "field", None)
    if not field:
        return {"message": message}
    new = model.env.version >= 19
    about = (
        "- create/update: a mandatory field is not set\n- delete: another model requires the record being deleted, "
        "you can archive it instead\n"
    )
    if f"({model.name})" not in message:  # a line's: Odoo looks the column up in the wrong table, and says so
        label = model.shape.fields[field].label if field in model.shape.fields else field
        return {
            "message": f"Missing required value for the field '{label}' ({field}).\nModel: Unknown\n{about}"
            if new
            else f"Missing required value for the field '{field}'"
        }
    text = f"Missing required value for the field '{model.shape.fields[field].label}' ({field})"
    if new:
        text += f".\nModel: '{model.shape.label}' ({model.name})\n{about}"
    return {"message": text, "field": field}
