"""References between records: do they exist, may they be seen; and lines written through their parent."""

from typing import TYPE_CHECKING

from tests.fake_odoo import access, errors

if TYPE_CHECKING:
    from tests.fake_odoo.orm import Model
    from tests.fake_odoo.schema import Field


def check_references(model: "Model", plain: dict) -> None:
    """Raises what Odoo raises when a many2one points at nothing, or at what the account may not see."""
    for name, value in plain.items():
        field = model.shape.fields[name]
        if field.kind != "many2one" or not value:
            continue
        target = model.env[field.relation]
        row = model.env.store.rows[field.relation].get(value)
        if row is None:
            raise _dangling(model, field, value)
        if field.relation == "product.product" and not access.visible(model.env, field.relation, row):
            raise access.hidden(target, "read")


def _dangling(model: "Model", field: "Field", value: int) -> Exception:
    read_first = field.name == "product_id" or (model.env.version >= 19 and field.name == "partner_id")
    if read_first:  # a default or a computation reads the record before the database checks the key
        return errors.MissingError(field.relation, [value], model.env.uid)
    label, name = model.shape.label, model.name
    if model.env.version >= 19:
        return errors.ValidationError(
            "The operation cannot be completed: Another model is using the record you are trying to delete.\n\n"
            f"The troublemaker is: '{label}' ({name})\n"
            f"Thanks to the following constraint: '{field.label}' ({field.name})\n"
            "How about archiving the record instead?"
        )
    return errors.ValidationError(
        "The operation cannot be completed: another model requires the record being deleted. "
        f"If possible, archive it instead.\n\nModel: {label} ({name})\n"
        f"Constraint: {name.replace('.', '_')}_{field.name}_fkey\n"
    )


def save_lines(model: "Model", id_: int, lines: dict[str, list]) -> None:
    """Runs the commands (0, 0, values), (1, id, values), (2, id) on the lines of a record."""
    for name, commands in lines.items():
        field = model.shape.fields[name]
        target = model.env[field.relation]
        for command in commands:
            match command:
                case [0, _, given]:
                    for unknown in set(given) - set(target.shape.fields):
                        raise ValueError(f"Invalid field {unknown!r} on model '{target.name}'")
                    target.create({**given, field.inverse: id_})
                case [1, line_id, given]:
                    target.write([line_id], given)
                case [2, line_id, *_]:
                    target.unlink([line_id])
